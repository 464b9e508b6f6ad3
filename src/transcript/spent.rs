//! Tokens, counted once.
//!
//! Lines of one message carry the usage of the whole message, and some versions write it while it grows. So what
//! counts is what a line adds to what is known of its message, in the turn in which the line stands: the sum over all turns is
//! the sum of the last word about each message.

use crate::domain::Tokens;
use std::collections::HashMap;

/// What is known of each message.
#[derive(Debug, Default)]
pub(super) struct Spent {
    by_message: HashMap<u128, Tokens>,
}

impl Spent {
    /// What a line adds. A message without an id is one of its own.
    pub(super) fn adds(&mut self, message: Option<u128>, now: Tokens) -> Option<Tokens> {
        let Some(message) = message else { return Some(now) };
        let known = self.by_message.entry(message).or_default();
        let more = |now: Option<u64>, known: &mut Option<u64>| {
            let before = known.unwrap_or(0);
            *known = (*known).max(now);
            now.map(|now| now.saturating_sub(before))
        };
        let added = Tokens {
            input: more(now.input, &mut known.input),
            output: more(now.output, &mut known.output),
            cache_read: more(now.cache_read, &mut known.cache_read),
            cache_write: more(now.cache_write, &mut known.cache_write),
            thought: more(now.thought, &mut known.thought),
            cumulative: false,
        };
        let all = [added.input, added.output, added.cache_read, added.cache_write, added.thought];
        all.iter().flatten().any(|count| *count > 0).then_some(added)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_twice_counts_once_and_what_grows_by_what_it_grew() {
        let mut spent = Spent::default();
        let usage = |output: u64| Tokens { input: Some(5), output: Some(output), ..Tokens::default() };
        let pair = |added: Option<Tokens>| added.map(|added| (added.input.unwrap(), added.output.unwrap()));
        assert_eq!(pair(spent.adds(Some(7), usage(1))), Some((5, 1)));
        assert_eq!(pair(spent.adds(Some(7), usage(1))), None);
        assert_eq!(pair(spent.adds(Some(7), usage(9))), Some((0, 8)));
        assert_eq!(pair(spent.adds(Some(7), usage(1))), None, "a late line of before adds nothing");
        assert_eq!(pair(spent.adds(None, usage(1))), Some((5, 1)));
        assert_eq!(pair(spent.adds(None, usage(1))), Some((5, 1)));
    }
}
