//! Records of steps and undos in, what can be taken back out.

use super::*;
use crate::domain::{
    At, Became, Beside, By, CallPatch, Checkpoint, Effect, LaneId, Pos, Seq, SessionId, Undo, VERSION,
};

struct Log(Spans, u64);

impl Log {
    fn tell(&mut self, event: Event) {
        self.1 += 1;
        let (pos, seq, at) = (Pos(self.1), Seq(self.1), At(0));
        let session = SessionId(7);
        let record =
            Record { pos, session, seq, lane: LaneId::ROOT, at, said_at: None, version: VERSION, cites: None, event };
        self.0.apply(&record);
    }

    /// A step that made of `from` a workspace `to`.
    fn step(&mut self, number: u32, turn: u32, from: &str, to: &str) {
        let call = CallId(format!("c{number}"));
        let patch = CallPatch { command: Some(format!("do {number}").as_str().into()), ..CallPatch::default() };
        self.tell(Event::Called { call: call.clone(), patch: Box::new(patch) });
        for (moment, id) in [(Moment::Before, from), (Moment::After, to)] {
            let mut checkpoint = Checkpoint::of(moment, Some(call.clone()));
            (checkpoint.step, checkpoint.turn) = (number, TurnNo(turn));
            checkpoint.id = Some(CheckpointId(id.to_owned()));
            if moment == Moment::After && from != to {
                checkpoint.effects = vec![Effect { path: "a".into(), became: Became::Changed }];
            }
            self.tell(Event::Checkpointed { checkpoint: Box::new(checkpoint) });
        }
    }

    fn undo(&mut self, number: u32, steps: &[u32], from: &str, to: &str) {
        self.step(number, 9, from, to);
        let steps = steps.iter().map(|step| CallId(format!("c{step}"))).collect();
        let call = CallId(format!("c{number}"));
        let files = vec![Effect { path: "a".into(), became: Became::Changed }];
        self.tell(Event::Undone { call, steps, files, left: vec![], by: By::Rule });
    }

    #[expect(clippy::needless_pass_by_value, reason = "it reads better")]
    fn meant(&self, undo: Undo) -> Result<Vec<u32>, NothingToUndo> {
        self.0.meant(&undo).map(|spans| spans.iter().map(|span| span.number).collect())
    }
}

#[test]
fn the_last_step_that_changed_something_is_meant_and_an_undo_is_one() {
    let mut log = Log(Spans::default(), 0);
    assert_eq!(log.meant(Undo::Last), Err(NothingToUndo::Nothing));
    log.step(1, 1, "A", "B");
    log.step(2, 1, "B", "B");
    assert_eq!(log.meant(Undo::Last), Ok(vec![1]));
    assert_eq!(log.meant(Undo::Step { number: 2 }), Err(NothingToUndo::NoStep(2)));
    let quiet = log.0.without_files(&Undo::To { number: 1 });
    assert_eq!(quiet.iter().map(|span| span.number).collect::<Vec<_>>(), [2], "it may have done something else");
    log.undo(3, &[1], "B", "A");
    assert_eq!(log.meant(Undo::Step { number: 1 }), Err(NothingToUndo::Undone { step: 1, by: 3 }));
    assert_eq!(log.meant(Undo::Last), Ok(vec![3]));
    log.undo(4, &[3], "A", "B");
    assert_eq!(log.meant(Undo::Step { number: 1 }), Ok(vec![1]), "its undo was undone: it stands");
    assert_eq!(log.0.all()[0].title, "do 1");
    log.undo(5, &[4], "B", "A");
    assert_eq!(log.meant(Undo::Step { number: 1 }), Err(NothingToUndo::Undone { step: 1, by: 3 }), "3 stands again");
    assert_eq!(log.meant(Undo::To { number: 1 }), Ok(vec![5, 4, 3, 1]));
    log.undo(6, &[5], "A", "B");
    assert_eq!(log.meant(Undo::Step { number: 1 }), Ok(vec![1]));
    assert_eq!(log.meant(Undo::Step { number: 5 }), Err(NothingToUndo::Undone { step: 5, by: 6 }));
}

#[test]
fn a_range_takes_back_its_undos_and_what_they_had_taken_back() {
    let mut log = Log(Spans::default(), 0);
    log.step(1, 1, "A", "B");
    log.step(2, 2, "B", "C");
    log.undo(3, &[1], "C", "D");
    log.step(4, 2, "D", "E");
    assert_eq!(log.meant(Undo::To { number: 1 }), Ok(vec![4, 3, 2, 1]));
    assert_eq!(log.meant(Undo::Turn { turn: TurnNo(2) }), Ok(vec![4, 2]));
    assert_eq!(log.meant(Undo::Turn { turn: TurnNo(1) }), Err(NothingToUndo::NoTurn(1)), "taken back from outside");
    log.undo(5, &[4, 3, 2, 1], "E", "A");
    assert_eq!(log.meant(Undo::To { number: 2 }), Ok(vec![5, 4, 3, 2]));
    let none = |step| Err(NothingToUndo::NotThere { step, steps: 5 });
    assert_eq!([log.meant(Undo::To { number: 9 }), log.meant(Undo::Step { number: 0 })], [none(9), none(0)]);
    assert_eq!(
        log.meant(Undo::Step { number: 6 }).unwrap_err().to_string(),
        "there is no step 6: the session has 5 steps"
    );
    let turn = |turn| log.meant(Undo::Turn { turn: TurnNo(turn) }).unwrap_err().to_string();
    assert_eq!(turn(50), "there is no turn 50: the session has 9 turns");
    assert_eq!(turn(3), "no step of turn 3 has changed files that a checkpoint holds");
    log.step(6, 9, "A", "A");
    let quiet = log.meant(Undo::To { number: 6 }).unwrap_err().to_string();
    assert_eq!(quiet, "no step from 6 on has changed files that a checkpoint holds");
}

#[test]
fn an_undo_of_an_undo_is_named_by_the_steps_that_it_comes_to() {
    let mut log = Log(Spans::default(), 0);
    log.step(1, 1, "A", "B");
    log.undo(2, &[1], "B", "A");
    for n in 3..30 {
        let title = log.0.root(&[&log.0.all()[n as usize - 2]]).title();
        assert_eq!(title, if n % 2 == 0 { "undo step 1: do 1" } else { "redo step 1: do 1" });
        log.undo(n, &[n - 1], "A", "B");
    }
    log.undo(30, &[29, 1], "B", "A");
    log.undo(31, &[30], "A", "B");
    assert_eq!(log.0.root(&[&log.0.all()[29]]).title(), "redo 2 steps, 1 to 29");
}

#[test]
fn of_steps_that_overlap_the_one_that_ends_last_is_the_last() {
    let mut log = Log(Spans::default(), 0);
    let tell = |log: &mut Log, number: u32, moment: Moment, id: &str, beside: &[u32]| {
        let mut checkpoint = Checkpoint::of(moment, Some(CallId(format!("c{number}"))));
        (checkpoint.step, checkpoint.turn) = (number, TurnNo(1));
        checkpoint.id = Some(CheckpointId(id.to_owned()));
        let beside = beside.iter().map(|step| Beside { session: SessionId(7), call: CallId(format!("c{step}")) });
        checkpoint.beside = beside.collect();
        log.tell(Event::Checkpointed { checkpoint: Box::new(checkpoint) });
    };
    log.step(1, 1, "A", "B");
    tell(&mut log, 2, Moment::Before, "B", &[]);
    tell(&mut log, 3, Moment::Before, "C", &[]);
    tell(&mut log, 3, Moment::After, "D", &[2]);
    tell(&mut log, 4, Moment::Before, "E", &[]);
    assert_eq!(log.0.last().unwrap().0, "D");
    tell(&mut log, 4, Moment::After, "F", &[2]);
    tell(&mut log, 2, Moment::After, "G", &[3, 4]);
    assert_eq!(log.0.last().unwrap().0, "G", "step 2 ended after step 4");
    let told: Vec<(Vec<u32>, &str, &str)> = groups(log.0.all())
        .iter()
        .map(|it| (it.spans.iter().map(|span| span.number).collect(), it.before.0.as_str(), it.after.0.as_str()))
        .collect();
    assert_eq!(told, [(vec![1], "A", "B"), (vec![2, 3, 4], "B", "G")], "4 never ran beside 3, and both beside 2");
}

fn sent(log: &mut Log, turn: u32) {
    let (prompt, turn) = (crate::domain::PromptId(turn), TurnNo(turn));
    log.tell(Event::PromptSent { prompt, text: "go on".into(), turn, steer: false, by: None });
}

/// Steps that are taken back, steps that stand again, files.
type Told = (Vec<String>, Vec<String>, Vec<String>);

fn news(log: &Log) -> Option<Told> {
    log.0.news(Pos(0)).map(|news| (news.undone, news.again, news.files))
}

fn told(undone: &[&str], again: &[&str], files: &[&str]) -> Told {
    let own = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    (own(undone), own(again), own(files))
}

#[test]
fn what_an_agent_is_told_is_how_its_steps_stand_beside_how_it_knows_them() {
    let mut log = Log(Spans::default(), 0);
    log.step(1, 1, "A", "B");
    assert_eq!(news(&log), None);
    log.undo(2, &[1], "B", "A");
    assert_eq!(news(&log), Some(told(&["do 1"], &[], &["a"])));
    log.undo(3, &[2], "A", "B");
    assert_eq!(news(&log), None, "all of it was taken back");
    log.undo(4, &[3], "B", "A");
    assert_eq!(news(&log), Some(told(&["do 1"], &[], &["a"])), "once, and not three times");
    assert_eq!(log.0.news(Pos(log.1 + 1)), None, "another session told of it");
    sent(&mut log, 2);
    assert_eq!(news(&log), None, "it was told");
    log.undo(5, &[4], "A", "B");
    assert_eq!(news(&log), Some(told(&[], &["do 1"], &["a"])));
    sent(&mut log, 3);
    // Single hunks.
    log.undo(6, &[], "B", "C");
    assert_eq!(log.0.news(Pos(0)).unwrap().parts, ["do 6"]);
    log.undo(7, &[6], "C", "B");
    assert_eq!(news(&log), None);
}

#[test]
fn what_its_own_step_wrote_after_an_undo_is_not_said_to_be_as_before() {
    let mut log = Log(Spans::default(), 0);
    log.step(1, 1, "A", "B");
    log.undo(2, &[1], "B", "A");
    log.step(3, 1, "A", "C");
    let news = log.0.news(Pos(0)).unwrap();
    assert_eq!((news.files.as_slice(), news.since.as_slice()), ([].as_slice(), ["a".to_owned()].as_slice()));
    assert!(news.words().contains("\"do 1\". Changed by steps of yours after that: a. Read"), "{}", news.words());
}

#[test]
fn an_agent_that_forgot_what_it_was_told_is_told_again() {
    let mut log = Log(Spans::default(), 0);
    log.step(1, 1, "A", "B");
    log.step(2, 2, "B", "C");
    log.undo(3, &[2], "C", "B");
    assert_eq!(news(&log), Some(told(&["do 2"], &[], &["a"])));
    log.tell(Event::Rewound { to: TurnNo(1) });
    assert_eq!(news(&log), None, "it knows nothing of step 2");
    log.undo(4, &[1], "B", "A");
    sent(&mut log, 3);
    assert_eq!(news(&log), None);
    log.tell(Event::Rewound { to: TurnNo(1) });
    assert_eq!(news(&log), Some(told(&["do 1"], &[], &["a"])), "it was told in a turn that it forgot");
}

/// Files of steps that the conversation does not hold: those that stand, and those that stand no more.
fn beyond(log: &Log) -> Option<(Vec<String>, Vec<String>)> {
    log.0.news(Pos(0)).map(|news| (news.beyond, news.ceased))
}

#[test]
fn what_stands_of_steps_that_the_agent_forgot_is_told_once_and_again_when_that_changes() {
    let a = || vec!["a".to_owned()];
    let mut log = Log(Spans::default(), 0);
    log.step(1, 1, "A", "B");
    log.step(2, 2, "B", "C");
    sent(&mut log, 3);
    // The conversation alone goes back: nothing was undone.
    log.tell(Event::Rewound { to: TurnNo(1) });
    assert_eq!(beyond(&log), Some((a(), vec![])), "step 2 stands");
    let words = log.0.news(Pos(0)).unwrap().words();
    let said = "(Steps of yours that this conversation does not hold any more have changed files: a. Read files again before \
                you rely on them.)";
    assert_eq!(words, said);
    assert_eq!(log.0.news(Pos(log.1 + 1)), None, "another session told of it");
    sent(&mut log, 4);
    assert_eq!(news(&log), None, "once");
    log.undo(3, &[2], "C", "B");
    assert_eq!(beyond(&log), Some((vec![], a())), "it was told that it stands");
    sent(&mut log, 5);
    assert_eq!(news(&log), None);
    log.undo(4, &[3], "B", "C");
    assert_eq!(beyond(&log), Some((a(), vec![])), "it stands again");
    sent(&mut log, 6);
    log.tell(Event::Rewound { to: TurnNo(5) });
    assert_eq!(beyond(&log), Some((a(), vec![])), "what told of it is forgotten");

    // Files and conversation go back together, and then the files come again.
    let mut log = Log(Spans::default(), 0);
    log.step(1, 1, "A", "B");
    log.step(2, 2, "B", "C");
    log.undo(3, &[2], "C", "B");
    log.tell(Event::Rewound { to: TurnNo(1) });
    assert_eq!(news(&log), None, "all is as at the end of turn 1");
    log.undo(4, &[3], "B", "C");
    assert_eq!(beyond(&log), Some((a(), vec![])));
}
