//! A repository that runs nothing of its own: git is asked through a folder of ours, with a copy of the index, links to the
//! commits and the names of commits, and a configuration that we wrote. What an agent may have put into the repository's own
//! (hooks, filters, `core.fsmonitor`, another work tree) is not read; of the rest only plain values are taken over.

use super::look::Look;
use super::tool::{self, Failing, Ran};
use std::fs::{self, DirBuilder, File, FileTimes};
use std::io::{Read, Write};
use std::os::unix::fs::{DirBuilderExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A larger index is not copied.
const LARGEST: u64 = 256 << 20;
/// Values that change what files look like or which are ignored, and run nothing.
const TAKEN: [&str; 9] = [
    "core.filemode",
    "core.ignorecase",
    "core.precomposeunicode",
    "core.symlinks",
    "core.autocrlf",
    "core.eol",
    "core.safecrlf",
    "core.excludesfile",
    "extensions.objectformat",
];

/// A repository that is looked at.
pub(super) struct Repo {
    /// The top of the work tree.
    pub(super) top: PathBuf,
    /// Our folder.
    own: PathBuf,
    /// Deletes without `-f`, as the configuration says.
    pub(super) cleans_unforced: bool,
}

impl Drop for Repo {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.own));
    }
}

impl Repo {
    /// The repository in which a folder lies; or why it can't be looked at.
    pub(super) fn of(look: &Look, folder: &Path) -> Result<Self, String> {
        let folder = folder.canonicalize().map_err(|error| error.to_string())?;
        let top = folder.ancestors().find(|it| it.join(".git").symlink_metadata().is_ok());
        let top = top.ok_or("this is no git repository")?.to_owned();
        let (theirs, common) = folders(&top)?;
        let own = std::env::temp_dir().join(format!("taut-look-{}", uuid::Uuid::new_v4()));
        let io = |error: std::io::Error| format!("a folder to look from can't be made: {error}");
        DirBuilder::new().mode(0o700).create(&own).map_err(io)?;
        let mut repo = Self { top, own, cleans_unforced: false };
        for name in ["objects", "refs", "packed-refs"] {
            if common.join(name).exists() {
                symlink(common.join(name), repo.own.join(name)).map_err(io)?;
            }
        }
        if theirs.join("logs").exists() {
            symlink(theirs.join("logs"), repo.own.join("logs")).map_err(io)?;
        }
        for name in ["HEAD", "ORIG_HEAD"] {
            if let Ok(text) = short(&theirs.join(name)) {
                fs::write(repo.own.join(name), text).map_err(io)?;
            }
        }
        fs::create_dir(repo.own.join("info")).map_err(io)?;
        if let Ok(text) = short(&common.join("info/exclude")) {
            fs::write(repo.own.join("info/exclude"), text).map_err(io)?;
        }
        copy_index(&theirs, &repo.own)?;
        repo.configure(look, &common)?;
        Ok(repo)
    }

    /// Writes our configuration, with the plain values of theirs.
    fn configure(&mut self, look: &Look, common: &Path) -> Result<(), String> {
        let mut said = String::from("[core]\n\trepositoryformatversion = 1\n\tbare = false\n");
        let mut files: Vec<Command> = Vec::new();
        let mut read = |from: &[&str]| {
            let mut command = tool::command("git", &self.own);
            command.env("GIT_CONFIG_NOSYSTEM", "1").arg("config").args(from);
            files.push(command);
        };
        read(&["--global", "--no-includes", "--list", "-z"]);
        let theirs = common.join("config");
        let theirs = theirs.to_str().ok_or("the name of the repository is no UTF-8")?;
        read(&["--file", theirs, "--no-includes", "--list", "-z"]);
        for command in files {
            // There need be no such file.
            let Ran::Said(text) = tool::run(look, command, Failing::Fine) else { continue };
            for pair in String::from_utf8_lossy(&text).split('\0') {
                let (name, value) = pair.split_once('\n').unwrap_or((pair, "true"));
                let is_true = matches!(value, "true" | "yes" | "on" | "1");
                match name {
                    "core.sparsecheckout" | "core.worktree" | "core.splitindex"
                        if is_true || name == "core.worktree" =>
                    {
                        return Err(format!("the repository sets {name}, which is not followed here"));
                    }
                    "extensions.refstorage" if value != "files" => {
                        return Err("the repository keeps its branches in a form that is not read here".to_owned());
                    }
                    "clean.requireforce" => self.cleans_unforced = value == "false",
                    _ if TAKEN.contains(&name) && !value.contains(['\n', '"', '\\']) => {
                        if let Some((section, key)) = name.split_once('.') {
                            said.extend(["[", section, "]\n\t", key, " = \"", value, "\"\n"]);
                        }
                    }
                    _ => {}
                }
            }
        }
        fs::write(self.own.join("config"), said)
            .map_err(|error| format!("a folder to look from can't be made: {error}"))
    }

    /// git, asked in a folder of the work tree.
    pub(super) fn git(&self, folder: &Path) -> Command {
        let mut command = tool::command("git", folder);
        command
            .env("GIT_DIR", &self.own)
            .env("GIT_WORK_TREE", &self.top)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_ATTR_NOSYSTEM", "1")
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("GIT_NO_LAZY_FETCH", "1")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_PAGER", "cat")
            .args(["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.untrackedCache=false"])
            .args(["-c", "core.attributesFile=/dev/null", "-c", "core.quotePath=true"]);
        command
    }
}

/// The folder of a work tree's own things, and of what all its work trees share.
fn folders(top: &Path) -> Result<(PathBuf, PathBuf), String> {
    let git = top.join(".git");
    let meta = git.symlink_metadata().map_err(|error| error.to_string())?;
    let theirs = if meta.is_file() {
        let text = short(&git).map_err(|error| error.to_string())?;
        let named = text.strip_prefix("gitdir:").ok_or("its .git names no folder")?.trim();
        top.join(named)
    } else {
        git
    };
    let common = match short(&theirs.join("commondir")) {
        Ok(text) => theirs.join(text.trim()),
        Err(_) => theirs.clone(),
    };
    let real = |path: PathBuf| path.canonicalize().map_err(|error| format!("the repository can't be read: {error}"));
    Ok((real(theirs)?, real(common)?))
}

/// A short text.
fn short(path: &Path) -> std::io::Result<String> {
    let meta = path.metadata()?;
    if !meta.is_file() {
        return Err(std::io::Error::other("no file"));
    }
    let mut text = String::new();
    File::open(path)?.take(1 << 20).read_to_string(&mut text)?;
    Ok(text)
}

/// Copies the index with its time: by that git knows which files it must look into.
fn copy_index(theirs: &Path, own: &Path) -> Result<(), String> {
    let from = theirs.join("index");
    let Ok(meta) = from.metadata() else { return Ok(()) };
    if !meta.is_file() || meta.len() > LARGEST {
        return Err("the repository's index can't be copied".to_owned());
    }
    let copied = || -> std::io::Result<()> {
        let mut bytes = Vec::new();
        File::open(&from)?.take(LARGEST).read_to_end(&mut bytes)?;
        let mut file = File::create(own.join("index"))?;
        file.write_all(&bytes)?;
        file.set_times(FileTimes::new().set_modified(meta.modified()?))
    };
    copied().map_err(|error| format!("the repository's index can't be copied: {error}"))
}
