//! What a prefix covers, and what holds for every command line.

use super::{ctx, judge, run};
use proptest::prelude::*;
use taut::domain::Outcome::{self, Allow, Ask, Deny};
use taut::domain::{Grant, GrantId, Matcher, Risk, Seq, SessionId};
use taut::policy::{CallView, Context, Policy, offers_prefix, scopes};

const POLICY: &str = r#"
[[rule]]
then = "allow"
prefix = ["cargo test", "cargo clippy", "git status", "git diff", "cd", "tail", "echo", "timeout"]
redirect = ["target/**"]
assign = ["RUST_LOG"]

[[rule]]
then = "allow"
prefix = ["ls", "cat"]
path = ["/usr/include/**"]

[[rule]]
then = "allow"
command = ["for x in *; do $TOOL \"$x\"; done"]

[[rule]]
then = "ask"
prefix = "cargo test --release"

[[rule]]
then = "deny"
path = ["src/vendor/**"]
note = "vendored"
"#;

fn outcome(line: &str) -> Outcome {
    judge(&Policy::parse(POLICY, "policy.toml").unwrap(), &run(line), &ctx()).outcome
}

#[test]
fn a_prefix_covers_what_it_says() {
    for (line, expected) in [
        ("cargo test", Allow),
        ("cargo test --lib", Allow),
        ("cargo  test \\\n  --lib", Allow),
        ("cargo test 'a b' \"c\"", Allow),
        ("'cargo' \"test\"", Allow),
        ("cargo test && git status", Allow),
        ("cargo test 2>&1 | tail -20", Allow),
        ("cd sub && cargo test", Allow),
        ("cargo test; echo \"exit $?\"", Allow),
        ("(cargo test)", Allow),
        ("if cargo test; then git diff; fi", Allow),
        ("cargo test # a comment", Allow),
        ("# a comment\ncargo test", Allow),
        ("cargo test > /dev/null 2>&1", Allow),
        ("cargo test > target/log.txt", Allow),
        ("cargo test 2> target/a/b", Allow),
        ("RUST_LOG=debug cargo test", Allow),
        ("timeout 60 cargo test", Allow),
        ("cargo test $(git status)", Ask),
        ("cargo", Ask),
        ("cargo tests", Ask),
        ("cargo testx", Ask),
        ("CARGO test", Ask),
        ("cargo build", Ask),
        ("cargo +nightly test", Ask),
        ("cargo test > out.txt", Ask),
        ("RUST_LOG=debug CI=1 cargo test", Ask),
        ("cargo test --release", Ask),
        ("cargo test -p x --release", Ask),
        ("timeout 60 cargo build", Ask),
        ("ls /usr/include/x", Allow),
        ("ls /etc/x", Ask),
        ("ls /usr/include/x src/a", Ask),
        ("for x in *; do $TOOL \"$x\"; done", Allow),
        ("for x in *; do $TOOL  \"$x\"; done", Ask),
        ("rm src/vendor/a.c", Deny),
        ("rm -rf src", Deny),
        ("rm -rf s*", Deny),
        ("cat x > src/vendor/a.c", Deny),
        ("cd src && rm vendor/a.c", Deny),
        ("mv src/vendor/a.c b.c", Deny),
        ("cat src/a.rs", Ask),
    ] {
        assert_eq!(outcome(line), expected, "{line}");
    }
}

fn granted(words: &[String]) -> Context {
    let id = GrantId { session: SessionId(7), seq: Seq(4) };
    let grant = Grant { matcher: Matcher::Prefix(words.to_vec()), origin: None, call: None, until: None };
    Context { grants: vec![(id, grant)], ..ctx() }
}

fn by_grant(words: &[&str], line: &str) -> Outcome {
    let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    judge(&Policy::built_in(), &run(line), &granted(&words)).outcome
}

#[test]
fn a_grant_of_a_prefix_covers_commands_that_begin_so() {
    for (line, expected) in [
        ("cargo test", Allow),
        ("cargo test -p x", Allow),
        ("cargo test a && cargo test b", Allow),
        ("cargo test > /dev/null 2>&1", Allow),
        ("RUST_BACKTRACE=1 cargo test", Allow),
        ("cargo test > log", Ask),
        ("cargo test | tail", Ask),
        ("RUSTFLAGS=-x cargo test", Ask),
        ("cargo test; ls", Ask),
        ("cargo build", Ask),
        ("cargo test \"$X\"", Ask),
        ("cargo test /etc/x", Ask),
        ("sudo cargo test", Ask),
        ("", Ask),
        (";", Ask),
        ("# cargo test", Ask),
    ] {
        assert_eq!(by_grant(&["cargo", "test"], line), expected, "{line}");
    }
    assert_eq!(by_grant(&[], "cargo test"), Ask, "nothing is the beginning of nothing");
    let away = CallView { cwd: Some("/tmp".into()), ..run("cargo test") };
    assert_eq!(judge(&Policy::built_in(), &away, &granted(&["cargo".into(), "test".into()])).outcome, Ask);
    let verdict = judge(&Policy::built_in(), &run("cargo test"), &granted(&["cargo".into(), "test".into()]));
    assert_eq!(verdict.rule.text, "granted: commands that begin with `cargo test`, where taut warns of nothing");
}

#[test]
fn what_is_offered_covers_its_own_call_and_nothing_dangerous_is_offered() {
    for (line, words) in [
        ("cargo test --lib", "cargo test"),
        ("git status -s", "git status"),
        ("npm run build", "npm run build"),
        ("npm test", "npm test"),
        ("ls -la src", "ls"),
        ("make check", "make check"),
        ("grep -rn x src", "grep"),
    ] {
        let offered = offers_prefix(line).unwrap_or_default();
        assert_eq!(offered.join(" "), words, "{line}");
        assert_eq!(judge(&Policy::built_in(), &run(line), &granted(&offered)).outcome, Allow, "{line}");
        assert!(scopes(&run(line), &ctx()).contains(&Matcher::Prefix(offered)), "{line}");
    }
    for line in [
        "rm x",
        "rm -rf x",
        "sudo ls",
        "bash x.sh",
        "bash -c ls",
        "python3 -c x",
        "python3 x.py",
        "curl x",
        "ssh a ls",
        "git push",
        "git push --force",
        "git reset --hard",
        "git clean -fd",
        "git fetch",
        "cargo install x",
        "npm install",
        "npx x",
        "cargo test | tail",
        "cargo test; ls",
        "cargo test > x",
        "X=1 cargo test",
        "$X test",
        "cargo",
        "git -c a=b status",
        "dd if=a of=b",
        "kill 1",
        "chmod -R 777 .",
        "find . -delete",
        "env",
        "eval x",
        "./x.sh",
        "/bin/ls",
        "xargs ls",
        "kubectl get pods",
        "docker ps",
        "sed -i s/a/b/ x",
        "",
        "cargo test '",
        "mv a b",
        "tee x",
        "awk 1 x",
    ] {
        assert_eq!(offers_prefix(line), None, "{line}");
    }
}

#[test]
fn risk_and_reasons_come_from_what_runs() {
    let of = |line: &str| judge(&Policy::built_in(), &run(line), &ctx());
    for (line, risk, reason) in [
        ("cargo test", Risk::Mid, "runs a command"),
        ("make", Risk::Mid, "runs what is in a Makefile"),
        ("echo hi > notes.txt", Risk::Mid, "overwrites notes.txt"),
        ("sed -i s/a/b/ src/a.rs", Risk::Mid, "overwrites src/a.rs"),
        ("rm -rf build", Risk::High, "deletes build and all below"),
        (
            "git push --force origin main",
            Risk::High,
            "may overwrite or delete what is on the other side: git push --force origin main",
        ),
        ("git reset --hard HEAD~3", Risk::High, "throws away changes that are not committed: git reset --hard HEAD~3"),
        ("git rebase -i main", Risk::High, "rewrites history: git rebase -i main"),
        ("git branch -D x", Risk::High, "deletes or moves a name of commits: git branch -D x"),
        ("git reflog expire --all", Risk::High, "removes the way back to old commits: git reflog expire --all"),
        ("git clean -fdx", Risk::High, "deletes files that git does not know: git clean -fdx"),
        ("git checkout -- .", Risk::High, "throws away changes that are not committed: git checkout -- ."),
        ("git filter-branch --all", Risk::High, "rewrites history: git filter-branch --all"),
        ("curl https://x.y", Risk::High, "reaches the network: curl https://x.y"),
        ("pip install x", Risk::High, "installs or publishes, over the network: pip install x"),
        ("dd if=/dev/zero of=/dev/sda", Risk::High, "works on disks or raw devices: dd if=/dev/zero of=/dev/sda"),
        ("chmod -R 777 .", Risk::High, "changes permissions: chmod -R 777 ."),
        ("pkill node", Risk::High, "ends or commands other programs: pkill node"),
        ("printenv", Risk::High, "shows the environment, which may hold secrets: printenv"),
        ("gpg --export-secret-keys", Risk::High, "works with keys and passwords: gpg --export-secret-keys"),
        ("systemctl stop x", Risk::High, "works on the machine or an account: systemctl stop x"),
    ] {
        let verdict = of(line);
        assert_eq!(verdict.risk, risk, "{line} {verdict:?}");
        assert!(verdict.reasons.iter().any(|it| it == reason), "{line} {:?}", verdict.reasons);
    }
}

#[test]
fn an_address_is_no_place_on_the_disk_and_a_file_on_another_machine_may_be() {
    for (line, outside) in [
        ("curl https://get.example.org/x", false),
        ("curl --url=https://get.example.org/x", false),
        ("git clone ssh://git@example.org/x", false),
        ("curl file:///etc/passwd", true),
        ("scp a host:/etc/x", true),
        ("docker run -v /etc:/x y", true),
    ] {
        let reasons = judge(&Policy::built_in(), &run(line), &ctx()).reasons;
        assert_eq!(reasons.iter().any(|it| it.starts_with("outside the workspace")), outside, "{line} {reasons:?}");
    }
}

/// Pieces of which lines are made: commands that some rule means, others, and signs.
const PIECES: [&str; 26] = [
    "cargo test",
    "git status",
    "rm -rf build",
    "echo x",
    "timeout 5 cargo test",
    "sudo cargo test",
    "cat .env",
    "PATH=/x",
    "RUST_LOG=1",
    "$X",
    "$(git diff)",
    "`rm x`",
    "'a b'",
    "> target/x",
    "> y",
    "2>&1",
    "bash -c 'cargo test'",
    "<<< a",
    "\\",
    "'",
    "(",
    ")",
    "{",
    "}",
    "# c",
    "é",
];
const SIGNS: [&str; 8] = [" ; ", " && ", " || ", " | ", " & ", "\n", " ", "|&"];

fn any_line() -> impl Strategy<Value = String> {
    let piece = (prop::sample::select(PIECES.to_vec()), prop::sample::select(SIGNS.to_vec()));
    prop::collection::vec(piece, 1..6).prop_map(|all| all.into_iter().flat_map(|(piece, sign)| [piece, sign]).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn the_order_of_commands_never_widens(
        commands in prop::collection::vec(prop::sample::select(PIECES[..9].to_vec()), 1..5)
            .prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
    ) {
        let [one, two] = [commands.0, commands.1].map(|all| all.join(" ; "));
        prop_assert_eq!(outcome(&one), outcome(&two));
        prop_assert_eq!(by_grant(&["cargo", "test"], &one), by_grant(&["cargo", "test"], &two));
    }

    #[test]
    fn the_order_of_prefixes_and_rules_never_matters(line in any_line(), turn in 0usize..4) {
        let mut rules: Vec<&str> = POLICY.split("\n\n").collect();
        rules.rotate_left(turn);
        let turned = Policy::parse(&rules.join("\n\n"), "p").unwrap();
        prop_assert_eq!(judge(&turned, &run(&line), &ctx()).outcome, outcome(&line));
    }

    #[test]
    fn a_line_is_allowed_only_if_each_of_its_parts_is(left in any_line(), right in any_line()) {
        // Both parts alone are whole; together they may be more than the sum, never less.
        let both = format!("{left}\n{right}");
        let alone = [&left, &right].map(|line| outcome(line));
        let blank = |line: &str| line.trim().is_empty() || line.trim().starts_with('#');
        if outcome(&both) == Allow && !blank(&left) && !blank(&right) {
            let allowed = |at: usize, line: &str| alone[at] == Allow || taut::shell::read(line).commands.is_empty() || !taut::shell::read(line).doubts.is_empty();
            prop_assert!(allowed(0, &left) && allowed(1, &right), "{both:?} {alone:?}");
        }
    }

    #[test]
    fn a_wrapper_never_widens(
        line in any_line(),
        wrapper in prop::sample::select(vec!["sudo", "env A=b", "nohup", "time", "xargs", "nice -n 3", "command", "exec", "ssh host"]),
    ) {
        let wrapped = format!("{wrapper} {line}");
        prop_assert_ne!(outcome(&wrapped), Allow, "{}", wrapped);
        prop_assert_ne!(by_grant(&["cargo", "test"], &wrapped), Allow, "{}", wrapped);
        let quoted = format!("bash -c '{}'", line.replace('\'', "'\\''"));
        prop_assert_ne!(outcome(&quoted), Allow, "{}", quoted);
        let empty = taut::shell::read(&line).commands.is_empty();
        prop_assert!(outcome(&format!("timeout 5 {line}")) >= Ask || outcome(&line) == Allow || empty, "{}", line);
    }

    #[test]
    fn judging_any_line_is_total(line in any::<String>(), pieces in any_line()) {
        let policy = Policy::parse(POLICY, "p").unwrap();
        for text in [&line, &pieces, &format!("{pieces}{line}")] {
            prop_assert_eq!(judge(&policy, &run(text), &ctx()), judge(&policy, &run(text), &ctx()));
            prop_assert!(offers_prefix(text).is_none_or(|words| words.iter().all(|word| !word.is_empty())));
        }
    }
}
