//! Which model codex asks: it takes another one with a prompt, and keeps it from then on.

use super::Codex;
use super::out::Out;
use crate::domain::{ConfigOption, Event, LaneId, Notice};
use serde_json::{Value, json};

/// The model.
#[derive(Debug, Default)]
pub(super) struct Model {
    /// What the next turn shall ask, where that is another one.
    wanted: Option<String>,
    /// What the thread is known to ask.
    in_force: Option<String>,
}

impl Codex {
    /// The thread is open with this model.
    pub(super) fn model_is(&mut self, out: &mut Out, model: &str) {
        self.model.in_force = Some(model.to_owned());
        out.root(Event::OptionsOffered {
            options: vec![ConfigOption {
                id: "model".to_owned(),
                name: "Model".to_owned(),
                category: Some("model".to_owned()),
                current: model.to_owned(),
                values: Vec::new(),
                switch: false,
            }],
        });
    }

    /// A model by its id. What runs goes on as it began.
    pub(super) fn set_model(&mut self, out: &mut Out, model: String) {
        out.note(LaneId::ROOT, Notice::Info, format!("codex takes the model {model} with the next prompt"));
        self.model.wanted = Some(model);
    }

    /// Puts the wanted model into a `turn/start`.
    pub(super) fn with_model(&self, params: &mut Value) {
        if let Some(model) = &self.model.wanted {
            params["model"] = json!(model);
        }
    }

    /// A turn began with the wanted model.
    pub(super) fn model_taken(&mut self, out: &mut Out) {
        if let Some(model) = self.model.wanted.take()
            && self.model.in_force.as_ref() != Some(&model)
        {
            self.model_is(out, &model);
        }
    }
}
