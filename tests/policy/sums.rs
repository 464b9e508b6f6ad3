//! Calculations that set variables: each line was run by bash 5.2, and ran a program of a folder `1` in the place of `git`.

use super::{ctx, granted, run};
use taut::domain::Matcher;
use taut::domain::Outcome::{Allow, Ask};
use taut::policy::{Policy, judge};

/// Everything in the lines is allowed, and a variable too.
const LOOSE: &str = r#"
[[rule]]
then = "allow"
prefix = ["echo", "git status", "let", "read", "printf", "declare", "typeset", "export", "unset", "test", "exec", "wait", ":",
  "command export", "bash -c", "cd", "true", "cat", "getopts"]
assign = ["x", "a", "y", "CI", "i"]
redirect = ["**"]
"#;

#[test]
fn a_calculation_that_sets_what_no_rule_names_asks() {
    let lines = [
        "echo $((PATH=1)); git status",
        "echo \"$((PATH=1))\"; git status",
        "((PATH=1)); git status",
        "let PATH=1; git status",
        "let x=1,PATH=1; git status",
        "let 'x = 1' \"PATH = 1\"; git status",
        "a=(1 2); echo ${a[PATH=1]}; git status",
        "a[PATH=1]=3; git status",
        "a=([PATH=1]=2); git status",
        "a+=([PATH=1]=2); git status",
        "[[ -v a[PATH=1] ]]; git status",
        "[[ PATH=1 -eq 1 ]]; git status",
        "[[ 1 -eq \"PATH=1\" ]]; git status",
        "test -v a[PATH=1]; git status",
        "test -v 'a[PATH=1]'; git status",
        "[ -v 'a[PATH=1]' ]; git status",
        "x=1; echo ${x:PATH=1}; git status",
        "x=1; echo ${x: -1:PATH=1}; git status",
        "a=(1); echo ${a[@]:PATH=1}; git status",
        "echo $[PATH=1]; git status",
        "declare -i x=PATH=1; git status",
        "typeset -i x; x=PATH=1; git status",
        "declare -n x=PATH; x=1; git status",
        "x=PATH=1; echo $((x)); git status",
        "x=PATH=1; echo $((10#1+x)); git status",
        "x=PATH=1; [[ x -eq 1 ]]; git status",
        "x=PATH=1; y=abc; echo ${y:x}; git status",
        "x=PATH=1; echo ${a[x]}; git status",
        "read x < f; echo $((x)); git status",
        "for x in PATH=1; do echo $((x)); done; git status",
        "printf -v x PATH=1; echo $((x)); git status",
        "echo ${x:=PATH=1} $((x)); git status",
        "x=PATH=1 bash -c '((x)); git status'",
        "printf -v a[PATH=1] x; git status",
        "read a[PATH=1] < x; git status",
        "read -aPATH < x; git status",
        "for ((PATH=1;PATH<1;)); do echo; done; git status",
        "for ((i=0,PATH=1;i<1;i++)); do echo; done; git status",
        "echo $((PATH++)); git status",
        "echo $((++PATH)); git status",
        "echo $((PATH=1?1:2)); git status",
        "echo $((x=PATH=1)); git status",
        "echo $((PATH\n=1)); git status",
        "echo $((P\\\nATH=1)); git status",
        "echo $((\"PATH\"=1)); git status",
        "echo $((PA\"\"TH=1)); git status",
        "x=TH; echo $((PA$x=1)); git status",
        "echo $((`echo PATH=1`)); git status",
        "echo $(($(echo PATH=1))); git status",
        "x=$((PATH=1)); git status",
        "echo ${y:=$((PATH=1))}; git status",
        "exec {PATH}>/dev/null; git status",
        "unset \"PATH\"; git status",
        "export \"PATH=1\"; git status",
        "command export PATH=1; git status",
        "wait -p PATH; git status",
        "select PATH in 1; do break; done; git status",
    ];
    let policy = Policy::parse(LOOSE, "policy.toml").unwrap();
    let allowed = lines.iter().filter(|line| judge(&policy, &run(line), &ctx()).outcome == Allow);
    assert_eq!(allowed.collect::<Vec<_>>(), Vec::<&&str>::new());
}

#[test]
fn a_calculation_that_counts_is_allowed() {
    let policy = Policy::parse(LOOSE, "policy.toml").unwrap();
    for line in [
        "echo $((1 + 2 * 3)); git status",
        "echo $((x == 1 ? 2 : 3)); git status",
        "i=0; i=$((i + 1)); echo $((i)); git status",
        "((i++)); git status",
        "let i=1; git status",
        "for i in 1 2 3; do echo $((10 * 2)); done",
        "for ((i=0; i<3; i++)); do echo; done",
        "[[ 1 -lt 2 ]] && git status",
        "export CI=1; git status",
    ] {
        let verdict = judge(&policy, &run(line), &ctx());
        assert_eq!(verdict.outcome, Allow, "{line} {verdict:?}");
    }
    let grant = granted(Matcher::Prefix(vec!["git".into(), "status".into()]), None);
    assert_eq!(judge(&Policy::built_in(), &run("((PATH=1)); git status"), &grant).outcome, Ask);
}
