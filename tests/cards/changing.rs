//! A call that a human changes on its card: edited, taken in part, allowed for longer, answered. With the frames of the
//! real view: what leaves is what was on the screen, and nothing leaves by accident.

use crate::desk::{self, Desk, change, check, judge};
use crate::support::frame::{NOW, Teller};
use taut::domain::{
    Asking, At, By, CallId, CallPatch, CallStatus, Carrier, Carries, Choice, Closing, Command, Completeness, Decision,
    Digest, Event, FileChange, Given, Impact, Matcher, Offer, OfferKind, Question, RequestId, Risk, Seq, SessionId,
    TakenHunk, Topic, Verdict,
};
use taut::keymap;
use taut::ui::update::update;
use taut::ui::{Chord, Effect, Focus, Menu, Msg, Press, Purpose};
use taut::view::{Cache, layout, to_text};

const FACES: [(u16, u16); 3] = [(80, 24), (120, 36), (200, 50)];

/// A card that is worked at: time goes on, and every frame is told.
struct Work {
    desk: Desk,
    now: At,
    size: (u16, u16),
    sent: Vec<Command>,
    teller: Teller,
    request: RequestId,
}

fn asked(patch: CallPatch, how: Asking) -> Work {
    let mut t = Teller::new(2, "fix-auth", "claude", "/home/demo/wt/fix-auth", 400);
    t.open("default").prompt(1, "make the token compare constant time");
    t.call(patch);
    let request = ask(&mut t, how, None);
    judge(&mut t, request, Risk::Mid, &["writes in src/"]);
    let desk = Desk::new(&[copy(&t)], request);
    let mut at = Work { desk, now: NOW, size: (120, 36), sent: Vec::new(), teller: t, request };
    at.frames();
    at
}

fn copy(t: &Teller) -> Teller {
    let mut copy = Teller::new(2, "fix-auth", "claude", "/", 30);
    copy.records.clone_from(&t.records);
    copy
}

fn ask(t: &mut Teller, how: Asking, instead_of: Option<RequestId>) -> RequestId {
    let request = RequestId { session: SessionId(2), seq: Seq(t.records.len() as u64 + 1) };
    let offer = |id: &str, name: &str, kind| Offer { id: id.into(), name: name.into(), kind };
    t.tell(Event::Asked {
        call: CallId("call-2-1".into()),
        native: "7".into(),
        offers: vec![
            offer("y", "Yes", OfferKind::AllowOnce),
            offer("s", "Yes, and don't ask again", OfferKind::AllowAlways),
            offer("n", "No, and tell Claude what to do", OfferKind::RejectOnce),
        ],
        digest: Digest::of(&request.seq.0.to_le_bytes()),
        payload: Completeness::Whole,
        deadline: None,
        instead_of,
        changed: instead_of.map(|_| "the agent changed what it asks for".to_owned()).into_iter().collect(),
        how,
    });
    request
}

fn by(edit: Carrier, part: Carrier) -> Asking {
    Asking { carries: Carries { edit, part, ..Carries::default() }, ..Asking::default() }
}

fn command(line: &str) -> CallPatch {
    CallPatch {
        tool: Some("Bash".into()),
        impact: Some(Impact::Execute),
        command: Some(line.into()),
        args: Some(serde_json::json!({"command": line, "timeout": 120}).to_string().into()),
        ..CallPatch::default()
    }
}

/// Two files, three hunks.
fn three() -> Vec<FileChange> {
    let old: String = (1..=40).map(|n| format!("line {n}\n")).collect();
    let new = old.replace("line 5\n", "LINE 5\n").replace("line 30\n", "LINE 30\nand more\n");
    vec![
        change("/home/demo/wt/fix-auth/src/lines.txt", Some(&old), Some(&new)),
        change("/home/demo/wt/fix-auth/src/auth.rs", Some(desk::OLD), Some(desk::NEW)),
    ]
}

fn part() -> Work {
    asked(desk::edit(three()), by(Carrier::Hub, Carrier::Hub))
}

impl Work {
    fn wait(&mut self, ms: i64) -> &mut Self {
        self.now = At(self.now.0 + ms);
        self
    }

    /// Draws, and tells what was drawn, until it settles.
    fn frames(&mut self) -> String {
        self.desk.app.size = self.size;
        for _ in 0..3 {
            let scene = layout(&self.desk.app, &mut self.desk.cache, self.size, self.now);
            let told = Msg::Painted(Box::new(scene.painted.clone()));
            self.tell(told);
        }
        to_text(&layout(&self.desk.app, &mut self.desk.cache, self.size, self.now))
    }

    fn tell(&mut self, msg: Msg) {
        let before = (self.desk.app.focus, self.desk.app.card.as_ref().map(|card| card.request));
        for effect in update(&mut self.desk.app, msg, self.now) {
            if let Effect::Send(_, command @ Command::Decide { .. }) = effect {
                self.sent.push(command);
                let after = (self.desk.app.focus, self.desk.app.card.as_ref().map(|card| card.request));
                assert_eq!((before, before.0), (after, Focus::Card), "a decision moved the focus");
            }
        }
    }

    /// A key as it comes from the terminal, with no time before it and no frame after it.
    fn at_once(&mut self, key: &str, press: Press) -> &mut Self {
        let chord: Chord = key.parse().unwrap();
        let msg = match keymap::lookup(&self.desk.app, chord.into()) {
            Some(action) => Msg::Did(action, press),
            None => Msg::Typed(chord.into()),
        };
        self.tell(msg);
        self
    }

    /// Keys pressed by a person who looks at each frame.
    fn press(&mut self, keys: &str) -> &mut Self {
        for key in keys.split_whitespace() {
            self.wait(400).at_once(key, Press::Alone);
            self.frames();
        }
        self
    }

    fn types(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            let key = if c == ' ' { "space".to_owned() } else { c.to_string() };
            self.wait(60).at_once(&key, Press::Alone);
        }
        self.frames();
        self
    }

    fn clear(&mut self) -> &mut Self {
        self.press("end").press("ctrl-u")
    }

    fn hears(&mut self, tell: impl FnOnce(&mut Teller)) -> &mut Self {
        let before = self.teller.records.len();
        tell(&mut self.teller);
        let records = self.teller.records[before..].to_vec();
        self.tell(Msg::Heard(records));
        self.frames();
        self
    }

    fn decisions(&self) -> Vec<Decision> {
        let decision = |command: &Command| match command {
            Command::Decide { decision, .. } => Some(decision.clone()),
            _ => None,
        };
        self.sent.iter().filter_map(decision).collect()
    }

    fn toast(&self) -> &str {
        self.desk.app.toast.as_ref().map_or("", |toast| &toast.text)
    }

    fn menu(&mut self) -> Option<Menu> {
        self.desk.card().menu.clone()
    }

    fn check(&mut self, name: &str) {
        for size in FACES {
            self.desk.app.toast = None;
            check(name, &self.desk.settled(size), size);
        }
        // Nothing breaks where there is hardly room.
        for size in [(20, 6), (30, 9), (60, 14)] {
            self.desk.settled(size);
        }
        self.desk.settled(self.size);
    }

    #[track_caller]
    fn shows(&mut self, part: &str) -> &mut Self {
        let text = self.frames();
        assert!(text.contains(part), "{part:?} is not in\n{text}");
        self
    }
}

fn edited(args: serde_json::Value) -> Decision {
    Decision::Edit { offer: Some("y".into()), args: args.to_string().into() }
}

#[test]
fn an_edited_command_is_shown_whole_and_sent_by_one_key() {
    let mut at = asked(command("cargo test auth"), by(Carrier::Agent, Carrier::Hub));
    at.shows("the agent runs what you write").press("e").check("edit-form");
    at.clear().types("cargo test auth --release").press("enter");
    assert_eq!(at.decisions(), [], "the form sends nothing");
    at.shows("$ cargo test auth --release")
        .shows("what you changed: command")
        .shows("EDITED BY YOU")
        .check("edit-sure");
    at.press("enter");
    assert_eq!(at.decisions(), [edited(serde_json::json!({"command": "cargo test auth --release", "timeout": 120}))]);
    at.press("enter enter").shows("your answer is on its way");
    assert_eq!(at.decisions().len(), 1);
}

#[test]
fn what_is_wrong_with_an_edit_stands_beside_the_field_and_nothing_is_sent() {
    let mut at = asked(command("ls"), by(Carrier::Agent, Carrier::Hub));
    at.press("e enter").shows("nothing was changed");
    assert_eq!(at.menu(), Some(Menu::Edit));
    at.clear().press("enter").shows("\"command\" is empty").check("edit-wrong");
    at.press("x").shows("the agent runs");
    assert!(!at.frames().contains("is empty"), "what is typed on takes the sentence away");
    // Arguments that have no known field are JSON.
    let patch = CallPatch {
        tool: Some("mcp__db__query".into()),
        args: Some(r#"{"query":"delete from users","dry_run":false,"limits":{"rows":1000}}"#.into()),
        ..CallPatch::default()
    };
    let mut at = asked(patch, by(Carrier::Agent, Carrier::Hub));
    at.press("e").shows("\"query\": \"delete from users\"").check("edit-json");
    at.types("x").press("enter").shows("not JSON").press("backspace");
    at.press("down down down down end").types("0").press("enter").shows("what you changed: limits");
    at.press("enter");
    let want = serde_json::json!({"query": "delete from users", "dry_run": false, "limits": {"rows": 1000}});
    assert_ne!(at.decisions(), [edited(want)]);
    assert_eq!(at.decisions().len(), 1);
}

#[test]
fn what_nobody_can_carry_out_is_said_before_and_opens_no_form() {
    let patch = CallPatch {
        tool: Some("mcp__db__query".into()),
        args: Some(r#"{"query":"delete from users"}"#.into()),
        ..CallPatch::default()
    };
    let mut at = asked(patch, by(Carrier::Hub, Carrier::Hub));
    at.shows("taut does not know this tool's work").press("e");
    assert_eq!((at.menu(), at.decisions()), (None, vec![]));
    assert!(at.toast().contains("deny with a reason"), "{}", at.toast());
    let mut at = asked(command("make"), by(Carrier::Hub, Carrier::Hub));
    at.shows("it is refused, taut runs").press("e").shows("this agent can't take an edited call");
    // An edit that taut could not do is refused in the form.
    at.press("esc ctrl-e").clear().types("make all").press("enter enter");
    assert_eq!(at.decisions(), [edited(serde_json::json!({"command": "make all", "timeout": 120}))]);
}

#[test]
fn pastes_held_keys_bursts_and_haste_never_send_an_edit() {
    let ready = || {
        let mut at = asked(command("ls"), by(Carrier::Agent, Carrier::Hub));
        at.press("e").types(" -l").press("enter");
        assert!(matches!(at.menu(), Some(Menu::Sure { .. })));
        at
    };
    // Enter that is held from the form on.
    let mut at = asked(command("ls"), by(Carrier::Agent, Carrier::Hub));
    at.press("e").types(" -l").wait(400);
    for _ in 0..100 {
        at.at_once("enter", Press::Alone).wait(30);
        at.frames();
    }
    assert_eq!(at.decisions(), [], "a held key");
    let mut at = ready();
    at.wait(400).at_once("enter", Press::Among);
    assert_eq!(at.decisions(), [], "one of several keys");
    for text in ["\n", "\r\n\r\n", "unread\n", "y\n", "\u{1b}[200~\n"] {
        let mut at = ready();
        at.wait(400).tell(Msg::Pasted(text.to_owned()));
        at.frames();
        assert_eq!(at.decisions(), [], "{text:?}");
        at.press("esc").tell(Msg::Pasted(text.to_owned()));
        assert_eq!(at.decisions(), [], "{text:?}");
    }
    // Before it was painted, and just after.
    let mut at = asked(command("ls"), by(Carrier::Agent, Carrier::Hub));
    at.press("e").types(" -l").wait(400).at_once("enter", Press::Alone);
    at.wait(2_000).at_once("enter", Press::Alone);
    assert_eq!(at.decisions(), [], "nothing of it was on the screen");
    at.frames();
    at.wait(349).at_once("enter", Press::Alone);
    assert_eq!(at.decisions(), [], "too soon");
    at.wait(400).at_once("enter", Press::Alone);
    assert_eq!(at.decisions().len(), 1);
    // What was typed far away is no decision either: the menu's letters only scroll.
    let mut at = ready();
    at.press("a x s d j k space");
    assert_eq!(at.decisions(), []);
}

#[test]
fn what_was_not_read_to_its_end_is_not_sent_but_by_the_word() {
    let text: String = (0..200).map(|n| format!("line {n}\n")).collect();
    let args = serde_json::json!({"path": "/home/demo/wt/fix-auth/a.txt", "content": text});
    let patch = CallPatch {
        tool: Some("Write".into()),
        impact: Some(Impact::Edit),
        args: Some(args.to_string().into()),
        ..CallPatch::default()
    };
    let mut at = asked(patch, by(Carrier::Agent, Carrier::Hub));
    // The call itself was read to its end; the edited one was not.
    at.press("space space space space space space space space space space space G").press("e tab").types("x");
    at.press("enter enter");
    assert_eq!(at.decisions(), []);
    assert!(at.toast().contains("unseen"), "{}", at.toast());
    at.press("enter").types("unread").press("enter");
    let overridden = matches!(at.sent.as_slice(), [Command::Decide { overridden: true, .. }]);
    assert!(overridden, "{:?}", at.sent);
}

#[test]
fn a_request_that_changes_under_the_form_keeps_what_was_typed_and_sends_nothing_to_the_old_one() {
    let mut at = asked(command("ls"), by(Carrier::Agent, Carrier::Hub));
    at.press("e").types(" -l");
    let old = at.request;
    at.hears(|t| {
        t.tell(Event::RequestClosed { request: old, how: Closing::Superseded });
        let patch = CallPatch {
            command: Some("ls /".into()),
            args: Some(r#"{"command":"ls /","timeout":120}"#.into()),
            ..CallPatch::default()
        };
        t.tell(Event::Called { call: CallId("call-2-1".into()), patch: Box::new(patch) });
        ask(t, by(Carrier::Agent, Carrier::Hub), Some(old));
    });
    at.shows("what it asks has changed since").shows("ls -l").types("a").check("edit-changed");
    at.press("enter").shows("what you changed: command").shows("ls /");
    at.press("enter");
    assert!(matches!(&at.sent[..], [Command::Decide { request, .. }] if *request != old), "{:?}", at.sent);
    assert_eq!(at.decisions(), [edited(serde_json::json!({"command": "ls -la", "timeout": 120}))]);
    // Taken back: what was typed stays, and nothing is sent.
    for keys in ["e", "e x enter"] {
        let mut at = asked(command("ls"), by(Carrier::Agent, Carrier::Hub));
        at.press(keys);
        let request = at.request;
        at.hears(|t| {
            t.tell(Event::RequestClosed { request, how: Closing::Withdrawn("the turn ended".into()) });
        });
        at.press("enter enter enter");
        assert_eq!(at.decisions(), []);
        at.shows("took the question back");
    }
}

#[test]
fn the_editor_writes_the_field_and_nothing_leaves_by_it() {
    let mut at = asked(command("ls"), by(Carrier::Agent, Carrier::Hub));
    at.press("e").wait(400);
    let chord: Chord = "ctrl-g".parse().unwrap();
    let action = keymap::lookup(&at.desk.app, chord.into()).unwrap();
    let effects = update(&mut at.desk.app, Msg::Did(action, Press::Alone), at.now);
    let [Effect::HandOver(given)] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!((given.text(), given.purpose()), ("ls", Purpose::Edit(at.request)));
    at.tell(Msg::Back(Purpose::Edit(at.request), Ok("ls -l\n".to_owned())));
    at.shows("ls -l").wait(100).at_once("enter", Press::Alone);
    assert_eq!(at.decisions(), []);
    at.frames();
    at.press("enter");
    assert_eq!(at.decisions().len(), 1);
}

#[test]
fn hunks_are_taken_refused_and_edited_and_what_is_written_stands_on_the_card() {
    let mut at = part();
    at.shows("on a part").press("]").shows("hunk 2/3").press("-").shows("takes 2 of 3 hunks, refuses 2");
    at.press("] e").shows("EDIT HUNK 3").check("hunk-form");
    at.types("// mine").press("enter").shows("takes 2 of 3 hunks, refuses 2, edited 3").shows("edited by you");
    at.press("g").check("hunks");
    assert_eq!(at.decisions(), []);
    at.press("a").shows("TAKE A PART").check("hunks-why");
    at.types("not that one").press("enter").shows("A PART: above stands all that would be written");
    at.shows("hunk 3, edited by you").check("hunks-sure");
    assert!(!at.frames().contains("and more"), "what is refused is not among it");
    at.press("space space space enter");
    let lines = |text: &str| format!("// mine{text}");
    let [Decision::Take { hunks, reason }] = &at.decisions()[..] else { panic!("{:?}", at.decisions()) };
    assert_eq!(reason.as_deref(), Some("not that one"));
    assert_eq!(hunks[0], TakenHunk { hunk: 1, edited: None });
    let (hunk, text) = (hunks[1].hunk, hunks[1].edited.clone().unwrap());
    assert!(hunk == 3 && text.starts_with(&lines("")) && text.ends_with('\n') && text.contains("ct_eq"), "{text}");
}

#[test]
fn all_hunks_are_a_plain_allowance_and_none_a_denial() {
    let mut at = part();
    at.press("- ] - [ + ] +").press("space space space a");
    assert_eq!(at.decisions(), [Decision::Allow { offer: "y".into() }]);
    let mut at = part();
    at.press("- ] - ] -").shows("takes 0 of 3 hunks").press("a");
    assert!(matches!(at.menu(), Some(Menu::Reason { .. })), "{:?}", at.menu());
    at.types("no").press("enter");
    let denied = Decision::Deny { offer: Some("n".into()), reason: Some("no".into()), interrupt: false };
    assert_eq!(at.decisions(), [denied]);
    // An edit that is taken back to what was proposed is none.
    let mut at = part();
    at.press("e").types("x").press("backspace enter space space space a");
    assert_eq!(at.decisions(), [Decision::Allow { offer: "y".into() }]);
}

#[test]
fn a_part_never_rides_on_an_allowance_of_all() {
    let mut how = by(Carrier::Hub, Carrier::Hub);
    how.scopes = vec![Matcher::Path("src/**".into())];
    let mut at = asked(desk::edit(three()), how);
    at.press("- s enter");
    assert_eq!(at.decisions(), []);
    assert!(at.toast().contains("would allow all of it"), "{}", at.toast());
    at.press("j j j enter");
    assert_eq!(at.decisions(), []);
    at.press("esc ctrl-e");
    assert_eq!(at.menu(), None);
    // Hunks of another request are forgotten with it.
    let old = at.request;
    at.hears(|t| {
        t.tell(Event::RequestClosed { request: old, how: Closing::Superseded });
        ask(t, by(Carrier::Hub, Carrier::Hub), Some(old));
    });
    assert!(!at.desk.card().parts.differs());
}

#[test]
fn what_taut_can_hold_stands_beside_the_agents_own_with_its_term() {
    let mut how = by(Carrier::Agent, Carrier::Hub);
    how.scopes = vec![
        Matcher::Exact { tool: "Bash".into(), args: Digest::of(b"x") },
        Matcher::Tool("Bash".into()),
        Matcher::Impact(Impact::Execute),
    ];
    let mut at = asked(command("cargo test"), how);
    at.press("s").shows("THE AGENT'S OWN OFFERS").shows("HELD BY TAUT").press("j j j j tab");
    at.shows("every call of Bash in the workspace, for 15 minutes").check("scopes");
    at.press("tab tab tab").shows("for this session").press("right").wait(400);
    let now = at.now;
    at.at_once("enter", Press::Alone);
    let until = Some(At(now.0 + 15 * 60_000));
    assert_eq!(
        at.decisions(),
        [Decision::AllowFor { offer: "y".into(), matcher: Matcher::Tool("Bash".into()), until }]
    );
}

fn questions(all: Vec<Question>) -> Work {
    let args = serde_json::json!({"questions": all}).to_string();
    let patch = CallPatch { tool: Some("AskUserQuestion".into()), args: Some(args.into()), ..CallPatch::default() };
    asked(patch, Asking { topic: Topic::Questions(all), ..by(Carrier::Agent, Carrier::Hub) })
}

fn question(id: &str, labels: &[&str]) -> Question {
    let choice = |label: &&str| Choice { label: (*label).into(), about: format!("what {label} means") };
    Question {
        id: id.into(),
        header: id.to_uppercase(),
        text: format!("Which {id} shall it be?"),
        choices: labels.iter().map(choice).collect(),
        ..Question::default()
    }
}

#[test]
fn questions_are_answered_by_number_arrow_and_words() {
    let mut at = questions(vec![
        question("store", &["SQLite", "Postgres"]),
        Question { many: true, free: true, ..question("extras", &["tests", "docs", "bench"]) },
        Question { secret: true, ..question("password", &[]) },
    ]);
    at.shows("Which store shall it be?").check("questions");
    at.press("a").check("reply");
    at.press("2 enter");
    at.press("1 3 down").shows("own words").types("and a README").check("reply-many");
    at.press("enter").types("hunter2");
    let text = at.frames();
    assert!(!text.contains("hunter2") && text.contains("•••••••"), "{text}");
    at.shows("STORE: Postgres").check("reply-last");
    assert_eq!(at.decisions(), []);
    at.press("enter");
    let given = |question: &str, answers: &[&str]| Given {
        question: question.into(),
        answers: answers.iter().map(|&answer| answer.into()).collect(),
    };
    let want = vec![
        given("store", &["Postgres"]),
        given("extras", &["tests", "bench", "and a README"]),
        given("password", &["hunter2"]),
    ];
    assert_eq!(at.decisions(), [Decision::Reply { given: want }]);
}

#[test]
fn a_question_is_not_answered_by_accident() {
    let one = || questions(vec![question("store", &["SQLite", "Postgres"])]);
    let mut at = one();
    at.press("a").press("enter");
    assert_eq!(at.decisions(), [], "the first key takes the choice");
    at.tell(Msg::Pasted("1\n".into()));
    at.wait(10).at_once("enter", Press::Alone);
    for _ in 0..20 {
        at.wait(30).at_once("enter", Press::Alone);
    }
    at.wait(400).at_once("enter", Press::Among);
    assert_eq!(at.decisions(), []);
    at.press("enter");
    assert_eq!(at.decisions().len(), 1);
    // Words where none are taken, and no answer at all.
    let mut at = one();
    at.press("a").types("hello").press("esc");
    assert_eq!(at.decisions(), []);
    let mut at = questions(vec![question("name", &[])]);
    at.press("a enter enter");
    assert!(at.toast().contains("no answer yet"), "{}", at.toast());
    // The questions change under the answers.
    let mut at = one();
    at.press("a 1");
    let old = at.request;
    at.hears(|t| {
        t.tell(Event::RequestClosed { request: old, how: Closing::Superseded });
        let other = vec![question("store", &["Drop everything"])];
        ask(t, Asking { topic: Topic::Questions(other), ..Asking::default() }, Some(old));
    });
    at.press("enter enter");
    assert_eq!(at.decisions(), [], "answers to other questions");
    at.shows("the questions have changed");
    // Denying it is possible at any time.
    let mut at = one();
    at.press("x");
    assert!(matches!(at.decisions()[..], [Decision::Deny { .. }]));
}

#[test]
fn a_plan_is_read_accepted_edited_or_sent_back() {
    let plan = "# Plan\n\n1. Read **auth.rs**\n2. Use `ct_eq`\n";
    let ready = || {
        let patch = CallPatch {
            tool: Some("ExitPlanMode".into()),
            args: Some(serde_json::json!({"plan": plan}).to_string().into()),
            ..CallPatch::default()
        };
        asked(patch, Asking { topic: Topic::Plan(plan.into()), ..by(Carrier::Agent, Carrier::Hub) })
    };
    let mut at = ready();
    at.shows("2. Use `ct_eq`").shows("accept the plan").check("plan");
    at.press("a");
    assert_eq!(at.decisions(), [Decision::Allow { offer: "y".into() }]);
    let mut at = ready();
    at.press("e").types("Mine: ").press("enter").shows("what you changed: plan").press("enter");
    assert_eq!(at.decisions(), [edited(serde_json::json!({"plan": format!("Mine: {plan}")}))]);
    let mut at = ready();
    at.press("d").types("smaller").press("enter");
    assert!(matches!(&at.decisions()[..], [Decision::Deny { reason: Some(reason), .. }] if reason == "smaller"));
}

#[test]
fn what_was_sent_is_what_was_shown_when_the_hub_says_so() {
    let mut at = asked(command("ls"), by(Carrier::Agent, Carrier::Hub));
    at.press("e").types(" -l").press("enter enter");
    let decision = at.decisions().remove(0);
    let request = at.request;
    at.hears(|t| {
        t.tell(Event::Decided { request, digest: Digest::of(b"x"), decision, by: By::Human, overridden: false });
    });
    at.shows("edited").press("enter");
    assert_eq!(at.decisions().len(), 1);
}

/// What is on record of changed calls: an edit, a part, answers, what diverged.
fn told() -> Teller {
    let mut t = Teller::new(2, "fix-auth", "claude", "/home/demo/wt/fix-auth", 400);
    t.open("default").prompt(1, "make the token compare constant time");
    let verdict = || Verdict {
        outcome: taut::domain::Outcome::Ask,
        rule: taut::domain::RuleRef { source: "built-in".into(), line: None, text: "asks".into() },
        risk: Risk::Mid,
        reasons: vec![],
        policy: Digest::default(),
    };
    let mut changed = |n: u32, patch: CallPatch, decision: Decision, edited: CallPatch, by: Carrier| {
        t.call(patch);
        let call = CallId(format!("call-2-{n}"));
        let request = RequestId { session: SessionId(2), seq: Seq(t.records.len() as u64 + 1) };
        t.tell(Event::Asked {
            call: call.clone(),
            native: n.to_string(),
            offers: vec![Offer { id: "y".into(), name: "Yes".into(), kind: OfferKind::AllowOnce }],
            digest: Digest::default(),
            payload: Completeness::Whole,
            deadline: None,
            instead_of: None,
            changed: vec![],
            how: Asking::default(),
        });
        let is_answer = matches!(decision, Decision::Reply { .. });
        t.tell(Event::Decided { request, digest: Digest::default(), decision, by: By::Human, overridden: false });
        if !is_answer {
            let (edited, verdict) = (Box::new(edited), Box::new(verdict()));
            t.tell(Event::CallEdited { request, call: call.clone(), edited, by, verdict });
        }
        t.tell(Event::Sent { request }).wait(300).tell(Event::TakenUp { request });
        let status = if by == Carrier::Hub { CallStatus::Failed } else { CallStatus::Done };
        t.ran(40, "ok\n", status, None);
        call
    };
    let args = serde_json::json!({"command": "cargo test auth --release", "timeout": 120}).to_string();
    let patch = CallPatch {
        args: Some(args.clone().into()),
        command: Some("cargo test auth --release".into()),
        ..CallPatch::default()
    };
    let decision = Decision::Edit { offer: Some("y".into()), args: args.into() };
    let first = changed(1, command("cargo test auth"), decision, patch, Carrier::Agent);
    let hunks = vec![TakenHunk { hunk: 1, edited: None }, TakenHunk { hunk: 3, edited: Some("x\n".into()) }];
    let mut written = three();
    written[0].new = Some(written[0].old.clone().unwrap().inline().unwrap().replace("line 5\n", "LINE 5\n").into());
    let part = CallPatch { changes: Some(written), ..CallPatch::default() };
    let decision = Decision::Take { hunks, reason: Some("not that one".into()) };
    changed(2, desk::edit(three()), decision, part, Carrier::Hub);
    let given = vec![Given { question: "q".into(), answers: vec!["Postgres".into()] }];
    let asks =
        CallPatch { tool: Some("AskUserQuestion".into()), title: Some("Which store?".into()), ..CallPatch::default() };
    changed(3, asks, Decision::Reply { given }, CallPatch::default(), Carrier::Agent);
    t.tell(Event::Diverged { call: first, how: "it ran `cargo test auth`, and not what was edited".into() });
    t
}

#[test]
fn what_was_made_of_a_call_is_seen_in_the_timeline_and_in_the_inspector() {
    let mut app = crate::support::frame::app(&[told()]);
    app.focus = Focus::Pane;
    let id = app.selected.unwrap();
    for (selected, name) in [(1, "record-edit"), (2, "record-part"), (3, "record-answer")] {
        let view = app.views.get_mut(&id).unwrap();
        (view.selected, view.unfolded) = (Some(selected), (0..9).collect());
        for size in FACES {
            let scene = layout(&app, &mut Cache::new(), size, NOW);
            check(name, &scene, size);
        }
    }
    let text = to_text(&layout(&app, &mut Cache::new(), (200, 50), NOW));
    for part in ["DIVERGED", "edited", "in part", "why not the rest: not that one", "answered: Postgres", "LINE 5"] {
        assert!(text.contains(part), "{part:?} is not in\n{text}");
    }
    assert!(text.contains("✎"), "{text}");
}

#[test]
fn what_is_asked_anew_shows_the_difference() {
    // The agent's change comes before it asks anew, while the first one waits.
    let mut at = asked(command("cargo test auth"), by(Carrier::Agent, Carrier::Hub));
    let old = at.request;
    at.hears(|t| {
        let args = serde_json::json!({"command": "cargo test --all", "timeout": 120}).to_string();
        let patch =
            CallPatch { command: Some("cargo test --all".into()), args: Some(args.into()), ..CallPatch::default() };
        t.tell(Event::Called { call: CallId("call-2-1".into()), patch: Box::new(patch) });
        t.tell(Event::RequestClosed { request: old, how: Closing::Superseded });
        ask(t, by(Carrier::Agent, Carrier::Hub), Some(old));
    });
    at.shows("what the agent changed: command").check("anew");
    let text = at.frames();
    assert!(text.contains("− cargo test auth") && text.contains("+ cargo test --all"), "{text}");
    // Files as well: what would be written then, and now.
    let mut at = part();
    let old = at.request;
    at.hears(|t| {
        let mut changes = three();
        changes[0].new = changes[0].old.clone();
        let patch = CallPatch { changes: Some(changes), ..CallPatch::default() };
        t.tell(Event::Called { call: CallId("call-2-1".into()), patch: Box::new(patch) });
        t.tell(Event::RequestClosed { request: old, how: Closing::Superseded });
        ask(t, by(Carrier::Hub, Carrier::Hub), Some(old));
    });
    at.shows("what would be written now:");
}
