//! Steps that came after what a plain undo takes back, and changed what no checkpoint covers: whoever means the last step
//! hears that it is not the one.

use crate::shell;
use crate::state::spans::{Span, Spans};

/// One sentence about them; `None` where there are none. `left_out` says why the checkpoints of a step do not cover a path.
pub(super) fn later(
    spans: &Spans,
    meant: &[&Span],
    mut left_out: impl FnMut(&Span, &str) -> Option<String>,
) -> Option<String> {
    let newest = meant.iter().map(|span| span.number).max()?;
    let stays = |span: &&Span| span.number > newest && span.undone.is_none() && !span.changed();
    let mut told = spans.all().iter().filter(stays).filter_map(|span| {
        let lost = |why: &String| format!("it has not both of its checkpoints ({why})");
        let why = match (&span.before, &span.after) {
            (Some(_), Some(_)) => paths(span)
                .into_iter()
                .find_map(|path| left_out(span, &path).map(|why| format!("no checkpoint covers {path} ({why})"))),
            (None, _) | (_, None) => span.why.as_ref().map(lost),
        };
        Some(format!("step {} ({}) came later and is not taken back: {}", span.number, span.title, why?))
    });
    let first = told.next()?;
    Some(match told.count() {
        0 => first,
        1 => format!("{first}; so with 1 more step after it"),
        more => format!("{first}; so with {more} more steps after it"),
    })
}

/// What its command line, or what it said, would change.
fn paths(span: &Span) -> Vec<String> {
    let mut paths = span.claims.clone();
    if let Some(command) = &span.command {
        paths.extend(shell::read(command).touches().iter().filter_map(|touch| touch.base().map(str::to_owned)));
    }
    paths
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        At, Became, CallId, CallPatch, Checkpoint, CheckpointId, Effect, Event, LaneId, Moment, Pos, Record, Seq,
        SessionId, TurnNo, Undo, VERSION,
    };

    fn step(spans: &mut Spans, number: u32, command: &str, files: usize, why: Option<&str>) {
        let call = CallId(format!("c{number}"));
        let patch = CallPatch { command: Some(command.into()), ..CallPatch::default() };
        let mut events = vec![Event::Called { call: call.clone(), patch: Box::new(patch) }];
        for moment in [Moment::Before, Moment::After] {
            let mut checkpoint = Checkpoint::of(moment, Some(call.clone()));
            (checkpoint.step, checkpoint.turn) = (number, TurnNo(1));
            checkpoint.id = why.is_none().then(|| CheckpointId(format!("{number}")));
            checkpoint.why = why.map(str::to_owned);
            let files = if moment == Moment::After { files } else { 0 };
            checkpoint.effects = vec![Effect { path: "a".into(), became: Became::Changed }; files];
            events.push(Event::Checkpointed { checkpoint: Box::new(checkpoint) });
        }
        for event in events {
            let (pos, session, seq, at) = (Pos(1), SessionId(7), Seq(u64::from(number)), At(0));
            let lane = LaneId::ROOT;
            spans.apply(&Record { pos, session, seq, lane, at, said_at: None, version: VERSION, cites: None, event });
        }
    }

    #[test]
    fn a_later_step_that_no_checkpoint_shows_is_named_and_one_that_changed_nothing_is_not() {
        let mut spans = Spans::default();
        step(&mut spans, 1, "echo x > a", 1, None);
        let told = |spans: &Spans| {
            let meant = spans.meant(&Undo::Last).unwrap();
            later(spans, &meant, |_, path| path.starts_with("build").then(|| "ignored".to_owned()))
        };
        assert_eq!(told(&spans), None);
        step(&mut spans, 2, "ls build; rm -f src/none", 0, None);
        assert_eq!(told(&spans), None, "what it names is covered");
        step(&mut spans, 3, "rm build/out", 0, None);
        let one = "step 3 (rm build/out) came later and is not taken back: no checkpoint covers build/out (ignored)";
        assert_eq!(told(&spans).as_deref(), Some(one));
        step(&mut spans, 4, "make", 0, Some("the disk is full"));
        assert_eq!(told(&spans), Some(format!("{one}; so with 1 more step after it")));
        step(&mut spans, 5, "echo y > a", 1, None);
        assert_eq!(told(&spans), None, "those came before it");
    }
}
