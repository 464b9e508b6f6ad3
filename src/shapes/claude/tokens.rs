//! The `usage` of Claude's requests: what they carried, and what they spent.

use crate::domain::Tokens;
use crate::shapes::look;
use serde_json::Value;

/// What a request carried: fresh input, and what came from or went into the cache.
#[must_use]
pub fn carried(usage: &Value) -> u64 {
    let count = |key: &str| usage.get(key).and_then(look::count);
    let parts = ["input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens"].map(count);
    parts.iter().flatten().fold(0u64, |sum, part| sum.saturating_add(*part))
}

/// What was spent, by a `usage`. Zeros alone say nothing.
#[must_use]
pub fn spent(usage: &Value) -> Option<Tokens> {
    let count = |value: &Value, key: &str| value.get(key).and_then(look::count);
    let tokens = Tokens {
        input: count(usage, "input_tokens"),
        output: count(usage, "output_tokens"),
        cache_read: count(usage, "cache_read_input_tokens"),
        cache_write: count(usage, "cache_creation_input_tokens"),
        thought: usage.get("output_tokens_details").and_then(|details| count(details, "thinking_tokens")),
        cumulative: false,
    };
    let all = [tokens.input, tokens.output, tokens.cache_read, tokens.cache_write, tokens.thought];
    all.iter().flatten().any(|&count| count > 0).then_some(tokens)
}
