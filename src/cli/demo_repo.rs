//! The project of `taut demo`: small, believable, with one bug; a git repository where git is there.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// A repository with one commit.
    Repository,
    /// A folder: git is missing, or would not.
    Folder,
}

/// Why nothing was made.
#[derive(Debug, thiserror::Error)]
pub enum DemoRepoError {
    /// There is something in the folder.
    #[error("{0:?} is not empty: give the demo a folder of its own")]
    NotEmpty(PathBuf),
    /// A file could not be written.
    #[error("cannot write {path:?}: {source}; choose another folder for the demo")]
    Write {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

const FILES: [(&str, &str); 8] = [
    (".gitignore", "__pycache__/\n"),
    ("README.md", include_str!("demo_repo/README.md")),
    ("CHANGELOG.md", "# Changelog\n\n## Unreleased\n\n## 0.3.0\n\n- Receipts name the discount.\n"),
    ("src/basket.py", include_str!("demo_repo/basket.py")),
    ("src/receipt.py", include_str!("demo_repo/receipt.py")),
    ("tests/test_basket.py", include_str!("demo_repo/test_basket.py")),
    ("tests/test_receipt.py", include_str!("demo_repo/test_receipt.py")),
    ("tests/check.sh", include_str!("demo_repo/check.sh")),
];

/// Makes the project in a folder, which is created where it is missing and must be empty. The commit is always the same.
///
/// # Errors
/// Where the folder is not empty or can't be written to.
pub fn make(folder: &Path) -> Result<Made, DemoRepoError> {
    if fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(DemoRepoError::NotEmpty(folder.to_owned()));
    }
    for (name, content) in FILES {
        let path = folder.join(name);
        write(&path, content).map_err(|source| DemoRepoError::Write { path, source })?;
    }
    let commands: [&[&str]; 3] = [
        &["-c", "init.defaultBranch=main", "-c", "init.templateDir=", "init", "--quiet"],
        &["add", "--all"],
        &["-c", "commit.gpgSign=false", "commit", "--quiet", "--no-verify", "--message", "Receipts name the discount"],
    ];
    let made = commands.iter().all(|command| git(folder, command));
    Ok(if made { Made::Repository } else { Made::Folder })
}

fn write(path: &Path, content: &str) -> io::Result<()> {
    fs::create_dir_all(path.parent().unwrap_or(path))?;
    fs::write(path, content)?;
    fs::set_permissions(path, fs::Permissions::from_mode(if path.ends_with("check.sh") { 0o755 } else { 0o644 }))
}

/// Runs git with nothing of the user's configuration. True where it went well.
fn git(folder: &Path, args: &[&str]) -> bool {
    let mut command = Command::new("git");
    command.args(["-c", "core.autocrlf=false", "-c", "core.hooksPath=", "-c", "core.fsmonitor=false"]);
    command.args(args).current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_CONFIG_PARAMETERS"] {
        command.env_remove(variable);
    }
    command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null");
    for who in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{who}_NAME"), "Ada Demo").env(format!("GIT_{who}_EMAIL"), "ada@example.com");
        command.env(format!("GIT_{who}_DATE"), "2026-01-05T09:00:00+00:00");
    }
    command.status().is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(folder: &Path) -> String {
        let output = Command::new("git").args(["rev-parse", "HEAD"]).current_dir(folder).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    #[test]
    fn the_commit_is_always_the_same_and_nothing_is_left_over() {
        let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        assert_eq!(make(first.path()).unwrap(), Made::Repository);
        assert_eq!(make(&second.path().join("deeper/still")).unwrap(), Made::Repository);
        assert_eq!(head(first.path()), head(&second.path().join("deeper/still")));
        let status = Command::new("git").args(["status", "--porcelain"]).current_dir(first.path()).output().unwrap();
        assert!(status.stdout.is_empty() && status.status.success());
    }

    #[test]
    fn a_folder_in_use_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("mine"), "x").unwrap();
        assert!(matches!(make(folder.path()), Err(DemoRepoError::NotEmpty(_))));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
