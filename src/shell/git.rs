//! What git's commands run, lose, and reach.

use super::Line;
use super::harm::Kind;
use super::options::{has, operands};
use super::touch::{How, Touch};
use super::word::{Known, Word};

/// Options of git itself that take a value in the next word.
const VALUES: [&str; 7] = ["-C", "-c", "--git-dir", "--work-tree", "--namespace", "--config-env", "--super-prefix"];
/// Commands of git that talk to another machine.
const NETWORK: [&str; 9] =
    ["push", "fetch", "pull", "clone", "ls-remote", "fetch-pack", "send-pack", "send-email", "archive"];

/// Options of any command that name a program to run.
const OPTIONS: [&str; 8] = [
    "--upload-pack",
    "--receive-pack",
    "--exec",
    "--ext-diff",
    "--open-files-in-pager",
    "--textconv",
    "--extcmd",
    "--gpg-sign-with",
];

/// git's own options, its command, and the arguments of that.
pub(super) fn parts(args: &[Word]) -> (&[Word], Option<&str>, &[Word]) {
    let mut at = 0;
    while let Some(word) = args.get(at).filter(|word| word.text.starts_with('-')) {
        at += if VALUES.contains(&word.text.as_str()) { 2 } else { 1 };
    }
    let at = at.min(args.len());
    let command = args.get(at).and_then(Word::fixed);
    (&args[..at], command, args.get(at + 1..).unwrap_or_default())
}

/// The code that git is told to run, and a doubt for what can't be read.
pub(super) fn runs(args: &[Word], line: &mut Line) -> Option<String> {
    let (own, command, rest) = parts(args);
    let mut code = None;
    for (at, word) in own.iter().enumerate() {
        let value = own.get(at + 1).map(|word| word.text.as_str()).unwrap_or_default();
        if word.text == "-c" || word.text.starts_with("--config-env") {
            line.doubt(format!(
                "sets {} for git, which can make it run other programs",
                value.split('=').next().unwrap_or_default()
            ));
            code = code.or_else(|| value.split_once("=!").map(|(_, code)| code.to_owned()));
        } else if word.text.starts_with("--exec-path=") {
            line.doubt("tells git where its own programs are");
        } else if word.known != Known::Fixed {
            line.doubt("git's options are only known when it runs");
        }
    }
    if own.iter().any(|word| word.text.starts_with("--git-dir") || word.text.starts_with("--work-tree")) {
        line.doubt("points git at another folder");
    }
    // Everything behind one dash may hold such a letter: -O of grep, -x of rebase and difftool, -u of clone.
    let letters = match command {
        Some("grep") => "O",
        Some("rebase" | "difftool") => "x",
        Some("clone") => "uc",
        Some("fetch-pack" | "ls-remote") => "u",
        _ => "",
    };
    if rest.iter().any(|word| names_a_program(&word.text)) || has(rest, letters, &[]) {
        line.doubt("git may run another program by an option");
    }
    if matches!(command, Some("clone" | "init")) && has(rest, "", &["template", "config"]) {
        line.doubt("git takes hooks or settings from what an option names, which can make it run other programs");
    }
    if rest.iter().any(|word| shortens(&word.text, "--output")) {
        line.doubt("git writes to a file by its option --output");
    }
    match (command, rest.first().map(|word| word.text.as_str())) {
        (None, _) => None,
        (Some("bisect"), Some("run")) => super::code::known("git bisect", rest.get(1..)?, line),
        (Some("submodule"), Some("foreach")) => super::code::known(
            "git submodule",
            rest.get(1..)?.iter().filter(|word| word.text != "--recursive").cloned().collect::<Vec<_>>().as_slice(),
            line,
        ),
        (Some("rebase"), _) => {
            let texts = super::writes::told(rest, "CsXS", "x", &["exec"]);
            super::code::each("git rebase", &texts, line)
        }
        (Some("apply" | "am"), _) => {
            if has(rest, "", &["unsafe-paths", "directory"]) {
                line.doubt("git writes where the patch says, also outside the folder");
            }
            None
        }
        (Some("filter-branch" | "filter-repo"), _) => {
            line.doubt("git runs a text for every commit");
            None
        }
        (Some("config"), _) if !has(rest, "l", &["get", "list", "get-all", "get-regexp", "show-origin"]) => {
            let named = rest.iter().filter(|word| !word.text.starts_with('-')).count();
            if named > 1 || has(rest, "e", &["add", "unset", "edit", "replace-all"]) {
                line.doubt("changes git's configuration, which can make it run other programs");
            }
            None
        }
        _ => code,
    }
}

/// Whether a word is an option that names a program, whole or shortened.
fn names_a_program(word: &str) -> bool {
    OPTIONS.iter().any(|option| shortens(word, option))
}

/// Whether a word is a long option, whole or shortened to no less than a letter.
fn shortens(word: &str, option: &str) -> bool {
    let name = word.split('=').next().unwrap_or_default();
    name.len() >= 3 && option.starts_with(name)
}

/// What a command of git may do that matters.
pub(super) fn harms(args: &[Word]) -> Vec<(Kind, String)> {
    let (_, command, rest) = parts(args);
    let Some(command) = command else { return Vec::new() };
    let shown = |words: &[Word]| words.iter().map(Word::shown).collect::<Vec<_>>().join(" ");
    let said = || format!("git {command} {}", shown(rest)).trim_end().to_owned();
    let mut found = Vec::new();
    let forced = has(rest, "f", &["force", "force-with-lease", "force-if-includes", "mirror", "delete", "prune"])
        || has(rest, "d", &[]);
    let plus =
        rest.iter().any(|word| word.text.starts_with('+') || (word.text.starts_with(':') && word.text.len() > 1));
    match command {
        "push" if forced || plus => {
            found.push((Kind::History, format!("may overwrite or delete what is on the other side: {}", said())));
        }
        "rebase" | "filter-branch" | "filter-repo" | "replace" | "fast-import" | "update-ref" => {
            found.push((Kind::History, format!("rewrites history: {}", said())));
        }
        "commit" if has(rest, "", &["amend", "fixup"]) => {
            found.push((Kind::History, format!("rewrites history: {}", said())));
        }
        "reflog" if rest.first().is_some_and(|word| matches!(word.text.as_str(), "expire" | "delete")) => {
            found.push((Kind::History, format!("removes the way back to old commits: {}", said())));
        }
        "gc" | "prune" if has(rest, "", &["prune", "expire", "aggressive"]) || command == "prune" => {
            found.push((Kind::History, format!("removes the way back to old commits: {}", said())));
        }
        "branch" | "tag" if has(rest, "DdMmfC", &["delete", "move", "force"]) => {
            found.push((Kind::History, format!("deletes or moves a name of commits: {}", said())));
        }
        "reset" if has(rest, "", &["hard", "merge", "keep"]) => {
            found.push((Kind::Discards, format!("throws away changes that are not committed: {}", said())));
        }
        "reset" if !rest.is_empty() => found.push((Kind::History, format!("moves the branch: {}", said()))),
        "checkout" | "switch" | "restore" if discards(command, rest) => {
            found.push((Kind::Discards, format!("throws away changes that are not committed: {}", said())));
        }
        "clean" if !has(rest, "n", &["dry-run"]) => {
            found.push((Kind::Deletes, format!("deletes files that git does not know: {}", said())));
        }
        "rm" if !has(rest, "n", &["dry-run", "cached"]) => {
            let paths: Vec<Word> = operands(rest).cloned().collect();
            found.push((Kind::Deletes, format!("deletes {}", shown(&paths))));
        }
        "stash" if rest.first().is_some_and(|word| matches!(word.text.as_str(), "drop" | "clear")) => {
            found.push((Kind::Discards, format!("throws away changes that were set aside: {}", said())));
        }
        "checkout-index" if has(rest, "f", &["force"]) => {
            found.push((Kind::Discards, format!("throws away changes that are not committed: {}", said())));
        }
        "read-tree" if has(rest, "u", &["reset"]) => {
            found.push((Kind::Discards, format!("throws away changes that are not committed: {}", said())));
        }
        "checkout" | "restore" if has(rest, "", &["pathspec-from-file"]) => {
            found.push((Kind::Discards, format!("throws away changes that are not committed: {}", said())));
        }
        "credential" | "credential-store" | "credential-cache" => {
            found.push((Kind::Secrets, format!("works with keys and passwords: {}", said())));
        }
        "remote"
            if rest.first().is_some_and(|word| {
                matches!(word.text.as_str(), "add" | "set-url" | "rename" | "remove" | "rm" | "set-branches")
            }) =>
        {
            found.push((Kind::System, format!("changes where git fetches from and pushes to: {}", said())));
        }
        "worktree" if rest.first().is_some_and(|word| word.text == "remove") => {
            found.push((Kind::Deletes, format!("deletes a work tree: {}", said())));
        }
        _ => {}
    }
    let remote = NETWORK.contains(&command) && (command != "archive" || has(rest, "", &["remote"]));
    let updates = matches!(
        (command, rest.first().map(|word| word.text.as_str())),
        ("remote" | "submodule", Some("update" | "add" | "show" | "prune"))
    );
    if remote || updates {
        found.push((Kind::Network, format!("reaches the network: {}", said())));
    }
    found
}

/// Whether a checkout, switch or restore loses what is not committed.
fn discards(command: &str, rest: &[Word]) -> bool {
    match command {
        "restore" => !has(rest, "S", &["staged"]) || has(rest, "W", &["worktree"]),
        "switch" => has(rest, "f", &["force", "discard-changes"]),
        _ => {
            has(rest, "f", &["force"])
                || rest.iter().any(|word| matches!(word.text.as_str(), "--" | "."))
                || rest.len() > 1 && !has(rest, "bBt", &["orphan", "track"])
        }
    }
}

/// The files that a command of git deletes or rewrites.
pub(super) fn touches(args: &[Word], by: &str) -> Vec<Touch> {
    let (_, command, rest) = parts(args);
    let how = match command {
        Some("clean") if !has(rest, "n", &["dry-run"]) => How::Deletes,
        Some("rm") if !has(rest, "n", &["dry-run", "cached"]) => How::Deletes,
        // A switch names no file: what it throws away is git's to say.
        Some(command @ ("checkout" | "restore")) if discards(command, rest) => How::Rewrites,
        Some("switch") if discards("switch", rest) => {
            return vec![Touch::new(&Word { text: "**".to_owned(), known: Known::Pattern }, How::Rewrites, by)];
        }
        Some("reset") if has(rest, "", &["hard", "merge", "keep"]) => How::Rewrites,
        Some("mv") => How::Moves,
        _ => return Vec::new(),
    };
    let ends = rest.iter().position(|word| word.text == "--");
    let paths: Vec<&Word> = match ends {
        Some(at) => rest[at + 1..].iter().collect(),
        None if command == Some("reset") => Vec::new(),
        None => {
            let from = match command {
                Some("restore") => super::writes::told(rest, "", "s", &["source"]),
                _ => Vec::new(),
            };
            let named = rest.iter().filter(|word| !word.text.starts_with('-') && !from.contains(word));
            let several = command == Some("checkout") && named.clone().count() > 1;
            named
                .enumerate()
                .filter(|(at, word)| !(*at == 0 && several && is_commit(word)))
                .map(|(_, word)| word)
                .collect()
        }
    };
    if paths.is_empty() {
        // All that git knows, or does not know.
        return vec![Touch::new(&Word { text: "**".to_owned(), known: Known::Pattern }, how, by)];
    }
    paths.into_iter().map(|path| Touch::new(path, how, by)).collect()
}

/// Whether a word before the files is surely a commit: another name may be a file as well.
fn is_commit(word: &Word) -> bool {
    let name = word.text.as_str();
    ["HEAD", "@", "FETCH_HEAD", "ORIG_HEAD"]
        .iter()
        .any(|known| name.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with(['~', '^', '@'])))
}
