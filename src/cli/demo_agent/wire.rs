//! JSON-RPC, one message a line.

use serde_json::{Value, json};
use std::io::{self, BufWriter, Stdout, Write};

/// The code for a method that we do not have.
pub(super) const NO_METHOD: i64 = -32601;
/// The code for parameters that make no sense.
pub(super) const BAD_PARAMS: i64 = -32602;

/// Our side of the wire. Lines go out together when [`Out::flush`] is called.
pub(super) struct Out {
    to: BufWriter<Stdout>,
    /// The id of the next request of ours: from 0, as with most agents.
    next: u64,
    /// The client has closed its end.
    pub(super) broken: bool,
}

impl Out {
    pub(super) fn new() -> Self {
        Self { to: BufWriter::with_capacity(16 << 10, io::stdout()), next: 0, broken: false }
    }

    /// Writes any bytes as a line.
    pub(super) fn raw(&mut self, line: &[u8]) {
        let written = self.to.write_all(line).and_then(|()| self.to.write_all(b"\n"));
        self.broken |= written.is_err();
    }

    pub(super) fn flush(&mut self) {
        self.broken |= self.to.flush().is_err();
    }

    fn message(&mut self, message: &Value) {
        self.raw(message.to_string().as_bytes());
    }

    /// Tells something that needs no answer.
    pub(super) fn notify(&mut self, method: &str, params: &Value) {
        self.message(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    /// Asks something; returns the id that the answer will bear.
    pub(super) fn request(&mut self, method: &str, params: &Value) -> u64 {
        let id = self.next;
        self.next += 1;
        self.message(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        id
    }

    pub(super) fn answer(&mut self, id: &Value, result: &Value) {
        self.message(&json!({"jsonrpc": "2.0", "id": id, "result": result}));
    }

    pub(super) fn refuse(&mut self, id: &Value, code: i64, why: &str) {
        self.message(&json!({"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": why}}));
    }
}

/// A text as a block of content.
pub(super) fn text(text: &str) -> Value {
    json!({"type": "content", "content": {"type": "text", "text": text}})
}
