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
    if let Some(undo) = meant.iter().find(|span| !span.undoes.is_empty()) {
        let step = undo.number;
        return stays(format!("step {step} is an undo, of which the agent was only told: no turn of it can go"));
    }
    let Some(first) = first.map(|span| span.turn).filter(|turn| turn.0 > 0) else {
        return stays("it is not known in which turn this was".to_owned());
    };
    let to = TurnNo(first.0 - 1);
    let stands = |span: &&Span| span.turn > to && span.undone.is_none() && span.changed();
    let standing = spans.all().iter().filter(stands).count().saturating_sub(meant.len());
    Talk::Back { to, turns: way.after(to), stand: u32::try_from(standing).unwrap_or(u32::MAX) }
}

/// That nothing was done, since the conversation can't be taken back with it.
pub(in crate::hub) fn nothing_was_undone(why: &str) -> String {
    format!("nothing was undone: the conversation can't be taken back, for {why}; the files alone can be")
}
