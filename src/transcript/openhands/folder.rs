//! The folder of a conversation: its events, and what it says of itself.

use crate::shapes::look;
use crate::transcript::Beside;
use crate::transcript::opening::Opening;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// What a conversation says of itself is short.
const SHORT: u64 = 8 << 20;

/// The other events of a conversation, in their order, and its state.
pub(super) fn beside(path: &Path) -> Vec<Beside> {
    let Some(folder) = path.parent().filter(|_| is_event(path)) else { return Vec::new() };
    let inside = fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    let mut events: Vec<PathBuf> = inside.filter(|other| other != path && is_event(other)).collect();
    events.sort();
    let mut all: Vec<Beside> = events.into_iter().map(|path| Beside { path, about: String::new() }).collect();
    let states = [Some(folder), folder.parent()].into_iter().flatten().map(|folder| folder.join("base_state.json"));
    for path in states.filter(|path| fs::metadata(path).is_ok_and(|meta| meta.is_file() && meta.len() <= SHORT)) {
        let state: Value =
            fs::read(&path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        let text = |path: &[&str]| look::at(&state, path).and_then(Value::as_str);
        let about = json!({
            "id": text(&["id"]),
            "cwd": text(&["workspace", "working_dir"]),
            "model": text(&["agent", "llm", "model"]),
        });
        all.push(Beside { path, about: about.to_string() });
    }
    all
}

/// What is known of a conversation before its first event.
pub(super) fn about(open: &mut Opening, beside: &[Beside]) {
    let folder = beside.first().and_then(|first| first.path.parent());
    let folder = folder.and_then(|folder| if folder.ends_with("events") { folder.parent() } else { Some(folder) });
    open.session = folder.and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    for about in beside.iter().filter_map(|beside| serde_json::from_str::<Value>(&beside.about).ok()) {
        open.session = look::owned(&about, "id").or(open.session.take());
        open.cwd = look::owned(&about, "cwd").unwrap_or_default();
    }
}

fn is_event(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().as_encoded_bytes();
    name.starts_with(b"event-") && name.ends_with(b".json")
}
