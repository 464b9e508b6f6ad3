//! Trees of files: which of them belong to a session.

use crate::shapes::look;
use crate::transcript::Beside;
use serde_json::Value;
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A file about a session is short.
const SHORT: u64 = 1 << 20;

/// The messages and parts of the session of this file and of its subagents'. About a part stands its message, which is the
/// name of its folder.
pub(super) fn beside(path: &Path) -> Vec<Beside> {
    let Some(root) = root(path) else { return Vec::new() };
    let mut all = Vec::new();
    let Some(id) = about(path).and_then(|about| look::owned(&about, "id")) else { return all };
    let others: Vec<(PathBuf, Value)> = path.parent().map(read_all).unwrap_or_default();
    // In the oldest trees all parts lie together, and each names its message.
    let loose = read_all(&root.join("part"));
    let (mut next, mut seen) = (vec![id], HashSet::new());
    while let Some(session) = next.pop() {
        if !seen.insert(session.clone()) {
            continue;
        }
        messages(&root, &session, &loose, &mut all);
        for (path, child) in &others {
            if look::text(child, "parentID") == Some(&session) {
                all.push(Beside { path: path.clone(), about: String::new() });
                next.extend(look::owned(child, "id"));
            }
        }
    }
    all
}

fn messages(root: &Path, session: &str, loose: &[(PathBuf, Value)], all: &mut Vec<Beside>) {
    for message in files(&root.join("message").join(name(session))) {
        let id = about(&message).and_then(|about| look::owned(&about, "id")).unwrap_or_default();
        all.push(Beside { path: message, about: String::new() });
        let own = files(&root.join("part").join(name(&id)));
        let of = |(_, part): &&(PathBuf, Value)| look::text(part, "messageID") == Some(&id);
        let parts = own.into_iter().chain(loose.iter().filter(of).map(|(path, _)| path.clone()));
        all.extend(parts.map(|path| Beside { path, about: id.clone() }));
    }
}

/// A name that leads nowhere else.
fn name(id: &str) -> &str {
    if id.is_empty() || id.contains(['/', '\\']) || id == ".." { "no such thing" } else { id }
}

/// The folder with `session`, `message` and `part`, where this is a session's file in it.
fn root(path: &Path) -> Option<PathBuf> {
    let session = path.parent()?.parent()?;
    session.ends_with("session").then(|| session.parent().map(Path::to_owned)).flatten()
}

/// The JSON files in a folder, with what stands in them.
fn read_all(folder: &Path) -> Vec<(PathBuf, Value)> {
    files(folder).into_iter().filter_map(|path| about(&path).map(|about| (path, about))).collect()
}

/// The JSON files in a folder, in the order of their names.
fn files(folder: &Path) -> Vec<PathBuf> {
    let inside = fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    let mut files: Vec<PathBuf> =
        inside.filter(|path| path.extension().is_some_and(|end| end == "json") && path.is_file()).collect();
    files.sort();
    files
}

fn about(path: &Path) -> Option<Value> {
    let is_short = fs::metadata(path).is_ok_and(|meta| meta.is_file() && meta.len() <= SHORT);
    serde_json::from_slice(&fs::read(path).ok().filter(|_| is_short)?).ok()
}
