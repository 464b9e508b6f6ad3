//! Paths compared by their text alone: no file is looked at.

/// The path without `.`, `..`, and doubled or trailing slashes; always absolute.
#[must_use]
pub fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// Where a path leads that is relative to a folder.
#[must_use]
pub fn joined(folder: &str, path: &str) -> String {
    let path = path.strip_prefix("file://").unwrap_or(path);
    if path.starts_with('/') { normal(path) } else { normal(&format!("{folder}/{path}")) }
}

/// What of a path lies below a folder: empty for the folder itself, `None` outside.
#[must_use]
pub fn below<'a>(path: &'a str, folder: &str) -> Option<&'a str> {
    if !folder.starts_with('/') {
        return None;
    }
    let rest = path.strip_prefix(folder.trim_end_matches('/'))?;
    if rest.is_empty() { Some("") } else { rest.strip_prefix('/') }
}
