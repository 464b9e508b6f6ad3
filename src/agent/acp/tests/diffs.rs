//! Diffs of a call: point 14.

use super::*;
use crate::domain::{Completeness, Impact};

#[test]
fn p14_diffs_are_whole_or_fragments_by_evidence() {
    let change = |rig: &mut Rig, meta: Value| {
        rig.update(&call(
            "c",
            json!({"kind": "edit", "status": "in_progress", "content": diff("a\nb\n", "a\nB\n"), "_meta": meta}),
        ));
        rig.call("c").changes.unwrap().remove(0).fragment
    };
    assert!(change(&mut Rig::open_as("codex-acp"), json!({})));
    assert!(!change(&mut Rig::open_as("gemini-cli"), json!({})));
    assert!(!change(&mut Rig::open(), json!({"goose": {"toolCall": {"toolName": "edit"}}})));
    let mut rig = Rig::open();
    let new = json!([{"type": "diff", "path": "/w/n", "newText": "x"}]);
    rig.asks(&json!(0), &json!({"toolCallId": "c", "content": new}), &options());
    assert_eq!(rig.ask().payload, Completeness::Whole);
    assert_eq!(rig.call("c").impact, Some(Impact::Edit), "a diff is evidence where the kind is missing");
}

#[test]
fn p14_a_whole_file_in_the_question_is_not_replaced_by_its_own_fragment() {
    let mut rig = Rig::open_as("OpenCode");
    let patch = "Index: /w/a\n--- /w/a\n+++ /w/a\n@@ -1,2 +1,2 @@\n a\n-b\n+B\n";
    let asked = json!({"toolCallId": "c", "kind": "edit", "rawInput": {"filepath": "/w/a", "diff": patch}, "content": diff("a\nb\n", "a\nB\n")});
    rig.asks(&json!(0), &asked, &options());
    assert_eq!(rig.ask().payload, Completeness::Whole);
    rig.update(&call("c", json!({"status": "completed", "content": diff("b\n", "B\n")})));
    assert_eq!(rig.patches("c").iter().filter(|patch| patch.changes.is_some()).count(), 1);
}

#[test]
fn p14_arguments_alone_show_the_change() {
    let mut rig = Rig::open();
    let asked = json!({"toolCallId": "c", "kind": "other", "title": "edit", "rawInput": {"path": "/w/a", "before": "x", "after": "y"}});
    rig.asks(&json!(0), &asked, &options());
    let call = rig.call("c");
    assert_eq!(call.changes.unwrap()[0].new.as_ref().unwrap().inline(), Some("y"));
    assert_eq!(call.impact, Some(Impact::Edit));
    assert_eq!(rig.ask().payload, Completeness::Fragment);
}

#[test]
fn p14_a_patch_is_kept_where_there_is_nothing_else() {
    let mut rig = Rig::open();
    let patch = "diff --git a/w/a b/w/a\n--- a/w/a\n+++ b/w/a\n@@ -1 +1 @@\n-x\n+y\n";
    rig.asks(
        &json!(0),
        &json!({"toolCallId": "c", "kind": "edit", "rawInput": {"fileName": "/w/a", "diff": patch}}),
        &options(),
    );
    let change = rig.call("c").changes.unwrap().remove(0);
    assert_eq!((change.path.as_str(), change.old, change.new), ("/w/a", None, None));
    assert!(change.patch.is_some());
    assert_eq!(rig.ask().payload, Completeness::Fragment);
}
