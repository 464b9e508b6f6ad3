//! Several requests decided together: marked, read, answered one by one; an odd one never rides along.

use crate::support::console::{Console, allow_once, deny, usual_offers};
use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use taut::domain::{
    By, CallId, CallPatch, Closing, Command, Decision, Digest, Event, FileChange, Impact, Outcome, Reply, RequestId,
    Risk, RuleRef, Verdict,
};
use taut::ui::{Focus, Msg, Press};

/// A verdict on the newest request of a session.
fn judged(console: Console, session: u32, risk: Risk, reason: &str) -> Console {
    let request = console.request(session);
    let rule = RuleRef { source: "built-in".into(), line: None, text: "ask".into() };
    let verdict =
        Verdict { outcome: Outcome::Ask, rule, risk, reasons: vec![reason.to_owned()], policy: Digest::default() };
    let call = CallId(String::new());
    console.hears(session, Event::Judged { request: Some(request), call, verdict: Box::new(verdict) })
}

/// A session whose agent asks whether it may run some lines, each with a payload of so many rows.
fn asking(lines: &[(&str, usize)]) -> Console {
    lines
        .iter()
        .fold(Console::working(), |console, (line, rows)| judged(console.asks(1, line, *rows), 1, Risk::Mid, "runs"))
}

fn tests() -> Console {
    asking(&[("cargo test a", 3), ("cargo test b", 3), ("cargo test c", 3)])
}

fn requests(console: &Console) -> Vec<RequestId> {
    console.app.state.queue().iter().map(|waiting| waiting.request.id).collect()
}

/// What was decided: the request and the digest of each, in their order.
fn decided(console: &Console) -> Vec<(RequestId, Digest)> {
    let of = |command: &&Command| match command {
        Command::Decide { request, digest, overridden: false, .. } => Some((*request, *digest)),
        _ => None,
    };
    console.commands().iter().filter_map(of).collect()
}

#[test]
fn requests_that_are_alike_are_read_on_one_card_and_answered_one_by_one() {
    let console = tests().press("Q B");
    let all = requests(&console);
    let console = console.holds("a card of three", |app| app.batch.as_ref().unwrap().items.len() == 3).decides(&[]);
    let console = console.press("a").decides(&[allow_once(), allow_once(), allow_once()]);
    let each: Vec<_> = all.iter().map(|id| (*id, console.digest(*id))).collect();
    assert_eq!(decided(&console), each, "each by its own digest");
    let console = console.press("a").says("on their way").decides(&[allow_once(), allow_once(), allow_once()]);
    console
        .focus_is(Focus::Queue)
        .holds("the card stays", |app| app.batch.is_some())
        .press("esc")
        .holds("closed", |app| app.batch.is_none() && app.marks.is_empty());
}

#[test]
fn some_are_marked_and_only_those_are_decided() {
    let console = tests();
    let all = requests(&console);
    let console = console.press("Q space j space").holds("two marked", |app| app.marks.len() == 2);
    let console = console.press("enter").holds("a card of two", |app| app.batch.as_ref().unwrap().items.len() == 2);
    let console = console.press("d").types("not now").press("enter");
    let console = console.decides(&[deny(Some("not now"), false), deny(Some("not now"), false)]);
    let chosen: Vec<RequestId> = decided(&console).into_iter().map(|(id, _)| id).collect();
    assert_eq!(chosen, [all[0], all[2]]);
    // A second press takes a mark away, and the star marks all or none.
    let console = tests().press("Q space k space").holds("none marked", |app| app.marks.is_empty());
    let console = console.press("*").holds("all marked", |app| app.marks.len() == 3);
    console.press("*").holds("none marked", |app| app.marks.is_empty()).decides(&[]);
    // A single mark is no batch, and stays.
    let console = tests().press("Q space B");
    console.holds("one marked", |app| app.marks.len() == 1 && app.batch.is_none()).decides(&[]);
}

#[test]
fn nothing_is_allowed_before_every_line_of_every_one_was_on_the_screen() {
    let lines = [("cargo test a", 8), ("cargo test b", 25), ("cargo test c", 4)];
    let console = asking(&lines).press("Q B a").says("27 lines unseen").decides(&[]);
    let console = console.press("space a").says("lines unseen").decides(&[]);
    let console = console.press("space space a").decides(&[allow_once(), allow_once(), allow_once()]);
    assert_eq!(decided(&console).len(), 3);
    // Jumping to the end is no reading, and no word stands in for it.
    let jumped = asking(&lines).press("Q B G a a a").says("lines unseen").decides(&[]);
    jumped.types("unread").press("enter").decides(&[]).wait(1_100).press("d").types("no").press("enter").decides(&[
        deny(Some("no"), false),
        deny(Some("no"), false),
        deny(Some("no"), false),
    ]);
}

#[test]
fn each_is_told_as_seen_by_itself() {
    let console = asking(&[("cargo test a", 3), ("cargo test b", 12)]).press("Q B");
    let all = requests(&console);
    let ends = |console: &Console| -> Vec<RequestId> {
        let of = |command: &&Command| match command {
            Command::Shown { request, seen, .. } if seen.end => Some(*request),
            _ => None,
        };
        console.commands().iter().filter_map(of).collect()
    };
    assert_eq!(ends(&console), [all[0]]);
    let console = console.press("space");
    assert_eq!(ends(&console), all);
}

/// Something that asks.
type Asks = fn(Console) -> Console;

#[test]
fn an_odd_one_never_rides_along() {
    let odd: [(&str, Asks); 7] = [
        ("another command", |c| judged(c.asks(1, "make", 3), 1, Risk::Mid, "runs")),
        ("more than one plain command", |c| judged(c.asks(1, "cargo test x; rm y", 3), 1, Risk::Mid, "runs")),
        ("more than one plain command", |c| judged(c.asks(1, "cargo test $(rm y)", 3), 1, Risk::Mid, "runs")),
        ("its risk is high", |c| judged(c.asks(1, "cargo test d", 3), 1, Risk::High, "reaches out")),
        ("its risk is low", |c| judged(c.asks(1, "cargo test d", 3), 1, Risk::Low, "looks")),
        ("nothing has judged it", |c| c.asks(1, "cargo test d", 3)),
        ("takes away what stands there", |c| judged(c.asks(1, "cargo test d", 3), 1, Risk::Mid, "rewrites history")),
    ];
    for (why, ask) in odd {
        let console = ask(asking(&[("cargo test a", 3), ("cargo test b", 3)]));
        let odd = console.request(1);
        let mut console = console.press("Q");
        let first = requests(&console).into_iter().find(|id| *id != odd).unwrap();
        console.app.queue_selected = Some(first);
        let mut console = console.press("space");
        console.app.queue_selected = Some(odd);
        let console = console.press("space").says(why);
        assert_eq!(console.app.marks.len(), 1, "{why}");
        let mut console = console;
        console.app.queue_selected = Some(first);
        let console = console.press("*");
        assert!(console.app.marks.len() == 2 && !console.app.marks.contains(&odd), "{why}");
        // Nor does the key for all that are alike take it along.
        console.app.queue_selected.unwrap();
        let mut console = console.press("* Q Q");
        console.app.queue_selected = Some(odd);
        console.press("B").holds("no card", |app| app.batch.is_none()).decides(&[]);
    }
}

/// An edit of a file, asked about.
fn edits(console: Console, path: &str, new: Option<&str>, impact: Impact) -> Console {
    let change = FileChange {
        path: path.into(),
        old: Some("old\n".into()),
        new: new.map(Into::into),
        fragment: false,
        line: None,
        patch: None,
        moved_to: None,
    };
    let call = CallPatch {
        tool: Some("Write".into()),
        impact: Some(impact),
        command: None,
        changes: Some(vec![change]),
        ..CallPatch::default()
    };
    // The call is known before it is asked about.
    let called = Event::Called { call: CallId(path.to_owned()), patch: Box::new(call) };
    let console = console.hears(1, called).asks_about(1, path, 3);
    judged(console, 1, Risk::Mid, "writes")
}

#[test]
fn edits_of_any_folder_ride_together_and_what_deletes_is_decided_alone() {
    let console = edits(Console::working(), "src/a.rs", Some("new\n"), Impact::Edit);
    let console = edits(console, "src/b.rs", Some("new\n"), Impact::Edit);
    let console = edits(console, "tests/c.rs", Some("new\n"), Impact::Edit);
    let console = edits(console, "src/gone.rs", None, Impact::Edit);
    let console = edits(console, "src/d.rs", Some("new\n"), Impact::Delete);
    let all = requests(&console);
    let mut console = console.press("Q");
    for (at, why) in [(3, "deletes a file"), (4, "deletes or moves")] {
        console.app.marks = [all[0]].into();
        console.app.queue_selected = Some(all[at]);
        console = console.press("space").says(why);
    }
    console.app.marks.clear();
    console.app.queue_selected = Some(all[0]);
    let console = console.press("B").press("a").decides(&[allow_once(), allow_once(), allow_once()]);
    let chosen: Vec<RequestId> = decided(&console).into_iter().map(|(id, _)| id).collect();
    assert_eq!(chosen, [all[0], all[1], all[2]]);
}

#[test]
fn commands_that_make_files_ride_together_and_what_overwrites_one_is_decided_alone() {
    let makes = |console: Console, line: &str, reason: &str| judged(console.asks(1, line, 3), 1, Risk::Mid, reason);
    let console = makes(Console::working(), "echo one > a", "makes a");
    let console = makes(console, "echo two > b", "makes b");
    let console = makes(console, "echo three > c", "overwrites c");
    let console = makes(console, "echo four", "runs");
    let console = makes(console, "echo five | sh", "runs");
    let all = requests(&console);
    let mut console = console.press("Q");
    for (at, why) in [(2, "takes away what stands there"), (3, "another command"), (4, "more than one plain command")] {
        console.app.marks = [all[0]].into();
        console.app.queue_selected = Some(all[at]);
        console = console.press("space").says(why);
    }
    console.app.marks.clear();
    console.app.queue_selected = Some(all[0]);
    let console = console.press("B").press("a").decides(&[allow_once(), allow_once()]);
    let chosen: Vec<RequestId> = decided(&console).into_iter().map(|(id, _)| id).collect();
    assert_eq!(chosen, [all[0], all[1]]);
}

#[test]
fn one_that_changed_or_was_answered_meanwhile_falls_out_and_is_not_decided() {
    let console = tests().press("Q B");
    let all = requests(&console);
    let elsewhere = Event::Decided {
        request: all[1],
        digest: console.digest(all[1]),
        decision: allow_once(),
        by: By::Console { terminal: "pts/9".into() },
        overridden: false,
    };
    let console = console.hears(1, elsewhere).says("fell out").says("allowed already");
    let changed = Event::RequestClosed { request: all[0], how: Closing::Superseded };
    let console = console.hears(1, changed).asks_with(1, "cargo test a", 3, usual_offers(), Some(all[0]));
    let console = console.says("fell out").says("asks anew");
    let console = console.holds("one is left", |app| app.batch.as_ref().unwrap().items.len() == 1);
    // The card is another one now, and is looked at anew.
    let console = console.wait(100).press_at_once("a").says("just appeared").decides(&[]);
    let console = console.press("a").decides(&[allow_once()]);
    assert_eq!(decided(&console)[0].0, all[2]);
    // What is marked, and looked at by nobody, loses its mark with a sentence.
    let console = tests().press("Q * esc");
    let all = requests(&console);
    let gone = Event::RequestClosed { request: all[1], how: Closing::Withdrawn("the turn ended".into()) };
    let console = console.hears(1, gone).says("no longer marked").says("the turn ended");
    console.holds("two marked", |app| app.marks.len() == 2).decides(&[]);
}

#[test]
fn what_the_hub_refuses_is_open_again_and_the_others_stay_decided() {
    let console = tests().press("Q B a");
    let all = requests(&console);
    let console = console.replies(Reply::Refused { why: "the disk is full".into() }).says("the disk is full");
    let open: Vec<RequestId> = console.app.batch.as_ref().unwrap().open().map(|item| item.request).collect();
    assert_eq!(open, [all[2]]);
    let console = console.press("a");
    assert_eq!(decided(&console).len(), 4);
    assert_eq!(decided(&console)[3].0, all[2]);
}

#[test]
fn no_accident_decides_several() {
    let ready = || tests().press("Q B");
    ready().press_in_one_read("a a").says("several keys").decides(&[]);
    ready().press_in_one_read("a").says("several keys").decides(&[]);
    ready().press("z").press_at_once("a").decides(&[]);
    tests()
        .press("Q")
        .wait(400)
        .press_at_once("B")
        .frame()
        .wait(200)
        .press_at_once("a")
        .says("just appeared")
        .decides(&[]);
    ready().paste("a").decides(&[]).tell(Msg::Focused(true)).wait(100).press_at_once("a").says("window").decides(&[]);
    let held = ready().wait(400).press_at_once("j").wait(100).press_at_once("j").wait(100);
    held.press_at_once("a").wait(40).press_at_once("a").holds("once at most", |app| app.batch.is_some());
    let covered = ready().press("?").wait(1_000).press_at_once("a").decides(&[]);
    covered.press("esc").quietly(|console| console.wait(100).press_at_once("a")).decides(&[]);
    // Not painted, not decided.
    let unseen = tests().press("Q").quietly(|console| console.press("B").wait(2_000).press_at_once("a"));
    unseen.says("whole on the screen").decides(&[]);
    let mut console = ready();
    for kind in
        [MouseEventKind::Down(MouseButton::Left), MouseEventKind::Up(MouseButton::Left), MouseEventKind::ScrollDown]
    {
        let event = MouseEvent { kind, column: 5, row: 5, modifiers: KeyModifiers::NONE };
        console = console.wait(500).tell(Msg::Mouse(event)).frame();
    }
    console.decides(&[]).holds("it stays", |app| app.batch.is_some());
    // The palette never decides.
    ready().press("f2").types("allow").press("enter").decides(&[]);
    let typed = ready().press("d").types("no").press("f2").types("submit").press("enter");
    typed.decides(&[]);
}

#[test]
fn a_console_that_can_only_look_marks_and_decides_nothing() {
    let status = taut::domain::HubStatus { read_only: Some("pid 7 holds the folder".into()), ..Default::default() };
    let open = tests().press("Q B").tell(Msg::Status(status.clone())).press("a").says("pid 7").decides(&[]);
    open.press("d").decides(&[]);
    tests().tell(Msg::Status(status)).press("Q space").says("pid 7").holds("no mark", |app| app.marks.is_empty());
    let lost = tests().press("Q B").tell(Msg::Link(Some("broken pipe".into()))).press("a").says("broken pipe");
    lost.decides(&[]);
}

#[test]
fn what_leads_elsewhere_closes_the_card_and_a_held_key_is_one_press() {
    let console = tests().press("Q B").tell(Msg::Did(taut::ui::Action::NextWaiting, Press::Alone)).frame();
    console.holds("one card", |app| app.batch.is_none() && app.card.is_some()).decides(&[]);
    let mixed: Vec<Decision> =
        tests().press("Q B a").decisions().into_iter().map(|(_, decision, _)| decision).collect();
    assert_eq!(mixed.len(), 3);
}
