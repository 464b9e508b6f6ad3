//! Lines of Claude Code's control protocol, into what is gathered.

use crate::agent::turnout;
use serde_json::{Value, json};

/// A turnout in the making.
pub(super) type Out = turnout::Out<super::Claude>;

impl Out {
    /// A request of ours.
    #[expect(clippy::needless_pass_by_value, reason = "payloads are made for the one line")]
    pub(super) fn request(&mut self, id: &str, request: Value) {
        self.line(&json!({"type": "control_request", "request_id": id, "request": request}));
    }

    /// Our answer to a request of the agent.
    #[expect(clippy::needless_pass_by_value, reason = "payloads are made for the one line")]
    pub(super) fn reply(&mut self, id: &str, response: Value) {
        let response = json!({"subtype": "success", "request_id": id, "response": response});
        self.line(&json!({"type": "control_response", "response": response}));
    }

    /// Our refusal of a request of the agent.
    pub(super) fn refuse(&mut self, id: &str, why: &str) {
        let response = json!({"subtype": "error", "request_id": id, "error": why});
        self.line(&json!({"type": "control_response", "response": response}));
    }
}
