//! What steps really did to files, what is undone, and what an undo would do before it is done.

use super::check;
use super::support::frame::{NOW, Teller, app, docs, edit, golden, run};
use std::path::Path;
use taut::domain::{
    Became, Beside, By, CallId, CallPatch, CallStatus, Checkpoint, CheckpointId, Digest, Effect, Event, FileChange,
    Gate, Impact, Left, Moment, Place, SessionId, Side, Talk, Text, TurnNo, Undo, UndoAct, UndoFile, UndoPlan,
    UndoSide, UndoStep,
};
use taut::ui::undo::{Preview, Scope, Stage, UndoUi};
use taut::ui::{App, Focus, Overlay};
use taut::view::{Cache, layout, to_text};

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 36), (200, 50)];
const CWD: &str = "/home/demo/wt/fix-auth";

fn call(n: u32) -> CallId {
    CallId(format!("call-2-{n}"))
}

/// The checkpoints around a call, and what differs between them.
fn between(t: &mut Teller, n: u32, did: &[(Became, &str)], more: impl FnOnce(&mut Checkpoint)) {
    let id = |side: &str| Some(CheckpointId(format!("{side}{n}")));
    let of = |moment, side: &str| Checkpoint {
        step: n,
        turn: TurnNo(1),
        id: id(side),
        ..Checkpoint::of(moment, Some(call(n)))
    };
    t.tell(Event::Checkpointed { checkpoint: Box::new(of(Moment::Before, "before")) });
    let effect = |(became, path): &(Became, &str)| Effect { path: (*path).to_owned(), became: *became };
    let mut after = Checkpoint { effects: did.iter().map(effect).collect(), ..of(Moment::After, "after") };
    more(&mut after);
    t.tell(Event::Checkpointed { checkpoint: Box::new(after) });
}

fn undo(t: &mut Teller, n: u32, title: &str, steps: &[u32], did: &[(Became, &str)], left: Vec<Left>) {
    let patch = CallPatch {
        tool: Some("taut".into()),
        title: Some(title.into()),
        impact: Some(Impact::Edit),
        places: Some(did.iter().map(|(_, path)| Place { path: (*path).into(), line: None }).collect()),
        ..CallPatch::default()
    };
    t.call(patch).gate(Gate::Asked).ran(30, "", CallStatus::Done, None);
    between(t, n, did, |_| ());
    let files = did.iter().map(|(became, path)| Effect { path: (*path).into(), became: *became }).collect();
    t.tell(Event::Undone {
        call: call(n),
        steps: steps.iter().map(|n| call(*n)).collect(),
        files,
        left,
        by: By::Human,
    });
}

fn story() -> Teller {
    use Became::{Added, Changed, Kind, Mode, Removed};
    let mut t = Teller::new(2, "fix-auth", "claude", CWD, 400);
    t.open("default").prompt(1, "make the token compare constant time");
    let old = "fn verify(token: &str) -> bool {\n    token == self.saved\n}\n";
    let new = "fn verify(token: &str) -> bool {\n    ct_eq(token, self.saved)\n}\n";
    t.call(edit(&format!("{CWD}/src/auth.rs"), old, new)).gate(Gate::Asked).ran(12, "", CallStatus::Done, None);
    between(&mut t, 1, &[(Changed, "src/auth.rs")], |_| ());
    t.call(run("sh tools/gen.sh && rm -r old")).gate(Gate::Granted("tools".into()));
    t.ran(2_300, "generated 3 files\n", CallStatus::Done, Some(0));
    let did = [
        (Added, "src/gen/tables.rs"),
        (Removed, "old/notes.md"),
        (Changed, "Cargo.toml"),
        (Mode, "tools/gen.sh"),
        (Kind, "docs\u{202e}/latest"),
    ];
    between(&mut t, 2, &did, |after| {
        (after.more, after.uncovered) = (12, 2);
        after.beside = vec![Beside { session: SessionId(1), call: CallId("call-1-2".into()) }];
    });
    let told = FileChange {
        path: format!("{CWD}/tests/auth.rs"),
        old: None,
        new: Some("#[test]\nfn same() {}\n".into()),
        fragment: false,
        line: None,
        patch: None,
        moved_to: None,
    };
    let patch = CallPatch { changes: Some(vec![told]), ..edit("x", "", "") };
    t.call(CallPatch { title: Some("Write tests/auth.rs".into()), ..patch }).gate(Gate::Asked).ran(
        9,
        "",
        CallStatus::Done,
        None,
    );
    between(&mut t, 3, &[(Changed, "src/lib.rs")], |_| ());
    t.call(run("make install")).gate(Gate::Asked).ran(900, "", CallStatus::Done, Some(0));
    let mut lost = Checkpoint::of(Moment::Before, Some(call(4)));
    lost.why = Some("the workspace is a home folder: it is not kept".into());
    t.tell(Event::Checkpointed { checkpoint: Box::new(lost) });
    let back = [(Removed, "src/gen/tables.rs"), (Added, "old/notes.md"), (Mode, "tools/gen.sh")];
    let left =
        vec![Left { path: "Cargo.toml".into(), why: "others changed the same lines since, and it was skipped".into() }];
    undo(&mut t, 5, "undo step 2: sh tools/gen.sh && rm -r old", &[2], &back, left);
    t
}

/// An app in which the entry of a step is selected.
fn at(step: u32, focus: Focus) -> App {
    let mut app = app(&[story(), docs()]);
    app.focus = focus;
    let session = app.state.session(SessionId(2)).unwrap();
    let no =
        session.timeline.entries.values().find(|entry| entry.step().is_some_and(|of| of.number == step)).unwrap().no;
    let view = app.views.get_mut(&SessionId(2)).unwrap();
    (view.selected, view.follow) = (Some(no), false);
    app
}

const PATCH: &str = "--- a/src/auth.rs\n+++ b/src/auth.rs\n@@ -38,5 +38,5 @@ impl Auth {\n /// Compares a token.\n fn verify(token: &str) -> bool {\n-    ct_eq(token, self.saved)\n+    token == self.saved\n }\n \n";
const MODE: &str = "diff --git a/tools/gen.sh b/tools/gen.sh\nold mode 100644\nnew mode 100755\n";

fn file(path: &str, act: UndoAct, diff: Option<&str>, note: Option<&str>) -> UndoFile {
    let side = |side| UndoSide { side, diff: diff.map(Text::from), note: None };
    let clashes = act == UndoAct::Conflict;
    let sides = if clashes { [Side::Theirs, Side::Ours, Side::Both].map(side).into() } else { Vec::new() };
    let diff = diff.filter(|_| !clashes).map(Text::from);
    UndoFile { path: path.into(), act, diff, note: note.map(str::to_owned), sides }
}

fn plan(files: Vec<UndoFile>, steps: &[(u32, &str)], cannot: &[&str]) -> UndoPlan {
    let step =
        |(number, title): &(u32, &str)| UndoStep { call: call(*number), number: *number, title: (*title).into() };
    UndoPlan {
        session: SessionId(2),
        steps: steps.iter().map(step).collect(),
        files,
        cannot: cannot.iter().map(|&what| what.to_owned()).collect(),
        later: None,
        talk: Talk::default(),
        digest: Digest::of(b"plan"),
    }
}

fn several() -> UndoPlan {
    let gone = "--- /dev/null\n+++ b/old/notes.md\n@@ -0,0 +1,2 @@\n+# Notes\n+keep this\n";
    let long: String = (1..=60).map(|n| format!("-const T{n}: u32 = {n};\n")).collect();
    let long = format!("--- a/src/gen/tables.rs\n+++ /dev/null\n@@ -1,60 +0,0 @@\n{long}");
    let files = vec![
        file("src/auth.rs", UndoAct::Restore, Some(PATCH), None),
        file("src/gen/tables.rs", UndoAct::Remove, Some(&long), None),
        file("old/notes.md", UndoAct::Create, Some(gone), None),
        file(
            "src/lib.rs",
            UndoAct::Merge,
            Some(&PATCH.replace("auth", "lib")),
            Some("what you changed at line 4 stays"),
        ),
        file("tools/gen.sh", UndoAct::Restore, Some(MODE), None),
        file("assets/logo.png", UndoAct::Restore, None, Some("it is no text: 4 KB become 3 KB")),
        file("tests/auth.rs", UndoAct::Nothing, None, None),
    ];
    let steps = [(3, "Write tests/auth.rs"), (2, "sh tools/gen.sh && rm -r old"), (1, "Edit src/auth.rs")];
    let cannot = [
        "the push to origin main: `git push --force origin 4f2a91c:main` brings the branch back, if nobody has built on it",
        "a commit was made: `git reset --soft 4f2a91c` takes it back and leaves the files alone",
    ];
    plan(files, &steps, &cannot)
}

fn looking(mut app: App, undo: Undo, stage: Stage, anew: Option<&str>) -> App {
    let anew = anew.map(str::to_owned);
    app.overlay = Some(Overlay::Undo(Box::new(UndoUi { session: SessionId(2), undo, stage, anew })));
    app
}

fn shown(plan: UndoPlan, rows: u16) -> Stage {
    Stage::Shown(Box::new(Preview::new(plan, rows)))
}

#[test]
fn what_is_undone_and_what_undid_it_have_their_marks() {
    let app = at(2, Focus::Pane);
    SIZES.into_iter().for_each(|size| check("undo-undone", &app, size));
    check("undo-by", &at(5, Focus::Pane), (120, 36));
    let mut app = at(2, Focus::Inspector);
    check("undo-inspector", &app, (80, 24));
    app.inspector_top = 0;
    let text = to_text(&layout(&app, &mut Cache::ascii(), (120, 36), NOW));
    assert!(text.contains("< run") && text.contains("< undone"), "{text}");
}

#[test]
fn what_a_step_did_stands_beside_what_it_said() {
    let app = at(3, Focus::Inspector);
    SIZES.into_iter().for_each(|size| check("undo-differs", &app, size));
    check("undo-told", &at(1, Focus::Inspector), (80, 24));
    check("undo-none", &at(4, Focus::Inspector), (80, 24));
}

#[test]
fn an_undo_shows_every_file_before_it_is_done() {
    for size in SIZES {
        let app = looking(at(3, Focus::Pane), Undo::To { number: 1 }, shown(several(), size.1), None);
        check("undo-plan", &app, size);
    }
    let one = plan(vec![file("src/auth.rs", UndoAct::Restore, Some(PATCH), None)], &[(1, "Edit src/auth.rs")], &[]);
    let mut app = looking(at(1, Focus::Pane), Undo::Step { number: 1 }, shown(one, 24), None);
    check("undo-one", &app, (80, 24));
    check("undo-one", &app, (40, 12));
    check("undo-one", &app, (20, 6));
    app.manner.layout = taut::diff::Layout::Split;
    check("undo-split", &app, (120, 36));
}

#[test]
fn where_others_changed_the_same_lines_there_is_a_choice() {
    let clash = "lines 38 to 42 were changed since, not by an agent";
    let files = vec![
        file("src/auth.rs", UndoAct::Conflict, Some(PATCH), Some(clash)),
        file("src/lib.rs", UndoAct::Conflict, None, Some("another session changed it since")),
        file("old/notes.md", UndoAct::Create, None, None),
    ];
    let plan = plan(files, &[(1, "Edit src/auth.rs")], &[]);
    let Stage::Shown(mut preview) = shown(plan, 24) else { return };
    preview.sides.insert("src/auth.rs".into(), Side::Both);
    preview.open.insert(0);
    let anew = "a file changed since this was shown, and nothing was undone: this is how it is now";
    let app = looking(at(1, Focus::Pane), Undo::Step { number: 1 }, Stage::Shown(preview), Some(anew));
    SIZES.into_iter().for_each(|size| check("undo-clash", &app, size));
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/undo-clash-ascii-80x24.txt");
    let scene = layout(&app, &mut Cache::ascii(), (80, 24), NOW);
    assert!(to_text(&scene).is_ascii());
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&file, golden(&scene)).unwrap();
    }
    assert_eq!(golden(&scene), std::fs::read_to_string(&file).unwrap_or_default());
}

#[test]
fn while_it_is_found_out_and_where_it_cannot_be_it_says_so() {
    let since = taut::domain::At(NOW.0 - 3_000);
    let app = looking(at(2, Focus::Pane), Undo::Step { number: 2 }, Stage::Asked { since }, None);
    check("undo-asked", &app, (80, 24));
    let why = "step 2 was taken back already, by step 5; take step 5 back to have it again";
    let app = looking(at(2, Focus::Pane), Undo::Step { number: 2 }, Stage::Failed(why.into()), None);
    check("undo-failed", &app, (80, 24));
}

#[test]
fn the_conversation_is_a_choice_where_the_agent_can_take_it_back() {
    for (name, scope) in [("undo-talk", Scope::Both), ("undo-talk-alone", Scope::Talk)] {
        let talk = Talk::Back { to: TurnNo(1), turns: 2, stand: 1 };
        let one = plan(vec![file("src/auth.rs", UndoAct::Restore, Some(PATCH), None)], &[(1, "Edit src/auth.rs")], &[]);
        let Stage::Shown(mut preview) = shown(UndoPlan { talk, ..one }, 24) else { return };
        preview.scope = scope;
        let app = looking(at(1, Focus::Pane), Undo::Step { number: 1 }, Stage::Shown(preview), None);
        SIZES.into_iter().for_each(|size| check(name, &app, size));
    }
}
