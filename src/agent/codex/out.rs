//! Lines of Codex's JSON-RPC, which has no `jsonrpc` field, into what is gathered.

use crate::agent::turnout;
use serde_json::{Value, json};

/// A turnout in the making.
pub(super) type Out = turnout::Out<super::Codex>;

impl Out {
    /// A request of ours.
    #[expect(clippy::needless_pass_by_value, reason = "payloads are made for the one line")]
    pub(super) fn request(&mut self, id: u64, method: &str, params: Value) {
        self.line(&json!({"id": id, "method": method, "params": params}));
    }

    /// A notification of ours, which has no payload.
    pub(super) fn notify(&mut self, method: &str) {
        self.line(&json!({"method": method}));
    }

    /// Our answer to a request of the agent; `native` is the id as it came.
    #[expect(clippy::needless_pass_by_value, reason = "payloads are made for the one line")]
    pub(super) fn reply(&mut self, native: &str, result: Value) {
        self.0.lines.push(format!(r#"{{"id":{native},"result":{result}}}"#));
    }

    /// Our refusal of a request of the agent.
    pub(super) fn refuse(&mut self, native: &str, code: i32, message: &str) {
        let error = json!({"code": code, "message": message});
        self.0.lines.push(format!(r#"{{"id":{native},"error":{error}}}"#));
    }
}
