//! What can become of the agent's conversation when steps are taken back: it goes back to before the turn of the first of them.

use crate::domain::{Talk, TurnNo};
use crate::state::spans::{Span, Spans};
use crate::state::{NoWay, Way};

/// What can become of it; where it stays, the end of a sentence that says why.
pub(super) fn talk(spans: &Spans, meant: &[&Span], way: &Result<Way, String>) -> Talk {
    let stays = |why: String| Talk::Stays { why };
    let way = match way {
        Ok(way) => way,
        Err(why) => return stays(why.clone()),
    };
    let first = meant.iter().filter(|span| span.undoes.is_empty()).min_by_key(|span| (span.turn, span.number));
    let gone =
        first.filter(|span| span.turn.0 > 0).and_then(|span| Some((span, way.to(TurnNo(span.turn.0 - 1)).err()?)));
    if let Some((span, why)) = gone {
        let (step, turn) = (span.number, span.turn.0);
        return stays(match why {
            NoWay::Newest | NoWay::NotThere => {
                let until = match way.newest() {
                    None => String::new(),
                    Some(newest) => format!(": its newest turn is {}", newest.0),
                };
                format!("step {step} ran in turn {turn}, which the agent's conversation does not hold any more{until}")
            }
            NoWay::TooOld => format!("step {step} ran in turn {turn}, which is too long ago"),
            NoWay::Unmarked(next) => {
                format!("step {step} ran in turn {turn}, and the agent gave no handle of turn {}", next.0)
            }
        });
    }
    if let (None, Some(undo)) = (first, meant.iter().find(|span| !span.undoes.is_empty())) {
        let step = undo.number;
        return stays(format!(
            "step {step} is an undo, with which no turn of the conversation goes (`taut rewind` takes that back by itself)"
        ));
    }
    let Some(first) = first.map(|span| span.turn).filter(|turn| turn.0 > 0) else {
        return stays("it is not known in which turn this was".to_owned());
    };
    let to = TurnNo(first.0 - 1);
    // An undo that goes with them had taken steps back, and these stand or not as they did when it was told of.
    let goes_not = |span: &&Span| !meant.iter().any(|other| other.call == span.call);
    let stands = |span: &&Span| span.turn > to && span.undone.is_none() && span.changed() && span.undoes.is_empty();
    let standing = spans.all().iter().filter(stands).filter(goes_not).count();
    Talk::Back { to, turns: way.after(to), stand: u32::try_from(standing).unwrap_or(u32::MAX) }
}

/// That nothing was done, since the conversation can't be taken back with it.
pub(in crate::hub) fn nothing_was_undone(why: &str) -> String {
    format!("nothing was undone: the conversation can't be taken back, for {why}; the files alone can be")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        At, Became, By, CallId, Checkpoint, CheckpointId, Effect, Event, LaneId, Moment, Pos, Record, Seq, SessionId,
        Undo, VERSION,
    };

    #[derive(Default)]
    struct Log(Spans, u64);

    impl Log {
        fn tell(&mut self, event: Event) {
            self.1 += 1;
            let (pos, session, seq, at, lane) = (Pos(self.1), SessionId(7), Seq(self.1), At(0), LaneId::ROOT);
            self.0.apply(&Record { pos, session, seq, lane, at, said_at: None, version: VERSION, cites: None, event });
        }

        fn step(&mut self, number: u32, turn: u32) {
            let call = CallId(number.to_string());
            for moment in [Moment::Before, Moment::After] {
                let mut checkpoint = Checkpoint::of(moment, Some(call.clone()));
                (checkpoint.step, checkpoint.turn) = (number, TurnNo(turn));
                checkpoint.id = Some(CheckpointId(format!("{number} {moment:?}")));
                checkpoint.effects = vec![Effect { path: "a".into(), became: Became::Changed }];
                self.tell(Event::Checkpointed { checkpoint: Box::new(checkpoint) });
            }
        }

        fn undo(&mut self, number: u32, turn: u32, steps: &[u32]) {
            self.step(number, turn);
            let steps = steps.iter().map(|step| CallId(step.to_string())).collect();
            let files = vec![Effect { path: "a".into(), became: Became::Changed }];
            self.tell(Event::Undone { call: CallId(number.to_string()), steps, files, left: vec![], by: By::Human });
        }

        fn talk(&self, undo: &Undo) -> Talk {
            let mut way = Way::default();
            for turn in 1..=9 {
                way.begins(TurnNo(turn));
                way.marked(TurnNo(turn), &turn.to_string());
            }
            talk(&self.0, &self.0.meant(undo).unwrap(), &Ok(way))
        }
    }

    #[test]
    fn a_range_with_undos_in_it_goes_back_to_before_its_first_step_and_counts_what_stands() {
        let mut log = Log::default();
        log.step(1, 1);
        log.step(2, 2);
        log.undo(3, 2, &[2]);
        log.step(4, 4);
        let back = |to, turns, stand| Talk::Back { to: TurnNo(to), turns, stand };
        assert_eq!(log.talk(&Undo::To { number: 1 }), back(0, 9, 0));
        assert_eq!(log.talk(&Undo::To { number: 2 }), back(1, 8, 0));
        let Talk::Stays { why } = log.talk(&Undo::Step { number: 3 }) else { panic!("no turn goes with an undo") };
        assert!(why.starts_with("step 3 is an undo") && why.contains("taut rewind"), "{why}");
        // An undo and its undo: what they are about stands, and they are nothing beside it.
        log.undo(5, 4, &[4]);
        log.undo(6, 4, &[5]);
        assert_eq!(log.talk(&Undo::Step { number: 4 }), back(3, 6, 0));
        log.step(7, 5);
        assert_eq!(log.talk(&Undo::Step { number: 4 }), back(3, 6, 1), "step 7 stands");
    }
}
