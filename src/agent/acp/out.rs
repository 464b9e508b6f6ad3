//! Lines of the Agent Client Protocol: JSON-RPC, into what is gathered.

use crate::agent::turnout;
use serde_json::{Value, json};

/// A turnout in the making.
pub(super) type Out = turnout::Out<super::Acp>;

impl Out {
    /// A request of ours.
    #[expect(clippy::needless_pass_by_value, reason = "payloads are made for the one line")]
    pub(super) fn request(&mut self, id: u64, method: &str, params: Value) {
        self.line(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
    }

    /// A notification of ours.
    #[expect(clippy::needless_pass_by_value, reason = "payloads are made for the one line")]
    pub(super) fn notify(&mut self, method: &str, params: Value) {
        self.line(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    /// Our answer to a request of the agent; `native` is the id as it came.
    #[expect(clippy::needless_pass_by_value, reason = "payloads are made for the one line")]
    pub(super) fn reply(&mut self, native: &str, result: Value) {
        self.0.lines.push(format!(r#"{{"jsonrpc":"2.0","id":{native},"result":{result}}}"#));
    }

    /// Our refusal of a request of the agent.
    pub(super) fn refuse(&mut self, native: &str, code: i32, message: &str) {
        let error = json!({"code": code, "message": message});
        self.0.lines.push(format!(r#"{{"jsonrpc":"2.0","id":{native},"error":{error}}}"#));
    }
}
