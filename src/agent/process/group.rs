//! A control group for each session, where the kernel's cgroup v2 tree lets us: nothing leaves it by forking, by a session
//! of its own or by a clean environment, and its end is one word to the kernel.
//!
//! It lies below the hub's own group, so that whoever limits the hub limits its agents. Where that group can't be
//! written, nothing changes: trees are found as they are everywhere. A process of the same user may move itself out where
//! it can write another group; it is one thread among several.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What the folder of a session's group begins with; its mark follows.
const NAME: &str = "taut.session.";

/// The hub's own group, where sessions can have theirs below it; else why not, in a few words.
///
/// # Errors
/// There is no cgroup v2, or the group is not ours to divide.
pub fn delegated() -> Result<PathBuf, String> {
    let own = own()?;
    let kind = fs::read_to_string(own.join("cgroup.type")).unwrap_or_default();
    // The root has no type.
    if !matches!(kind.trim(), "" | "domain") {
        return Err(format!("the hub's own group is of the kind {:?}", kind.trim()));
    }
    if !own.join("cgroup.kill").exists() && !own.join("cgroup.procs").exists() {
        return Err("it is not mounted here".to_owned());
    }
    for place in [own.clone(), own.join("cgroup.procs")] {
        rustix::fs::access(&place, rustix::fs::Access::WRITE_OK)
            .map_err(|_| format!("{} is not this user's", place.display()))?;
    }
    Ok(own)
}

/// Makes a session's group; `None` where there can be none.
pub(super) fn make(mark: &str) -> Option<PathBuf> {
    let place = delegated().ok()?.join(folder(mark)?);
    match fs::create_dir(&place) {
        Ok(()) => Some(place),
        // Left by a hub that died.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Some(place),
        Err(_) => None,
    }
}

/// Puts this process into a group, before it becomes the agent.
///
/// # Errors
/// The kernel does not let it in: it stays where it was, and is found as everywhere.
pub fn join(group: &Path) -> io::Result<()> {
    fs::write(group.join("cgroup.procs"), "0")
}

/// The mark of the session whose group a process is in.
pub(super) fn mark_of(pid: i32) -> Option<String> {
    let (_, mark) = split(&fs::read_to_string(format!("/proc/{pid}/cgroup")).ok()?)?;
    Some(mark)
}

/// Kills everything in the group of a process, where that is the group of a session with this mark.
pub(super) fn kill(pid: i32, mark: &str) {
    let Ok(said) = fs::read_to_string(format!("/proc/{pid}/cgroup")) else { return };
    let Some((path, _)) = split(&said).filter(|(_, other)| other == mark) else { return };
    // Where it can't, its processes are killed one by one.
    if let Ok(place) = mounted(&path) {
        drop(fs::write(place.join("cgroup.kill"), "1"));
    }
}

/// Removes a session's group, with those that the agent made in it; they are empty.
pub(super) fn remove(mark: &str) {
    if let (Ok(own), Some(name)) = (own(), folder(mark)) {
        remove_all(&own.join(name));
    }
}

fn remove_all(place: &Path) {
    let Ok(entries) = fs::read_dir(place) else { return };
    for entry in entries.flatten().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())) {
        remove_all(&entry.path());
    }
    // One that holds a process stays, and tells of it.
    drop(fs::remove_dir(place));
}

/// The folder of a mark that can name one.
fn folder(mark: &str) -> Option<String> {
    let plain = !mark.is_empty() && mark.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    plain.then(|| format!("{NAME}{mark}"))
}

/// Of what `/proc/PID/cgroup` says: the path of a session's group, and its mark.
fn split(said: &str) -> Option<(String, String)> {
    let path = said.lines().find_map(|line| line.strip_prefix("0::"))?;
    let mut whole = String::new();
    for part in path.split('/').filter(|part| !part.is_empty()) {
        whole.push('/');
        whole.push_str(part);
        if let Some(mark) = part.strip_prefix(NAME) {
            return Some((whole, mark.to_owned()));
        }
    }
    None
}

/// The folder of this process's own group. Agents' groups are none: a hub that an agent started divides nothing.
fn own() -> Result<PathBuf, String> {
    let said = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let path = said.lines().find_map(|line| line.strip_prefix("0::")).ok_or("the kernel has none")?;
    mounted(path)
}

/// The folder of a group.
fn mounted(path: &str) -> Result<PathBuf, String> {
    if path.split('/').any(|part| part == "..") {
        return Err("it lies outside of what is mounted here".to_owned());
    }
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    mounts.lines().find_map(|line| place(line, path)).ok_or_else(|| "it is not mounted here".to_owned())
}

/// Where a group's path is under a mount, if that is one of cgroup v2 which holds it.
fn place(line: &str, path: &str) -> Option<PathBuf> {
    let (mount, kind) = line.split_once(" - ")?;
    if kind.split(' ').next() != Some("cgroup2") {
        return None;
    }
    let mut fields = mount.split(' ').skip(3);
    let (root, point) = (fields.next()?, fields.next()?);
    let below = if root == "/" { path } else { path.strip_prefix(root)? };
    Some(Path::new(point).join(below.trim_start_matches('/')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_read_from_the_path_of_a_group() {
        let said = "1:name=systemd:/x\n0::/user.slice/a.scope/taut.session.s12/deeper\n";
        assert_eq!(split(said), Some(("/user.slice/a.scope/taut.session.s12".into(), "s12".into())));
        for other in ["", "0::/", "0::/taut.slice/taut-hub.service", "4:memory:/taut.session.s1"] {
            assert_eq!(split(other), None, "{other}");
        }
    }

    #[test]
    fn a_mount_leads_to_the_folder_or_to_none() {
        let line = |root: &str, kind: &str| format!("41 31 0:38 {root} /sys/fs/cgroup rw,relatime - {kind} cgroup2 rw");
        let found = |root: &str, kind: &str| place(&line(root, kind), "/a/b");
        assert_eq!(found("/", "cgroup2"), Some("/sys/fs/cgroup/a/b".into()));
        assert_eq!(found("/a", "cgroup2"), Some("/sys/fs/cgroup/b".into()));
        assert_eq!(found("/c", "cgroup2"), None);
        assert_eq!(found("/", "cgroup"), None);
    }

    #[test]
    fn only_plain_marks_name_a_folder() {
        assert_eq!(folder("s1f").as_deref(), Some("taut.session.s1f"));
        for mark in ["", "../x", "a/b", "a.b", "ä"] {
            assert_eq!(folder(mark), None, "{mark}");
        }
    }
}
