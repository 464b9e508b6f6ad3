//! `[keep]`: how long checkpoints are kept, how much of them, and which folders are kept though they are very wide.

use super::time;
use crate::policy::toml_file::{Reading, quoted};
use std::path::{Path, PathBuf};
use std::time::Duration;
use toml::de::DeTable;

const KEYS: [&str; 3] = ["age", "size", "wide"];
/// Long enough to come back to something, short enough that a disk does not fill with what nobody remembers.
const AGE: Duration = Duration::from_hours(30 * 24);
const SIZE: u64 = 5_000_000_000;

/// What is kept of checkpoints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keep {
    /// Older ones go; `None` for never.
    pub age: Option<Duration>,
    /// While all of them are more bytes than this, the oldest go; `None` for never.
    pub size: Option<u64>,
    /// Folders that may be workspaces though they are a home folder or hold one, as written.
    pub wide: Vec<String>,
}

impl Default for Keep {
    fn default() -> Self {
        Self { age: Some(AGE), size: Some(SIZE), wide: Vec::new() }
    }
}

impl Keep {
    /// True where a folder, by its real path, was named as one that may be a workspace though it is wide.
    #[must_use]
    pub fn names(&self, root: &Path, home: Option<&Path>) -> bool {
        let named = |text: &String| under_home(text, home).and_then(|path| path.canonicalize().ok());
        self.wide.iter().filter_map(named).any(|path| path == root)
    }
}

/// A path as people write it: `~` is the home folder.
pub(super) fn under_home(text: &str, home: Option<&Path>) -> Option<PathBuf> {
    match text.strip_prefix('~') {
        Some("") => home.map(Path::to_owned),
        Some(rest) => Some(home?.join(rest.strip_prefix('/')?)),
        None => Some(PathBuf::from(text)),
    }
}

/// All of it.
pub(super) fn keep(reading: &mut Reading, table: &DeTable<'_>) -> Keep {
    let usual = Keep::default();
    let Some(inner) = reading.table(table, "keep") else { return usual };
    reading.only(inner, "[keep]", &KEYS);
    let age = time(reading, inner, "age", usual.age);
    let size = size(reading, inner, "size", usual.size);
    Keep { age, size, wide: whole_paths(reading, inner, "wide") }
}

/// An amount of bytes under a key, `None` for "never"; `usual` where nothing fitting was given.
pub(super) fn size(reading: &mut Reading, table: &DeTable<'_>, key: &str, usual: Option<u64>) -> Option<u64> {
    match reading.text(table, key) {
        None => usual,
        Some(text) if text == "never" => None,
        Some(text) => bytes(&text).or_else(|| {
            let what = format!("{} takes bytes, as in \"500 MB\" or \"5 GB\"; or \"never\"", quoted(key));
            reading.fault(&table.get(key).map(toml::Spanned::span).unwrap_or_default(), what);
            usual
        }),
    }
}

/// Whole paths under a key.
pub(super) fn whole_paths(reading: &mut Reading, table: &DeTable<'_>, key: &str) -> Vec<String> {
    let mut paths = Vec::new();
    for (text, span) in reading.texts(table, key).unwrap_or_default() {
        if text.starts_with('/') || text == "~" || text.starts_with("~/") {
            paths.push(text);
        } else {
            let what =
                format!("{} takes whole paths, as in \"/srv/all\" or \"~\", and not {}", quoted(key), quoted(&text));
            reading.fault(&span, what);
        }
    }
    paths
}

/// `500 MB`, `5 GB`, `1.5 TB`: as disks are sold.
fn bytes(text: &str) -> Option<u64> {
    let text = text.trim();
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit() && c != '.')?);
    let unit: u64 = match unit.trim() {
        "kB" | "KB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        "TB" => 1_000_000_000_000,
        _ => return None,
    };
    let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |text: &str| !text.is_empty() && text.len() <= 6 && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(part) || part.len() > 3 {
        return None;
    }
    let thousandths = whole.parse::<u64>().ok()? * 1_000 + format!("{part:0<3}").parse::<u64>().ok()?;
    Some(thousandths * (unit / 1_000)).filter(|bytes| *bytes > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hub::config::Config;

    #[test]
    fn bytes_are_read_as_people_write_them() {
        assert_eq!((bytes("500 MB"), bytes("5GB")), (Some(500_000_000), Some(5_000_000_000)));
        assert_eq!((bytes("1.5 TB"), bytes("2 kB")), (Some(1_500_000_000_000), Some(2_000)));
        for wrong in ["", "5", "GB", "0 GB", "-1 GB", "5 gb", "1e3 MB", "1..5 GB", ". GB", "9999999 GB"] {
            assert_eq!(bytes(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_kept_is_read_and_faults_have_their_line() {
        let config = Config::parse("[keep]\nage = \"14d\"\nsize = \"never\"\nwide = [\"~\", \"/srv\"]\n", "").unwrap();
        assert_eq!((config.keep.age, config.keep.size), (Some(Duration::from_hours(14 * 24)), None));
        assert_eq!(config.keep.wide, ["~", "/srv"]);
        let wrong =
            Config::parse("[keep]\nage = \"soon\"\nsize = 5\nwide = \"here\"\nagee = 1\n", "c.toml").unwrap_err();
        let told: Vec<String> = wrong.iter().map(ToString::to_string).collect();
        assert_eq!(told.len(), 4, "{told:?}");
        for (line, part) in [(2, "length of time"), (3, "a text"), (4, "whole paths"), (5, "did you mean `age`")] {
            assert!(
                told.iter().any(|one| one.starts_with(&format!("c.toml:{line}: ")) && one.contains(part)),
                "{told:?}"
            );
        }
        assert!(Config::parse("[keep]\nsize = \"5\"\n", "c.toml").unwrap_err()[0].to_string().contains("c.toml:2"));
    }

    #[test]
    fn a_wide_folder_is_named_by_its_real_path() {
        let dir = tempfile::tempdir().unwrap();
        let home = dir.path().canonicalize().unwrap();
        let keep = |wide: &str| Keep { wide: vec![wide.to_owned()], ..Keep::default() };
        std::os::unix::fs::symlink(&home, home.join("link")).unwrap();
        assert!(keep("~").names(&home, Some(&home)) && keep("~/link").names(&home, Some(&home)));
        assert!(!keep("~").names(Path::new("/"), Some(&home)) && !keep("~").names(&home, None));
        assert!(keep("/").names(Path::new("/"), None) && !keep("~x").names(&home, Some(&home)));
    }
}
