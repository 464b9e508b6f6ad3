//! Tokens, counted once: by request where requests are told, else by what messages say and the sum at the end adds.

use super::Copilot;
use crate::domain::Tokens;
use crate::shapes::look;
use crate::transcript::Out;
use crate::transcript::key::key;
use serde_json::Value;

/// Read in all, written, read from a cache, written into one, thought.
type Sums = [u64; 5];

const KEYS: [&str; 5] = ["inputTokens", "outputTokens", "cacheReadTokens", "cacheWriteTokens", "reasoningTokens"];

/// What was counted.
#[derive(Debug, Default)]
pub(super) struct Meter {
    /// Requests are told one by one.
    by_request: bool,
    /// Since the program began, which is when older versions begin to count.
    since: Sums,
    /// Since the session began.
    all: Sums,
}

impl Copilot {
    /// A request and what it spent.
    pub(super) fn request(&mut self, out: &mut Out, usage: &Value) {
        let Some(sums) = sums(usage) else { return };
        self.meter.by_request = true;
        let id = look::text(usage, "apiCallId").or_else(|| look::at(usage, &["accounting", "usageId"])?.as_str());
        self.talk.spent(id.map(key), tokens(sums));
        let is_agents = look::text(usage, "parentToolCallId").is_some();
        if !is_agents {
            self.talk.carries(out, Some(sums[0]), usage.get("maxPromptTokens").and_then(look::count));
        }
    }

    /// A message says what it wrote, and nothing else.
    pub(super) fn wrote(&mut self, message: &Value) {
        let Some(written) = message.get("outputTokens").and_then(look::count) else { return };
        if !self.meter.by_request {
            let id = look::text(message, "messageId").map(key);
            self.count([0, written, 0, 0, 0], id, true);
        }
    }

    /// The program ends, and says what it spent since it began; newer versions since the session began.
    pub(super) fn program_ends(&mut self, out: &mut Out, data: &Value) {
        let snapshot = data.get("accountingSnapshot").filter(|snapshot| snapshot.is_object());
        if !self.meter.by_request
            && let Some(said) = total(snapshot.unwrap_or(data))
        {
            let known = if snapshot.is_some() { self.meter.all } else { self.meter.since };
            let mut more = said;
            more.iter_mut().zip(known).for_each(|(more, known)| *more = more.saturating_sub(known));
            self.count(more, None, false);
        }
        self.meter.since = Sums::default();
        self.talk.carries(out, data.get("currentTokens").and_then(look::count), None);
        self.talk.turn_over(out);
    }

    fn count(&mut self, more: Sums, id: Option<u128>, only_written: bool) {
        if more == Sums::default() {
            return;
        }
        for sums in [&mut self.meter.since, &mut self.meter.all] {
            sums.iter_mut().zip(more).for_each(|(sum, more)| *sum = sum.saturating_add(more));
        }
        let whole = tokens(more);
        // What is not said is unknown, and not nothing.
        let part = Tokens { output: whole.output, ..Tokens::default() };
        self.talk.spent(id, if only_written { part } else { whole });
    }
}

fn sums(usage: &Value) -> Option<Sums> {
    let count = |key: &str| usage.get(key).and_then(look::count);
    count("inputTokens").or(count("outputTokens"))?;
    Some(KEYS.map(|key| count(key).unwrap_or(0)))
}

/// What all models spent.
fn total(data: &Value) -> Option<Sums> {
    let models = data.get("modelMetrics").and_then(Value::as_object);
    let each = models.into_iter().flatten().filter_map(|(_, model)| sums(model.get("usage")?));
    let sum = each.reduce(|mut sum, more| {
        sum.iter_mut().zip(more).for_each(|(sum, more)| *sum = sum.saturating_add(more));
        sum
    });
    let detail = |name: &str| look::at(data, &["tokenDetails", name, "tokenCount"]).and_then(look::count);
    let by_kind = || {
        let [input, output, read, write] = ["input", "output", "cache_read", "cache_write"].map(detail);
        let (read, write) = (read.unwrap_or(0), write.unwrap_or(0));
        Some([input?.saturating_add(read).saturating_add(write), output.unwrap_or(0), read, write, 0])
    };
    sum.or_else(by_kind)
}

/// What came from a cache, or went into one, is counted as read too.
fn tokens([input, output, read, write, thought]: Sums) -> Tokens {
    Tokens {
        input: Some(input.saturating_sub(read).saturating_sub(write)),
        output: Some(output),
        cache_read: Some(read),
        cache_write: Some(write),
        thought: Some(thought).filter(|thought| *thought > 0),
        cumulative: false,
    }
}
