//! Programs that are told to run a text: shells and interpreters, and the options with which others do so.

use super::options::{self, Spec};
use super::word::Word;
use super::{Input, Line, Simple};

/// Shells whose language is read here.
pub(super) const SHELLS: [&str; 9] = ["sh", "bash", "dash", "zsh", "ksh", "ash", "mksh", "rbash", "yash"];
/// Interpreters of other languages, and the options that give them a text to run.
const INTERPRETERS: [(&str, &[&str]); 21] = [
    ("python", &["-c"]),
    ("perl", &["-e", "-E", "-n", "-p"]),
    ("ruby", &["-e"]),
    ("node", &["-e", "--eval", "-p", "--print", "-r", "--require", "--import"]),
    ("nodejs", &["-e", "--eval", "-p", "--print"]),
    ("deno", &["eval"]),
    ("bun", &["-e", "--eval"]),
    ("php", &["-r", "-R", "-B", "-E"]),
    ("lua", &["-e"]),
    ("luajit", &["-e"]),
    ("tclsh", &[]),
    ("Rscript", &["-e"]),
    ("osascript", &["-e"]),
    ("fish", &["-c", "--command"]),
    ("pwsh", &["-c", "-Command", "-EncodedCommand"]),
    ("csh", &["-c"]),
    ("tcsh", &["-c"]),
    ("nu", &["-c"]),
    ("elvish", &["-c"]),
    ("ghci", &["-e"]),
    ("emacs", &["--eval", "--batch", "-f"]),
];
const BASH: Spec = Spec {
    values: "oO",
    flags: "cilrsvxeuhmnabfkptBCDEHP",
    optional: "",
    long_values: &["rcfile", "init-file"],
    long_flags: &["login", "norc", "noprofile", "posix", "restricted", "verbose", "noediting"],
};
const SSH: Spec = Spec {
    values: "bcDEeFIiJLlmOopQRSWw",
    flags: "46AaCfGgKkMNnqsTtVvXxYy",
    optional: "",
    long_values: &[],
    long_flags: &[],
};
const WATCH: Spec = Spec {
    values: "nq",
    flags: "bdegptcxrwC",
    optional: "",
    long_values: &["interval"],
    long_flags: &["beep", "differences", "errexit", "chgexit", "no-title", "color", "exec", "precise"],
};

/// The text that a shell is told to run; a doubt where it is not known letter by letter. Then what is written there is read as
/// well: the commands in it that are known may be such as a rule denies.
pub(super) fn known(by: &str, words: &[Word], line: &mut Line) -> Option<String> {
    if words.iter().any(|word| word.fixed().is_none()) {
        line.doubt(format!("{by} runs a text that is only known when it runs"));
    }
    Some(words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")).filter(|text| !text.is_empty())
}

/// The texts that a program is told to run one by one.
pub(super) fn each(by: &str, words: &[Word], line: &mut Line) -> Option<String> {
    let texts = words.iter().filter_map(|word| known(by, std::slice::from_ref(word), line));
    Some(texts.collect::<Vec<_>>().join("\n")).filter(|text| !text.is_empty())
}

/// The texts in bash's language that a program is handed, and a doubt for what it is handed in any other.
pub(super) fn handed(name: &str, simple: &Simple, line: &mut Line) -> Option<String> {
    let args = simple.args();
    match name {
        _ if SHELLS.contains(&name) => shell(name, simple, line),
        "eval" => known(name, args, line),
        "trap" => known(name, args.get(..1)?, line).filter(|code| code != "-"),
        "ssh" => ssh(simple, line),
        "capsh" | "sg" | "nix-shell" | "mosh" | "autossh" => {
            let texts = super::writes::told(args, "", "c", &["run", "command"]);
            line.doubt(format!("{name} runs another command"));
            each(name, &texts, line)
        }
        "su" | "script" | "runuser" => {
            let texts = super::writes::told(args, "sgwGITBOEmo", "c", &["command", "session-command"]);
            if texts.is_empty() {
                line.doubt(format!("{name} opens a shell"));
            }
            each(name, &texts, line)
        }
        "watch" => {
            let read = options::read(args, &WATCH);
            if let Some(strange) = &read.strange {
                line.doubt(format!("watch is given an option that is not known: {strange}"));
            }
            known(name, read.rest, line)
        }
        "parallel" | "sem" | "entr" | "hyperfine" => {
            line.doubt(format!("{name} puts what it reads into a command"));
            // Which of its options take a value is not known: the command begins at one of the words behind them.
            let begins = args.iter().position(|word| !word.text.starts_with('-'))?;
            let ends = args.iter().position(|word| word.text.starts_with(":::")).unwrap_or(args.len());
            let words = args.get(begins..ends)?;
            let takes = begins > 0 && words.len() > 1;
            let all = [Some(words), words.get(1..).filter(|_| takes)];
            let texts: Vec<String> = all.into_iter().flatten().filter_map(|words| known(name, words, line)).collect();
            Some(texts.join("\n")).filter(|text| !text.is_empty())
        }
        "awk" | "gawk" | "mawk" | "nawk" => {
            awk(name, args, line);
            None
        }
        "sed" | "gsed" => {
            super::sed::doubt(args, line);
            None
        }
        "source" | "." => {
            line.doubt(format!("runs what is in {}", args.first().map_or_else(String::new, Word::shown)));
            None
        }
        "alias" | "enable" | "hash" | "shopt" | "set" | "bind" | "complete" | "mapfile" | "readarray" | "history"
        | "fc" => {
            if !args.is_empty() {
                line.doubt(format!("{name} can change what other commands mean"));
            }
            None
        }
        _ if super::sets::builtin(name, args, line) => None,
        "git" => super::git::runs(args, line),
        _ => {
            other(name, simple, line);
            None
        }
    }
}

fn shell(name: &str, simple: &Simple, line: &mut Line) -> Option<String> {
    let mut read = options::read(simple.args(), &BASH);
    // `+x` takes an option away, and `+o name` one that has a name.
    while let Some((first, after)) = read.rest.split_first().filter(|(first, _)| first.text.starts_with('+')) {
        let named = usize::from(first.text.ends_with(['o', 'O']));
        let next = options::read(after.get(named..).unwrap_or_default(), &BASH);
        read.given.extend(next.given);
        read.strange = read.strange.or(next.strange);
        read.rest = next.rest;
    }
    if let Some(strange) = &read.strange {
        line.doubt(format!("{name} is given an option that is not known: {strange}"));
    }
    if read.has("rcfile") || read.has("init-file") {
        line.doubt(format!("{name} runs a file before all else"));
    }
    if read.has("c") {
        return known(name, read.rest.get(..1)?, line);
    }
    match read.rest.first() {
        Some(file) if !read.has("s") && !matches!(file.fixed(), Some("-" | "/dev/stdin")) => {
            if file.fixed().is_none() || file.text.starts_with("/dev/") || file.text.starts_with("/proc/") {
                line.doubt(format!("{name} runs what is only known when it runs"));
            }
            None
        }
        _ => input(name, simple, line),
    }
}

/// What a shell reads from its input.
fn input(name: &str, simple: &Simple, line: &mut Line) -> Option<String> {
    match &simple.input {
        Input::Text(Some(text)) => return Some(text.clone()),
        Input::Text(None) => line.doubt(format!("{name} runs a text that is only known when it runs")),
        Input::Pipe { .. } => line.doubt(format!("{name} runs whatever is piped into it")),
        Input::File(file) => line.doubt(format!("{name} runs what is in {}", file.shown())),
        Input::Inherited => line.doubt(format!("{name} reads commands from its input")),
    }
    None
}

fn ssh(simple: &Simple, line: &mut Line) -> Option<String> {
    let read = options::read(simple.args(), &SSH);
    if let Some(strange) = &read.strange {
        line.doubt(format!("ssh is given an option that is not known: {strange}"));
    }
    other("ssh", simple, line);
    match read.rest.get(1..) {
        Some([]) | None => match &simple.input {
            Input::Text(Some(text)) => Some(text.clone()),
            Input::Inherited if read.rest.is_empty() => None,
            _ => {
                line.doubt("what runs on the other machine is not known");
                None
            }
        },
        Some(words) => known("ssh", words, line),
    }
}

/// An awk program may run others: one that holds none of the signs with which it does is harmless.
fn awk(name: &str, args: &[Word], line: &mut Line) {
    const SPEC: Spec = Spec {
        values: "Fv",
        flags: "",
        optional: "",
        long_values: &["field-separator", "assign"],
        long_flags: &["posix"],
    };
    let read = options::read(args, &SPEC);
    let program = read.rest.first().and_then(Word::fixed);
    let plain = |text: &str| {
        !["system", "getline", "|", ">", "@", "ENVIRON", "PROCINFO"].iter().any(|sign| text.contains(sign))
    };
    if read.strange.is_some() || !program.is_some_and(plain) {
        line.doubt(format!("{name}'s program may run other commands or write files"));
    }
}

/// Interpreters, and programs with options that run something.
fn other(name: &str, simple: &Simple, line: &mut Line) {
    let args = simple.args();
    // python3.12 is a python.
    let base = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    if let Some((_, options)) =
        INTERPRETERS.iter().find(|(known, _)| *known == name || (*known == base && base != name))
    {
        // Options with values stand between: a later word that only looks like one of them is doubted as well.
        let told = args.iter().any(|word| options.iter().any(|option| super::tells::gives(&word.text, option)));
        let file = args.iter().find(|word| !word.text.starts_with('-'));
        if told {
            line.doubt(format!("{name} runs a text in a language that is not read here"));
        } else if args.iter().any(|word| word.text == "-")
            || (file.is_none() && !args.iter().any(|word| word.text.starts_with("--")) && !asks_version(name, args))
        {
            line.doubt(format!("{name} runs what it reads from its input"));
        } else if file.is_some_and(|file| file.fixed().is_none()) {
            line.doubt(format!("{name} runs what is only known when it runs"));
        }
    }
    super::tells::doubt(name, args, line);
}

/// Whether an interpreter is asked for its version, and for nothing else: to Python `-v` is something else.
fn asks_version(name: &str, args: &[Word]) -> bool {
    let flag = if name.starts_with("python") { "-V" } else { "-v" };
    matches!(args, [only] if only.text == flag)
}

/// Whether a program is an interpreter of another language.
pub(super) fn interprets(name: &str) -> bool {
    let base = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    INTERPRETERS.iter().any(|(known, _)| *known == name || *known == base)
}

/// Whether a shell or interpreter is given what to run as an argument, so that it does not run what it reads.
pub(super) fn has_program(simple: &Simple) -> bool {
    let args = simple.args();
    let reads = args.iter().any(|word| matches!(word.text.as_str(), "-" | "-s" | "/dev/stdin"));
    let told = args
        .iter()
        .any(|word| word.text.starts_with("-c") || word.text.starts_with("-e") || word.text.starts_with("-m"));
    !reads && (told || args.iter().any(|word| !word.text.starts_with('-')))
}

/// The file whose content a command runs, where it names one.
pub(super) fn file(simple: &Simple) -> Option<String> {
    let name = simple.name()?;
    let args = simple.args();
    let first = || args.iter().find(|word| !word.text.starts_with('-')).map(Word::shown);
    match name {
        "make" | "gmake" => Some("a Makefile".to_owned()),
        "just" => Some("a justfile".to_owned()),
        "npm" | "pnpm" | "yarn" | "bun" if first().is_some() => Some("package.json".to_owned()),
        "source" | "." => first(),
        _ if SHELLS.contains(&name) || interprets(name) => {
            let cluster = |text: &str| SHELLS.contains(&name) && text.starts_with('-') && text.contains('c');
            let told = args.iter().any(|word| {
                ["-c", "-e", "-m", "-s", "--eval", "-v", "-V", "--version"].contains(&word.text.as_str())
                    || cluster(&word.text)
                    || (name.starts_with("python") && word.text.starts_with("-m"))
            });
            if told { None } else { first() }
        }
        _ => simple
            .words
            .first()?
            .fixed()
            .filter(|program| program.contains('/') && !program.starts_with("/usr/") && !program.starts_with("/bin/"))
            .map(str::to_owned),
    }
}
