//! Whose file it is, by its beginning; and which files belong to a session: segments, what it was copied from, subagents.

use super::lanes::Part;
use crate::shapes::look;
use crate::transcript::fields::Fields;
use crate::transcript::{Beside, NO_JSON, Sniff};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Lines that are looked at.
const LINES: usize = 16;
/// As much of another file is read to see whose it is.
const HEAD: u64 = 8 << 10;
/// And as much where it goes on from another one.
const FORKED_HEAD: u64 = 512 << 10;
const FORKED: &[u8] = b"\"forked_from_id\"";
/// Other files that are looked at.
const FILES: usize = 4096;
/// Copies of copies that are followed.
const DEEP: usize = 32;

/// Kinds that only Codex writes.
const KINDS: [&str; 5] = ["session_meta", "response_item", "event_msg", "turn_context", "compacted"];

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
                if error.is_eof() && line.contains("\"session_meta\"") && line.contains("\"payload\":{") =>
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
    if KINDS.contains(&&*kind) && line.object("payload").is_some() {
        return Ok(());
    }
    // Older versions wrote items alone, and first of all which session it is.
    let is_item = matches!(&*kind, "message" | "function_call" | "reasoning")
        && (line.value("content").is_some_and(|it| it.get(0).is_some_and(is_part)) || line.raw("call_id").is_some());
    let is_head = kind.is_empty() && line.raw("id").is_some() && line.raw("instructions").is_some();
    if is_item || is_head || line.text("record_type").is_some_and(|kind| kind == "state") {
        return Ok(());
    }
    Err(crate::transcript::seems(&kind))
}

fn is_part(part: &Value) -> bool {
    matches!(look::text(part, "type"), Some("input_text" | "output_text"))
}

/// What the beginning of a rollout says of it.
#[derive(Debug, Clone)]
struct Head {
    path: PathBuf,
    thread: String,
    parent: Option<String>,
    name: Option<String>,
    /// What it goes on from: the thread, and how much of it.
    base: Option<(String, u64)>,
}

/// The files that belong to the session of this one.
pub(super) fn beside(path: &Path) -> Vec<Beside> {
    let Some(own) = head(path) else { return Vec::new() };
    let heads: Vec<Head> = near(path, &own).iter().filter_map(|path| head(path)).collect();
    let mut parts: Vec<(PathBuf, Part)> = Vec::new();
    let mut add = |head: &Head, child: bool, end: Option<u64>| {
        let is_new = head.path != path && !parts.iter().any(|(path, _)| *path == head.path);
        if is_new {
            let (of, thread, name) = (own.thread.clone(), head.thread.clone(), head.name.clone());
            parts.push((head.path.clone(), Part { of, thread, child, name, end }));
        }
        is_new
    };
    // The other segments of its own thread.
    for head in heads.iter().filter(|head| head.thread == own.thread) {
        add(head, false, None);
    }
    // What it was copied from, and what that was.
    let mut copied = own.base.clone().filter(|(thread, _)| *thread != own.thread);
    for _ in 0..DEEP {
        let Some((thread, end)) = copied.take() else { break };
        for head in heads.iter().filter(|head| head.thread == thread) {
            if add(head, false, Some(end)) {
                copied =
                    head.base.clone().filter(|(other, _)| *other != thread).map(|(other, less)| (other, less.min(end)));
            }
        }
    }
    // Its subagents, and theirs.
    let mut parents = BTreeSet::from([own.thread.clone()]);
    let mut more = true;
    while more {
        more = false;
        for head in &heads {
            let is_child = head.parent.as_ref().is_some_and(|parent| parents.contains(parent));
            if is_child && head.thread != own.thread && add(head, true, None) {
                more |= parents.insert(head.thread.clone());
            }
        }
    }
    parts.into_iter().map(|(path, part)| Beside { path, about: part.about() }).collect()
}

/// Files in which something of a session may stand: those of its own day and the next two, and earlier ones that carry the
/// name of a thread that it goes on from.
fn near(path: &Path, own: &Head) -> Vec<PathBuf> {
    let rollouts = |folder: &Path| -> Vec<PathBuf> {
        let files = fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
        let mut files: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|end| end == "jsonl")).collect();
        files.sort();
        files
    };
    let Some(folder) = path.parent() else { return Vec::new() };
    let mut all = rollouts(folder);
    let mut day = folder.to_owned();
    for _ in 0..2 {
        let Some(next) = other_day(&day, true) else { break };
        all.extend(rollouts(&next));
        day = next;
    }
    if let Some((thread, _)) = &own.base {
        let mut day = folder.to_owned();
        let has =
            |paths: &[PathBuf]| paths.iter().any(|other| other != path && other.to_string_lossy().contains(&**thread));
        for _ in 0..366 {
            if has(&all) {
                break;
            }
            let Some(before) = other_day(&day, false) else { break };
            all.extend(rollouts(&before).into_iter().filter(|path| path.to_string_lossy().contains(&**thread)));
            day = before;
        }
    }
    all.truncate(FILES);
    all
}

/// The folder of the next day, or of the one before, that there is: `YYYY/MM/DD`.
fn other_day(day: &Path, next: bool) -> Option<PathBuf> {
    let is_date = |path: &Path, digits: usize| {
        path.file_name()
            .is_some_and(|name| name.len() == digits && name.to_string_lossy().bytes().all(|b| b.is_ascii_digit()))
    };
    let (month, year) = (day.parent()?, day.parent()?.parent()?);
    if !(is_date(day, 2) && is_date(month, 2) && is_date(year, 4)) {
        return None;
    }
    let beside = |path: &Path, digits: usize| -> Option<PathBuf> {
        let others = fs::read_dir(path.parent()?).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
        let others = others.filter(|other| is_date(other, digits));
        if next { others.filter(|other| other > path).min() } else { others.filter(|other| other < path).max() }
    };
    let end = |path: PathBuf, digits: usize| -> Option<PathBuf> {
        let inside = fs::read_dir(path).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
        let inside = inside.filter(|path| is_date(path, digits));
        if next { inside.min() } else { inside.max() }
    };
    beside(day, 2).or_else(|| end(beside(month, 2)?, 2)).or_else(|| end(end(beside(year, 4)?, 2)?, 2))
}

/// Reads what the beginning of a file says. The line may be longer than what is read of it: what is asked for stands first.
fn head(path: &Path) -> Option<Head> {
    let mut text = Vec::new();
    let mut file = File::open(path).ok()?;
    file.by_ref().take(HEAD).read_to_end(&mut text).ok()?;
    if text.windows(FORKED.len()).any(|window| window == FORKED) {
        // What it goes on from stands behind a long text.
        file.take(FORKED_HEAD).read_to_end(&mut text).ok()?;
    }
    let text = String::from_utf8_lossy(&text);
    let line = text.lines().next()?;
    let (_, payload) = line.split_once("\"payload\":")?;
    line.contains("\"session_meta\"").then_some(())?;
    let meta = beginning(payload)?;
    let spawn = look::at(&meta, &["source", "subagent", "thread_spawn"]).cloned().unwrap_or_default();
    let base = meta.get("history_base").and_then(|base| {
        Some((look::owned(base, "thread_id")?, base.get("end_ordinal_exclusive").and_then(look::count)?))
    });
    Some(Head {
        path: path.to_owned(),
        thread: look::owned(&meta, "id")?,
        parent: look::owned(&meta, "parent_thread_id").or_else(|| look::owned(&spawn, "parent_thread_id")),
        name: look::owned(&meta, "agent_nickname").or_else(|| look::owned(&spawn, "agent_nickname")),
        base,
    })
}

/// The fields of an object that may be cut off, as far as they are whole; without the long text that is of no interest.
fn beginning(text: &str) -> Option<Value> {
    let mut fields = serde_json::Map::new();
    let mut rest = text.trim_start().strip_prefix('{')?;
    loop {
        let mut name = serde_json::Deserializer::from_str(rest).into_iter::<String>();
        let Some(Ok(key)) = name.next() else { break };
        rest = rest.get(name.byte_offset()..)?.trim_start().strip_prefix(':')?;
        let mut value = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
        let Some(Ok(found)) = value.next() else { break };
        rest = rest.get(value.byte_offset()..)?.trim_start();
        fields.insert(key, found);
        match rest.strip_prefix(',') {
            Some(more) => rest = more.trim_start(),
            None => break,
        }
    }
    Some(Value::Object(fields))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_jsonl_is_refused_with_what_it_seems_to_be() {
        for head in [
            "{\"type\":\"user\",\"message\":{\"content\":\"x\"}}\n",
            "{\"type\":\"session_meta\",\"source\":\"codex\"}\n",
            "{\"role\":\"user\",\"content\":\"x\"}\n",
            "{\"type\":\"message\",\"role\":\"user\",\"text\":\"x\"}\n",
            "no JSON\n",
        ] {
            assert!(matches!(sniff(head.as_bytes()), Sniff::Not(_)), "{head}");
        }
        for head in [
            "\u{feff}{\"timestamp\":\"x\",\"type\":\"session_meta\",\"payload\":{}}\r\n",
            "{\"type\":\"session_meta\",\"payload\":{\"id\":\"a\",\"base_instructions\":\"xxxx",
            "{\"id\":\"a\",\"timestamp\":\"x\",\"instructions\":\"\"}\n",
            "{\"type\":\"message\",\"role\":\"user\",\"content\":[{\"type\":\"input_text\",\"text\":\"x\"}]}\n",
        ] {
            assert_eq!(sniff(head.as_bytes()), Sniff::Mine, "{head}");
        }
    }

    #[test]
    fn a_beginning_that_is_cut_off_gives_what_is_whole() {
        let made = beginning("{\"id\":\"a\", \"source\":{\"x\":1},\"text\":\"cut of").unwrap();
        assert_eq!(made, serde_json::json!({"id": "a", "source": {"x": 1}}));
        assert_eq!(beginning("[1]"), None);
    }
}
