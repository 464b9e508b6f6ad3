//! Where a folder stands: its work tree, repository, branch and commit. Read from git's own files, so that it costs
//! nothing and runs nothing; what is not understood there is not known.

use crate::domain::Workplace;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Bytes of git's small files that are read.
const SMALL: u64 = 4 << 10;
/// Bytes of the list of packed names that are read.
const PACKED: u64 = 4 << 20;

/// What is known of a folder; `worktree` is the name of the work tree, where taut made it.
#[must_use]
pub fn of(folder: &Path, worktree: Option<String>) -> Workplace {
    let real = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let shown = |path: &Path| path.to_string_lossy().into_owned();
    let place = Workplace { folder: shown(&real), worktree, ..Workplace::default() };
    let Some((root, git)) = real.ancestors().find_map(|at| Some((at, git_of(at)?))) else { return place };
    let repo = common(&git);
    let head = read(&git.join("HEAD"), SMALL).unwrap_or_default();
    let name = head.trim().strip_prefix("ref: ").map(str::trim);
    let branch = name.and_then(|name| name.strip_prefix("refs/heads/")).map(str::to_owned);
    let commit = match name {
        Some(name) => commit_of(&repo, name),
        None => is_commit(head.trim()).then(|| head.trim().to_owned()),
    };
    Workplace { root: Some(shown(root)), repo: Some(shown(&repo)), branch, commit, ..place }
}

/// The git folder of a work tree whose root this is.
fn git_of(root: &Path) -> Option<PathBuf> {
    let path = root.join(".git");
    let meta = path.metadata().ok()?;
    if meta.is_dir() {
        return path.join("HEAD").is_file().then_some(path);
    }
    let said = read(&path, SMALL)?;
    let git = root.join(said.trim().strip_prefix("gitdir:")?.trim());
    git.canonicalize().ok()
}

/// What all work trees of a repository share.
fn common(git: &Path) -> PathBuf {
    let said = read(&git.join("commondir"), SMALL).unwrap_or_default();
    if said.trim().is_empty() {
        return git.to_owned();
    }
    let path = git.join(said.trim());
    path.canonicalize().unwrap_or(path)
}

/// The commit that a name stands for.
fn commit_of(repo: &Path, name: &str) -> Option<String> {
    if name.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return None;
    }
    if let Some(loose) = read(&repo.join(name), SMALL).map(|text| text.trim().to_owned()).filter(|it| is_commit(it)) {
        return Some(loose);
    }
    let packed = read(&repo.join("packed-refs"), PACKED)?;
    let found = packed.lines().filter_map(|line| line.split_once(' ')).find(|(_, of)| *of == name);
    found.map(|(commit, _)| commit.to_owned()).filter(|commit| is_commit(commit))
}

fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The text of a plain file, as far as it is read.
fn read(path: &Path, most: u64) -> Option<String> {
    path.metadata().ok().filter(std::fs::Metadata::is_file)?;
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(most).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{create_dir_all, write};

    #[test]
    fn what_git_knows_is_read_from_its_files() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().canonicalize().unwrap();
        assert_eq!(of(&at, None), Workplace { folder: at.to_string_lossy().into_owned(), ..Workplace::default() });
        let commit = "0123456789012345678901234567890123456789";
        let (main, side) = (at.join("main"), at.join("side"));
        create_dir_all(main.join(".git/refs/heads")).unwrap();
        create_dir_all(main.join("src")).unwrap();
        write(main.join(".git/HEAD"), "ref: refs/heads/trunk\n").unwrap();
        let unborn = of(&main.join("src"), None);
        assert_eq!((unborn.branch.as_deref(), unborn.commit), (Some("trunk"), None));
        write(main.join(".git/refs/heads/trunk"), format!("{commit}\n")).unwrap();
        let found = of(&main.join("src"), None);
        assert_eq!(found.root.as_deref(), main.to_str());
        assert_eq!((found.branch.as_deref(), found.commit.as_deref()), (Some("trunk"), Some(commit)));
        // A linked work tree, whose branch is packed; and one without a branch.
        create_dir_all(main.join(".git/worktrees/side")).unwrap();
        create_dir_all(&side).unwrap();
        write(main.join(".git/worktrees/side/HEAD"), "ref: refs/heads/taut/side\n").unwrap();
        write(main.join(".git/worktrees/side/commondir"), "../..\n").unwrap();
        write(main.join(".git/packed-refs"), format!("# pack-refs\n{commit} refs/heads/taut/side\n^{commit}\n"))
            .unwrap();
        write(side.join(".git"), format!("gitdir: {}\n", main.join(".git/worktrees/side").display())).unwrap();
        let linked = of(&side, Some("side".into()));
        assert_eq!((linked.repo.clone(), linked.root.as_deref()), (found.repo, side.to_str()));
        assert_eq!((linked.branch.as_deref(), linked.commit.as_deref()), (Some("taut/side"), Some(commit)));
        write(main.join(".git/worktrees/side/HEAD"), format!("{commit}\n")).unwrap();
        let detached = of(&side, None);
        assert_eq!((detached.branch, detached.commit.as_deref()), (None, Some(commit)));
        // Nothing of it is believed that leads out, and nothing has to be there.
        write(main.join(".git/HEAD"), "ref: refs/heads/../../HEAD\n").unwrap();
        assert_eq!(of(&main, None).commit, None);
        write(side.join(".git"), "gitdir: nowhere\n").unwrap();
        assert_eq!(of(&side, None).root, None);
    }
}
