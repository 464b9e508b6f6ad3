//! What the agent carries and spends (acp.md, 29). What is unknown stays unknown: a 0 is never a context.

use super::look;
use super::out::Out;
use crate::domain::{Cost, Event, LaneId, Notice, Tokens, Usage};
use serde_json::Value;
use std::collections::HashMap;

/// The last report of each lane.
#[derive(Debug, Default)]
pub(super) struct Meter {
    told: HashMap<LaneId, Usage>,
}

impl Meter {
    /// `usage_update`.
    pub(super) fn hear(&mut self, out: &mut Out, lane: LaneId, update: &Value) {
        let mut number = |key: &str| -> Option<u64> {
            let value = update.get(key).filter(|value| !value.is_null())?;
            let count = look::count(value);
            if count.is_none() {
                out.note(lane, Notice::Warning, format!("usage with {key} {value} was ignored: that is no count"));
            }
            // 0 is said before the first prompt (vibe, goose) and after a cancel (goose, opencode): it means unknown.
            count.filter(|count| *count > 0)
        };
        let (used, window) = (number("used"), number("size"));
        let cost = update.get("cost").filter(|cost| !cost.is_null()).and_then(|value| {
            let cost = cost(value);
            if cost.is_none() {
                let text = look::cut(&value.to_string());
                out.note(lane, Notice::Warning, format!("usage with cost {text} was ignored: that is no money"));
            }
            cost
        });
        let told = self.told.entry(lane).or_default();
        // A cost that falls back to 0 is the report of a turn without work, not of the session (opencode).
        let cost = cost.filter(|cost| cost.micros > 0 || told.cost.is_none_or(|told| told.micros == 0));
        let cost = cost.filter(|cost| cost.micros > 0 || used.is_some());
        let next = Usage { used: used.or(told.used), window: window.or(told.window), cost: cost.or(told.cost) };
        if next != *told {
            *told = next;
            out.event(lane, Event::Used { usage: Usage { used, window, cost } });
        }
    }

    /// What the session carries, by the last report.
    pub(super) fn used(&self, lane: LaneId) -> Option<u64> {
        self.told.get(&lane).and_then(|usage| usage.used)
    }
}

fn cost(value: &Value) -> Option<Cost> {
    let amount = value.get("amount")?.as_f64()?;
    let currency: [u8; 3] = look::text(value, "currency").unwrap_or("USD").as_bytes().try_into().ok()?;
    if !(0.0..1e9).contains(&amount) || !currency.iter().all(u8::is_ascii_uppercase) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked: between 0 and 1e15")]
    let micros = (amount * 1e6).round() as u64;
    Some(Cost { micros, currency })
}

/// The tokens in a prompt's result: `usage`, else `_meta.quota.token_count` (gemini). Zeros alone say nothing.
pub(super) fn tokens(result: &Value, cumulative: bool) -> Option<Tokens> {
    let usage = result.get("usage").filter(|usage| usage.is_object());
    let said = usage.or_else(|| look::at(result, &["_meta", "quota", "token_count"]))?;
    let count = |keys: &[&str]| keys.iter().find_map(|key| said.get(key).and_then(look::count));
    let tokens = Tokens {
        input: count(&["inputTokens", "input_tokens"]),
        output: count(&["outputTokens", "output_tokens"]),
        cache_read: count(&["cachedReadTokens", "cachedInputTokens", "cached_input_tokens"]),
        cache_write: count(&["cachedWriteTokens", "cacheWriteInputTokens", "cached_write_tokens"]),
        thought: count(&["thoughtTokens", "reasoningOutputTokens", "thought_tokens"]),
        cumulative,
    };
    let all = [tokens.input, tokens.output, tokens.cache_read, tokens.cache_write, tokens.thought];
    all.iter().flatten().any(|&count| count > 0).then_some(tokens)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(meter: &mut Meter, update: &Value) -> Vec<Usage> {
        let mut out = Out::default();
        meter.hear(&mut out, LaneId::ROOT, update);
        let used = |fact| match fact {
            super::super::super::Fact::Event(_, Event::Used { usage }) => Some(usage),
            _ => None,
        };
        out.0.facts.into_iter().filter_map(used).collect()
    }

    #[test]
    fn zero_is_unknown_and_a_repeat_is_nothing() {
        let mut meter = Meter::default();
        let start = told(&mut meter, &json!({"used": 0, "size": 128_000}));
        assert_eq!(start, [Usage { used: None, window: Some(128_000), cost: None }]);
        assert_eq!(told(&mut meter, &json!({"used": 9, "size": 128_000})).len(), 1);
        assert_eq!(told(&mut meter, &json!({"used": 9, "size": 128_000})), []);
        assert_eq!(told(&mut meter, &json!({"used": 0, "size": 128_000})), []);
        assert_eq!(meter.used(LaneId::ROOT), Some(9));
    }

    #[test]
    fn money_is_counted_in_millionths_and_does_not_fall_to_nothing() {
        let mut meter = Meter::default();
        let cost = |amount: f64| json!({"used": 1, "size": 2, "cost": {"amount": amount, "currency": "USD"}});
        let first = told(&mut meter, &cost(0.108_977_999_999));
        assert_eq!(first[0].cost, Some(Cost { micros: 108_978, currency: *b"USD" }));
        assert_eq!(told(&mut meter, &json!({"used": 0, "size": 2, "cost": {"amount": 0, "currency": "USD"}})), []);
    }

    #[test]
    fn what_is_no_count_and_no_money_is_noted() {
        let odd = json!({"used": -5, "size": "big", "cost": {"amount": -1.0, "currency": "USD"}});
        let mut out = Out::default();
        Meter::default().hear(&mut out, LaneId::ROOT, &odd);
        assert_eq!(out.0.facts.len(), 3, "{:?}", out.0.facts);
    }

    #[test]
    fn tokens_are_read_from_either_place() {
        let usage = json!({"usage": {"inputTokens": 4, "outputTokens": 1, "cachedReadTokens": 2, "thoughtTokens": 0}});
        let tokens_of = |result: &Value| tokens(result, false);
        assert_eq!(
            tokens_of(&usage),
            Some(Tokens {
                input: Some(4),
                output: Some(1),
                cache_read: Some(2),
                thought: Some(0),
                ..Tokens::default()
            })
        );
        let quota = json!({"_meta": {"quota": {"token_count": {"input_tokens": 7, "output_tokens": 3}}}});
        assert_eq!(tokens_of(&quota).and_then(|tokens| tokens.input), Some(7));
        assert_eq!(tokens_of(&json!({"usage": {"inputTokens": 0, "outputTokens": 0}})), None);
        assert_eq!(tokens_of(&json!({})), None);
    }
}
