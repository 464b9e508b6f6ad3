//! From a moment of a session to a checkpoint, or to a sentence that says why there is none.

use crate::checkpoint::{NotAnId, SnapshotId};
use crate::domain::{CheckpointId, Point, Seq, Undo};
use crate::state::spans::{Span, Spans};

const NOTHING: &str = "no step of this session has changed files that a checkpoint holds";

/// The checkpoint of a moment.
pub(super) fn resolve(spans: &Spans, point: Point, now: Option<SnapshotId>) -> Result<SnapshotId, String> {
    let known = |seq: Seq, what: &str| {
        let found = spans.known_at(seq).ok_or_else(|| format!("nothing of the workspace was kept {what}"))?;
        id(found)
    };
    let all = spans.all();
    match point {
        Point::Now => {
            now.ok_or_else(|| "how all files are now is not known here: a hub knows it, start `taut`".to_owned())
        }
        Point::Record { seq } => known(Seq(seq), "before that"),
        Point::First | Point::After { step: 0 } => {
            id(all.iter().find_map(|span| span.before.as_ref()).ok_or(NOTHING)?)
        }
        Point::Last => id(spans.last().ok_or(NOTHING)?),
        Point::Before { step } => match of(spans, step)? {
            Some(span) => id(span.before.as_ref().ok_or_else(|| missing(span, "before"))?),
            None => known(begin(spans, step), &format!("before step {step}")),
        },
        Point::After { step } => match of(spans, step)? {
            Some(span) => id(span.after.as_ref().ok_or_else(|| missing(span, "after"))?),
            None => known(spans.place(step).map_or(Seq(0), |(_, end)| end), &format!("until step {step} was over")),
        },
    }
}

fn id(id: &CheckpointId) -> Result<SnapshotId, String> {
    id.0.parse().map_err(|error: NotAnId| error.to_string())
}

/// A step that stands between checkpoints; `None` where it does not, since it changes no files.
fn of(spans: &Spans, step: u32) -> Result<Option<&Span>, String> {
    if let Some(why) = spans.lacks(&Undo::Step { number: step }) {
        return Err(why.to_string());
    }
    Ok(spans.all().iter().rev().find(|span| span.number == step))
}

fn missing(span: &Span, side: &str) -> String {
    match &span.why {
        Some(why) => format!("step {} has no checkpoint {side} it: {why}", span.number),
        None if side == "after" => format!("step {} has not ended: there is no checkpoint after it", span.number),
        None => format!("step {} has no checkpoint {side} it", span.number),
    }
}

fn begin(spans: &Spans, step: u32) -> Seq {
    spans.place(step).map_or(Seq(0), |(begin, _)| begin)
}

/// The part of the log between two moments: a step is in it where it begins in it.
pub(super) fn reach(spans: &Spans, point: Point) -> Seq {
    match point {
        Point::First | Point::Before { step: 0 } | Point::After { step: 0 } => Seq(0),
        Point::Before { step } => begin(spans, step),
        Point::After { step } => spans.place(step).map_or(Seq(u64::MAX), |(begin, _)| begin),
        Point::Record { seq } => Seq(seq),
        Point::Last | Point::Now => Seq(u64::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_there_is_said_in_a_sentence() {
        let spans = Spans::default();
        assert_eq!(resolve(&spans, Point::First, None).unwrap_err(), NOTHING);
        let none = resolve(&spans, Point::After { step: 3 }, None).unwrap_err();
        assert_eq!(none, "there is no step 3: the session has no steps");
        assert!(resolve(&spans, Point::Now, None).unwrap_err().contains("a hub knows it"));
        assert!(resolve(&spans, Point::Record { seq: 9 }, None).unwrap_err().contains("nothing of the workspace"));
    }
}
