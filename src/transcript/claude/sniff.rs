//! Whose file it is, by its beginning; when a line was said; and which files belong to a session.

use crate::transcript::fields::Fields;
use crate::transcript::{Beside, NO_JSON, Sniff, seems};
use std::fs;
use std::path::Path;

/// Lines that are looked at.
const LINES: usize = 64;
/// Subagents of one session that are read.
const AGENTS: usize = 4096;

/// Kinds that only Claude Code writes, each with a field that goes with it.
const KINDS: [(&str, &str); 12] = [
    ("summary", "summary"),
    ("file-history-snapshot", "snapshot"),
    ("queue-operation", "operation"),
    ("progress", "toolUseID"),
    ("system", "parentUuid"),
    ("attachment", "attachment"),
    ("permission-mode", "permissionMode"),
    ("mode", "sessionId"),
    ("last-prompt", "lastPrompt"),
    ("custom-title", "customTitle"),
    ("ai-title", "aiTitle"),
    ("worktree-state", "worktreeSession"),
];

/// Whether a file that begins like this is one.
pub(super) fn sniff(head: &[u8]) -> Sniff {
    let text = String::from_utf8_lossy(head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head));
    let mut seen = NO_JSON.to_owned();
    for line in text.lines().take(LINES) {
        let line = line.trim_matches(|c: char| c == '\0' || c.is_whitespace());
        match serde_json::Deserializer::from_str(line).into_iter::<Fields<'_>>().next() {
            Some(Ok(fields)) => match whose(&fields) {
                Ok(()) => return Sniff::Mine,
                Err(what) => seen = what,
            },
            // A first line that is longer than the head, or was torn: its beginning has to do.
            Some(Err(error))
                if error.is_eof() && ["\"sessionId\":", "\"parentUuid\":"].iter().all(|it| line.contains(it)) =>
            {
                return Sniff::Mine;
            }
            _ => {}
        }
    }
    Sniff::Not(seen)
}

fn whose(line: &Fields<'_>) -> Result<(), String> {
    let kind = line.text("type").unwrap_or_default();
    let is_message = matches!(&*kind, "user" | "assistant" | "system")
        && line.object("message").is_some_and(|message| message.raw("content").is_some());
    if is_message || KINDS.iter().any(|(known, field)| *known == kind && line.raw(field).is_some()) {
        return Ok(());
    }
    Err(seems(&kind))
}

/// The files of a session's subagents: in a folder of the session's name, by their names.
pub(super) fn beside(path: &Path) -> Vec<Beside> {
    let Ok(folder) = fs::read_dir(path.with_extension("").join("subagents")) else { return Vec::new() };
    let is_agent = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("agent-") && name.ends_with(".jsonl")
    };
    let mut paths: Vec<_> = folder.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| is_agent(path)).collect();
    paths.sort();
    paths.truncate(AGENTS);
    let about = |path: &Path| fs::read_to_string(path.with_extension("meta.json")).unwrap_or_default();
    paths.into_iter().map(|path| Beside { about: about(&path), path }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_jsonl_is_refused_with_what_it_seems_to_be() {
        for (head, why) in [
            (
                "{\"type\":\"session_meta\",\"payload\":{}}\n",
                "its lines are JSON of another tool, such as \"session_meta\"",
            ),
            ("{\"id\":1}\n{\"id\":2}\n", "its lines are JSON, and none says of which kind it is"),
            ("{\"type\":\"user\",\"content\":[]}\n", "its lines are JSON of another tool, such as \"user\""),
            ("\u{7f}ELF\0\0\n", "nothing in its beginning is JSON"),
        ] {
            assert_eq!(sniff(head.as_bytes()), Sniff::Not(why.to_owned()), "{head}");
        }
        for head in [
            "\u{feff}{\"type\":\"summary\",\"summary\":\"x\",\"leafUuid\":\"y\"}\r\n",
            "// a word before\n{\"type\":\"user\",\"message\":{\"role\":\"user\",\"content\":\"x\"}}",
            "{\"parentUuid\":null,\"sessionId\":\"a\",\"uuid\":\"b\",\"message\":{\"content\":\"xxxx",
        ] {
            assert_eq!(sniff(head.as_bytes()), Sniff::Mine, "{head}");
        }
    }
}
