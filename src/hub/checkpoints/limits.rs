//! What can't be taken back, in words: a checkpoint holds files, and nothing else of the world.

use crate::policy;
use crate::shell::{self, Kind, Line};
use crate::state::spans::Span;
use crate::text;
use std::path::Path;

/// Things of one undo that are told.
const MOST: usize = 32;

/// Cells of a command that was left running.
const LEFT: usize = 60;

/// What steps did that no checkpoint holds, `stays` first.
pub(super) fn cannot(meant: &[&Span], stays: Option<String>, root: &Path) -> Vec<String> {
    let mut told: Vec<String> = stays.into_iter().collect();
    let mut tell = |what: String| {
        if !told.contains(&what) {
            told.push(what);
        }
    };
    for span in meant {
        for claim in &span.claims {
            if is_outside(claim, root) {
                tell(format!("outside the workspace (step {}): {claim}", span.number));
            }
        }
        let Some(command) = &span.command else { continue };
        let line = shell::read(command);
        for harm in line.harms() {
            if reaches_out(harm.kind) {
                tell(format!("step {}: {}", span.number, harm.what));
            }
        }
        let goes = line.commands.iter().any(|simple| matches!(simple.name(), Some("cd" | "pushd" | "popd")));
        if goes {
            elsewhere(span, command, &line, root, &mut tell);
        }
        for touch in line.touches() {
            // A name that is no text lies somewhere all the same.
            let base = touch.base().map(str::to_owned).or_else(|| touch.path.lossy());
            match base {
                // Where it begins is not where it is then.
                Some(path) if goes && !path.starts_with(['/', '~']) => {}
                Some(path) if is_outside(&path, root) => {
                    tell(format!("outside the workspace (step {}): {}", span.number, touch.path.shown()));
                }
                Some(_) => {}
                None => tell(format!("step {}: where {} lies is not known", span.number, touch.path.shown())),
            }
        }
        if !line.doubts.is_empty() {
            tell(format!("step {}: what it did beside files is not known ({})", span.number, line.doubts.join("; ")));
        }
        for left in &line.left {
            let left = text::middle(left.lines().next().unwrap_or_default(), LEFT);
            tell(format!("step {}: `{left}` was left running with &: that does not end it", span.number));
        }
        for name in unknown(&line) {
            tell(format!("step {}: what `{name}` did beside files is not known", span.number));
        }
    }
    let more = told.len().saturating_sub(MOST);
    told.truncate(MOST);
    if more > 0 {
        told.push(format!("and {more} more"));
    }
    for span in meant.iter().filter(|span| !span.beside.is_empty() && span.claims.is_empty()).take(MOST) {
        told.push(format!(
            "step {} ran beside others: a change that none of them names can't be told apart, and is taken back with it",
            span.number
        ));
    }
    told
}

/// Tells what a line that goes to other folders may have written, deleted or made outside of the workspace by relative names:
/// where each of its commands runs is not told apart. A name that changed in the workspace was that one.
fn elsewhere(span: &Span, command: &str, line: &Line, root: &Path, tell: &mut impl FnMut(String)) {
    let told: Vec<String> = line.touches().iter().filter_map(|touch| touch.base().map(str::to_owned)).collect();
    let (step, home) = (span.number, std::env::var("HOME").unwrap_or_default());
    let name = |path: &str| Path::new(path).file_name().map(std::ffi::OsStr::to_owned);
    let is_within = |path: &str| span.paths.iter().any(|changed| name(changed) == name(path));
    for path in policy::written(command, &root.to_string_lossy(), &home) {
        if is_outside(&path, root) && !path.starts_with("/dev/") && !told.contains(&path) && !is_within(&path) {
            tell(format!("outside the workspace (step {step}): {path}"));
        }
    }
    for simple in line.commands.iter().filter(|simple| matches!(simple.name(), Some("cd" | "pushd"))) {
        if let Some(to) = simple.args().first().filter(|to| to.fixed().is_none()) {
            tell(format!("step {step}: where `cd {}` leads is not known, nor what it did there", to.shown()));
        }
    }
}

/// Programs that change files and nothing else of the world, or nothing at all; and those that run others, which are looked at
/// by themselves.
const FILES_ALONE: [&str; 78] = [
    "[",
    "base64",
    "basename",
    "bash",
    "builtin",
    "cat",
    "cd",
    "chgrp",
    "chmod",
    "chown",
    "cmp",
    "comm",
    "command",
    "cp",
    "cut",
    "date",
    "diff",
    "dirname",
    "du",
    "echo",
    "egrep",
    "env",
    "exit",
    "export",
    "false",
    "fgrep",
    "file",
    "find",
    "fold",
    "grep",
    "gunzip",
    "gzip",
    "head",
    "id",
    "install",
    "jq",
    "ln",
    "ls",
    "mkdir",
    "mktemp",
    "mv",
    "nice",
    "nl",
    "patch",
    "printf",
    "pwd",
    "readlink",
    "realpath",
    "rg",
    "rm",
    "rmdir",
    "sed",
    "seq",
    "set",
    "sh",
    "sha256sum",
    "shuf",
    "sleep",
    "sort",
    "split",
    "stat",
    "tac",
    "tail",
    "tar",
    "tee",
    "test",
    "time",
    "timeout",
    "touch",
    "tr",
    "true",
    "truncate",
    "uniq",
    "unzip",
    "wait",
    "wc",
    "xargs",
    "zip",
];

/// What git does to files, the index and HEAD, of which is told apart; everything else changes more of a repository.
const GIT_FILES: [&str; 22] = [
    "add",
    "apply",
    "blame",
    "checkout",
    "clean",
    "commit",
    "diff",
    "grep",
    "init",
    "log",
    "ls-files",
    "merge-base",
    "mv",
    "reset",
    "restore",
    "rev-parse",
    "rm",
    "show",
    "status",
    "switch",
    "describe",
    "cat-file",
];

/// Programs of a line of which nobody knows what they do beside files. What is told as a harm is known.
fn unknown(line: &Line) -> Vec<String> {
    let harms = line.harms();
    let mut names = Vec::new();
    for command in &line.commands {
        let Some(name) = command.name() else { continue };
        let name = match name {
            "git" => match command.git_command() {
                Some(verb) if GIT_FILES.contains(&verb) => continue,
                Some(verb) => format!("git {verb}"),
                None => continue,
            },
            name if FILES_ALONE.contains(&name) => continue,
            name => name.to_owned(),
        };
        let is_told = harms.iter().any(|harm| reaches_out(harm.kind) && harm.what.contains(&name));
        if !is_told && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// What a step did outside of files.
fn reaches_out(kind: Kind) -> bool {
    match kind {
        Kind::Disk
        | Kind::Piped
        | Kind::Privilege
        | Kind::History
        | Kind::Installs
        | Kind::Network
        | Kind::Processes
        | Kind::System => true,
        Kind::Secrets
        | Kind::Deletes
        | Kind::Discards
        | Kind::Permissions
        | Kind::Variables
        | Kind::Rewrites
        | Kind::RunsFile => false,
    }
}

pub(super) fn is_outside(path: &str, root: &Path) -> bool {
    let full = root.join(path.strip_prefix("~/").map_or(path, |_| "/"));
    let mut depth: Vec<&std::ffi::OsStr> = Vec::new();
    for part in full.components() {
        match part {
            std::path::Component::ParentDir => drop(depth.pop()),
            std::path::Component::Normal(name) => depth.push(name),
            std::path::Component::RootDir | std::path::Component::CurDir | std::path::Component::Prefix(_) => {}
        }
    }
    let inside = root.components().filter_map(|part| match part {
        std::path::Component::Normal(name) => Some(name),
        _ => None,
    });
    !inside.enumerate().all(|(at, name)| depth.get(at) == Some(&name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::CallId;

    fn of(command: &str) -> Vec<String> {
        let span = Span { call: CallId("c".into()), number: 3, command: Some(command.to_owned()), ..Span::default() };
        cannot(&[&span], None, Path::new("/home/me/work"))
    }

    #[test]
    fn what_goes_out_is_named_and_what_stays_in_files_is_not() {
        assert_eq!(of("rm -rf build && sed -i s/a/b/ src/a.rs > log"), [""; 0]);
        assert!(of("git push origin main")[0].contains("git push"), "{:?}", of("git push origin main"));
        assert!(of("curl -X POST https://example.org")[0].starts_with("step 3"));
        assert!(of("rm ../other/file")[0].starts_with("outside the workspace (step 3)"));
        assert!(of("rm -rf /var/lib/x")[0].contains("/var/lib/x") && of("kill -9 77").len() == 1);
        assert_eq!(of("rm /home/me/work/a ./b c/../d"), [""; 0]);
        assert_eq!(
            of("psql -c 'drop table x' && make"),
            ["step 3: what `psql` did beside files is not known", "step 3: what `make` did beside files is not known"]
        );
        assert_eq!(of("git -C . tag v1"), ["step 3: what `git tag` did beside files is not known"]);
        assert_eq!(of("git add a && git commit -m b && env A=b nice ls"), [""; 0]);
        assert_eq!(of(r"rm $'bad\xff'"), [""; 0], "it is no text, and lies in the workspace");
        assert!(of(r"rm ../$'bad\xff'")[0].starts_with("outside the workspace"));
        let left = "step 3: `python3 -m http.server` was left running with &: that does not end it";
        assert!(of("python3 -m http.server & echo x > f").contains(&left.to_owned()));
        assert_eq!(of("sleep 9 & echo x; wait"), [""; 0], "it was waited for");
        assert_eq!(of("(sleep 9; true) & sleep $((6 & 3))").len(), 1);
        assert_eq!(of("sed -i s/^5$/five/ f"), [""; 0]);
        for (command, named) in [
            ("echo a > f; cd ..; echo z > out/z", "/home/me/out/z"),
            ("cd ../out && touch t1 && rm z", "/home/me/out/t1"),
            ("cd ../out && touch t1 && rm z", "/home/me/out/z"),
            ("echo e > f; (cd ../out; echo q > q)", "/home/me/out/q"),
            ("cd .. && mkdir out/dd", "/home/me/out/dd"),
        ] {
            let named = format!("outside the workspace (step 3): {named}");
            assert!(of(command).contains(&named), "{command}: {:?}", of(command));
        }
        let inside = Span {
            command: Some("cd src && echo x > ../f && cd .. && rm g".to_owned()),
            paths: vec!["f".to_owned(), "g".to_owned()],
            ..Span::default()
        };
        assert_eq!(cannot(&[&inside], None, Path::new("/home/me/work")), [""; 0], "that is inside");
        assert!(of("cd \"$X\" && rm z").iter().any(|told| told.contains("where `cd $X` leads is not known")));
        assert!(of("rm $there").iter().any(|told| told.contains("where $there lies is not known")));
    }
}
