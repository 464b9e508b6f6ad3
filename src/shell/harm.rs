//! What the commands of a line may do that a person would want to know, in words.

use super::options::{has, operands};
use super::word::{Known, Word};
use super::{Input, Line, Simple, archive, code, git, names};

/// What kind of harm; the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// It writes to a disk or makes a file system.
    Disk,
    /// It runs what it fetches, or what another command writes.
    Piped,
    /// It runs as somebody else.
    Privilege,
    /// It shows secrets.
    Secrets,
    /// It rewrites history, here or on another machine.
    History,
    /// It deletes.
    Deletes,
    /// It throws away what is not committed.
    Discards,
    /// It puts software on the machine, or another one's code into the project.
    Installs,
    /// It talks to other machines.
    Network,
    /// It changes who may read, write or run.
    Permissions,
    /// It ends or commands other programs.
    Processes,
    /// It changes the machine or an account: services, timers, users, containers, clusters.
    System,
    /// It sets variables that change what programs do.
    Variables,
    /// It rewrites or moves files.
    Rewrites,
    /// It runs what is in a file.
    RunsFile,
}

impl Kind {
    /// True where it is what every build does: nothing that has to be warned of.
    #[must_use]
    pub fn is_quiet(self) -> bool {
        matches!(self, Self::RunsFile)
    }
}

/// Something that a line may do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Harm {
    /// What kind.
    pub kind: Kind,
    /// In words, with the command.
    pub what: String,
}

/// Programs that fetch from the network.
pub(super) const FETCHERS: [&str; 14] =
    ["curl", "wget", "fetch", "aria2c", "http", "https", "xh", "lynx", "nc", "ncat", "netcat", "ssh", "scp", "ftp"];
const NETWORK: [&str; 24] = [
    "curl", "wget", "aria2c", "http", "https", "xh", "lynx", "nc", "ncat", "netcat", "ssh", "scp", "sftp", "ftp",
    "telnet", "rsync", "socat", "dig", "nslookup", "ping", "nmap", "openssl", "gh", "mail",
];
const SUPER: [&str; 6] = ["sudo", "doas", "su", "pkexec", "runuser", "nsenter"];
const DISK: [&str; 14] = [
    "dd",
    "mkfs",
    "fdisk",
    "sfdisk",
    "parted",
    "wipefs",
    "mkswap",
    "mount",
    "umount",
    "losetup",
    "cryptsetup",
    "lvremove",
    "hdparm",
    "blkdiscard",
];
const PROCESSES: [&str; 10] =
    ["kill", "pkill", "killall", "xkill", "reboot", "shutdown", "halt", "poweroff", "init", "tmux"];
const SYSTEM: [&str; 22] = [
    "systemctl",
    "service",
    "crontab",
    "at",
    "launchctl",
    "useradd",
    "usermod",
    "userdel",
    "passwd",
    "visudo",
    "iptables",
    "nft",
    "ufw",
    "sysctl",
    "modprobe",
    "insmod",
    "docker",
    "podman",
    "kubectl",
    "helm",
    "terraform",
    "aws",
];
/// Commands of such programs that only look at what is here; with options before them they may look elsewhere.
const LOOKS: [(&str, &[&str]); 3] = [
    ("docker", &["ps", "images", "version", "info", "inspect", "logs", "top", "stats", "port", "diff"]),
    ("podman", &["ps", "images", "version", "info", "inspect", "logs", "top", "stats", "port", "diff"]),
    ("systemctl", &["status", "list-units", "list-unit-files", "list-timers", "is-active", "is-enabled", "is-failed"]),
];
/// Programs that install, and the commands with which they do.
const INSTALLERS: [(&str, &[&str]); 27] = [
    ("apt", &["install", "remove", "purge", "upgrade", "update"]),
    ("apt-get", &["install", "remove", "purge", "upgrade", "update", "dist-upgrade"]),
    ("dnf", &["install", "remove", "update"]),
    ("yum", &["install", "remove", "update"]),
    ("apk", &["add", "del"]),
    ("pacman", &["-S", "-Sy", "-Syu", "-R"]),
    ("brew", &["install", "uninstall", "upgrade", "tap"]),
    ("snap", &["install", "remove"]),
    ("npm", &["install", "i", "ci", "add", "update", "exec", "x", "publish", "uninstall", "link"]),
    ("pnpm", &["install", "i", "add", "update", "dlx", "publish"]),
    ("yarn", &["install", "add", "upgrade", "dlx", "publish"]),
    ("bun", &["install", "i", "add", "x", "update", "publish"]),
    ("npx", &[]),
    ("bunx", &[]),
    ("uvx", &[]),
    ("pip", &["install", "download", "uninstall"]),
    ("pip3", &["install", "download", "uninstall"]),
    ("pipx", &["install", "run", "upgrade"]),
    ("uv", &["add", "sync", "pip", "tool", "publish"]),
    ("poetry", &["add", "install", "update", "publish"]),
    ("gem", &["install", "update", "push"]),
    ("cargo", &["install", "publish", "add", "update", "fetch", "login", "yank"]),
    ("go", &["get", "install"]),
    ("composer", &["install", "require", "update"]),
    ("rustup", &["update", "install", "toolchain", "target", "component"]),
    ("conda", &["install", "create", "update"]),
    ("nix-env", &[]),
];
/// Programs that show keys and passwords.
const KEYS: [&str; 8] = ["security", "secret-tool", "gpg", "pass", "ssh-add", "keyctl", "op", "bw"];

/// Every harm of a line, the worst first, none twice.
pub(super) fn of(line: &Line) -> Vec<Harm> {
    let mut found: Vec<Harm> = line.commands.iter().flat_map(command).collect();
    for assign in line.assigns.iter().filter(|assign| !names::harmless(&assign.name) && changes_programs(&assign.name))
    {
        found.push(harm(Kind::Variables, format!("sets {}, which changes what programs do", assign.name)));
    }
    // Where everything may be meant, git's own words say it better.
    for touch in super::touch::of(line).into_iter().filter(|touch| touch.path.text != "**") {
        let what = match touch.how {
            super::How::Deletes => continue,
            super::How::Moves => format!("moves {}", touch.path.shown()),
            super::How::Rewrites => format!("overwrites {}", touch.path.shown()),
            super::How::Appends => format!("adds to {}", touch.path.shown()),
        };
        found.push(harm(Kind::Rewrites, what));
    }
    for redirect in line.redirects.iter().filter(|redirect| redirect.writes()) {
        if redirect.file.text.starts_with("/dev/sd") || redirect.file.text.starts_with("/dev/nvme") {
            found.push(harm(Kind::Disk, format!("writes to a disk: {}", redirect.file.shown())));
        }
    }
    found.sort();
    found.dedup();
    found
}

fn harm(kind: Kind, what: String) -> Harm {
    Harm { kind, what }
}

/// Variables with which programs find others or are told what to run.
fn changes_programs(name: &str) -> bool {
    const NAMES: [&str; 24] = [
        "PATH",
        "HOME",
        "SHELL",
        "ENV",
        "BASH_ENV",
        "IFS",
        "PS4",
        "PROMPT_COMMAND",
        "CDPATH",
        "EDITOR",
        "VISUAL",
        "PAGER",
        "BROWSER",
        "CC",
        "CXX",
        "LD",
        "MAKEFLAGS",
        "RUSTC",
        "RUSTFLAGS",
        "NODE_OPTIONS",
        "JAVA_TOOL_OPTIONS",
        "LESSOPEN",
        "SHELLOPTS",
        "BASHOPTS",
    ];
    const STARTS: [&str; 17] = [
        "LD_",
        "DYLD_",
        "GIT_",
        "SSH_",
        "PYTHON",
        "PERL",
        "RUBY",
        "NPM_",
        "npm_",
        "CARGO_",
        "RUSTC_",
        "XDG_",
        "BASH_FUNC",
        "SUDO_",
        "GCONV_",
        "_JAVA",
        "TAUT",
    ];
    NAMES.contains(&name) || STARTS.iter().any(|start| name.starts_with(start))
}

fn command(simple: &Simple) -> Vec<Harm> {
    let Some(name) = simple.name() else { return Vec::new() };
    let args = simple.args();
    let shown = || simple.shown();
    let mut found = Vec::new();
    let mut add = |kind: Kind, what: String| found.push(harm(kind, what));
    if matches!(simple.input, Input::Pipe { .. })
        && (code::SHELLS.contains(&name) || code::interprets(name))
        && !code::has_program(simple)
    {
        let network = matches!(simple.input, Input::Pipe { network: true });
        let what = if network { "runs what it downloads" } else { "runs what another command writes" };
        add(Kind::Piped, format!("{what}: … | {}", shown()));
    }
    if SUPER.contains(&name) {
        add(Kind::Privilege, format!("runs as another user: {}", shown()));
    }
    if DISK.contains(&name) || name.starts_with("mkfs.") {
        add(Kind::Disk, format!("works on disks or raw devices: {}", shown()));
    }
    let paths = || operands(args).map(Word::shown).collect::<Vec<_>>().join(" ");
    match name {
        "rm" | "rmdir" | "unlink" | "shred" | "srm" | "trash" => {
            let whole = has(args, "rR", &["recursive"]);
            let given =
                operands(args).all(|word| word.known == Known::Unknown && matches!(word.text.as_str(), "…" | "{}"));
            let what = match (given, whole) {
                (true, _) => {
                    format!("what {} gives it", simple.through.last().map_or("another command", String::as_str))
                }
                (false, true) => format!("{} and all below", paths()),
                (false, false) => paths(),
            };
            add(Kind::Deletes, format!("deletes {what}"));
        }
        "rsync" if has(args, "", &["delete", "delete-after", "remove-source-files"]) => {
            add(Kind::Deletes, format!("deletes: {}", shown()));
        }
        _ if archive::removes(name, args) => add(Kind::Deletes, format!("deletes what it packs: {}", shown())),
        "git" => git::harms(args).into_iter().for_each(|(kind, what)| add(kind, what)),
        "chmod" | "chown" | "chgrp" | "setfacl" | "chattr" | "setcap" => {
            add(Kind::Permissions, format!("changes permissions: {}", shown()));
        }
        "env" | "printenv" | "export" | "declare" | "typeset" | "set"
            if operands(args).next().is_none() && (name != "set" || args.is_empty()) =>
        {
            add(Kind::Secrets, format!("shows the environment, which may hold secrets: {}", shown()));
        }
        "gh" | "docker" | "aws" | "gcloud" | "kubectl"
            if args.iter().any(|word| matches!(word.text.as_str(), "token" | "secret" | "secrets" | "login")) =>
        {
            add(Kind::Secrets, format!("works with secrets: {}", shown()));
        }
        "jq" if args.iter().any(|word| shows_environment(&word.text)) => {
            add(Kind::Secrets, format!("shows the environment, which may hold secrets: {}", shown()));
        }
        "gcloud" | "vault" | "heroku" | "az"
            if args.iter().any(|word| word.text.contains("token") || matches!(word.text.as_str(), "kv" | "read")) =>
        {
            add(Kind::Secrets, format!("works with secrets: {}", shown()));
        }
        "printenv" | "echo" | "printf" if args.iter().any(|word| names_a_secret(name, word)) => {
            add(Kind::Secrets, format!("shows a variable that is likely to hold a secret: {}", shown()));
        }
        _ if KEYS.contains(&name) => add(Kind::Secrets, format!("works with keys and passwords: {}", shown())),
        _ => {}
    }
    if NETWORK.contains(&name) && !stays_here(name, args) {
        add(Kind::Network, format!("reaches the network: {}", shown()));
    }
    if PROCESSES.contains(&name) {
        add(Kind::Processes, format!("ends or commands other programs: {}", shown()));
    }
    if SYSTEM.contains(&name) && !only_looks(name, args) {
        add(Kind::System, format!("works on the machine or an account: {}", shown()));
    }
    let python = name.starts_with("python")
        && (args.windows(3).any(|words| words[0].text == "-m" && words[1].text.starts_with("pip"))
            || args.len() > 1 && args[0].text.starts_with("-mpip"));
    let installs = INSTALLERS.iter().find(|(known, _)| *known == name).is_some_and(|(_, commands)| {
        let unknown = operands(args).next().is_some_and(|word| word.known == Known::Unknown);
        commands.is_empty()
            || unknown
            || operands(args).chain(args.first()).any(|word| commands.contains(&word.text.as_str()))
    });
    if installs || python {
        add(Kind::Installs, format!("installs or publishes, over the network: {}", shown()));
    }
    if let Some(file) = code::file(simple) {
        add(Kind::RunsFile, format!("runs what is in {file}"));
    }
    found
}

/// Whether a program that can reach the network is told nothing that does.
fn stays_here(name: &str, args: &[Word]) -> bool {
    match name {
        "rsync" => {
            let reaches = |word: &Word| word.known == Known::Unknown || word.text.contains(':');
            !args.iter().any(reaches) && !has(args, "e", &["rsh", "daemon", "rsync-path"])
        }
        "openssl" => {
            let local = ["enc", "dgst", "rand", "version", "x509", "req", "genrsa", "genpkey", "rsa", "pkey", "base64"];
            args.first().and_then(Word::fixed).is_some_and(|command| local.contains(&command))
        }
        _ => false,
    }
}

/// Whether a command of a program that works on the machine only looks.
fn only_looks(name: &str, args: &[Word]) -> bool {
    let command = args.first().and_then(Word::fixed);
    let looks = LOOKS.iter().find(|(known, _)| *known == name);
    looks.zip(command).is_some_and(|((_, looks), command)| looks.contains(&command))
}

/// Whether a program of jq's asks for its environment.
fn shows_environment(program: &str) -> bool {
    let words = program.split(|c: char| !(c.is_alphanumeric() || "_.$".contains(c)));
    program.contains("$ENV") || words.into_iter().any(|word| word == "env" || word.starts_with("env."))
}

/// Whether a word is a variable whose name speaks of a secret.
fn names_a_secret(program: &str, word: &Word) -> bool {
    let upper = word.text.to_ascii_uppercase();
    (program == "printenv" || word.text.contains('$'))
        && ["TOKEN", "SECRET", "PASSWORD", "PASSWD", "API_KEY", "ACCESS_KEY", "PRIVATE_KEY", "CREDENTIAL"]
            .iter()
            .any(|it| upper.contains(it))
}

/// Programs of which no beginning says what they would do.
pub(super) fn is_never_offered(program: &str) -> bool {
    SUPER.contains(&program)
        || DISK.contains(&program)
        || PROCESSES.contains(&program)
        || SYSTEM.contains(&program)
        || NETWORK.contains(&program)
        || KEYS.contains(&program)
        || code::SHELLS.contains(&program)
        || code::interprets(program)
        || matches!(program, "rm" | "mv" | "cp" | "find" | "xargs" | "env" | "eval" | "exec" | "sed" | "awk" | "tee")
}
