//! A console that speaks by hand: what comes from it is up to the test, and whether it reads.

use serde_json::json;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;
use taut::domain::{Command, Query};
use taut::hub::socket::WIRE;

pub struct Raw {
    pub stream: UnixStream,
    lines: BufReader<UnixStream>,
}

impl Raw {
    /// Connects, and says nothing.
    pub fn silent(socket: &Path) -> Self {
        let stream = UnixStream::connect(socket).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let lines = BufReader::new(stream.try_clone().unwrap());
        Self { stream, lines }
    }

    /// Connects and says hello, for records from 1 on.
    pub fn hello(socket: &Path) -> Self {
        let mut raw = Self::silent(socket);
        let version = env!("CARGO_PKG_VERSION");
        raw.say(&format!(
            r#"{{"hello":{{"wire":{WIRE},"version":"{version}","from":1,"role":"console","token":null}}}}"#
        ));
        raw
    }

    /// Says a line, as far as it is taken.
    pub fn say(&mut self, line: &str) {
        drop(self.stream.write_all(line.as_bytes()).and_then(|()| self.stream.write_all(b"\n")));
    }

    /// Asks something.
    pub fn ask(&mut self, query: &Query) {
        self.say(&json!({ "ask": { "query": query } }).to_string());
    }

    /// Gives a command.
    pub fn give(&mut self, id: u64, command: &Command) {
        self.say(&json!({ "do": { "id": id, "command": command } }).to_string());
    }

    /// The next line; `None` at the end.
    pub fn hear(&mut self) -> Option<serde_json::Value> {
        let mut line = String::new();
        match self.lines.read_line(&mut line) {
            Ok(1..) => Some(serde_json::from_str(&line).unwrap()),
            Ok(0) | Err(_) => None,
        }
    }

    /// Reads until the hub has closed it, and gives what was said.
    pub fn until_closed(mut self) -> String {
        let mut all = Vec::new();
        // A reset is an end as well.
        drop(self.lines.read_to_end(&mut all));
        String::from_utf8_lossy(&all).into_owned()
    }
}
