//! Commands that run other commands: what they run.

use super::code;
use super::options::{self, Spec};
use super::word::{Known, Word};
use super::{Line, Simple, names, runners};

/// What a command runs.
#[derive(Debug)]
pub(super) struct Inner {
    /// The command that runs it, in words.
    pub(super) by: String,
    pub(super) what: What,
}

/// A command that another runs.
#[derive(Debug)]
pub(super) enum What {
    /// As words.
    Words(Vec<Word>),
    /// As a text that a shell reads.
    Code(String),
}

/// A program that takes options, some operands of its own, then a command.
struct Wrapper {
    names: &'static [&'static str],
    spec: Spec,
    /// Operands of its own before the command.
    own: usize,
    /// Whether assignments may stand before the command.
    assigns: bool,
}

const fn wrapper(
    names: &'static [&'static str],
    values: &'static str,
    flags: &'static str,
    long_values: &'static [&'static str],
    long_flags: &'static [&'static str],
) -> Wrapper {
    Wrapper { names, spec: Spec { values, flags, optional: "", long_values, long_flags }, own: 0, assigns: false }
}

impl Wrapper {
    const fn own(self, own: usize) -> Self {
        Self { own, ..self }
    }

    const fn assigns(self) -> Self {
        Self { assigns: true, ..self }
    }
}

const SUDO: [&str; 9] = ["user", "group", "host", "prompt", "chroot", "chdir", "close-from", "role", "type"];
const WRAPPERS: [Wrapper; 37] = [
    wrapper(&["sudo"], "ughpCrtTUDR", "AbEHknPSBNK", &SUDO, &["non-interactive", "preserve-env", "stdin", "set-home"])
        .assigns(),
    wrapper(&["doas"], "uC", "nL", &[], &[]),
    wrapper(
        &["env"],
        "uCS",
        "i0v",
        &["unset", "chdir", "split-string"],
        &[
            "ignore-environment",
            "null",
            "debug",
            "list-signal-handling",
            "block-signal",
            "default-signal",
            "ignore-signal",
        ],
    )
    .assigns(),
    wrapper(
        &["timeout", "gtimeout"],
        "sk",
        "vpf",
        &["signal", "kill-after"],
        &["foreground", "preserve-status", "verbose"],
    )
    .own(1),
    wrapper(
        &["nohup", "setsid", "fakeroot", "unbuffer", "caffeinate", "torsocks", "catchsegv"],
        "",
        "cfwdimsu",
        &[],
        &["fork", "wait", "ctty"],
    ),
    wrapper(&["nice"], "n", "", &["adjustment"], &[]),
    wrapper(&["ssh-agent"], "aEtPO", "cdksD", &[], &[]),
    wrapper(&["screen"], "ceEhpsStTx", "AaBdDmfilLnOqrRUvXw", &[], &[]),
    wrapper(&["sshpass"], "pfdP", "veh", &[], &[]),
    wrapper(&["runcon"], "utrl", "c", &["user", "role", "type", "range"], &["compute"]),
    wrapper(&["ionice"], "cn", "t", &["class", "classdata"], &["ignore"]),
    wrapper(&["chrt"], "TPD", "abdfiorRm", &[], &[]).own(1),
    wrapper(&["taskset"], "", "a", &[], &["all-tasks"]).own(1),
    wrapper(&["stdbuf"], "ioe", "", &["input", "output", "error"], &[]),
    wrapper(&["time"], "fo", "pvaqV", &["format", "output"], &["portability", "verbose", "append", "quiet"]),
    wrapper(
        &["builtin", "coproc", "exec-line-buffered", "rlwrap", "dbus-run-session", "nocorrect", "noglob"],
        "",
        "",
        &[],
        &[],
    ),
    wrapper(&["exec"], "a", "cl", &[], &[]),
    wrapper(&["chroot"], "", "", &["userspec", "groups"], &["skip-chdir"]).own(1),
    wrapper(
        &["unshare"],
        "RwSG",
        "muipnUCTfrc",
        &["root", "wd", "setuid", "setgid"],
        &["mount", "net", "pid", "user", "fork", "map-root-user", "ipc", "uts"],
    ),
    wrapper(&["nsenter"], "tSGrw", "amuinpUCTF", &["target"], &["all", "mount", "net", "pid", "user", "ipc", "uts"]),
    wrapper(
        &["strace", "ltrace"],
        "eopsuPaE",
        "fcCdkqrtTvxyzhi",
        &["output", "trace", "attach"],
        &["follow-forks", "summary"],
    ),
    wrapper(
        &["systemd-run"],
        "uptMHE",
        "dqGrPS",
        &["unit", "property", "slice", "uid", "gid", "setenv"],
        &["user", "scope", "pty", "pipe", "wait", "collect", "quiet"],
    ),
    wrapper(&["xvfb-run"], "efnspw", "al", &["server-args", "server-num"], &["auto-servernum"]),
    wrapper(&["valgrind"], "", "qv", &[], &["quiet", "verbose"]),
    wrapper(&["arch"], "", "", &[], &[]).own(0),
    wrapper(&["busybox", "toybox"], "", "", &[], &[]),
    wrapper(&["pkexec"], "u", "", &["user"], &["disable-internal-agent", "keep-cwd"]),
    wrapper(
        &["setpriv"],
        "",
        "d",
        &[
            "ambient-caps",
            "inh-caps",
            "bounding-set",
            "ruid",
            "euid",
            "rgid",
            "egid",
            "reuid",
            "regid",
            "groups",
            "securebits",
            "pdeathsig",
            "selinux-label",
            "apparmor-profile",
            "landlock-access",
            "landlock-rule",
            "seccomp-filter",
        ],
        &["clear-groups", "keep-groups", "init-groups", "no-new-privs", "nnp", "reset-env", "list-caps", "dump"],
    ),
    wrapper(
        &[
            "firejail",
            "eatmydata",
            "proxychains",
            "proxychains4",
            "tsocks",
            "ccache",
            "systemd-inhibit",
            "run0",
            "linux32",
            "linux64",
        ],
        "",
        "q",
        &[],
        &["quiet", "noprofile", "private", "net"],
    ),
    wrapper(&["runuser"], "ugG", "ls", &["user", "group", "supp-group"], &["login"]),
    wrapper(&["setarch"], "", "BFILRSTXZ3v", &[], &["addr-no-randomize", "verbose"]),
    wrapper(&["prlimit", "numactl"], "pNmCi", "", &["pid"], &["verbose"]),
    wrapper(&["cgexec"], "g", "", &[], &["sticky"]),
    wrapper(&["faketime"], "f", "m", &[], &[]).own(1),
    wrapper(
        &["flock"],
        "wE",
        "sxuneonF",
        &["timeout", "wait", "conflict-exit-code"],
        &["shared", "exclusive", "nonblock", "close", "no-fork"],
    )
    .own(1),
    wrapper(
        &["xargs"],
        "adEILnPs",
        "0rtxop",
        &["arg-file", "delimiter", "max-args", "max-procs", "max-lines", "max-chars", "replace"],
        &["null", "no-run-if-empty", "verbose", "exit", "interactive", "open-tty"],
    ),
    wrapper(&["command"], "", "p", &[], &[]),
];

/// What a command runs, if it runs others; what is not understood about that becomes a doubt.
pub(super) fn inside(simple: &Simple, line: &mut Line) -> Vec<Inner> {
    let Some(name) = simple.name() else { return Vec::new() };
    let args = simple.args();
    match name {
        "find" | "gfind" | "fd" | "fdfind" => find(name, args, line),
        "command" if options::has(args, "vV", &[]) => Vec::new(),
        "bwrap" => sandboxed(name, args, line),
        // Without a user it is `su`, and takes a text.
        "runuser" if !options::has(args, "u", &["user"]) => handed(name, simple, line),
        "setarch" => {
            let spec = WRAPPERS.iter().find(|it| it.names.contains(&name)).map(|it| it.spec);
            let words = spec.map(|spec| runners::behind_machine(args, &spec)).unwrap_or_default();
            vec![Inner { by: name.to_owned(), what: What::Words(words) }]
        }
        _ if WRAPPERS.iter().any(|it| it.names.contains(&name)) => wrapped(name, simple, line),
        _ => handed(name, simple, line),
    }
}

fn handed(name: &str, simple: &Simple, line: &mut Line) -> Vec<Inner> {
    if let Some(words) = runners::inside(name, simple.args(), line) {
        return vec![Inner { by: name.to_owned(), what: What::Words(words) }];
    }
    let code = code::handed(name, simple, line);
    code.into_iter().map(|code| Inner { by: name.to_owned(), what: What::Code(code) }).collect()
}

fn wrapped(name: &str, simple: &Simple, line: &mut Line) -> Vec<Inner> {
    let Some(it) = WRAPPERS.iter().find(|it| it.names.contains(&name)) else { return Vec::new() };
    let read = options::read(simple.args(), &it.spec);
    if let Some(strange) = &read.strange {
        line.doubt(format!("{name} is given an option that is not known: {strange}"));
    }
    if let Some(text) = read.value(&["S", "split-string"]) {
        // It splits the text in a way of its own, and reads on as if its words stood there.
        line.doubt(format!("{name} splits a text into a command"));
        let split = text.text.split_whitespace().map(|word| Word::new(word.replace(['\'', '"'], "")));
        let words = simple.words.first().cloned().into_iter().chain(split).chain(read.rest.iter().cloned());
        return vec![Inner { by: name.to_owned(), what: What::Words(words.collect()) }];
    }
    let (mut rest, mut own) = (read.rest, it.own);
    while let Some((first, after)) = rest.split_first() {
        // To `env` a lone dash is an option.
        if name == "env" && first.text == "-" {
            let again = options::read(after, &it.spec);
            if let Some(strange) = &again.strange {
                line.doubt(format!("{name} is given an option that is not known: {strange}"));
            }
            rest = again.rest;
            continue;
        }
        let assigned =
            first.text.split_once('=').map(|(name, _)| name).filter(|name| it.assigns && names::is_name(name));
        if let Some(name) = assigned {
            line.assigns.push(super::Assign { name: name.to_owned() });
        } else if own > 0 {
            own -= 1;
        } else {
            break;
        }
        rest = after;
    }
    if name == "flock"
        && let [dash_c, code, ..] = rest
        && matches!(dash_c.fixed(), Some("-c" | "--command"))
    {
        return code::known(name, std::slice::from_ref(code), line)
            .into_iter()
            .map(|code| Inner { by: name.to_owned(), what: What::Code(code) })
            .collect();
    }
    let Some(program) = rest.first() else { return Vec::new() };
    let mut words = rest.to_vec();
    match program.fixed() {
        None => line.doubt(format!("{name} runs what is only known when it runs: {}", program.shown())),
        Some(program) if !program.is_ascii() => {
            line.doubt(format!("the program's name holds letters that look like others: {program}"));
        }
        Some(_) => {}
    }
    if name == "xargs" {
        // With `-I` the text that it reads takes the place of a mark in any word; else it goes to the end.
        let mark = read.value(&["I", "replace"]).and_then(Word::fixed).unwrap_or("{}").to_owned();
        let replaces = read.has("I") || read.has("replace");
        for word in &mut words {
            if replaces && !mark.is_empty() && word.text.contains(&mark) {
                word.known = Known::Unknown;
                if word.text.contains(char::is_whitespace) {
                    // For whoever reads the text as a command.
                    word.text = word.text.replace(&mark, "$each");
                }
            }
        }
        if words.first().is_some_and(|program| program.known == Known::Unknown) {
            line.doubt("xargs runs what it reads");
        }
        if !replaces {
            words.push(Word { text: "…".to_owned(), known: Known::Unknown });
        }
    }
    vec![Inner { by: name.to_owned(), what: What::Words(words) }]
}

/// `bwrap`: each of its options takes as many words as it takes.
fn sandboxed(name: &str, args: &[Word], line: &mut Line) -> Vec<Inner> {
    const TWO: [&str; 13] = [
        "--bind",
        "--bind-try",
        "--dev-bind",
        "--dev-bind-try",
        "--ro-bind",
        "--ro-bind-try",
        "--bind-fd",
        "--ro-bind-fd",
        "--symlink",
        "--setenv",
        "--file",
        "--bind-data",
        "--ro-bind-data",
    ];
    const ONE: [&str; 21] = [
        "--args",
        "--chdir",
        "--unsetenv",
        "--proc",
        "--dev",
        "--tmpfs",
        "--mqueue",
        "--dir",
        "--remount-ro",
        "--uid",
        "--gid",
        "--hostname",
        "--argv0",
        "--seccomp",
        "--add-seccomp-fd",
        "--userns",
        "--cap-add",
        "--cap-drop",
        "--perms",
        "--size",
        "--lock-file",
    ];
    const NONE: [&str; 13] = [
        "--unshare-all",
        "--share-net",
        "--unshare-user",
        "--unshare-ipc",
        "--unshare-pid",
        "--unshare-net",
        "--unshare-uts",
        "--unshare-cgroup",
        "--clearenv",
        "--die-with-parent",
        "--new-session",
        "--as-pid-1",
        "--disable-userns",
    ];
    let mut rest = args;
    while let Some((first, after)) = rest.split_first().filter(|(first, _)| first.text.starts_with('-')) {
        let text = first.text.as_str();
        let takes = usize::from(ONE.contains(&text)) + 2 * usize::from(TWO.contains(&text));
        rest = after.get(takes..).unwrap_or_default();
        if text == "--" {
            break;
        }
        if text == "--args" || (takes == 0 && !NONE.contains(&text)) {
            line.doubt(format!("{name} is given an option that is not known: {}", first.shown()));
        }
    }
    let words = rest.to_vec();
    if words.is_empty() { Vec::new() } else { vec![Inner { by: name.to_owned(), what: What::Words(words) }] }
}

/// The commands that `find` runs for what it finds; what it deletes itself counts as `rm`.
fn find(name: &str, args: &[Word], line: &mut Line) -> Vec<Inner> {
    const RUNS: [&str; 4] = ["-exec", "-execdir", "-ok", "-okdir"];
    const FD: [&str; 4] = ["-x", "-X", "--exec", "--exec-batch"];
    let runs = if name.starts_with("fd") { FD } else { RUNS };
    let told = |word: &Word| match name.starts_with("fd") {
        true => !FD.contains(&word.text.as_str()) && (word.text.starts_with("--e") || is_cluster_with(&word.text, 'x')),
        false => word.text.starts_with("-fprint") || word.text == "-fls" || word.text.starts_with("-files0"),
    };
    if args.iter().any(told) {
        line.doubt(format!("{name} may run a command or write a file by an option"));
    }
    let mut found = Vec::new();
    let mut left = args;
    while let Some(at) = left.iter().position(|word| runs.contains(&word.text.as_str())) {
        let words = &left[at + 1..];
        let end = words.iter().position(|word| word.text == ";" || word.text == "+").unwrap_or(words.len());
        let command = words[..end].iter().map(|word| match word.text.contains("{}") {
            true => Word { text: word.text.clone(), known: Known::Unknown },
            false => word.clone(),
        });
        found.push(Inner { by: format!("{name} {}", left[at].text), what: What::Words(command.collect()) });
        left = &words[end..];
    }
    if name.ends_with("find") && args.iter().any(|word| word.text == "-delete") {
        let gone = Word { text: "{}".to_owned(), known: Known::Unknown };
        found.push(Inner { by: format!("{name} -delete"), what: What::Words(vec![Word::new("rm"), gone]) });
    }
    found
}

/// Whether a word is a cluster of letters with one of them, in small or large.
fn is_cluster_with(text: &str, letter: char) -> bool {
    text.starts_with('-') && !text.starts_with("--") && text.to_ascii_lowercase().contains(letter)
}
