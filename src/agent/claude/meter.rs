//! What the agent carries and spends.
//!
//! What it carries is what its last request sent: fresh input and what came from or went into the cache. The sums of a
//! result count every request of the turn and are never the context. Costs count from the start of the process.

use super::look;
use super::out::Out;
use crate::domain::{Cost, Event, LaneId, Usage};
use crate::shapes::claude::tokens;
use serde_json::Value;
use std::collections::HashMap;

/// The last report of each lane.
#[derive(Debug, Default)]
pub(super) struct Meter {
    used: HashMap<LaneId, u64>,
    model: Option<String>,
    told: Option<(Option<u64>, Option<Cost>)>,
}

impl Meter {
    /// The model it works with.
    pub(super) fn model_is(&mut self, model: &str) {
        self.model = Some(model.to_owned());
    }

    /// The usage of one request, as it stands at its beginning.
    pub(super) fn sent(&mut self, out: &mut Out, lane: LaneId, usage: &Value) {
        let used = tokens::carried(usage);
        // An error of the service comes as a message of its own making, with zeros.
        if used > 0 && self.used.insert(lane, used) != Some(used) {
            out.event(lane, Event::Used { usage: Usage { used: Some(used), ..Usage::default() } });
        }
    }

    /// What was carried is gone; what is carried now, the next request says.
    pub(super) fn compacted(&mut self, lane: LaneId) {
        self.used.remove(&lane);
    }

    /// The window and the cost, by a result.
    pub(super) fn result(&mut self, out: &mut Out, message: &Value) {
        let models = message.get("modelUsage").and_then(Value::as_object);
        let own = models.and_then(|models| {
            let by_name = self.model.as_ref().and_then(|model| models.get(model));
            // By another name than it was asked for: only where there is no doubt.
            by_name.or_else(|| models.values().next().filter(|_| models.len() == 1))
        });
        let window = own.and_then(|own| own.get("contextWindow")).and_then(look::count).filter(|size| *size > 0);
        let cost = message.get("total_cost_usd").and_then(Value::as_f64).and_then(dollars);
        let told = (window, cost);
        if told != (None, None) && self.told != Some(told) {
            self.told = Some(told);
            out.root(Event::Used { usage: Usage { used: None, window, cost } });
        }
    }
}

fn dollars(amount: f64) -> Option<Cost> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked: between 0 and 1e15")]
    let micros = |amount: f64| (amount * 1e6).round() as u64;
    (0.0..1e9).contains(&amount).then(|| Cost { micros: micros(amount), currency: *b"USD" })
}
