//! Which model codex asks: it takes another one with a prompt, and keeps it from then on.

use super::out::Out;
use super::{Codex, Sent};
use crate::agent::envelope::Refusal;
use crate::agent::look;
use crate::domain::{ConfigOption, Event, LaneId, Notice};
use serde_json::{Value, json};

/// More models than this nobody chooses from.
const MOST: u32 = 100;

/// The model.
#[derive(Debug, Default)]
pub(super) struct Model {
    /// What the next turn shall ask, where that is another one.
    wanted: Option<String>,
    /// What the thread is known to ask.
    in_force: Option<String>,
    /// Those that codex lists: id and name. Empty where it does not say.
    listed: Vec<(String, String)>,
}

impl Codex {
    /// Asks which models there are.
    pub(super) fn look_at_models(&mut self, out: &mut Out) {
        self.request(out, Sent::Models, "model/list", json!({"limit": MOST}));
    }

    /// What it says of its models. A version that can't say it is no reason to stop: any name can be typed.
    pub(super) fn models_listed(&mut self, out: &mut Out, outcome: &Result<Value, Refusal>) {
        let Ok(listed) = outcome else { return };
        let named = |one: &Value| {
            let id = look::first_text(one, &["model", "id"])?.to_owned();
            let name = look::text(one, "displayName").map_or_else(|| id.clone(), look::cut);
            (!id.is_empty()).then_some((id, name))
        };
        self.model.listed = look::list(listed, "data").iter().filter_map(named).take(MOST as usize).collect();
        if let Some(model) = self.model.in_force.clone() {
            self.model_is(out, &model);
        }
    }

    /// The thread is open with this model.
    pub(super) fn model_is(&mut self, out: &mut Out, model: &str) {
        self.model.in_force = Some(model.to_owned());
        out.root(Event::OptionsOffered {
            options: vec![ConfigOption {
                id: "model".to_owned(),
                name: "Model".to_owned(),
                category: Some("model".to_owned()),
                current: model.to_owned(),
                values: self.model.listed.clone(),
                switch: false,
            }],
        });
    }

    /// A model by its id. What runs goes on as it began. Codex takes any name, and only the next turn shows whether there is
    /// such a model: that is said.
    pub(super) fn set_model(&mut self, out: &mut Out, model: String) {
        let takes = format!("codex takes the model {model} with the next prompt");
        let listed = &self.model.listed;
        if listed.is_empty()
            || listed.iter().any(|(id, _)| *id == model)
            || self.model.in_force.as_ref() == Some(&model)
        {
            out.note(LaneId::ROOT, Notice::Info, takes);
        } else {
            let ids = listed.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>().join(", ");
            let said = format!(
                "{takes}, and does not know it: where its provider has none of that name, that prompt will fail; it lists {ids}"
            );
            out.note(LaneId::ROOT, Notice::Warning, said);
        }
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
