//! The review: what changed by file and hunk with who made it, marks, comments that become one prompt, files as they were,
//! and what a step really did in the inspector.

use super::check;
use super::support::frame::{NOW, Teller, app, docs, edit, run};
use taut::domain::{
    Answer, Became, CallId, CallStatus, Changed, Changes, Checkpoint, CheckpointId, Command, Effect as Did, Event,
    Gate, Hunks, Listed, Makers, Moment, Point, Query, Reply, SessionId, Stands, Stretch, TurnNo, Undo, UndoAct,
    UndoFile, UndoPlan, UndoStep,
};
use taut::ui::review::Pages;
use taut::ui::update::update;
use taut::ui::{Action, App, Effect, Focus, Msg, Press};
use taut::view::{Cache, layout, to_text};

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 36), (200, 50)];
const CWD: &str = "/home/demo/wt/fix-auth";
const ID: SessionId = SessionId(2);

fn call(n: u32) -> CallId {
    CallId(format!("call-2-{n}"))
}

fn between(t: &mut Teller, n: u32, did: &[(Became, &str)]) {
    let of = |moment, side: &str| Checkpoint {
        step: n,
        turn: TurnNo(1),
        id: Some(CheckpointId(format!("{side}{n}"))),
        ..Checkpoint::of(moment, Some(call(n)))
    };
    t.tell(Event::Checkpointed { checkpoint: Box::new(of(Moment::Before, "before")) });
    let effects = did.iter().map(|(became, path)| Did { path: (*path).into(), became: *became }).collect();
    t.tell(Event::Checkpointed { checkpoint: Box::new(Checkpoint { effects, ..of(Moment::After, "after") }) });
}

const OLD: &str = "fn verify(token: &str) -> bool {\n    token == self.saved\n}\n";
const NEW: &str = "fn verify(token: &str) -> bool {\n    ct_eq(token, self.saved)\n}\n";

fn story() -> App {
    let mut t = Teller::new(2, "fix-auth", "claude", CWD, 400);
    t.open("default").prompt(1, "make the token compare constant time");
    t.call(edit(&format!("{CWD}/src/auth.rs"), OLD, NEW)).gate(Gate::Asked).ran(12, "", CallStatus::Done, None);
    between(&mut t, 1, &[(Became::Changed, "src/auth.rs")]);
    t.call(run("sh tools/gen.sh && rm old/notes.md")).gate(Gate::Asked).ran(900, "", CallStatus::Done, Some(0));
    between(&mut t, 2, &[(Became::Changed, "src/auth.rs"), (Became::Removed, "old/notes.md")]);
    let mut app = app(&[t, docs()]);
    app.focus = Focus::Pane;
    app
}

fn text(text: &str) -> Stands {
    Stands::File { mode: 0o644, bytes: text.len() as u64, text: Some(text.into()) }
}

fn by(steps: &[u32], others: bool) -> Makers {
    Makers { steps: steps.to_vec(), others }
}

/// A source of many lines with some of them replaced.
fn source(of: &[(usize, &str)]) -> String {
    let line = |n: usize| match of.iter().find(|(at, _)| *at == n) {
        Some((_, text)) => format!("{text}\n"),
        None => format!("    let step_{n} = auth.next({n});\n"),
    };
    (1..=60).map(line).collect()
}

fn changes(stretch: Stretch, paths: &[&str]) -> Changes {
    let old = source(&[(2, "    token == self.saved")]);
    let new = source(&[
        (
            2,
            "    ct_eq(token, self.saved) // the comparison takes as long for every token, whatever it holds and however much of it is right",
        ),
        (30, "    // generated"),
        (50, "    let mine = true;"),
        (51, "    let generated = 51;"),
    ]);
    let changed =
        |path: &str, became, old, new, hunks| Changed { path: path.into(), became: Some(became), old, new, hunks };
    let step = |number, title: &str| UndoStep { call: call(number), number, title: title.into() };
    Changes {
        session: ID,
        stretch,
        paths: paths.iter().map(|path| (*path).to_owned()).collect(),
        before: CheckpointId("before1".into()),
        after: CheckpointId("after2".into()),
        steps: vec![step(1, "src/auth.rs"), step(2, "sh tools/gen.sh && rm old/notes.md")],
        files: vec![
            changed(
                "old/notes.md",
                Became::Removed,
                text("# Notes\nkeep this\n"),
                Stands::Nothing,
                vec![by(&[2], false)],
            ),
            changed(
                "src/auth.rs",
                Became::Changed,
                text(&old),
                text(&new),
                vec![by(&[1], false), by(&[2], false), by(&[2], true)],
            ),
            changed(
                "assets/logo\u{202e}.png",
                Became::Changed,
                Stands::File { mode: 0o644, bytes: 4096, text: None },
                Stands::File { mode: 0o755, bytes: 3000, text: None },
                vec![by(&[2], false)],
            ),
            changed("docs/latest", Became::Kind, text("x\n"), Stands::Link { to: "v2".into() }, vec![by(&[], true)]),
        ],
        more: 0,
        notes: vec!["step 3 has not both of its checkpoints: the disk is full".into()],
    }
}

/// A console that draws after each message, as the loop does.
struct Desk {
    app: App,
    cache: Cache,
    effects: Vec<Effect>,
}

impl Desk {
    fn of(app: App) -> Self {
        let mut desk = Self { app, cache: Cache::new(), effects: Vec::new() };
        desk.app.size = (120, 36);
        desk.draw();
        desk
    }

    fn tell(&mut self, msg: Msg) -> &mut Self {
        self.effects = update(&mut self.app, msg, NOW);
        self.draw();
        self
    }

    fn draw(&mut self) {
        for _ in 0..3 {
            let scene = layout(&self.app, &mut self.cache, self.app.size, NOW);
            let more = update(&mut self.app, Msg::Painted(Box::new(scene.painted)), NOW);
            self.effects.extend(more);
        }
    }

    fn did(&mut self, action: Action) -> &mut Self {
        self.tell(Msg::Did(action, Press::Alone))
    }

    fn types(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            let key = crossterm::event::KeyEvent::new(
                crossterm::event::KeyCode::Char(c),
                crossterm::event::KeyModifiers::NONE,
            );
            self.tell(Msg::Typed(key));
        }
        self
    }

    fn answers(&mut self, changes: Changes) -> &mut Self {
        self.tell(Msg::Answered(Answer::Changes { changes: Box::new(changes) }))
    }

    fn asked(&self) -> Vec<&Query> {
        self.effects
            .iter()
            .filter_map(|effect| if let Effect::Ask(query) = effect { Some(query) } else { None })
            .collect()
    }

    fn text(&mut self) -> String {
        to_text(&layout(&self.app, &mut self.cache, self.app.size, NOW))
    }

    /// The toast that answers the last key.
    fn says(&self) -> &str {
        self.app.toast.as_ref().map_or("", |toast| toast.text.as_str())
    }
}

fn reviewing() -> Desk {
    let mut desk = Desk::of(story());
    desk.did(Action::Review);
    let asked = Query::Changes { session: ID, stretch: Stretch::WHOLE, paths: vec![] };
    assert_eq!(desk.asked(), [&asked]);
    desk
}

#[test]
fn pages_of_much_text_are_made_beside_the_console() {
    let mut desk = reviewing();
    let mut large = changes(Stretch::WHOLE, &[]);
    large.files[1].new = text(&source(&[(2, &"x".repeat(200_000))]));
    desk.answers(large.clone());
    assert!(desk.text().contains("looking at the checkpoints"), "nothing waits for it: {}", desk.text());
    let Some(Effect::Page(asked, sort)) = desk.effects.first() else { panic!("{:?}", desk.effects) };
    assert_eq!(**asked, large);
    let pages = Pages::new(large, *sort);
    desk.tell(Msg::Paged(Box::new(pages.clone())));
    assert!(desk.text().contains("src/auth.rs"), "{}", desk.text());
    // What comes after it was closed is not for the next one.
    desk.did(Action::Back);
    desk.tell(Msg::Paged(Box::new(pages)));
    assert!(desk.app.overlay.is_none());
}

#[test]
fn a_review_shows_every_hunk_with_who_made_it() {
    let mut desk = reviewing();
    check("review-asked", &desk.app, (80, 24));
    desk.answers(changes(Stretch::WHOLE, &[]));
    SIZES.into_iter().for_each(|size| check("review", &desk.app, size));
    desk.did(Action::End);
    check("review-end", &desk.app, (120, 36));
    assert!(desk.text().contains("someone else"), "{}", desk.text());
    let ascii = to_text(&layout(&desk.app, &mut Cache::ascii(), (120, 36), NOW));
    assert!(ascii.contains("step 2 and someone else") && ascii.lines().all(|line| !line.contains('✎')), "{ascii}");
    // The keys are listed, its own first, and it is there again.
    let place = desk.app.reviewing().unwrap().pages().unwrap().at;
    desk.did(Action::Help);
    check("review-help", &desk.app, (120, 36));
    desk.did(Action::Back);
    assert_eq!(desk.app.reviewing().unwrap().pages().unwrap().at, place);
    desk.did(Action::Back);
    assert!(desk.app.overlay.is_none());
    // Why there is none.
    desk.did(Action::Review).tell(Msg::Answered(Answer::NoChanges {
        session: ID,
        stretch: Stretch::WHOLE,
        paths: vec![],
        why: "no step of this session has changed files that a checkpoint holds".into(),
    }));
    check("review-none", &desk.app, (80, 24));
}

#[test]
fn hunks_are_marked_and_reverting_them_goes_through_the_preview_of_an_undo() {
    let mut desk = reviewing();
    desk.answers(changes(Stretch::WHOLE, &[]));
    // The whole of the first file, then of the second one hunk is kept and one marked.
    desk.did(Action::HunkRefuse).did(Action::HunkTake).did(Action::HunkRefuse);
    SIZES.into_iter().for_each(|size| check("review-marked", &desk.app, size));
    desk.did(Action::Undo);
    let undo = Undo::Hunks {
        before: CheckpointId("before1".into()),
        after: CheckpointId("after2".into()),
        files: vec![
            Hunks { path: "old/notes.md".into(), hunks: vec![] },
            Hunks { path: "src/auth.rs".into(), hunks: vec![1] },
        ],
        steps: vec![2],
    };
    assert_eq!(desk.asked(), [&Query::UndoPlan { session: ID, undo: undo.clone() }]);
    let file = |path: &str, act| UndoFile {
        path: path.into(),
        act,
        diff: Some("@@ -1,1 +1,1 @@\n-a\n+b\n".into()),
        note: None,
        sides: vec![],
    };
    let plan = UndoPlan {
        session: ID,
        steps: vec![UndoStep { call: call(2), number: 2, title: "sh tools/gen.sh && rm old/notes.md".into() }],
        files: vec![file("old/notes.md", UndoAct::Create), file("src/auth.rs", UndoAct::Restore)],
        cannot: vec![],
        later: None,
        talk: taut::domain::Talk::default(),
        digest: taut::domain::Digest::of(b"plan"),
    };
    desk.tell(Msg::Answered(Answer::UndoPlan { plan: Box::new(plan.clone()) }));
    check("review-revert", &desk.app, (120, 36));
    // Back is back at the review, where it was left.
    desk.did(Action::Back);
    assert!(desk.app.reviewing().unwrap().pages().is_some(), "the review is there again");
    desk.did(Action::Undo).tell(Msg::Answered(Answer::UndoPlan { plan: Box::new(plan) }));
    desk.effects = update(&mut desk.app, Msg::Did(Action::Yes, Press::Alone), taut::domain::At(NOW.0 + 5_000));
    let Some(Effect::Send(id, Command::Undo { undo: sent, .. })) = desk.effects.first() else {
        panic!("{:?}: {}", desk.effects, desk.says())
    };
    assert_eq!(*sent, undo);
    let id = *id;
    desk.tell(Msg::Replied(id, Reply::Done));
    assert_eq!(desk.asked().len(), 1, "it is looked at anew");
    desk.answers(changes(Stretch::WHOLE, &[]));
    assert_eq!(desk.app.reviewed(ID).marks.len(), 1, "what is kept is still marked, what was reverted is not");
    // Nothing is reverted where nothing can be sent.
    desk.app.link_lost = Some("the hub is gone".into());
    desk.did(Action::Undo);
    assert!(desk.asked().is_empty() && desk.app.reviewing().is_some(), "{}", desk.says());
}

#[test]
fn comments_on_lines_become_one_prompt_that_is_edited_before_it_is_sent() {
    let mut desk = reviewing();
    desk.answers(changes(Stretch::WHOLE, &[]));
    desk.did(Action::GiveComments);
    assert!(desk.says().contains("no comment waits"), "{}", desk.says());
    desk.did(Action::Down).did(Action::Comment).types("why is this gone?");
    check("review-typing", &desk.app, (80, 24));
    desk.did(Action::Submit).did(Action::FileNext);
    let new = |desk: &mut Desk| {
        desk.app.reviewing().unwrap().pages().unwrap().spot(desk.app.reviewing().unwrap().pages().unwrap().at)
    };
    while new(&mut desk).is_none_or(|spot| !spot.quote.contains("ct_eq") || spot.gone) {
        desk.did(Action::Down);
    }
    desk.did(Action::Comment).types("shorter, please").did(Action::Submit);
    desk.did(Action::Down).did(Action::Comment).types("never mind").did(Action::Back);
    assert_eq!(desk.app.reviewed(ID).unsent(), 2, "what was left is no comment");
    SIZES.into_iter().for_each(|size| check("review-comments", &desk.app, size));
    // They survive leaving the screen, also where their line is gone by then.
    desk.did(Action::Back).did(Action::Review);
    let mut later = changes(Stretch::WHOLE, &[]);
    later.files[1].new = later.files[1].old.clone();
    desk.answers(later);
    assert!(desk.text().contains("on line 2, which is another one now: shorter, please"), "{}", desk.text());
    desk.app.drafts.insert(ID, taut::ui::Draft::of("One thing first.".into()));
    desk.did(Action::GiveComments);
    let draft = &desk.app.drafts[&ID].text;
    let prompt = "One thing first.\n\nComments on your changes:\n\nold/notes.md:1 (a line that you removed)\n> # Notes\nwhy is this gone?\n\nsrc/auth.rs:2\n>     ct_eq(token, self.saved) //";
    assert!(draft.starts_with(prompt) && draft.ends_with("\nshorter, please"), "{draft}");
    assert_eq!((desk.app.focus, desk.effects.len(), desk.app.reviewed(ID).unsent()), (Focus::Composer, 0, 0));
}

#[test]
fn a_review_leads_to_other_spans_and_to_the_step() {
    let mut desk = reviewing();
    desk.answers(changes(Stretch::WHOLE, &[]));
    desk.did(Action::ReviewSpan);
    let from = Stretch { from: Point::Before { step: 2 }, to: Point::Last };
    assert_eq!(desk.asked(), [&Query::Changes { session: ID, stretch: from, paths: vec![] }]);
    // An answer to another question is none.
    desk.answers(changes(Stretch::WHOLE, &[]));
    assert!(desk.app.reviewing().unwrap().pages().is_none());
    desk.answers(changes(from, &[])).did(Action::ReviewSpan);
    assert_eq!(desk.asked(), [&Query::Changes { session: ID, stretch: Stretch::step(2), paths: vec![] }]);
    desk.answers(changes(Stretch::step(2), &[])).did(Action::FileNext).did(Action::HunkNext).did(Action::Open);
    assert!(desk.app.overlay.is_none());
    let session = desk.app.state.session(ID).unwrap();
    let no = desk.app.views[&ID].selected.unwrap();
    assert_eq!(session.timeline.entries[&no].step().unwrap().number, 1);
}

#[test]
fn a_file_is_opened_as_it_was_beside_what_it_became() {
    let mut desk = Desk::of(story());
    desk.did(Action::FilesAsOf);
    let at = Point::After { step: 2 };
    assert_eq!(desk.asked(), [&Query::Tree { session: ID, at }]);
    let listed = |path: &str, became| Listed { path: path.into(), became };
    let files = vec![
        listed("old/notes.md", Some(Became::Removed)),
        listed("src/auth.rs", Some(Became::Changed)),
        listed("Cargo.toml", None),
    ];
    desk.tell(Msg::Answered(Answer::Tree { session: ID, at, files, more: 0, why: None }));
    SIZES.into_iter().for_each(|size| check("past-files", &desk.app, size));
    desk.types("auth").did(Action::Open);
    let stretch = Stretch { from: at, to: Point::Now };
    let query = Query::Changes { session: ID, stretch, paths: vec!["src/auth.rs".into()] };
    assert_eq!(desk.asked(), [&query]);
    let mut of_file = changes(stretch, &["src/auth.rs"]);
    of_file.files.retain(|file| file.path == "src/auth.rs");
    of_file.files[0].hunks.clear();
    of_file.notes.clear();
    desk.answers(of_file);
    SIZES.into_iter().for_each(|size| check("past-file", &desk.app, size));
    desk.did(Action::HunkTake);
    assert!(desk.says().contains("one file as it was"), "{}", desk.says());
    desk.did(Action::ReviewSpan);
    let last = Stretch { from: at, to: Point::Last };
    assert_eq!(desk.asked(), [&Query::Changes { session: ID, stretch: last, paths: vec!["src/auth.rs".into()] }]);
    // The same then and now: its lines are there all the same.
    let same = text("one\ntwo\n");
    let file = Changed { path: "src/auth.rs".into(), became: None, old: same.clone(), new: same, hunks: vec![] };
    desk.answers(Changes { files: vec![file], notes: vec![], ..changes(last, &["src/auth.rs"]) });
    check("past-same", &desk.app, (80, 24));
    // Any other moment: one of the steps.
    desk.did(Action::CompareWith);
    SIZES.into_iter().for_each(|size| check("past-against", &desk.app, size));
    desk.types("step 1").did(Action::Open);
    let first = Stretch { from: at, to: Point::After { step: 1 } };
    assert_eq!(desk.asked(), [&Query::Changes { session: ID, stretch: first, paths: vec!["src/auth.rs".into()] }]);
    // Why there are none.
    desk.did(Action::Back).did(Action::FilesAsOf);
    let why = Some("nothing of the workspace was kept".to_owned());
    desk.tell(Msg::Answered(Answer::Tree { session: ID, at, files: vec![], more: 0, why }));
    assert!(desk.app.overlay.is_none() && desk.says().contains("nothing of the workspace"), "{}", desk.says());
}

/// A step's own changes.
fn of_step(number: u32, files: Vec<Changed>) -> Changes {
    let stretch = Stretch::step(number);
    Changes { files, notes: vec![], steps: vec![], ..changes(stretch, &[]) }
}

#[test]
fn the_inspector_shows_what_a_step_really_did_and_says_where_that_is_not_what_it_showed() {
    let at = |step: u32| {
        let mut app = story();
        app.focus = Focus::Inspector;
        let session = app.state.session(ID).unwrap();
        let of = |step| move |entry: &&taut::state::Entry| entry.step().is_some_and(|it| it.number == step);
        let no = session.timeline.entries.values().find(of(step)).unwrap().no;
        let view = app.views.get_mut(&ID).unwrap();
        (view.selected, view.follow) = (Some(no), false);
        app
    };
    let auth = |new: &str| Changed {
        path: "src/auth.rs".into(),
        became: Some(Became::Changed),
        old: text(&format!("{OLD}// more\n")),
        new: text(new),
        hunks: vec![by(&[1], false)],
    };
    // Asked once, when it is seen.
    let mut desk = Desk::of(at(1));
    let asked = desk.asked().into_iter().cloned().collect::<Vec<_>>();
    assert_eq!(asked, [Query::Changes { session: ID, stretch: Stretch::step(1), paths: vec![] }]);
    desk.answers(of_step(1, vec![auth(&format!("{NEW}// more\n"))]));
    assert!(desk.text().contains("WHAT IT DID is what it showed"), "{}", desk.text());
    check("did-same", &desk.app, (120, 36));
    let mut desk = Desk::of(at(1));
    desk.answers(of_step(1, vec![auth(&format!("{NEW}// more\nunsafe {{ hidden() }}\n"))]));
    SIZES.into_iter().for_each(|size| check("did-other", &desk.app, size));
    assert!(desk.text().contains("NOT as it showed") && desk.text().contains("hidden()"), "{}", desk.text());
    // A command says nothing of files: what it did stands there.
    let mut desk = Desk::of(at(2));
    let gone = changes(Stretch::WHOLE, &[]).files.remove(0);
    let odd = changes(Stretch::WHOLE, &[]).files.remove(2);
    let auth = Changed { hunks: vec![by(&[2], true)], ..auth(&format!("{NEW}// more\n")) };
    desk.answers(of_step(2, vec![gone, auth, odd]));
    SIZES.into_iter().for_each(|size| check("did-shell", &desk.app, size));
    let mut desk = Desk::of(at(2));
    desk.tell(Msg::Answered(Answer::NoChanges {
        session: ID,
        stretch: Stretch::step(2),
        paths: vec![],
        why: "checkpoint 12 is not kept any more: it was pruned or forgotten".into(),
    }));
    assert!(desk.text().contains("pruned"), "{}", desk.text());
    desk.draw();
    assert!(desk.asked().is_empty(), "what failed is not asked for again");
}

#[test]
fn a_review_of_anything_is_drawn_at_any_size_and_any_place_of_it_can_be_gone_to() {
    let odd = Changed {
        path: "\u{1b}[31m\u{202e}".repeat(40),
        became: Some(Became::Changed),
        old: text(&format!("{}\r\n\t\u{0}\n", "日本語".repeat(200))),
        new: text(&"x\n".repeat(300)),
        hunks: vec![],
    };
    let mut of = changes(Stretch::WHOLE, &[]);
    of.files.push(odd);
    of.notes.push("\u{7}".repeat(300));
    let mut desk = reviewing();
    desk.answers(of);
    for size in [(1, 1), (9, 3), (20, 6), (40, 12), (80, 24), (300, 90)] {
        desk.app.size = size;
        for action in [Action::End, Action::Top, Action::PageDown, Action::HalfDown, Action::FileNext, Action::HunkNext]
        {
            desk.did(action).did(action);
            let scene = layout(&desk.app, &mut desk.cache, size, NOW);
            assert!(
                scene.regions.iter().all(|region| region.rows.iter().all(|row| row.width() <= usize::from(size.0)))
            );
            assert!(!to_text(&scene).contains('\u{1b}'));
        }
        desk.did(Action::End);
        let pages = desk.app.reviewing().unwrap().pages().unwrap();
        assert_eq!((pages.at, pages.item(pages.at).is_some()), (pages.len() - 1, true));
    }
}
