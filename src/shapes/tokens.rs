//! Tokens, whoever counted them.

use crate::domain::Tokens;

/// What two of them make together.
#[must_use]
pub fn sum(one: Option<Tokens>, other: Option<Tokens>) -> Option<Tokens> {
    let (Some(one), Some(other)) = (one, other) else { return one.or(other) };
    let add = |one: Option<u64>, other: Option<u64>| match (one, other) {
        (Some(one), Some(other)) => Some(one.saturating_add(other)),
        (one, other) => one.or(other),
    };
    Some(Tokens {
        input: add(one.input, other.input),
        output: add(one.output, other.output),
        cache_read: add(one.cache_read, other.cache_read),
        cache_write: add(one.cache_write, other.cache_write),
        thought: add(one.thought, other.thought),
        cumulative: false,
    })
}
