//! The conversation goes back to before a prompt, and what is asked of it on demand: what its context is made of, and which
//! model it works with.
//!
//! Every prompt goes with an id of ours, by which Claude finds it again, also in a copy of the conversation. It drops a
//! message whose id it knows, and knows ids by their beginnings: so that they are made from the session's own mark.

use super::super::{Back, Fact};
use super::handshake::Phase;
use super::out::Out;
use super::{Claude, Sent, When, look};
use crate::domain::{Context, ContextPart, Digest, Event, LaneId, Notice};
use serde_json::{Value, json};

impl Claude {
    /// An id for the next prompt, in the form of a random UUID.
    pub(super) fn prompt_id(&mut self) -> String {
        self.prompts = self.prompts.saturating_add(1);
        let digest = Digest::of(format!("{} {}", self.opening.mark, self.prompts).as_bytes()).to_string();
        let part = |from: usize, to: usize| digest.get(from..to).unwrap_or_default();
        format!("{}-{}-4{}-8{}-{}", part(0, 8), part(8, 12), part(12, 15), part(15, 18), part(18, 30))
    }

    /// Takes back a prompt and all that came after it. Files stay as they are.
    pub(super) fn go_back(&mut self, out: &mut Out, back: &Back) {
        if self.phase != Phase::Open || self.turn.is_some() {
            let why = if self.turn.is_some() { "a turn runs" } else { "the conversation is not open" };
            return out.fact(Fact::WentBack(Err(why.to_owned())));
        }
        self.ask_back(out, back, When::Later);
    }

    /// A copy begins where its human wants it to.
    pub(super) fn ask_back(&mut self, out: &mut Out, back: &Back, when: When) {
        // Without the newest prompt it would go back by one at most.
        let request = json!({"subtype": "rewind_conversation", "target_message_uuid": back.first,
            "last_seen_user_message_uuid": back.last});
        self.request(out, Sent::Back { when }, request);
    }

    /// `rewind_conversation` was answered: that it was heard is no proof that it was done.
    pub(super) fn went_back(&mut self, out: &mut Out, when: When, outcome: Result<Value, String>) {
        let went = outcome.and_then(|response| match response.get("rewound") {
            Some(Value::Bool(true)) => look::owned(&response, "targetMessageUuid").ok_or_else(|| {
                "it says that it did, and not how far: see `taut show`, and ask it what it remembers".to_owned()
            }),
            _ => Err(look::first_text(&response, &["error", "reason"]).unwrap_or("without a reason").to_owned()),
        });
        let went = went.map_err(|why| look::cut(&why));
        match (when, went) {
            (When::Later, went) => out.fact(Fact::WentBack(went)),
            (When::AtStart, Ok(_)) => self.opened(out),
            (When::AtStart, Err(why)) => {
                self.fail(
                    out,
                    &format!("Claude Code copied its conversation and can't take the copy back there: {why}"),
                );
            }
        }
    }

    pub(super) fn set_model(&mut self, out: &mut Out, model: String) {
        if self.phase != Phase::Open {
            return out.note(LaneId::ROOT, Notice::Warning, "the model was not set: the conversation is not open");
        }
        let request = json!({"subtype": "set_model", "model": model});
        self.request(out, Sent::Model(model), request);
    }

    /// `set_model` was answered. Which model that is, the next turn says.
    pub(super) fn model_set(&mut self, out: &mut Out, model: &str, outcome: Result<Value, String>) {
        match outcome {
            Ok(_) => {
                out.note(LaneId::ROOT, Notice::Info, format!("Claude Code asks the model {model} from now on"));
                self.model_is(out, model);
            }
            Err(why) => out.note(LaneId::ROOT, Notice::Warning, format!("the model {model} was not set: {why}")),
        }
    }

    /// Asks what the context is made of: it costs requests to the model's service, so that it is asked on demand only.
    pub(super) fn tell_context(&mut self, out: &mut Out) {
        if self.phase != Phase::Open {
            let said = "its context is not known: the conversation is not open";
            return out.note(LaneId::ROOT, Notice::Warning, said);
        }
        self.request(out, Sent::Context, json!({"subtype": "get_context_usage"}));
    }
}

/// `get_context_usage` was answered.
pub(super) fn context_told(out: &mut Out, outcome: Result<Value, String>) {
    let response = match outcome {
        Ok(response) => response,
        Err(why) => {
            let said = format!("Claude Code did not tell what its context is made of: {why}");
            return out.note(LaneId::ROOT, Notice::Warning, said);
        }
    };
    let number = |key: &str| response.get(key).and_then(look::count);
    let part = |value: &Value| {
        let tokens = value.get("tokens").and_then(look::count)?;
        Some(ContextPart { name: look::cut(look::text(value, "name")?), tokens })
    };
    let parts = look::list(&response, "categories").iter().filter_map(part).collect();
    let window = number("maxTokens").or_else(|| number("rawMaxTokens"));
    out.root(Event::ContextTold { context: Context { parts, used: number("totalTokens"), window } });
}
