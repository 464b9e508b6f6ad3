//! The way back into a session's own tool: whether its transcript lies where the tool looks, and who writes it now. Two writers
//! of one conversation would branch it unseen, or damage it.
//!
//! Known for certain is a process that has the file open for writing, and one that Claude Code's own registry names. Of tools
//! that close their file after every line, and have no registry, only the file's age is known.

use super::{Recorded, elsewhere::LATELY, places, registry};
use crate::transcript;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Who writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Writer {
    /// A process: its number and its name.
    Process(u32, String),
    /// Somebody, so long ago.
    Lately(Duration),
}

impl Recorded {
    /// Who writes its file now, as far as can be told.
    #[must_use]
    pub fn writer(&self) -> Option<Writer> {
        if let Some(pid) = holder(&self.path)
            .or_else(|| beside(&self.path).and_then(|folder| registry::process(&folder, &self.native)))
        {
            return Some(Writer::Process(pid, name(pid)));
        }
        // Codex has its file open as long as it goes on with a thread; Claude Code says in its registry who runs.
        let known = self.format == "codex" || beside(&self.path).is_some_and(|folder| folder.is_dir());
        let written = fs::metadata(&self.path).and_then(|about| about.modified()).ok().filter(|_| !known)?;
        let ago = SystemTime::now().duration_since(written).unwrap_or_default();
        (ago < LATELY).then_some(Writer::Lately(ago))
    }

    /// Whether its file lies where its tool looks for its own.
    ///
    /// # Errors
    /// It lies elsewhere: where the tool looks.
    pub fn lies_in_place(
        &self,
        home: Option<&Path>,
        env: impl Fn(&str) -> Option<OsString>,
    ) -> Result<(), Vec<PathBuf>> {
        let Some(format) = transcript::format(&self.format) else { return Ok(()) };
        let places = places::all(home, &[], env).into_iter().filter(|place| place.tool == Some(format.tool()));
        let folders: Vec<PathBuf> = places.map(|place| place.folder).collect();
        let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let lies = folders.iter().any(|folder| real(&self.path).starts_with(real(folder)));
        if lies { Ok(()) } else { Err(folders) }
    }
}

/// A process that has a file open for writing.
fn holder(path: &Path) -> Option<u32> {
    let own = std::process::id();
    let wanted = fs::metadata(path).map(|about| (about.dev(), about.ino())).ok()?;
    let all = fs::read_dir("/proc").ok()?.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    all.filter(|pid| *pid != own).find(|pid| {
        // Those of other users can't be looked into, and can't write here either but for root.
        let open = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().filter_map(Result::ok);
        open.into_iter().any(|entry| {
            let is_it = fs::metadata(entry.path()).is_ok_and(|about| (about.dev(), about.ino()) == wanted);
            is_it && writes(*pid, &entry.file_name().to_string_lossy())
        })
    })
}

fn writes(pid: u32, fd: &str) -> bool {
    let Ok(about) = fs::read_to_string(format!("/proc/{pid}/fdinfo/{fd}")) else { return false };
    let flags = about.lines().find_map(|line| u32::from_str_radix(line.strip_prefix("flags:")?.trim(), 8).ok());
    flags.is_some_and(|flags| flags & 3 != 0)
}

/// Where Claude Code says which of its sessions run, as seen from a transcript: `projects/FOLDER/ID.jsonl` beside `sessions`.
fn beside(path: &Path) -> Option<PathBuf> {
    let projects = path.parent()?.parent().filter(|folder| folder.ends_with("projects"))?;
    Some(projects.parent()?.join("sessions"))
}

fn name(pid: u32) -> String {
    let name = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    name.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_writes_is_told_by_what_is_open_and_by_the_registry() {
        let home = tempfile::tempdir().unwrap();
        let project = home.path().join("projects/p");
        fs::create_dir_all(&project).unwrap();
        let path = project.join("abc.jsonl");
        fs::write(&path, "{}\n").unwrap();
        assert_eq!(holder(&path), None, "this process does not count");
        let held = fs::OpenOptions::new().append(true).open(&path).unwrap();
        let mut other = std::process::Command::new("sleep").arg("60").stdout(held).spawn().unwrap();
        assert_eq!(holder(&path), Some(other.id()));
        other.kill().unwrap();
        other.wait().unwrap();
        let mut reader =
            std::process::Command::new("sleep").arg("60").stdin(fs::File::open(&path).unwrap()).spawn().unwrap();
        assert_eq!(holder(&path), None, "who reads it does not write it");
        reader.kill().unwrap();
        reader.wait().unwrap();

        fs::create_dir(home.path().join("sessions")).unwrap();
        let own = std::process::id();
        let say = |name: &str, text: String| fs::write(home.path().join("sessions").join(name), text).unwrap();
        say("1.json", "{".to_owned());
        say("2.json", format!(r#"{{"pid":{own},"sessionId":"abc","procStart":"1"}}"#));
        say("3.json", r#"{"pid":999999999,"sessionId":"abc"}"#.to_owned());
        let says = |native| registry::process(&beside(&path).unwrap(), native);
        assert_eq!(says("abc"), None);
        say("4.json", format!(r#"{{"pid":{own},"sessionId":"abc"}}"#));
        assert_eq!((says("abc"), says("xyz")), (Some(own), None));
    }
}
