//! Where sessions of other tools lie: the known place of each tool, and folders that a human named.

use crate::transcript::{self, Format, file, source};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// Folders inside of folders that are looked into: a tool's own are three or four deep.
const DEEP: usize = 12;

/// A place with sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The tool whose it is; nothing where a human named it.
    pub tool: Option<&'static str>,
    /// The folder, or the file that holds many.
    pub folder: PathBuf,
}

/// Each tool's place: its variable, what stands below that, and what stands below the home folder where it is not set.
const KNOWN: [(&str, &str, &str, &str); 9] = [
    ("Claude Code", "CLAUDE_CONFIG_DIR", "projects", ".claude/projects"),
    ("Codex", "CODEX_HOME", "sessions", ".codex/sessions"),
    ("Codex", "CODEX_HOME", "archived_sessions", ".codex/archived_sessions"),
    ("Gemini CLI", "GEMINI_CLI_HOME", ".gemini/tmp", ".gemini/tmp"),
    ("Copilot CLI", "COPILOT_HOME", "session-state", ".copilot/session-state"),
    ("opencode", "XDG_DATA_HOME", "opencode/storage", ".local/share/opencode/storage"),
    ("opencode", "XDG_DATA_HOME", "opencode/opencode.db", ".local/share/opencode/opencode.db"),
    ("pi", "PI_CODING_AGENT_DIR", "sessions", ".pi/agent/sessions"),
    ("OpenHands", "OPENHANDS_PERSISTENCE_DIR", "conversations", ".openhands/conversations"),
];

/// The places of all tools that have a folder there, and those that a human named.
#[must_use]
pub fn all(home: Option<&Path>, named: &[PathBuf], env: impl Fn(&str) -> Option<OsString>) -> Vec<Place> {
    let known = KNOWN.iter().filter_map(|(tool, variable, below, usual)| {
        let set = env(variable).filter(|value| !value.is_empty()).map(|base| Path::new(&base).join(below));
        let folder = set.or_else(|| Some(home?.join(usual)))?;
        (folder.is_dir() || source::is_store(&folder)).then_some(Place { tool: Some(tool), folder })
    });
    let named = named.iter().map(|folder| Place { tool: None, folder: folder.clone() });
    known.chain(named).collect()
}

/// The sessions' own files in a folder, the newest first. The files that belong to a session are no sessions. A folder that
/// can't be read has none; its name comes with what the system says.
#[must_use]
pub fn sessions(folder: &Path) -> (Vec<PathBuf>, Vec<(PathBuf, std::io::Error)>) {
    let (mut found, mut faults) = (Vec::new(), Vec::new());
    match source::is_store(folder) {
        true => stored(folder, &mut found, &mut faults),
        false => walk(folder, DEEP, &mut found, &mut faults),
    }
    found.sort_by_cached_key(|path| std::cmp::Reverse(source::stat(path).map(|stat| stat.changed).ok()));
    (found, faults)
}

fn walk(folder: &Path, deep: usize, found: &mut Vec<PathBuf>, faults: &mut Vec<(PathBuf, std::io::Error)>) {
    let inside = match fs::read_dir(folder) {
        Ok(inside) => inside,
        Err(why) => return faults.push((folder.to_owned(), why)),
    };
    let mut inside: Vec<PathBuf> = inside.filter_map(|entry| Some(entry.ok()?.path())).collect();
    inside.sort();
    for path in inside {
        match fs::symlink_metadata(&path) {
            // A link to a folder could lead back to where it stands.
            Ok(meta) if meta.is_dir() && deep > 0 && !belongs(&path) => walk(&path, deep - 1, found, faults),
            Ok(meta) if !meta.is_dir() && is_session(&path) => found.push(path),
            Ok(meta) if meta.is_file() && source::is_store(&path) => stored(&path, found, faults),
            _ => {}
        }
    }
}

/// The sessions in a file that holds many.
fn stored(path: &Path, found: &mut Vec<PathBuf>, faults: &mut Vec<(PathBuf, std::io::Error)>) {
    match source::sessions(path) {
        Ok(sessions) => found.extend(sessions),
        Err(why) => faults.push((path.to_owned(), why)),
    }
}

/// Whether a path leads to many sessions: a folder, or a file that holds them.
#[must_use]
pub fn holds_many(path: &Path) -> bool {
    path.is_dir() || source::is_store(path)
}

/// The sessions' own files to which something happened, where it happened to this file or folder. Of a database, or of the
/// log beside it, they are the ones that changed last.
#[must_use]
pub fn touched(path: &Path) -> Vec<PathBuf> {
    let name = path.as_os_str().as_encoded_bytes();
    let database = path.with_extension("db");
    let is_log = name.ends_with(b".db-wal") && source::is_store(&database);
    let database = if is_log { &database } else { path };
    if source::is_store(database) {
        // One that can't be read now is read when it is written to again.
        return source::recent(database).unwrap_or_default();
    }
    if path.is_dir() { sessions(path).0 } else { vec![session_of(path)] }
}

/// Whether a file may be a session's own, by its name alone.
#[must_use]
pub fn is_session(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().as_encoded_bytes();
    // Of other documents these alone are sessions': a chat of the older Gemini CLI, what opencode says of a session, the
    // first event of a conversation of OpenHands, and trajectories.
    let begins = |mark: &[u8]| name.starts_with(mark) && name.ends_with(b".json");
    let folder = path.parent().and_then(Path::parent);
    let is_told = || folder.is_some_and(|folder| folder.ends_with("session")) || source::is_inside(path);
    let ends = |mark: &[u8]| name.ends_with(mark);
    let is_trajectory = ends(b".traj") || ends(b".trajectory.json") || name == b"trajectory.json";
    let is_document = is_trajectory || begins(b"session-") || begins(b"event-00000-") || begins(b"ses_") && is_told();
    (transcript::is_log(path) || is_document) && !path.parent().is_some_and(belongs) && !path.is_dir()
}

/// Whether a folder holds what belongs to sessions beside it.
fn belongs(folder: &Path) -> bool {
    folder.ends_with("subagents") && folder.parent().is_some_and(has_session)
}

fn has_session(folder: &Path) -> bool {
    // The name may hold dots: the ending is added, not exchanged.
    let mut name = folder.as_os_str().to_owned();
    name.push(".jsonl");
    Path::new(&name).is_file()
}

/// The session's own file that a file belongs to: itself, or the one whose subagent, message or event it is.
#[must_use]
pub fn session_of(path: &Path) -> PathBuf {
    owner(path).unwrap_or_else(|| path.to_owned())
}

fn owner(path: &Path) -> Option<PathBuf> {
    let folder = path.parent()?;
    if belongs(folder) {
        let mut name = folder.parent()?.as_os_str().to_owned();
        name.push(".jsonl");
        return Some(PathBuf::from(name));
    }
    let name = path.file_name()?.to_string_lossy();
    if name == "base_state.json" {
        // What a conversation of OpenHands says of itself.
        return inside(&folder.join("events"), "event-00000-").or_else(|| inside(folder, "event-00000-"));
    }
    if name.starts_with("event-") && name.ends_with(".json") {
        return inside(folder, "event-00000-");
    }
    // opencode's trees: `message/SESSION/MESSAGE.json`, `part/MESSAGE/PART.json`.
    let (id, kind) = (folder.file_name()?.to_string_lossy(), folder.parent()?);
    let below = |kind: &Path, folder: &str, name: &str| {
        let folders = fs::read_dir(kind.parent()?.join(folder)).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
        folders.map(|folder| folder.join(name)).find(|path| path.is_file())
    };
    if kind.ends_with("part") {
        return owner(&below(kind, "message", &format!("{id}.json"))?);
    }
    if kind.ends_with("message") { below(kind, "session", &format!("{id}.json")) } else { None }
}

/// The file in a folder whose name begins like this.
fn inside(folder: &Path, begins: &str) -> Option<PathBuf> {
    let inside = fs::read_dir(folder).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    let is_it = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(begins));
    inside.filter(is_it).min()
}

/// The format of a session's own file.
///
/// # Errors
/// It is of none.
pub fn format_of(path: &Path) -> Result<&'static dyn Format, crate::transcript::ReadError> {
    file::sniff(path)
}
