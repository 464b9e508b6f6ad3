//! What sessions came to, added up by what belongs together, with what it costs.

use super::count::{Numbers, add_cost};
use super::prices::Prices;
use crate::domain::{At, SessionId, Tallied, TallyBy, Tokens};
use std::collections::{BTreeMap, BTreeSet};

/// Milliseconds of an hour.
const HOUR: i64 = 3_600_000;

/// A session and what it came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counted {
    /// Which.
    pub id: SessionId,
    /// What people call it.
    pub name: String,
    /// The folder it works in.
    pub cwd: String,
    /// It is another tool's.
    pub is_elsewhere: bool,
    /// What it came to.
    pub numbers: Numbers,
}

/// Adds sessions up; only what happened since then, where that is said. `day` names the day of a time in the human's place.
#[must_use]
pub fn group(
    sessions: &[Counted],
    by: TallyBy,
    since: Option<At>,
    prices: &Prices,
    day: &dyn Fn(At) -> String,
) -> Vec<Tallied> {
    let mut groups: BTreeMap<String, (Tallied, BTreeSet<SessionId>)> = BTreeMap::new();
    for one in sessions {
        for (hour, model, row) in &one.numbers.rows {
            let at = At(hour.saturating_mul(HOUR));
            // An hour belongs to what was asked for where its end does.
            if since.is_some_and(|since| at.0.saturating_add(HOUR) <= since.0) {
                continue;
            }
            let (key, name) = match by {
                TallyBy::All => (String::new(), "all sessions".to_owned()),
                TallyBy::Session => (one.id.to_string(), one.name.clone()),
                TallyBy::Day => (day(at), String::new()),
                TallyBy::Project => (one.cwd.clone(), String::new()),
                TallyBy::Model => (model.clone(), if model.is_empty() { "not told" } else { "" }.to_owned()),
            };
            let (tallied, ids) = groups.entry(key.clone()).or_default();
            (tallied.key, tallied.name) = (key, name);
            tallied.session = (by == TallyBy::Session).then_some((one.id, one.is_elsewhere));
            ids.insert(one.id);
            tallied.turns += row.turns;
            tallied.calls += row.calls;
            tallied.failed += row.failed;
            tallied.retried += row.retried;
            tallied.failed_again += row.failed_again;
            tallied.answered += row.answered;
            tallied.denied += row.denied;
            tallied.waited += row.waited;
            tallied.compactions += row.compactions;
            tallied.tokens = super::count::plus(&tallied.tokens, &row.tokens);
            if one.numbers.tells_cost {
                row.told.iter().for_each(|cost| add_cost(&mut tallied.told, *cost));
            } else if row.tells_tokens {
                match prices.cost(model, &row.tokens) {
                    Some(cost) => add_cost(&mut tallied.priced, cost),
                    None => tallied.unknown |= has_tokens(&row.tokens),
                }
            }
        }
    }
    groups.into_values().map(|(tallied, ids)| Tallied { sessions: ids.len() as u64, ..tallied }).collect()
}

fn has_tokens(tokens: &Tokens) -> bool {
    [tokens.input, tokens.output, tokens.cache_read, tokens.cache_write]
        .iter()
        .any(|count| count.is_some_and(|n| n > 0))
}
