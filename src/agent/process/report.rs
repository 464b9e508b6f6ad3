//! The last line of `taut __agent`: how the agent ended, and what is left of its tree.

use serde::{Deserialize, Serialize};

/// What the line begins with.
pub const PREFIX: &str = "taut-agent: ";

/// How an agent ended, as its parent saw it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Its exit code.
    #[serde(default)]
    pub code: Option<i32>,
    /// The signal that ended it.
    #[serde(default)]
    pub signal: Option<i32>,
    /// What could not be ended: pids and names.
    #[serde(default)]
    pub survivors: Vec<(u32, String)>,
    /// Why it could not be started, in one sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
}

impl Report {
    /// The line, without its newline.
    #[must_use]
    pub fn line(&self) -> String {
        // Numbers and strings always become JSON.
        format!("{PREFIX}{}", serde_json::to_string(self).unwrap_or_default())
    }

    /// Reads a line of stderr; `None` where it is the agent's own.
    #[must_use]
    pub fn read(line: &[u8]) -> Option<Self> {
        serde_json::from_slice(line.strip_prefix(PREFIX.as_bytes())?).ok()
    }

    /// What `taut __agent` exits with: the agent's code, or 128 and the signal.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        let code = self.code.or(self.signal.map(|signal| 128 + signal)).unwrap_or(1);
        u8::try_from(code).unwrap_or(u8::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_reads_back_as_written() {
        let report = Report { code: None, signal: Some(9), survivors: vec![(7, "a\"\n".into())], failed: None };
        assert_eq!(Report::read(report.line().as_bytes()), Some(report.clone()));
        assert!(!report.line().contains('\n'));
        assert_eq!(report.exit_code(), 137);
    }

    #[test]
    fn a_failure_alone_is_a_report() {
        let report = Report::read(br#"taut-agent: {"failed":"cannot start \"foo\""}"#);
        assert_eq!(report.and_then(|report| report.failed).as_deref(), Some("cannot start \"foo\""));
    }

    #[test]
    fn words_of_the_agent_are_not_a_report() {
        for line in [&b""[..], b"taut-agent: ", b"taut-agent: hello", b" taut-agent: {}", b"\xff\xfe"] {
            assert_eq!(Report::read(line), None);
        }
    }
}
