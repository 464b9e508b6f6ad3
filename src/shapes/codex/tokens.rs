//! What Codex counts of a request.

use crate::domain::Tokens;
use crate::shapes::look;
use serde_json::Value;

/// What was spent. Codex counts what came from the cache as input too. Zeros alone say nothing.
#[must_use]
pub fn spent(usage: &Value) -> Option<Tokens> {
    let count = |key: &str| usage.get(key).and_then(look::count);
    let (input, cached) = (count("input_tokens"), count("cached_input_tokens"));
    let tokens = Tokens {
        input: input.map(|input| input.saturating_sub(cached.unwrap_or(0))),
        output: count("output_tokens"),
        cache_read: cached,
        cache_write: count("cache_write_input_tokens"),
        thought: count("reasoning_output_tokens"),
        cumulative: false,
    };
    let all = [tokens.input, tokens.output, tokens.cache_read, tokens.cache_write, tokens.thought];
    all.iter().flatten().any(|&count| count > 0).then_some(tokens)
}
