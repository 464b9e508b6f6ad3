//! Folding, and going from prompt to prompt: also where entries are no longer in memory.

use crate::frames::lanes;
use crate::support::frame::{NOW, Teller, app, run};
use taut::domain::{Answer, CallStatus, Event, LaneId, PageNo, Query, SessionId, Speaker};
use taut::state::{Entry, page};
use taut::ui::msg::Effect;
use taut::ui::{Action, App, Focus, Msg, Overlay, PickerKind, Press};
use taut::view::{Cache, layout, to_text};

const SIZE: (u16, u16) = (100, 40);

/// A console and the log behind it.
struct Desk {
    app: App,
    log: Vec<taut::domain::Record>,
    cache: Cache,
    asked: usize,
}

impl Desk {
    fn new(teller: Teller) -> Self {
        let log = teller.records.clone();
        let mut app = app(&[teller]);
        (app.focus, app.size) = (Focus::Pane, SIZE);
        Self { app, log, cache: Cache::new(), asked: 0 }
    }

    fn key(&mut self, action: Action) {
        let effects = taut::ui::update::update(&mut self.app, Msg::Did(action, Press::Alone), NOW);
        self.answer(effects);
        self.draw();
    }

    /// Draws until nothing is lacking.
    fn draw(&mut self) -> String {
        for _ in 0..200 {
            let scene = layout(&self.app, &mut self.cache, SIZE, NOW);
            let painted = Box::new(scene.painted.clone());
            let effects = taut::ui::update::update(&mut self.app, Msg::Painted(painted), NOW);
            if effects.is_empty() {
                return to_text(&scene);
            }
            self.answer(effects);
        }
        unreachable!("it never ends")
    }

    fn answer(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            let Effect::Ask(Query::Page { session, page: no }) = effect else { continue };
            self.asked += 1;
            let (first, last) = page::bounds(no);
            let records = |to: u64| self.log.iter().filter(move |record| record.seq.0 <= to);
            let keyframe = (no > PageNo(0)).then(|| page::keyframe(&page::seek(session, None, records(first.0 - 1))));
            let records = records(last.0).filter(|record| record.seq >= first).cloned().collect();
            let answer = Answer::Page { session, page: no, keyframe, records };
            taut::ui::update::update(&mut self.app, Msg::Answered(answer), NOW);
        }
    }

    fn view(&mut self) -> &mut taut::ui::PaneUi {
        self.app.views.entry(SessionId(1)).or_default()
    }

    fn current(&self) -> &Entry {
        let session = self.app.state.session(SessionId(1)).unwrap();
        self.app.entry(session, self.app.current(session).unwrap()).unwrap()
    }
}

/// Some prompts, each with so many steps.
fn long(prompts: u32, steps: usize) -> Teller {
    let mut t = Teller::new(1, "long", "claude", "/home/demo/app", 90_000);
    t.open("default");
    for n in 1..=prompts {
        t.prompt(n, &format!("prompt number {n}"));
        for step in 0..steps {
            t.call(run(&format!("echo {n} {step}"))).ran(3, &format!("output {n} {step}\n"), CallStatus::Done, Some(0));
        }
        t.say(Speaker::Agent, "done").end_turn(n, 1_000, 10);
    }
    t
}

#[test]
fn from_prompt_to_prompt_also_on_pages() {
    let mut desk = Desk::new(long(12, 80));
    for n in (1..=12).rev() {
        desk.key(Action::PromptBack);
        let text = desk.draw();
        assert!(
            text.contains(&format!("prompt number {n}\n")) || text.contains(&format!("prompt number {n} ")),
            "{n}: {text}"
        );
        assert!(matches!(desk.current().what, taut::state::What::Prompt { prompt, .. } if prompt.0 == n));
    }
    desk.key(Action::PromptBack);
    assert_eq!(desk.app.toast.take().unwrap().text, "there is no prompt before this one");
    desk.key(Action::PromptForward);
    assert!(desk.draw().contains("prompt number 2"));
    desk.key(Action::End);
    desk.key(Action::PromptForward);
    assert_eq!(desk.app.toast.take().unwrap().text, "there is no later prompt");
}

#[test]
fn the_list_of_prompts_holds_the_old_ones_and_says_what_it_lacks() {
    let mut desk = Desk::new(long(8, 80));
    desk.key(Action::Prompts);
    assert!(
        matches!(&desk.app.overlay, Some(Overlay::Picker(p)) if p.kind == PickerKind::Prompts(SessionId(1)) && p.selected == 0)
    );
    for _ in 0..6 {
        desk.key(Action::Down);
    }
    assert!(desk.draw().contains("prompt number 2"));
    desk.key(Action::Open);
    assert!(desk.app.overlay.is_none());
    assert!(desk.draw().contains("prompt number 2"));

    let mut many = Teller::new(1, "many", "claude", "/home/demo/app", 90_000);
    many.open("default");
    for n in 1..=600 {
        many.prompt(n, "again");
    }
    let desk = Desk::new(many);
    let picks = desk.app.picks(PickerKind::Prompts(SessionId(1)));
    let last = picks.last().unwrap();
    assert_eq!((picks.len(), last.name.as_str()), (513, "88 older prompts are not listed"));
    assert!(last.lacks.is_some());
}

#[test]
fn everything_is_unfolded_also_what_is_not_in_memory() {
    let mut desk = Desk::new(long(6, 100));
    desk.key(Action::FoldAll);
    assert!(desk.draw().contains("output 6 99"));
    desk.key(Action::Top);
    let text = desk.draw();
    assert!(text.contains("output 1 0") && text.contains("output 1 3"), "{text}");
    desk.key(Action::Down);
    desk.key(Action::Open);
    let text = desk.draw();
    assert!(!text.contains("output 1 0") && text.contains("output 1 1"), "one is folded alone: {text}");
    desk.key(Action::FoldAll);
    assert!(!desk.draw().contains("output 1"));
}

#[test]
fn o_unfolds_in_steps_and_folds_again() {
    let mut t = Teller::new(1, "x", "claude", "/home/demo/app", 300);
    let output: String = (0..50).map(|n| format!("line {n}\n")).collect();
    t.open("default").prompt(1, "go").call(run("make")).ran(5, &output, CallStatus::Done, Some(0));
    let mut desk = Desk::new(t);
    let seen = |text: &str| (text.contains("line 0"), text.contains("line 20"), text.contains("line 49"));
    let mut all = vec![seen(&desk.draw())];
    for _ in 0..3 {
        desk.key(Action::Open);
        desk.view().follow = true;
        all.push(seen(&desk.draw()));
    }
    assert_eq!(
        all,
        [(false, false, false), (true, false, true), (false, false, true), (false, false, false)],
        "the end is followed"
    );
}

#[test]
fn a_lane_is_folded_by_its_head_and_the_cursor_steps_over_it() {
    let mut desk = Desk::new(lanes());
    desk.key(Action::Top);
    desk.key(Action::Down);
    desk.key(Action::Down);
    assert!(matches!(desk.current().what, taut::state::What::Lane { opened: LaneId(1), .. }));
    desk.key(Action::Open);
    let text = desk.draw();
    assert!(!text.contains("git diff") && text.contains("1 waiting"), "{text}");
    desk.key(Action::Down);
    assert!(matches!(desk.current().what, taut::state::What::Lane { opened: LaneId(3), .. }));
    desk.key(Action::Up);
    desk.key(Action::Open);
    assert!(desk.draw().contains("git diff"));
}

/// One lane with so many steps between two messages of the main agent.
fn one_lane(steps: usize) -> Teller {
    let mut t = Teller::new(1, "deep", "claude", "/home/demo/app", 90_000);
    t.open("default").prompt(1, "go").say(Speaker::Agent, "before the lane");
    t.tell(Event::LaneOpened { opened: LaneId(1), native: None, name: "digger".into(), call: None }).lane(1);
    for n in 0..steps {
        t.call(run(&format!("dig {n}"))).ran(3, "x\n", CallStatus::Done, Some(0));
    }
    t.lane(0).say(Speaker::Agent, "after the lane");
    t
}

#[test]
fn a_folded_lane_over_many_pages_is_not_loaded() {
    let mut desk = Desk::new(one_lane(3_000));
    desk.view().lanes = [LaneId(1)].into();
    let text = desk.draw();
    assert!(text.contains("after the lane") && text.contains("digger") && text.contains("before the lane"), "{text}");
    assert!(text.contains("3000 steps") && !text.contains("dig 2"), "{text}");
    assert!(desk.asked <= 3, "{} pages were loaded", desk.asked);
    // Opened again, its end is there, and its beginning after as many pages as it takes.
    desk.view().lanes.clear();
    assert!(desk.draw().contains("dig 2999"));
}
