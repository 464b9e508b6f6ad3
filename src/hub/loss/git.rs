//! git's commands, asked what they would do.

use super::acts::unescaped;
use super::look::Look;
use super::names;
use super::repo::Repo;
use super::tool::{self, Failing, Ran};
use crate::domain::LossHow;
use crate::shell::loss::{Arg, Deed, Git, Untracked};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

pub(super) fn follow(look: &mut Look, deed: &Deed, what: &Git) {
    if let Err(why) = asked(look, deed, what) {
        look.cannot_tell(format!("what `{}` hits: {why}", deed.by));
    }
}

/// Files that `git ls-files` lists, with a NUL behind each.
pub(super) fn list(look: &mut Look, deed: &Deed, args: &[Arg]) -> Ran {
    let (options, paths): (Vec<&Arg>, Vec<&Arg>) =
        args.iter().partition(|arg| arg.text().is_some_and(|text| text.starts_with('-') && text != "--"));
    let paths: Vec<Arg> = paths.into_iter().filter(|arg| arg.text() != Some("--")).cloned().collect();
    let paths = names::of(look, &Deed { feed: None, ..deed.clone() }, &paths);
    let asked = Asked::of(look, deed).map(|it| {
        let options: Vec<OsString> = options.iter().filter_map(|arg| arg.text()).map(OsString::from).collect();
        let mut command = it.repo.git(it.folder);
        command.args(["ls-files", "-z"]).args(options).arg("--").args(paths);
        tool::run(look, command, Failing::Fails)
    });
    asked.unwrap_or_else(Ran::Failed)
}

/// A repository, and where in it git is asked.
struct Asked<'a> {
    repo: Repo,
    folder: &'a Path,
}

impl<'a> Asked<'a> {
    fn of(look: &Look, deed: &'a Deed) -> Result<Self, String> {
        let folder = Path::new(&deed.folder);
        Ok(Self { repo: Repo::of(look, folder)?, folder })
    }

    /// What git says; or why it does not.
    fn say(&self, look: &mut Look, args: &[&str], paths: &[OsString]) -> Result<Vec<u8>, String> {
        self.say_in(look, self.folder, args, paths)
    }

    fn say_in(&self, look: &mut Look, folder: &Path, args: &[&str], paths: &[OsString]) -> Result<Vec<u8>, String> {
        let mut command = self.repo.git(folder);
        command.args(args).arg("--").args(paths);
        match tool::run(look, command, Failing::Fails) {
            Ran::Said(text) => Ok(text),
            Ran::Cut(text) => {
                look.cut();
                Ok(text)
            }
            Ran::Failed(why) => Err(why),
        }
    }

    /// The commit of a name; `None` where it is none.
    fn commit(&self, look: &mut Look, name: &str) -> Option<String> {
        let mut command = self.repo.git(self.folder);
        command.args(["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{name}^{{commit}}")]);
        match tool::run(look, command, Failing::Fails) {
            Ran::Said(text) => String::from_utf8(text).ok().map(|text| text.trim().to_owned()),
            Ran::Cut(_) | Ran::Failed(_) => None,
        }
    }

    /// Files that differ from the index.
    fn unstaged(&self, look: &mut Look, paths: &[OsString]) -> Result<(), String> {
        let diff = [
            "diff",
            "--name-only",
            "-z",
            "--no-renames",
            "--no-ext-diff",
            "--no-textconv",
            "--no-relative",
            "--ignore-submodules=all",
            "--diff-filter=d",
        ];
        let text = self.say(look, &diff, paths)?;
        for name in split(&text) {
            look.hit(&self.repo.top.join(name), LossHow::Overwrites);
        }
        Ok(())
    }

    /// Files that differ from a commit; those that it does not have are gone where `removes`.
    fn differs(&self, look: &mut Look, between: &[&str], paths: &[OsString], removes: Removes) -> Result<(), String> {
        let mut diff = vec![
            "diff",
            "--name-status",
            "-z",
            "--no-renames",
            "--no-ext-diff",
            "--no-textconv",
            "--no-relative",
            "--ignore-submodules=all",
        ];
        diff.extend(between);
        let text = self.say(look, &diff, paths)?;
        let mut parts = split(&text);
        while let (Some(status), Some(name)) = (parts.next(), parts.next()) {
            let path = self.repo.top.join(name);
            match (status.as_bytes().first(), removes) {
                (Some(b'A'), Removes::New) | (Some(b'D'), Removes::Old) => look.hit(&path, LossHow::Deletes),
                (Some(b'A'), Removes::None) => {}
                // What git does not know stands where the commit has something: it is overwritten.
                _ if path.symlink_metadata().is_ok_and(|meta| !meta.is_dir()) => look.hit(&path, LossHow::Overwrites),
                _ => {}
            }
        }
        Ok(())
    }

    /// Files that git does not know.
    fn untracked(&self, look: &mut Look, how: Untracked, paths: &[OsString]) -> Result<(), String> {
        let mut args = vec!["ls-files", "-z", "-o", "--full-name"];
        match how {
            Untracked::Stay => return Ok(()),
            Untracked::Known => args.push("--exclude-standard"),
            Untracked::All => {}
        }
        let folder = if paths.is_empty() { &self.repo.top } else { self.folder };
        let text = self.say_in(look, folder, &args, paths)?;
        for name in split(&text).filter(|name| !name.as_bytes().ends_with(b"/")) {
            look.hit(&self.repo.top.join(name), LossHow::Deletes);
        }
        Ok(())
    }
}

/// Which files go for good where two states differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Removes {
    /// None.
    None,
    /// Those that only the second has: what stands in the work tree and not in the commit.
    New,
    /// Those that only the first has: what another commit does not have.
    Old,
}

fn split(text: &[u8]) -> impl Iterator<Item = OsString> {
    text.split(|byte| *byte == 0).filter(|name| !name.is_empty()).map(|name| OsString::from_vec(name.to_vec()))
}

fn asked(look: &mut Look, deed: &Deed, what: &Git) -> Result<(), String> {
    let it = Asked::of(look, deed)?;
    let refused = |name: &str| format!("there is no commit {name}");
    match what {
        Git::Clean { args, forced } => clean(look, deed, &it, args, *forced),
        Git::Paths { paths } => {
            let paths = names::of(look, deed, paths);
            it.unstaged(look, &paths)
        }
        Git::From { tree, paths, removes } => {
            let paths = names::of(look, deed, paths);
            let name = names::one(look, deed, tree).unwrap_or_default().to_string_lossy().into_owned();
            let commit = it.commit(look, &name).ok_or_else(|| refused(&name))?;
            it.differs(look, &[&commit], &paths, if *removes { Removes::New } else { Removes::None })
        }
        Git::Whole { tree } => {
            let name = match tree {
                Some(tree) => names::one(look, deed, tree).unwrap_or_default().to_string_lossy().into_owned(),
                None => "HEAD".to_owned(),
            };
            match it.commit(look, &name) {
                Some(commit) => it.differs(look, &[&commit], &[], Removes::New),
                // `git checkout -f file`.
                None if Path::new(&deed.folder).join(&name).exists() => it.unstaged(look, &[name.into()]),
                None => Err(refused(&name)),
            }
        }
        Git::Either { operands } => {
            let operands = names::of(look, deed, operands);
            let Some((first, rest)) = operands.split_first() else { return Ok(()) };
            let name = first.to_string_lossy().into_owned();
            match (it.commit(look, &name), rest) {
                (Some(commit), []) => it.differs(look, &["HEAD", &commit], &[], Removes::Old),
                (Some(commit), rest) => it.differs(look, &[&commit], rest, Removes::None),
                (None, _) if name == "-" => Err("which branch is meant".to_owned()),
                (None, _) => it.unstaged(look, &operands),
            }
        }
        Git::Stash { paths, untracked, keeps_index } => {
            let paths = names::of(look, deed, paths);
            if *keeps_index {
                it.unstaged(look, &paths)?;
            } else {
                it.differs(look, &["HEAD"], &paths, Removes::New)?;
            }
            it.untracked(look, *untracked, &paths)
        }
        Git::Remove { paths, flags } => {
            let paths = names::of(look, deed, paths);
            let mut args = vec!["rm", "-n", "-q"];
            args.extend(flags.iter().map(String::as_str));
            if it.say(look, &args, &paths).is_err() {
                // git refuses all of it: a folder without -r, a file that was changed.
                return Ok(());
            }
            let text = it.say(look, &["ls-files", "-z", "--full-name"], &paths)?;
            for name in split(&text) {
                look.hit(&it.repo.top.join(name), LossHow::Deletes);
            }
            Ok(())
        }
    }
}

fn clean(look: &mut Look, deed: &Deed, it: &Asked<'_>, args: &[Arg], forced: usize) -> Result<(), String> {
    if forced == 0 && !it.repo.cleans_unforced {
        // git refuses.
        return Ok(());
    }
    let (mut options, mut paths) = (vec!["clean".to_owned(), "-n".to_owned()], Vec::new());
    options.extend((0..forced).map(|_| "-f".to_owned()));
    let mut left = args.iter();
    while let Some(arg) = left.next() {
        match arg.text() {
            Some("--") => {
                paths.extend(left.by_ref().cloned());
            }
            Some("-e" | "--exclude") => {
                options.extend(left.next().and_then(Arg::text).map(|pattern| format!("--exclude={pattern}")));
            }
            Some(text) if text.starts_with("--exclude=") => options.push(text.to_owned()),
            Some(text) if text.len() > 1 && text.starts_with('-') && text[1..].chars().all(|c| "dxX".contains(c)) => {
                options.push(text.to_owned());
            }
            Some(text) if text.starts_with('-') => return Err(format!("its option {text}")),
            _ => paths.push(arg.clone()),
        }
    }
    let paths = names::of(look, deed, &paths);
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let text = it.say(look, &options, &paths)?;
    for line in text.split(|byte| *byte == b'\n') {
        let Some(name) = line.strip_prefix(b"Would remove ") else { continue };
        let name = match name.strip_prefix(b"\"").and_then(|name| name.strip_suffix(b"\"")) {
            Some(quoted) => unescaped(quoted),
            None => name.to_vec(),
        };
        look.hit_tree(&it.folder.join(OsStr::from_bytes(&name)), LossHow::Deletes);
    }
    Ok(())
}
