//! Taking steps back: asked for, looked at, chosen, confirmed. Every frame is a real one, so that what counts as read is
//! what the view says it showed.

use super::support::console::Console;
use taut::domain::{
    Answer, Became, CallId, CallPatch, CallStatus, Checkpoint, CheckpointId, Command, Digest, Effect as Did, Event,
    HubStatus, Impact, Keeping, Moment, Query, Reply, SessionId, Side, Talk, TurnNo, Undo, UndoAct, UndoFile, UndoPlan,
    UndoSide, UndoStep, Whence,
};
use taut::ui::{Effect, Focus, Msg};
use taut::view::{Cache, layout, to_text};

fn call(n: u32) -> CallId {
    CallId(format!("c{n}"))
}

fn stepped(console: Console, n: u32, status: CallStatus, did: &[&str]) -> Console {
    let patch = CallPatch {
        title: Some(format!("Edit a{n}").as_str().into()),
        impact: Some(Impact::Edit),
        status: Some(status),
        ..CallPatch::default()
    };
    let id = |side: &str| Some(CheckpointId(format!("{side}{n}")));
    let of = |moment, side: &str| Checkpoint {
        step: n,
        turn: TurnNo(1),
        id: id(side),
        ..Checkpoint::of(moment, Some(call(n)))
    };
    let effects = did.iter().map(|path| Did { path: (*path).to_owned(), became: Became::Changed }).collect();
    let after = Checkpoint { effects, ..of(Moment::After, "b") };
    console
        .hears(1, Event::Called { call: call(n), patch: Box::new(patch) })
        .hears(1, Event::Checkpointed { checkpoint: Box::new(of(Moment::Before, "a")) })
        .hears(1, Event::Checkpointed { checkpoint: Box::new(after) })
}

/// A console on the pane of a session with two steps, the newest selected.
fn worked() -> Console {
    let mut console = stepped(Console::working(), 1, CallStatus::Done, &["a1"]);
    console = stepped(console, 2, CallStatus::Done, &["a2", "b2"]);
    console.app.focus = Focus::Pane;
    console
}

fn file(path: &str, act: UndoAct) -> UndoFile {
    let diff = format!("--- a/{path}\n+++ b/{path}\n@@ -1 +1 @@\n-now\n+before\n");
    let clashes = act == UndoAct::Conflict;
    let side = |side| UndoSide { side, diff: Some(format!("{diff}+{side:?}\n").as_str().into()), note: None };
    let sides = if clashes { [Side::Theirs, Side::Ours, Side::Both].map(side).into() } else { Vec::new() };
    UndoFile { path: path.into(), act, diff: (!clashes).then(|| diff.as_str().into()), note: None, sides }
}

fn plan(seed: &str, steps: &[u32], files: Vec<UndoFile>) -> UndoPlan {
    let step = |n: &u32| UndoStep { call: call(*n), number: *n, title: format!("Edit a{n}") };
    UndoPlan {
        session: SessionId(1),
        steps: steps.iter().map(step).collect(),
        files,
        cannot: vec!["the push to origin main".into()],
        later: None,
        talk: Talk::default(),
        digest: Digest::of(seed.as_bytes()),
    }
}

fn answers(console: Console, plan: UndoPlan) -> Console {
    console.tell(Msg::Answered(Answer::UndoPlan { plan: Box::new(plan) }))
}

/// A frame of the present size reaches the terminal.
fn paints(console: Console) -> Console {
    let scene = layout(&console.app, &mut Cache::new(), console.app.size, console.now);
    console.tell(Msg::Painted(Box::new(scene.painted)))
}

fn asked(console: &Console) -> Vec<Undo> {
    let plan = |effect: &'_ Effect| match effect {
        Effect::Ask(Query::UndoPlan { undo, .. }) => Some(undo.clone()),
        _ => None,
    };
    console.effects.iter().filter_map(plan).collect()
}

fn undone(console: &Console) -> Vec<(Digest, Vec<(String, Side)>)> {
    let undo = |command: &&Command| match command {
        Command::Undo { digest, sides, .. } => Some((*digest, sides.clone())),
        _ => None,
    };
    console.commands().iter().filter_map(undo).collect()
}

fn text(console: &Console) -> String {
    to_text(&layout(&console.app, &mut Cache::new(), console.app.size, console.now))
}

fn settle(console: Console) -> Console {
    paints(console.wait(1_000))
}

#[test]
fn a_step_is_taken_back_once_it_was_looked_at() {
    let console = worked().press("u");
    assert_eq!(asked(&console), [Undo::Step { number: 2 }]);
    assert!(text(&console).contains("looking at the files"), "{}", text(&console));
    let console = answers(console, plan("one", &[2], vec![file("a2", UndoAct::Restore), file("b2", UndoAct::Remove)]));
    assert!(text(&console).contains("the push to origin main"), "what can't be undone is said");
    // No frame showed it yet; then it has just appeared.
    let console = console.wait(1_000).press_at_once("y");
    let console = paints(console.wait(1_000)).wait(100).press_at_once("y").says("just appeared");
    assert_eq!(undone(&console), []);
    let console = console.wait(1_000).press_at_once("y");
    assert_eq!(undone(&console), [(Digest::of(b"one"), vec![])]);
    assert!(text(&console).contains("being done"));
    // Once more does nothing.
    let console = console.wait(1_000).press_at_once("y");
    assert_eq!(undone(&console).len(), 1);
    let mut console = stepped(console, 3, CallStatus::Done, &["a2"]);
    let (tool, title) = (Some("taut".to_owned()), Some("undo step 2: Edit a2".into()));
    let own = CallPatch { tool, title, ..CallPatch::default() };
    console = console.hears(1, Event::Called { call: call(3), patch: Box::new(own) });
    let (steps, files) = (vec![call(2)], vec![Did { path: "a2".to_owned(), became: Became::Changed }]);
    console =
        console.hears(1, Event::Undone { call: call(3), steps, files, left: vec![], by: taut::domain::By::Human });
    let console = console.replies(Reply::Done).says("undone, 1 file changed: u on step 3 takes that back");
    assert!(console.app.overlay.is_none());
    // That step can be taken back, the other not again.
    let console = console.press("u");
    assert_eq!(asked(&console).last(), Some(&Undo::Step { number: 3 }));
    let console =
        console.press("esc").press("k").press("u").says("undone already, by step 3: u on step 3 brings it back");
    assert_eq!(asked(&console).len(), 2);
}

#[test]
fn nothing_is_undone_by_accident() {
    let shown = || settle(answers(worked().press("u"), plan("one", &[2], vec![file("a2", UndoAct::Restore)])));
    // Several keys in one read, a paste, a held key, a burst, the wheel, somebody who types, a window just come to.
    let console = shown().wait(1_000).press_in_one_read("y y").says("several keys");
    assert_eq!(undone(&console), []);
    let console = shown().wait(1_000).tell(Msg::Pasted("y".into()));
    assert_eq!(undone(&console), []);
    let console = shown().wait(1_000).press_at_once("x").wait(400).press_at_once("y").says("as if you were typing");
    assert_eq!(undone(&console), []);
    let console = shown().wait(1_000).press_at_once("t").wait(10).press_at_once("y").says("too fast");
    assert_eq!(undone(&console), []);
    let console = shown().wait(1_000).tell(Msg::Focused(true)).wait(100).press_at_once("y").says("just got the focus");
    assert_eq!(undone(&console), []);
    let console = shown().wait(1_000).press_at_once("esc");
    assert!(console.app.overlay.is_none());
    assert_eq!(undone(&console.press_at_once("y")), []);
    // The link is lost: nothing can leave, and nothing leaves later.
    let console =
        shown().wait(1_000).tell(Msg::Link(Some("it is gone".into()))).press_at_once("y").says("can't be reached");
    assert_eq!(undone(&console), []);
}

#[test]
fn every_file_must_have_been_on_the_screen() {
    let files: Vec<UndoFile> = (0..60).map(|n| file(&format!("f{n}"), UndoAct::Restore)).collect();
    let mut console = answers(worked().press("U"), plan("many", &[2], files));
    assert_eq!(asked(&console), [Undo::To { number: 2 }]);
    console.app.size = (80, 24);
    console = settle(console).wait(1_000).press_at_once("y").says("not every file was on the screen yet: space");
    // A jump to the end reads nothing between.
    console = settle(settle(console.press_at_once("G"))).wait(1_000).press_at_once("y").says("not every file");
    console = settle(console.wait(1_000).press_at_once("g"));
    for _ in 0..8 {
        console = settle(console.wait(400).press_at_once("space"));
    }
    console = console.wait(1_000).press_at_once("y");
    assert_eq!(undone(&console).len(), 1, "{:?}", console.app.toast);
}

#[test]
fn where_others_changed_the_same_lines_a_human_chooses() {
    let files = vec![file("a2", UndoAct::Conflict), file("b2", UndoAct::Conflict)];
    let console = settle(answers(worked().press("u"), plan("clash", &[2], files)));
    let console = console.wait(1_000).press_at_once("y").says("no file would change: choose");
    // What is chosen must have been on the screen as well.
    let console = console
        .wait(1_000)
        .press_at_once("2")
        .wait(1_000)
        .press_at_once("y")
        .says("not every file was on the screen yet");
    let console = settle(console);
    assert!(text(&console).contains("[2 theirs") && text(&console).contains("Theirs"), "{}", text(&console));
    let console = console.wait(1_000).press_at_once("j").wait(400).press_at_once("1");
    let console = settle(settle(console)).wait(400).press_at_once("4");
    let console = settle(console).wait(1_000).press_at_once("y");
    let sides = vec![("a2".to_owned(), Side::Theirs), ("b2".to_owned(), Side::Skip)];
    assert_eq!(undone(&console), [(Digest::of(b"clash"), sides)]);
}

#[test]
fn what_is_no_longer_so_is_looked_at_anew() {
    let files = || vec![file("a2", UndoAct::Restore)];
    let console = settle(answers(worked().press("u"), plan("old", &[2], files()))).wait(1_000).press_at_once("y");
    let console = console.replies(Reply::Stale { digest: Digest::of(b"new") });
    assert_eq!(asked(&console), [Undo::Step { number: 2 }, Undo::Step { number: 2 }]);
    let console = settle(answers(console, plan("new", &[2], files())));
    assert!(text(&console).contains("a file changed since this was shown"), "{}", text(&console));
    let console = console.wait(1_000).press_at_once("y");
    assert_eq!(undone(&console).last(), Some(&(Digest::of(b"new"), vec![])));
    // A refusal leaves it where it was.
    let why = "step 3 of docs began meanwhile: wait for its end, and undo then";
    let console = console.replies(Reply::Refused { why: why.into() }).says(why);
    assert!(text(&console).contains("y changes 1 file"), "{}", text(&console));
}

#[test]
fn what_cannot_be_undone_says_why() {
    let failed =
        worked().press("u").tell(Msg::Answered(Answer::Failed { why: "a rebase is in the middle: end it".into() }));
    assert!(text(&failed).contains("a rebase is in the middle"), "{}", text(&failed));
    let failed = failed.wait(1_000).press_at_once("y");
    assert_eq!(undone(&failed), []);
    // The plan of other steps is not the answer.
    let console = answers(worked().press("u"), plan("other", &[1], vec![file("a1", UndoAct::Restore)]));
    assert!(text(&console).contains("looking at the files"));
    worked().press("k k").press("u").says("this is no step");
    let console = worked().press("k k").press("U");
    assert_eq!(asked(&console), [Undo::To { number: 1 }], "back to before a prompt is back to its first step");
    stepped(worked(), 3, CallStatus::Running, &[]).press("u").says("it has not ended");
    stepped(worked(), 3, CallStatus::Done, &[]).press("u").says("it changed no file");
    let console = Console::replaying(&worked());
    let mut console = console;
    console.app.focus = Focus::Pane;
    let console = console.press("u").says("this is a replay").press("U").says("this is a replay");
    assert!(asked(&console).is_empty() && console.commands().is_empty());
}

#[test]
fn the_conversation_goes_along_only_where_a_human_chooses_it_and_saw_where_it_goes() {
    let back = || UndoPlan {
        talk: Talk::Back { to: TurnNo(1), turns: 2, stand: 1 },
        ..plan("one", &[2], vec![file("a2", UndoAct::Restore)])
    };
    let talks = |console: &Console| -> Vec<Option<TurnNo>> {
        let of = |command: &&Command| match command {
            Command::Undo { talk, .. } => Some(*talk),
            Command::Rewind { to, .. } => Some(Some(*to)),
            _ => None,
        };
        console.commands().iter().filter_map(of).collect()
    };
    // Files alone is what stands there at first.
    let console = settle(answers(worked().press("u"), back())).wait(1_000).press_at_once("y");
    assert_eq!(talks(&console), [None]);
    let console = settle(answers(worked().press("u"), back())).wait(1_000).press_at_once("c");
    assert!(text(&console).contains("[and the conversation]"), "{}", text(&console));
    assert!(
        text(&console).contains("end of turn 1") && text(&console).contains("forgets 2 turns"),
        "{}",
        text(&console)
    );
    assert!(text(&console).contains("1 step of those stands"), "{}", text(&console));
    let console = console.wait(1_000).press_at_once("y").says("just appeared");
    assert!(talks(&console).is_empty(), "no frame has shown where it goes");
    let console = settle(console).wait(1_000).press_at_once("y");
    assert_eq!(talks(&console), [Some(TurnNo(1))]);
    let why = "the files were taken back, and the conversation was not (its agent is gone)";
    console.replies(Reply::Refused { why: why.into() }).says(why);
    // The conversation alone: no file is touched.
    let console = settle(answers(worked().press("u"), back())).wait(1_000).press_at_once("c").wait(400);
    let console = settle(console.press_at_once("c")).wait(1_000).press_at_once("y");
    assert_eq!(talks(&console), [Some(TurnNo(1))]);
    assert!(undone(&console).is_empty() && console.app.overlay.is_none());
    // Where the agent can't, that is said, and there is no choice.
    let stays =
        UndoPlan { talk: Talk::Stays { why: "gemini speaks acp, which has no word for that".into() }, ..back() };
    let console = settle(answers(worked().press("u"), stays));
    assert!(text(&console).contains("the agent is told with its next prompt"), "{}", text(&console));
    let console = settle(console.wait(1_000).press_at_once("c").says("the conversation stays")).wait(1_000);
    assert_eq!(talks(&console.press_at_once("y")), [None]);
}

#[test]
fn a_session_begins_from_the_step_at_hand_in_a_work_tree() {
    let mut console = worked();
    console.app.agents = vec![taut::ui::app::KnownAgent { name: "demo".into(), found: true, note: "1".into() }];
    let console = console.press("B");
    assert!(text(&console).contains("with the files of step 2 of"), "{}", text(&console));
    let console = console.types("Try it otherwise").press("enter");
    let spec = console.commands().into_iter().find_map(|command| match command {
        Command::Start(spec) => Some(spec.as_ref().clone()),
        _ => None,
    });
    let spec = spec.unwrap();
    let whence = spec.apart.unwrap();
    assert_eq!((whence.name, whence.whence), (None, Some(Whence { session: SessionId(1), step: 2 })));
    assert_eq!((spec.agent.as_str(), spec.prompt.as_deref()), ("demo", Some("Try it otherwise")));
    worked().press("k k").press("B").says("this is no step");
}

#[test]
fn a_request_that_is_allowed_already_and_held_says_so_and_takes_no_second_allowance() {
    let console = Console::working().asks(1, "held", 3);
    let request = console.request(1);
    let keeping = Keeping {
        sessions: vec![SessionId(1)],
        waits: vec![SessionId(1)],
        allowed: vec![request],
        files: 12_345,
        bytes: 300_000_000,
    };
    let status = Msg::Status(HubStatus { keeping: vec![keeping], ..HubStatus::default() });
    let console = console.press("w").wait(1_000).card_is(Some(request)).tell(status);
    let shown = text(&console);
    assert!(
        shown.contains("ALLOWED; checkpoint first: 12345 files so far") && shown.contains("alt-k goes without it"),
        "{shown}"
    );
    let console = console.press("a").says("it is allowed already");
    assert_eq!(console.decisions(), []);
}

#[test]
fn a_checkpoint_that_takes_its_time_shows_how_far_it_is_and_can_be_skipped() {
    let status = |waits: Vec<SessionId>| {
        let keeping =
            vec![Keeping { sessions: vec![SessionId(1)], waits, allowed: vec![], files: 12_345, bytes: 300_000_000 }];
        Msg::Status(HubStatus { keeping, ..HubStatus::default() })
    };
    let console = worked().press("alt-k").says("no call of it waits for a checkpoint").tell(status(Vec::new()));
    let shown = text(&console);
    assert!(shown.contains("12345 files so far") && !shown.contains("go without it"), "{shown}");
    let console = console.tell(status(vec![SessionId(1)]));
    assert!(text(&console).contains("go without it"), "{}", text(&console));
    let console = console.press("alt-k");
    assert!(console.commands().contains(&&Command::SkipCheckpoint { session: SessionId(1) }));
    let console = console.tell(Msg::Status(HubStatus::default()));
    assert!(!text(&console).contains("files so far"));
}
