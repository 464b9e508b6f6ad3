//! What policy says of about eighty calls, and what holds for any call and any policy.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test that can't go on fails")]

mod disguises;
mod grants;
mod laws;
mod leads;
mod named;
mod options;
mod prefixes;
mod sums;
mod told;

use taut::domain::{
    At, CallId, CallPatch, Completeness, FileChange, Grant, GrantId, Impact, Matcher, Outcome, Place, Risk, Seq,
    SessionId, Verdict,
};
use taut::policy::{CallView, Context, Policy, Raised, Touch, judge};

const POLICY: &str = r#"
[[rule]]
then = "allow"
impact = ["edit"]
path = ["src/**", "**/*.md"]

[[rule]]
then = "deny"
impact = "edit"
path = "src/vendor"
note = "vendored"

[[rule]]
then = "ask"
path = ["src/auth/**"]

[[rule]]
then = "allow"
command = ["cargo test", "git status"]

[[rule]]
then = "deny"
command = ["git push --force"]

[[rule]]
then = "allow"
tool = ["todo_write"]

[[rule]]
then = "deny"
tool = ["WebSearch"]

[[rule]]
then = "allow"
impact = ["read"]
path = ["/usr/include/**", ".env"]

[[rule]]
then = "allow"
impact = ["fetch"]
agent = ["gemini"]

[[rule]]
then = "deny"
path = ["**/*.pem"]

[[rule]]
then = "allow"
impact = ["edit", "run"]
tool = ["taut_writer"]
"#;

fn ctx() -> Context {
    Context {
        workspace: "/w/app".into(),
        home: "/home/ada".into(),
        agent: "claude".into(),
        own: ["/home/ada/.config/taut", "/home/ada/.local/state/taut", "/run/user/7/taut/hub.sock", "/usr/bin/taut"]
            .map(String::from)
            .into(),
        now: At(1_000),
        ..Context::default()
    }
}

fn policy() -> Policy {
    Policy::parse(POLICY, "policy.toml").expect("the policy of this test")
}

fn call(impact: Impact) -> CallView {
    CallView { impact, payload: Completeness::Whole, ..CallView::default() }
}

fn at(impact: Impact, path: &str) -> CallView {
    CallView { places: vec![path.into()], ..call(impact) }
}

fn run(command: &str) -> CallView {
    CallView { command: Some(command.into()), ..call(Impact::Execute) }
}

fn tool(name: &str, view: CallView) -> CallView {
    CallView { tool: Some(name.into()), ..view }
}

fn args(json: &str, view: CallView) -> CallView {
    CallView { args: Some(json.into()), ..view }
}

fn title_only(view: CallView) -> CallView {
    CallView { title: Some("does it".into()), payload: Completeness::TitleOnly, ..view }
}

fn unasked(view: CallView) -> CallView {
    CallView { raised: Raised::Nobody, ..view }
}

fn link(path: &str, real: &str, impact: Impact) -> CallView {
    CallView { places: vec![Touch { path: path.into(), real: Some(real.into()) }], ..call(impact) }
}

use Impact::{Delete, Edit, Execute, Fetch, Move, Other, Read, Think};
use Outcome::{Allow, Ask, Deny};
use Risk::{High, Low, Mid, Top};

/// A call; what the policy of this file says of it: outcome, line of the rule (0: built in), risk, and one reason.
type Row = (&'static str, CallView, Outcome, u32, Risk, &'static str);

#[rustfmt::skip]
fn looking() -> Vec<Row> {
    vec![
        ("a file of the workspace", at(Read, "src/a.rs"), Allow, 0, Low, "looks only, by the agent's word"),
        ("by its full name", at(Read, "/w/app/src/a.rs"), Allow, 0, Low, "looks only, by the agent's word"),
        ("the workspace itself", at(Read, "/w/app"), Allow, 0, Low, "looks only, by the agent's word"),
        ("a name that only begins like it", at(Read, "/w/apple"), Ask, 0, High, "outside the workspace: /w/apple"),
        ("nowhere in particular", call(Read), Ask, 0, Low, "looks only, by the agent's word"),
        ("a title without anything", title_only(call(Read)), Ask, 0, High, "does not say what it reads"),
        ("outside", at(Read, "/etc/hosts"), Ask, 0, High, "outside the workspace: /etc/hosts"),
        ("outside, by rule", at(Read, "/usr/include/stdio.h"), Allow, 33, High, "outside the workspace: /usr/include/stdio.h"),
        ("a key at home", at(Read, "~/.ssh/id_rsa"), Ask, 0, High, "/home/ada/.ssh/id_rsa is likely to hold secrets"),
        ("a secret inside", at(Read, "conf/.env.local"), Ask, 0, High, "conf/.env.local is likely to hold secrets"),
        ("a secret that a rule names", at(Read, ".env"), Allow, 33, High, ".env is likely to hold secrets"),
        ("a secret that a rule denies", at(Read, "certs/a.PEM"), Deny, 43, High, "certs/a.PEM is likely to hold secrets"),
        ("the same on the disk", at(Read, "/etc/ssl/a.pem"), Deny, 43, High, "outside the workspace: /etc/ssl/a.pem"),
        ("git's own files", at(Read, ".git/config"), Allow, 0, Low, "looks only, by the agent's word"),
        ("up and back", at(Read, "src/../src/a.rs"), Ask, 0, High, "names a path with `..`"),
        ("up and back, known to be real", link("src/../a.rs", "/w/app/a.rs", Read), Allow, 0, Low, "looks only, by the agent's word"),
        ("a link out", link("src/a.rs", "/etc/hosts", Read), Ask, 0, High, "outside the workspace: /etc/hosts"),
        ("an empty path", at(Read, ""), Ask, 0, High, "names an empty path"),
        ("an address", at(Read, "https://a.b/c"), Ask, 0, High, "names an address in place of a file"),
        ("with a command", CallView { command: Some("cat a".into()), ..at(Read, "a") }, Ask, 0, Mid, "runs a command"),
        ("with a change", CallView { writes: vec!["x/a".into()], ..call(Read) }, Ask, 0, Mid, "writes in x/"),
        ("where a rule asks", at(Read, "src/auth/key.rs"), Ask, 13, Low, "looks only, by the agent's word"),
        ("a thought nobody asked about", unasked(call(Think)), Allow, 0, Mid, "touches only the agent's own plan or mode"),
        ("a change of plan, asked about", call(Think), Ask, 0, Mid, "touches only the agent's own plan or mode"),
    ]
}

#[rustfmt::skip]
fn changing() -> Vec<Row> {
    vec![
        ("by rule", at(Edit, "src/a/b.rs"), Allow, 2, Mid, "writes in src/a/"),
        ("by the other pattern", at(Edit, "README.md"), Allow, 2, Mid, "writes in the workspace's root"),
        ("both", CallView { writes: vec!["src/a.rs".into(), "docs/b.md".into()], ..call(Edit) }, Allow, 2, Mid, "writes in docs/ and 1 more folder"),
        ("one of two is not covered", CallView { writes: vec!["src/a.rs".into(), "build/b".into()], ..call(Edit) }, Ask, 0, Mid, "writes in build/ and 1 more folder"),
        ("one of two is denied", CallView { writes: vec!["src/a.rs".into(), "src/vendor/b".into()], ..call(Edit) }, Deny, 7, Mid, "writes in src/ and 1 more folder"),
        ("denied below", at(Edit, "src/VENDOR/x/y.rs"), Deny, 7, Mid, "writes in src/VENDOR/x/"),
        ("ask beats allow", at(Edit, "src/auth/a.rs"), Ask, 13, Mid, "writes in src/auth/"),
        ("no rule", at(Edit, "build/a"), Ask, 0, Mid, "writes in build/"),
        ("no rule, many", CallView { writes: vec!["a/1".into(), "b/1".into(), "c/1".into()], ..call(Edit) }, Ask, 0, Mid, "writes in a/ and 2 more folders"),
        ("outside", at(Edit, "/tmp/a.md"), Ask, 0, High, "outside the workspace: /tmp/a.md"),
        ("relative outside", at(Edit, "../src/a.rs"), Ask, 0, High, "names a path with `..`"),
        ("up into a denied folder", at(Edit, "src/x/../vendor/a"), Deny, 7, High, "names a path with `..`"),
        ("a link out of an allowed folder", link("src/a.rs", "/home/ada/.bashrc", Edit), Ask, 0, High, "outside the workspace: /home/ada/.bashrc"),
        ("a link into a denied folder", link("src/b.rs", "/w/app/src/vendor/b.rs", Edit), Deny, 7, Mid, "writes in src/vendor/"),
        ("a denied name that leads elsewhere", link("src/vendor/b.rs", "/w/app/src/b.rs", Edit), Deny, 7, Mid, "writes in src/"),
        ("a secret in an allowed folder", at(Edit, "src/.env"), Ask, 0, High, "src/.env is likely to hold secrets"),
        ("git's insides", at(Edit, ".git/hooks/pre-commit.md"), Ask, 0, High, "changes git's own files: .git/hooks/pre-commit.md"),
        ("an agent's settings", at(Edit, "src/.claude/x.md"), Ask, 0, High, "changes what an agent may do: src/.claude/x.md"),
        ("without a file", call(Edit), Ask, 0, High, "does not say which files"),
        ("a title only", title_only(at(Edit, "src/a.rs")), Ask, 0, High, "the agent shows only a title"),
        ("with a command", CallView { command: Some("sed".into()), ..at(Edit, "src/a.rs") }, Ask, 0, Mid, "runs a command"),
        ("removing by an edit", CallView { removes: vec!["src/a.rs".into()], ..call(Edit) }, Ask, 0, High, "deletes 1 file"),
        ("three files away", CallView { removes: vec!["a".into(), "b".into(), "c".into()], ..call(Delete) }, Ask, 0, High, "deletes 3 files"),
        ("the folder above one that asks", at(Delete, "src"), Ask, 13, High, "deletes 1 file"),
        ("the same, moved", at(Move, "src"), Ask, 13, Mid, "moves 1 file"),
        ("a control character", at(Edit, "src/a\u{1b}[2K.rs"), Ask, 0, High, "names a path with control characters"),
        ("in another folder", CallView { cwd: Some("src".into()), ..at(Edit, "a.rs") }, Allow, 2, Mid, "writes in src/"),
    ]
}

#[rustfmt::skip]
fn running() -> Vec<Row> {
    vec![
        ("by rule", run("cargo test"), Allow, 17, Mid, "runs a command"),
        ("blanks around", run(" cargo test\n"), Allow, 17, Mid, "runs a command"),
        ("more than the rule", run("cargo test; rm -rf build"), Ask, 0, High, "deletes build and all below"),
        ("less than the rule", run("cargo"), Ask, 0, Mid, "runs a command"),
        ("elsewhere", CallView { cwd: Some("/tmp".into()), ..run("cargo test") }, Ask, 0, High, "outside the workspace: /tmp"),
        ("below", CallView { cwd: Some("/w/app/sub".into()), ..run("cargo test") }, Allow, 17, Mid, "runs a command"),
        ("denied", run("git push --force"), Deny, 21, High, "reaches the network: git push --force"),
        ("no rule", run("make"), Ask, 0, Mid, "runs a command"),
        ("empty", run("  "), Ask, 0, High, "the command is empty"),
        ("not known", call(Execute), Ask, 0, High, "the command is not known"),
        ("too long", CallView { command: Some(taut::domain::Text::Body(taut::domain::BodyRef::of("x"))), ..call(Execute) }, Ask, 0, High, "the command is too long to be judged"),
        ("called other", CallView { command: Some("make".into()), ..call(Other) }, Ask, 0, Mid, "runs a command"),
        ("a tool by rule", tool("todo_write", call(Other)), Allow, 25, High, "does not say what it may do"),
        ("a tool by rule, a title only", tool("todo_write", title_only(call(Other))), Ask, 0, High, "the agent shows only a title"),
        ("another tool", tool("todo_writer", call(Other)), Ask, 0, High, "does not say what it may do"),
        ("a denied tool", tool("websearch", call(Fetch)), Deny, 29, High, "reaches the network"),
        ("the network", call(Fetch), Ask, 0, High, "reaches the network"),
        ("from a subagent", CallView { parent: Some(CallId("c1".into())), ..run("make") }, Ask, 0, Mid, "asked for by a subagent"),
    ]
}

#[rustfmt::skip]
fn taut_itself() -> Vec<Row> {
    vec![
        ("its policy", at(Edit, "~/.config/taut/policy.toml"), Ask, 0, Top, "touches taut's own files: /home/ada/.config/taut/policy.toml"),
        ("its policy, read", at(Read, "/home/ada/.config/taut/policy.toml"), Ask, 0, Top, "touches taut's own files: /home/ada/.config/taut/policy.toml"),
        ("its store", at(Delete, "/home/ada/.local/state/taut/taut.db"), Ask, 0, Top, "touches taut's own files: /home/ada/.local/state/taut/taut.db"),
        ("a folder that holds it", at(Delete, "/home/ada/.config"), Ask, 0, Top, "touches taut's own files: /home/ada/.config"),
        ("its socket", at(Other, "/run/user/7/taut/hub.sock"), Ask, 0, Top, "touches taut's own files: /run/user/7/taut/hub.sock"),
        ("in other letters", at(Edit, "/HOME/ada/.Config/Taut/x"), Ask, 0, Top, "touches taut's own files: /HOME/ada/.Config/Taut/x"),
        ("by a detour", at(Edit, "src/../../../home/ada/.config/taut/x"), Ask, 0, Top, "touches taut's own files: /home/ada/.config/taut/x"),
        ("through a link", link("src/a.rs", "/usr/bin/taut", Edit), Ask, 0, Top, "touches taut's own files: /usr/bin/taut"),
        ("by command", run("cp x ~/.config/taut/policy.toml"), Ask, 0, Top, "names taut's own files"),
        ("itself", run("taut halt"), Ask, 0, Top, "runs taut itself"),
        ("by a tool that a rule allows", tool("todo_write", args(r#"{"path":"/home/ada/.config/taut/x"}"#, call(Other))), Ask, 0, Top, "names taut's own files"),
        ("by a tool that may write and run", tool("taut_writer", args(r#"{"p":"~/.config/taut/x"}"#, at(Edit, "src/x.rs"))), Ask, 0, Top, "names taut's own files"),
        ("where a rule denies", at(Edit, "/home/ada/.config/taut/a.pem"), Deny, 43, Top, "touches taut's own files: /home/ada/.config/taut/a.pem"),
    ]
}

fn check(rows: Vec<Row>) {
    let policy = policy();
    for (name, view, outcome, line, risk, reason) in rows {
        let verdict = judge(&policy, &view, &ctx());
        let Verdict { rule, reasons, .. } = &verdict;
        assert_eq!(
            (verdict.outcome, rule.line.unwrap_or(0), verdict.risk),
            (outcome, line, risk),
            "{name}: {verdict:?}"
        );
        assert!(reasons.iter().any(|it| it == reason), "{name}: {reasons:?}");
        assert_eq!(rule.source, if line == 0 { "built-in" } else { "policy.toml" }, "{name}");
        assert_eq!(verdict.policy, policy.digest());
    }
}

#[test]
fn calls_that_look() {
    check(looking());
}

#[test]
fn calls_that_change_files() {
    check(changing());
}

#[test]
fn calls_that_run_and_fetch() {
    check(running());
}

#[test]
fn calls_that_touch_taut_are_never_allowed() {
    check(taut_itself());
}

fn all_calls() -> Vec<CallView> {
    [looking(), changing(), running(), taut_itself()].into_iter().flatten().map(|row| row.1).collect()
}

#[test]
fn without_a_policy_only_looking_is_allowed() {
    for view in all_calls() {
        let verdict = judge(&Policy::built_in(), &view, &ctx());
        assert!(verdict.outcome == Ask || (verdict.outcome == Allow && view.only_looks()), "{view:?} {verdict:?}");
    }
    let verdict = judge(&Policy::built_in(), &at(Edit, "a"), &ctx());
    assert_eq!(verdict.rule.text, "ask for what no rule speaks of");
}

#[test]
fn a_verdict_names_its_rule_in_words() {
    let text = |view: CallView| judge(&policy(), &view, &ctx()).rule.text;
    assert_eq!(text(at(Edit, "src/a.rs")), "allow edit of src/** or **/*.md");
    assert_eq!(text(at(Edit, "src/vendor/a")), "deny edit of src/vendor: vendored");
    assert_eq!(text(run("cargo test")), "allow anything as command cargo test or git status");
    assert_eq!(text(tool("todo_write", call(Other))), "allow anything by tool todo_write");
}

#[test]
fn a_rule_may_speak_of_one_agent() {
    let gemini = Context { agent: "gemini".into(), ..ctx() };
    assert_eq!(judge(&policy(), &call(Fetch), &gemini).outcome, Allow);
    assert_eq!(judge(&policy(), &call(Fetch), &ctx()).outcome, Ask);
}

#[test]
fn the_mode_is_among_the_reasons() {
    let mode = Some("https://example.org/modes#autopilot".into());
    let verdict = judge(&policy(), &run("make"), &Context { mode, ..ctx() });
    assert!(verdict.reasons.contains(&"the agent is in its mode autopilot".to_owned()), "{:?}", verdict.reasons);
}

#[test]
fn more_files_than_can_be_judged_ask() {
    let mut view = CallView { writes: vec!["src/a.rs".into(); 1_000], ..call(Edit) };
    assert_eq!(judge(&policy(), &view, &ctx()).outcome, Allow);
    view.writes.push("src/a.rs".into());
    assert_eq!(judge(&policy(), &view, &ctx()).outcome, Ask);
}

#[test]
fn silence_may_deny() {
    let strict = Policy::parse("default = \"deny\"\n[[rule]]\nthen = \"ask\"\ncommand = \"make\"\n", "p.toml").unwrap();
    let outcome = |view: CallView| judge(&strict, &view, &ctx()).outcome;
    assert_eq!(outcome(run("ls")), Deny);
    assert_eq!(outcome(run("make")), Ask);
    assert_eq!(outcome(at(Read, "src/a.rs")), Allow);
    assert_eq!(outcome(at(Edit, "/home/ada/.config/taut/x")), Deny);
    assert_eq!(judge(&strict, &run("ls"), &ctx()).rule.line, Some(1));
}

#[test]
fn a_policy_that_cannot_be_read_allows_nothing_and_goes_on_denying() {
    for view in all_calls() {
        let broken = judge(&Policy::broken("policy.toml:3: unknown key"), &view, &ctx());
        assert_eq!(broken.outcome, Ask, "{view:?}");
        assert!(broken.reasons[0].contains("policy.toml:3: unknown key"));
        let (before, after) = (judge(&policy(), &view, &ctx()), judge(&policy().doubted("why"), &view, &ctx()));
        assert_eq!(after.outcome, before.outcome.max(Ask), "{view:?}");
        assert_ne!(after.policy, before.policy);
    }
}

fn granted(matcher: Matcher, until: Option<At>) -> Context {
    let id = GrantId { session: SessionId(7), seq: Seq(4) };
    Context { grants: vec![(id, Grant { matcher, origin: None, call: None, until })], ..ctx() }
}

#[test]
fn grants_cover_what_they_say() {
    let edit = |path: &str| at(Edit, path);
    let bash = |json: &str| tool("Bash", args(json, run("make")));
    let exact = || Matcher::Exact { tool: "Bash".into(), args: bash(r#"{"a":1,"b":2}"#).exact_digest().unwrap() };
    let rows: Vec<(Matcher, CallView, Outcome)> = vec![
        (Matcher::Impact(Edit), edit("x/y"), Allow),
        (Matcher::Impact(Edit), edit("/tmp/y"), Ask),
        (Matcher::Impact(Edit), edit("x/.env"), Ask),
        (Matcher::Impact(Edit), edit("x/../y"), Ask),
        (Matcher::Impact(Edit), at(Delete, "x/y"), Ask),
        (Matcher::Impact(Edit), CallView { command: Some("make".into()), ..edit("x") }, Ask),
        (Matcher::Impact(Edit), edit("src/vendor/x"), Deny),
        (Matcher::Impact(Edit), edit("src/auth/x"), Ask),
        (Matcher::Impact(Edit), edit("/home/ada/.config/taut/x"), Ask),
        (Matcher::Impact(Execute), run("make"), Allow),
        (Matcher::Impact(Execute), run("taut ls"), Ask),
        (Matcher::Impact(Execute), run(""), Ask),
        (Matcher::Tool("Bash".into()), bash("{}"), Allow),
        (Matcher::Tool("Bash".into()), tool("bash", run("make")), Ask),
        (Matcher::Tool(String::new()), tool("", run("make")), Ask),
        (Matcher::Path("x/**".into()), edit("x/y"), Allow),
        (Matcher::Path("x/**".into()), edit("y"), Ask),
        (Matcher::Path("x/**".into()), at(Delete, "x/y"), Ask),
        (Matcher::Path("x/**".into()), call(Edit), Ask),
        (Matcher::Path("[".into()), edit("["), Ask),
        (Matcher::Path(String::new()), edit(""), Ask),
        (exact(), bash(r#"{"b":2, "a":1}"#), Allow),
        (exact(), bash(r#"{"a":1,"b":3}"#), Ask),
        (exact(), tool("Bash2", args(r#"{"a":1,"b":2}"#, run("make"))), Ask),
        (exact(), CallView { cwd: Some("/tmp".into()), ..bash(r#"{"a":1,"b":2}"#) }, Ask),
        (exact(), CallView { payload: Completeness::TitleOnly, ..bash(r#"{"a":1,"b":2}"#) }, Ask),
        (Matcher::AgentsOwn { offer: "Always".into() }, edit("x/y"), Ask),
    ];
    for (matcher, view, outcome) in rows {
        let verdict = judge(&policy(), &view, &granted(matcher.clone(), None));
        assert_eq!(verdict.outcome, outcome, "{matcher:?} {view:?} {verdict:?}");
    }
    let verdict = judge(&policy(), &edit("x/y"), &granted(Matcher::Impact(Edit), None));
    assert_eq!(
        (verdict.rule.source.as_str(), verdict.rule.text.as_str()),
        ("g0000007.4", "granted: every edit in the workspace")
    );
}

#[test]
fn a_grant_ends() {
    let outcome = |until| judge(&policy(), &at(Edit, "x/y"), &granted(Matcher::Impact(Edit), Some(until))).outcome;
    assert_eq!(outcome(At(1_001)), Allow);
    assert_eq!(outcome(At(1_000)), Ask);
}

#[test]
fn a_view_is_made_from_what_was_said() {
    let change = |path: &str, new: Option<&str>| FileChange {
        path: path.into(),
        old: Some("a".into()),
        new: new.map(Into::into),
        fragment: false,
        line: None,
        patch: None,
        moved_to: None,
    };
    let patch = CallPatch {
        impact: Some(Edit),
        places: Some(vec![Place { path: "a".into(), line: Some(3) }]),
        changes: Some(vec![change("b", Some("x")), change("c", None)]),
        ..CallPatch::default()
    };
    let view = CallView::of(&patch, Completeness::Whole, Raised::ByAgent);
    assert_eq!((view.places, view.writes, view.removes), (vec!["a".into()], vec!["b".into()], vec!["c".into()]));
}

#[test]
fn bad_policies_tell_every_fault_with_its_line() {
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/policy")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ext| ext != "toml") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let faults = Policy::parse(&text, "policy.toml").err().unwrap_or_default();
        let told = faults.iter().fold(String::new(), |told, fault| told + &fault.to_string() + "\n");
        let expected = path.with_extension("txt");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&expected, &told).unwrap();
        }
        assert_eq!(told, std::fs::read_to_string(&expected).unwrap_or_default(), "{}", path.display());
    }
}
