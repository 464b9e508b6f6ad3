//! What a call names, in its arguments and places and patterns, and what "exactly this call" means.

use super::{ctx, granted, policy, run};
use taut::domain::Impact::{self, Delete, Edit, Read};
use taut::domain::Outcome::{Allow, Ask, Deny};
use taut::domain::{CallPatch, Completeness, FileChange, Matcher, Place, Text};
use taut::policy::{CallView, Policy, Raised, judge};

#[test]
fn exactly_this_call_is_this_change_of_this_file_and_no_other() {
    let edit = |path: &str, new: &str| CallPatch {
        tool: Some("Edit".into()),
        impact: Some(Edit),
        args: Some("{}".into()),
        places: Some(vec![Place { path: path.into(), line: None }]),
        changes: Some(vec![FileChange {
            path: path.into(),
            old: Some(Text::from("old")),
            new: Some(Text::from(new)),
            fragment: false,
            line: None,
            patch: None,
            moved_to: None,
        }]),
        ..CallPatch::default()
    };
    let view = |patch: &CallPatch| CallView::of(patch, Completeness::Whole, Raised::ByAgent);
    let first = view(&edit("x/a", "new"));
    let exact = Matcher::Exact { tool: "Edit".into(), args: first.exact_digest().unwrap() };
    let outcome = |view: &CallView| judge(&policy(), view, &granted(exact.clone(), None)).outcome;
    assert_eq!(outcome(&first), Allow);
    let deleted = CallPatch { impact: Some(Delete), changes: Some(vec![]), ..edit("x/a", "new") };
    for other in [edit("x/b", "new"), edit("x/a", "newer"), edit("/etc/hosts", "new"), deleted] {
        assert_eq!(outcome(&view(&other)), Ask, "{other:?}");
    }
}

#[test]
fn a_pattern_and_the_way_home_ask_whatever_a_prefix_allows() {
    let rules = "[[rule]]\nthen = \"allow\"\nprefix = [\"cat\", \"cd\", \"cargo test\", \"test\", \"unset\"]\n";
    let policy = Policy::parse(rules, "policy.toml").unwrap();
    for line in [
        "cat .en*",
        "cat [.]env",
        "cat ?env",
        "cat sec*/a",
        "cd; cargo test",
        "cd -P; cargo test",
        "test -v 'a[$(id)]'",
        "unset 'a[$(id)]'",
    ] {
        assert_eq!(judge(&policy, &run(line), &ctx()).outcome, Ask, "{line}");
    }
    for line in ["cat a.txt", "cd src && cargo test", "test -f a"] {
        assert_eq!(judge(&policy, &run(line), &ctx()).outcome, Allow, "{line}");
    }
}

#[test]
fn what_the_arguments_name_counts_where_the_call_says_something_else() {
    let rules =
        "[[rule]]\nthen = \"allow\"\nimpact = \"edit\"\npath = \"f.txt\"\n[[rule]]\nthen = \"deny\"\npath = \".env\"\n";
    let policy = Policy::parse(rules, "policy.toml").unwrap();
    let call = |impact: Impact, args: &str| CallPatch {
        impact: Some(impact),
        args: Some(args.into()),
        places: Some(vec![Place { path: "f.txt".into(), line: None }]),
        changes: Some(match impact {
            Edit => vec![FileChange {
                path: "f.txt".into(),
                old: None,
                new: Some(Text::from("x")),
                fragment: false,
                line: None,
                patch: None,
                moved_to: None,
            }],
            _ => vec![],
        }),
        ..CallPatch::default()
    };
    let outcome =
        |call: CallPatch| judge(&policy, &CallView::of(&call, Completeness::Whole, Raised::ByAgent), &ctx()).outcome;
    assert_eq!(outcome(call(Edit, r#"{"path":"f.txt","content":"x"}"#)), Allow);
    assert_eq!(outcome(call(Edit, r#"{"path":"/etc/hosts","content":"x"}"#)), Ask);
    assert_eq!(outcome(call(Read, r#"{"path":"f.txt"}"#)), Allow);
    assert_eq!(outcome(call(Read, r#"{"path":".env"}"#)), Deny);
}

#[test]
fn a_question_to_the_human_does_nothing_by_itself() {
    let asks = |raised, impact| CallView { raised, ..super::call(impact) };
    let says = |raised, impact| {
        let verdict = judge(&policy(), &asks(raised, impact), &ctx());
        (verdict.outcome, verdict.risk, verdict.reasons.join("; "))
    };
    let (outcome, risk, why) = says(Raised::ToTalk, Impact::Other);
    assert_eq!((outcome, risk, why.as_str()), (Ask, super::Mid, "asks you, and does nothing by itself"));
    assert!(says(Raised::ByAgent, Impact::Other).2.contains("does not say what it may do"));
    assert_eq!(says(Raised::ToTalk, Delete).1, super::High, "a word of the agent's that it does more is believed");
}
