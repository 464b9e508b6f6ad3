//! What a thread carries and spends. `last` is what the last request held, and so the context; `total` is a running sum
//! over all requests, from which only a turn's share is read.

use super::out::Out;
use crate::agent::look;
use crate::domain::{Context, ContextPart, Event, LaneId, Tokens, Usage};
use serde_json::Value;
use std::collections::HashMap;

/// The last report of each thread.
#[derive(Debug, Default)]
pub(super) struct Meter {
    threads: HashMap<String, Known>,
}

#[derive(Debug, Default)]
struct Known {
    usage: Usage,
    last: Option<Sum>,
    total: Sum,
    at_turn: Sum,
    /// What it carried when a compaction began.
    at_compaction: Option<u64>,
}

/// A running sum.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Sum {
    input: u64,
    cached: u64,
    written: u64,
    output: u64,
    thought: u64,
}

impl Sum {
    fn read(total: &Value) -> Self {
        let count = |key: &str| total.get(key).and_then(look::count).unwrap_or(0);
        Self {
            input: count("inputTokens"),
            cached: count("cachedInputTokens"),
            written: count("cacheWriteInputTokens"),
            output: count("outputTokens"),
            thought: count("reasoningOutputTokens"),
        }
    }
}

impl Meter {
    /// `thread/tokenUsage/updated`.
    pub(super) fn hear(&mut self, out: &mut Out, lane: LaneId, thread: &str, params: &Value) {
        let said = params.get("tokenUsage").unwrap_or(&Value::Null);
        let number = |path: &[&str]| look::at(said, path).and_then(look::count).filter(|count| *count > 0);
        let usage =
            Usage { used: number(&["last", "totalTokens"]), window: number(&["modelContextWindow"]), cost: None };
        let known = self.threads.entry(thread.to_owned()).or_default();
        if let Some(total) = said.get("total") {
            known.total = Sum::read(total);
        }
        if let Some(last) = said.get("last") {
            known.last = Some(Sum::read(last));
        }
        let next =
            Usage { used: usage.used.or(known.usage.used), window: usage.window.or(known.usage.window), cost: None };
        if next != known.usage {
            known.usage = next;
            out.event(lane, Event::Used { usage });
        }
    }

    /// What the context of a thread is made of, as far as codex counts it: by where its tokens came from.
    pub(super) fn context(&self, thread: &str) -> Option<Context> {
        let known = self.threads.get(thread)?;
        let last = known.last?;
        let part = |name: &str, tokens| ContextPart { name: name.to_owned(), tokens };
        let parts = vec![
            part("read from the cache", last.cached),
            part("read anew", last.input.saturating_sub(last.cached)),
            part("thoughts", last.thought),
            part("other output", last.output.saturating_sub(last.thought)),
        ];
        let parts = parts.into_iter().filter(|part| part.tokens > 0).collect();
        Some(Context { parts, used: known.usage.used, window: known.usage.window })
    }

    /// A compaction begins: the reports that follow are of its own request, and then an estimate of what is left.
    pub(super) fn compaction_begins(&mut self, thread: &str) {
        let known = self.threads.entry(thread.to_owned()).or_default();
        known.at_compaction = known.usage.used;
    }

    /// What a thread carried before its compaction, and what it carries after it.
    pub(super) fn compacted(&mut self, thread: &str) -> (Option<u64>, Option<u64>) {
        let known = self.threads.entry(thread.to_owned()).or_default();
        let before = known.at_compaction.take();
        (before, known.usage.used.filter(|_| known.usage.used != before))
    }

    pub(super) fn turn_begins(&mut self, thread: &str) {
        let known = self.threads.entry(thread.to_owned()).or_default();
        known.at_turn = known.total;
    }

    /// What the turn spent; nothing where codex said nothing.
    pub(super) fn turn_ends(&mut self, thread: &str) -> Option<Tokens> {
        let known = self.threads.get(thread)?;
        let (now, then) = (known.total, known.at_turn);
        if now == then {
            return None;
        }
        let spent = |of: fn(Sum) -> u64| of(now).saturating_sub(of(then));
        Some(Tokens {
            // Codex counts what came from the cache as input too.
            input: Some(spent(|sum| sum.input.saturating_sub(sum.cached))),
            output: Some(spent(|sum| sum.output)),
            cache_read: Some(spent(|sum| sum.cached)),
            cache_write: Some(spent(|sum| sum.written)),
            thought: Some(spent(|sum| sum.thought)),
            cumulative: false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_context_is_the_last_request_and_a_turn_its_share_of_the_sum() {
        let (mut meter, mut out) = (Meter::default(), Out::default());
        let report = |last: u64, total: u64| {
            let sum = |n: u64| {
                json!({"totalTokens": n + 40, "inputTokens": n, "cachedInputTokens": n / 2,
                "outputTokens": 40, "reasoningOutputTokens": 8})
            };
            json!({"tokenUsage": {"last": sum(last), "total": sum(total), "modelContextWindow": 258_400}})
        };
        meter.turn_begins("t");
        assert_eq!(meter.turn_ends("t"), None);
        meter.hear(&mut out, LaneId::ROOT, "t", &report(3000, 3000));
        meter.turn_begins("t");
        meter.hear(&mut out, LaneId::ROOT, "t", &report(3500, 6500));
        meter.hear(&mut out, LaneId::ROOT, "t", &report(3500, 6500));
        meter.compaction_begins("t");
        meter.hear(&mut out, LaneId::ROOT, "t", &report(700, 6500));
        assert_eq!(meter.compacted("t"), (Some(3540), Some(740)));
        let tokens = meter.turn_ends("t").unwrap();
        assert_eq!((tokens.input, tokens.cache_read, tokens.cumulative), (Some(1750), Some(1750), false));
        assert_eq!(out.0.facts.len(), 3, "said again it is nothing new");
        meter.hear(&mut out, LaneId::ROOT, "t", &json!({"tokenUsage": 7}));
        assert_eq!(out.0.facts.len(), 3);
    }
}
