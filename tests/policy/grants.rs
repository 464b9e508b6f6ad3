//! What a grant says is what it covers: its sentence is made from its matcher alone, and the calls on either side of it are
//! judged by the same matcher.

use crate::{at, call, ctx};
use taut::domain::{At, CallPatch, Completeness, FileChange, Grant, GrantId, Impact, Matcher, Outcome, Seq, SessionId};
use taut::policy::{CallView, Context, Policy, Raised, judge};

fn run(command: &str) -> CallView {
    CallView { command: Some(command.into()), tool: Some("Bash".into()), ..call(Impact::Execute) }
}

fn write(tool: &str, path: &str) -> CallView {
    let change = FileChange {
        path: path.into(),
        old: None,
        new: Some("x".into()),
        fragment: false,
        line: None,
        patch: None,
        moved_to: None,
    };
    let said = CallPatch {
        tool: Some(tool.into()),
        impact: Some(Impact::Edit),
        args: Some(format!(r#"{{"file_path":"{path}"}}"#).into()),
        changes: Some(vec![change]),
        ..CallPatch::default()
    };
    CallView::of(&said, Completeness::Whole, Raised::ByAgent)
}

/// Whether a grant lets a call run, that nothing else would.
fn lets(matcher: &Matcher, until: Option<At>, call: &CallView) -> bool {
    let id = GrantId { session: SessionId(1), seq: Seq(7) };
    let grant = Grant { matcher: matcher.clone(), origin: None, call: None, until };
    let ctx = Context { grants: vec![(id, grant)], ..ctx() };
    let verdict = judge(&Policy::default(), call, &ctx);
    let by_grant = verdict.rule.is_grant();
    if by_grant {
        // What is put on record with each use are the words that were shown when it was given.
        assert_eq!(verdict.rule.text, format!("granted: {}", matcher.words()));
        assert_eq!(verdict.outcome, Outcome::Allow);
    }
    by_grant
}

#[test]
fn every_matcher_covers_what_it_says_and_nothing_beside() {
    let exact = write("Write", "src/a.rs");
    let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let table: Vec<(Matcher, &str, Vec<CallView>, Vec<CallView>)> = vec![
        (
            Matcher::AgentsOwn { offer: "always".into() },
            "the agent's own always",
            vec![],
            vec![run("ls"), write("Write", "src/a.rs")],
        ),
        (
            Matcher::Exact { tool: "Write".into(), args: exact.exact_digest().unwrap() },
            "exactly this call of Write",
            vec![exact.clone()],
            vec![write("Write", "src/b.rs"), write("Edit", "src/a.rs"), run("ls")],
        ),
        (
            Matcher::Impact(Impact::Edit),
            "every edit in the workspace",
            vec![write("Write", "src/a.rs"), write("Other", "deep/down/b.md")],
            vec![write("Write", "/etc/hosts"), write("Write", "../x"), write("Write", ".env"), run("touch a")],
        ),
        (
            Matcher::Tool("Write".into()),
            "every call of Write in the workspace",
            vec![write("Write", "src/a.rs"), write("Write", "b")],
            vec![write("Writer", "src/a.rs"), write("Write", "/w/other/a.rs"), at(Impact::Edit, "src/a.rs")],
        ),
        (
            Matcher::Path("src/**".into()),
            "every edit of src/**",
            vec![write("Write", "src/a.rs"), write("Edit", "src/deep/b.rs"), write("Write", "/w/app/src/c.rs")],
            vec![
                write("Write", "tests/a.rs"),
                write("Write", "src/../a.rs"),
                write("Write", "srcs/a.rs"),
                write("Write", "/w/other/src/a.rs"),
                run("touch src/a.rs"),
            ],
        ),
        (
            Matcher::Prefix(words("cargo test")),
            "commands that begin with `cargo test`, where taut warns of nothing",
            vec![run("cargo test"), run("cargo test --doc"), run("cargo test a && cargo test b")],
            vec![
                run("cargo build"),
                run("cargo test; rm -r src"),
                run("cargo test > log"),
                run("cargo testing"),
                run("PATH=x cargo test"),
                run("cargo test $(rm a)"),
                run("xcargo test"),
            ],
        ),
    ];
    for (matcher, said, inside, outside) in table {
        assert_eq!(matcher.words(), said);
        for call in &inside {
            assert!(lets(&matcher, None, call), "{said}: {call:?}");
            assert!(lets(&matcher, Some(At(1_001)), call), "until later: {said}");
            // The clock stands at 1,000: what ended then is over.
            assert!(!lets(&matcher, Some(At(1_000)), call), "over: {said}");
        }
        for call in &outside {
            assert!(!lets(&matcher, None, call), "{said}: {call:?}");
        }
    }
}

#[test]
fn words_that_could_be_read_as_several_are_in_quotes() {
    let prefix = Matcher::Prefix(vec!["git".into(), "commit -m".into(), String::new(), "a\"b".into()]);
    assert_eq!(prefix.words(), r#"commands that begin with `git "commit -m" "" "a\"b"`, where taut warns of nothing"#);
}

#[test]
fn a_file_that_is_not_there_is_made_and_one_that_is_there_is_overwritten() {
    let said = |command: &str| {
        let ctx = Context { absent: vec!["/w/app/new".into(), "/w/app/d/log".into()], ..ctx() };
        judge(&Policy::default(), &run(command), &ctx).reasons
    };
    for (command, first) in [
        ("echo x > new", "makes new"),
        ("echo x >> d/log", "makes d/log"),
        ("echo x | tee new", "makes new"),
        ("echo x > old", "overwrites old"),
        ("echo x > $new", "overwrites $new"),
    ] {
        assert_eq!(said(command)[0], first, "{command}");
    }
    let both = said("echo x > new; echo y > old");
    assert!(both.contains(&"makes new".to_owned()) && both.contains(&"overwrites old".to_owned()), "{both:?}");
}
