//! Whether a command begins with given words: letter by letter where that lets it run, widely where it holds it back.

use super::git;
use super::word::Word;
use super::{Line, Simple};

/// Programs with commands of their own, and their options that take a value before it.
const WITH_COMMANDS: [(&str, &[&str]); 14] = [
    ("cargo", &["--color", "--config", "-Z", "-C", "--manifest-path"]),
    ("npm", &["--prefix", "-w", "--workspace"]),
    ("pnpm", &["-C", "--dir", "--filter", "-F"]),
    ("yarn", &["--cwd"]),
    ("kubectl", &["-n", "--namespace", "--context", "--kubeconfig", "--cluster", "--user", "-s", "--server"]),
    ("docker", &["-H", "--host", "--context", "-c", "--config", "-l"]),
    ("podman", &["--url", "--connection", "--log-level"]),
    ("go", &["-C"]),
    ("gh", &["-R", "--repo"]),
    ("helm", &["-n", "--namespace", "--kube-context"]),
    ("terraform", &[]),
    ("systemctl", &["-H", "-M", "-t"]),
    ("aws", &["--profile", "--region", "--endpoint-url"]),
    ("gcloud", &["--project", "--account"]),
];

impl Simple {
    /// Whether its first words are exactly these: what nothing has to be guessed for.
    #[must_use]
    pub fn begins(&self, prefix: &[String]) -> bool {
        !prefix.is_empty()
            && self.words.len() >= prefix.len()
            && self.words.iter().zip(prefix).all(|(word, wanted)| word.fixed() == Some(wanted))
    }

    /// Whether it could be meant by these words: by the program's name in any folder and any case, with options of its own
    /// before its command, and with the options among the words anywhere.
    #[must_use]
    pub fn could_be(&self, prefix: &[String]) -> bool {
        let Some((program, wanted)) = prefix.split_first() else { return false };
        let last = |path: &str| path.rsplit('/').next().unwrap_or(path).to_lowercase();
        if self.words.first().is_none_or(|word| last(&word.text) != last(program)) {
            return false;
        }
        let args = self.args();
        let (options, names): (Vec<&String>, Vec<&String>) = wanted.iter().partition(|word| word.starts_with('-'));
        let given = |option: &&String| {
            args.iter().any(|word| {
                let text = &word.text;
                text == *option
                    || text.strip_prefix(option.as_str()).is_some_and(|rest| rest.starts_with('='))
                    || in_cluster(text, option)
            })
        };
        let operands: Vec<&Word> = self.operands();
        let spelled =
            operands.len() >= names.len() && operands.iter().zip(&names).all(|(word, name)| word.text == **name);
        options.iter().all(given)
            && (spelled || args.iter().zip(wanted).filter(|(word, name)| word.text == **name).count() == wanted.len())
    }

    /// Its words from its own command on, for programs that have commands; else what does not begin with a dash.
    fn operands(&self) -> Vec<&Word> {
        let args = self.args();
        let rest: &[Word] = match self.name() {
            Some("git") => args.get(git::parts(args).0.len()..).unwrap_or_default(),
            Some(name) => match WITH_COMMANDS.iter().find(|(known, _)| *known == name) {
                Some((_, values)) => {
                    let mut at = 0;
                    while let Some(word) = args.get(at).filter(|word| word.text.starts_with(['-', '+'])) {
                        at += if values.contains(&word.text.as_str()) { 2 } else { 1 };
                    }
                    args.get(at..).unwrap_or_default()
                }
                None => args,
            },
            None => args,
        };
        rest.iter().filter(|word| !word.text.starts_with('-')).collect()
    }
}

/// Whether a cluster of letters holds an option of one letter: `-rf` holds `-f`.
fn in_cluster(text: &str, option: &str) -> bool {
    let letter = option.strip_prefix('-').filter(|letter| letter.chars().count() == 1 && *letter != "-");
    letter.is_some_and(|letter| text.starts_with('-') && !text.starts_with("--") && text.contains(letter))
}

impl Line {
    /// Whether some words are the beginning of a command that runs this one, and go on into the words of it.
    #[must_use]
    pub fn names(&self, prefix: &[String], inner: &Simple) -> bool {
        let runs = |outer: &&Simple| {
            outer.words.len() > inner.words.len()
                && outer.words.ends_with(&inner.words)
                && prefix.len() > outer.words.len() - inner.words.len()
        };
        !inner.through.is_empty() && self.commands.iter().filter(runs).any(|outer| outer.begins(prefix))
    }

    /// The beginning to offer for commands like the one of this line: the program and its command. `None` where no
    /// beginning says enough of what runs, or the line is more than one plain command.
    #[must_use]
    pub fn offered(&self) -> Option<Vec<String>> {
        // What it runs belongs to it, where its beginning names that as well.
        let (simple, inner) = self.commands.split_first()?;
        let offered = self.offered_of(simple)?;
        let is_named = |other: &Simple| !other.through.is_empty() && self.names(&offered, other);
        inner.iter().all(is_named).then_some(offered)
    }

    fn offered_of(&self, simple: &Simple) -> Option<Vec<String>> {
        let quiet = self.doubts.is_empty() && self.harms().iter().all(|harm| harm.kind.is_quiet());
        let writes = self.redirects.iter().any(super::Redirect::writes) || !self.outputs().is_empty();
        if !quiet || writes || !self.assigns.is_empty() {
            return None;
        }
        let program = simple.words.first()?.fixed()?;
        if program.contains('/') || super::harm::is_never_offered(program) {
            return None;
        }
        let command = simple.words.get(1).and_then(Word::fixed).filter(|word| {
            word.starts_with(|c: char| c.is_ascii_alphanumeric())
                && word.chars().all(|c| c.is_ascii_alphanumeric() || "-_:.".contains(c))
        });
        let has_commands =
            program == "git" || WITH_COMMANDS.iter().any(|(known, _)| *known == program) || COMMANDS.contains(&program);
        match (has_commands, command) {
            // A script by name says more than the word that runs it.
            (true, Some(run @ ("run" | "exec" | "x" | "dlx"))) => {
                let script = simple.words.get(2).and_then(Word::fixed).filter(|word| !word.starts_with('-'))?;
                (run == "run").then(|| vec![program.to_owned(), run.to_owned(), script.to_owned()])
            }
            // What they change stands in a file.
            (true, Some("apply" | "am")) if program == "git" => None,
            // What is done with these stands in the next word: `git stash list` looks, `git stash drop` loses.
            (true, Some(command)) if GROUPS.contains(&(program, command)) => {
                let verb = simple.words.get(2).and_then(Word::fixed);
                let verb = verb.filter(|word| word.chars().all(|c| c.is_ascii_lowercase() || c == '-'));
                let verb = verb.filter(|word| word.starts_with(|c: char| c.is_ascii_lowercase()));
                let words = [Some(program), Some(command), verb].into_iter().flatten();
                Some(words.map(str::to_owned).collect())
            }
            (true, Some(command)) => Some(vec![program.to_owned(), command.to_owned()]),
            (true, None) => None,
            (false, _) => PLAIN.contains(&program).then(|| vec![program.to_owned()]),
        }
    }
}

/// Commands that have commands of their own.
const GROUPS: [(&str, &str); 23] = [
    ("git", "stash"),
    ("git", "branch"),
    ("git", "remote"),
    ("git", "worktree"),
    ("git", "submodule"),
    ("git", "bisect"),
    ("git", "reflog"),
    ("git", "notes"),
    ("git", "bundle"),
    ("git", "sparse-checkout"),
    ("git", "lfs"),
    ("git", "maintenance"),
    ("go", "mod"),
    ("go", "tool"),
    ("go", "work"),
    ("npm", "config"),
    ("npm", "cache"),
    ("npm", "pkg"),
    ("uv", "pip"),
    ("uv", "tool"),
    ("uv", "cache"),
    ("poetry", "env"),
    ("dotnet", "tool"),
];
/// More programs with commands of their own.
const COMMANDS: [&str; 18] = [
    "make", "just", "rustup", "dotnet", "mvn", "gradle", "bundle", "rake", "mix", "poetry", "uv", "composer", "swift",
    "zig", "bazel", "cmake", "meson", "ninja",
];
/// Programs whose name alone says what they do: they look, build or test.
const PLAIN: [&str; 35] = [
    "ls",
    "cat",
    "head",
    "tail",
    "wc",
    "grep",
    "rg",
    "tree",
    "pwd",
    "stat",
    "file",
    "diff",
    "cmp",
    "du",
    "df",
    "which",
    "date",
    "uname",
    "whoami",
    "basename",
    "dirname",
    "realpath",
    "cut",
    "uniq",
    "jq",
    "pytest",
    "ruff",
    "mypy",
    "tsc",
    "eslint",
    "prettier",
    "rustfmt",
    "gofmt",
    "shellcheck",
    "ctest",
];
