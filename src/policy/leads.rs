//! Where a command line leads: the folders in which it may run, what its words name there, and, where the hub has looked,
//! what stands behind links. What is named and where that leads must both be covered to let something run; one of the two
//! is enough to hold it back.

use super::call::Context;
use super::command::brief;
use super::place::{Spot, joined};
use super::sensitive::{self, Kind as Sensitive};
use crate::shell::{Known, Line, Simple, Word};
use std::collections::BTreeSet;

/// Builtins that evaluate the subscripts of names that they are given, commands in them included.
const SUBSCRIPTS: [&str; 10] = ["test", "[", "unset", "read", "printf", "declare", "typeset", "local", "export", "let"];

/// Places of one line that are looked at; a line that names more is not understood.
const MOST_PLACES: usize = 200;
/// Folders in which a line may run.
const MOST_BASES: usize = 8;
/// Programs that only print their arguments.
pub(super) const PRINTS: [&str; 5] = ["echo", "printf", "true", "false", ":"];
/// Programs that only look at the files that they name.
pub(super) const LOOKS: [&str; 20] = [
    "ls", "cat", "head", "tail", "wc", "grep", "egrep", "fgrep", "rg", "tree", "stat", "file", "diff", "cmp", "less",
    "more", "du", "cd", "test", "[",
];
/// Programs that do something with the files that they name, and take nothing else for an operand.
const TAKES: [&str; 42] = [
    "pushd",
    "cp",
    "mv",
    "ln",
    "install",
    "rm",
    "rmdir",
    "unlink",
    "touch",
    "mkdir",
    "chmod",
    "chown",
    "truncate",
    "tee",
    "source",
    ".",
    "sed",
    "awk",
    "sort",
    "uniq",
    "cut",
    "nl",
    "tac",
    "od",
    "xxd",
    "hexdump",
    "strings",
    "base64",
    "sha256sum",
    "shred",
    "gzip",
    "gunzip",
    "zcat",
    "xz",
    "zip",
    "unzip",
    "tar",
    "rsync",
    "scp",
    "find",
    "readlink",
    "realpath",
];
/// Programs that write into what stands in the folder that they are given, under the names of what they are given.
const FILLS: [&str; 4] = ["cp", "install", "rsync", "scp"];
/// Programs whose first operand is a pattern or a program of their own, and no file.
const PATTERNS: [&str; 12] = ["grep", "egrep", "fgrep", "rg", "ag", "ack", "awk", "gawk", "mawk", "sed", "gsed", "jq"];
/// Where the system's own programs are.
const SYSTEM: [&str; 8] = [
    "/bin/",
    "/sbin/",
    "/usr/bin/",
    "/usr/sbin/",
    "/usr/local/bin/",
    "/opt/homebrew/bin/",
    "/snap/bin/",
    "/nix/store/",
];

/// What a line names.
#[derive(Debug, Default)]
pub(super) struct Leads {
    /// The folders in which a command of it may run.
    pub(super) bases: Vec<String>,
    /// Every place that its words name, and where those lead.
    pub(super) spots: Vec<Spot>,
    /// What may be a place.
    pub(super) aliases: Vec<Spot>,
    /// What it deletes, moves or rewrites.
    pub(super) taken: Vec<Spot>,
    /// What it redirects to, and what its commands are told to write to.
    pub(super) outs: Vec<Spot>,
    /// What it makes, or only touches.
    pub(super) made: Vec<Spot>,
    /// The sensitive files among them.
    pub(super) sensitive: BTreeSet<(Sensitive, String)>,
    /// What is not understood.
    pub(super) doubts: Vec<String>,
    /// What is known only when it runs.
    pub(super) open: Vec<String>,
    /// Every path, as it is asked of the disk.
    pub(super) names: BTreeSet<String>,
}

/// A word that names something.
struct Named {
    word: Word,
    how: Use,
}

/// What a word is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    /// It is the program.
    Program,
    /// A file is only looked at.
    Looked,
    /// Something is done with it.
    Done,
    /// It may be a file, of a program that takes other words too.
    Perhaps,
}

/// A path, and where it leads.
struct Seen {
    named: Spot,
    /// Where that is elsewhere.
    real: Option<Spot>,
    stands: bool,
}

impl Leads {
    /// What a line names that begins in a folder.
    pub(super) fn of(line: &Line, base: &str, ctx: &Context) -> Self {
        let mut leads = Self::default();
        let goes = line.commands.iter().filter(|simple| matches!(simple.name(), Some("cd" | "pushd" | "popd"))).count();
        // Where it goes first of all, and nowhere else, all of it runs there.
        let straight = !line.enters.is_empty() && goes == line.enters.len();
        if straight {
            leads.enters(&line.enters, base, ctx);
        } else {
            leads.goes(&line.commands, base, ctx);
        }
        let named = leads.words(line, straight);
        if named.len() > MOST_PLACES {
            leads.doubts.push("the command names more than can be judged".to_owned());
        }
        let bases = leads.bases.clone();
        for (named, base) in named.iter().take(MOST_PLACES).flat_map(|it| bases.iter().map(move |base| (it, base))) {
            leads.place(named, base, ctx);
        }
        leads.written(line, &bases, ctx);
        leads
    }

    /// The one folder in which a line runs that begins with going there.
    fn enters(&mut self, folders: &[Word], base: &str, ctx: &Context) {
        let mut at = base.to_owned();
        for word in folders {
            self.place(&Named { word: word.clone(), how: Use::Looked }, &at, ctx);
            at = Spot::of(&word.text, &at, ctx).full;
        }
        self.bases = vec![at];
    }

    /// The folders in which a command of the line may run: where it begins, and wherever it goes from any of them.
    fn goes(&mut self, commands: &[Simple], base: &str, ctx: &Context) {
        let mut bases = vec![base.to_owned()];
        for simple in commands.iter().filter(|simple| matches!(simple.name(), Some("cd" | "pushd"))) {
            let to = simple.args().iter().find(|word| !word.text.starts_with('-') || word.text == "-");
            match to.map(|word| (word, word.fixed())) {
                None => {
                    bases.push(ctx.home.clone());
                    self.doubts.push("goes to the home folder".to_owned());
                }
                Some((_, Some(path))) if path != "-" && bases.len() < MOST_BASES => {
                    let next: Vec<String> = bases.iter().map(|base| Spot::of(path, base, ctx).full).collect();
                    for one in next {
                        if !bases.contains(&one) {
                            bases.push(one);
                        }
                    }
                }
                Some((word, _)) => {
                    self.doubts.push(format!("goes to a folder that is not known: {}", brief(&word.shown())));
                }
            }
        }
        self.bases = bases;
    }

    /// Every word that may name a place.
    fn words(&mut self, line: &Line, straight: bool) -> Vec<Named> {
        let mut named: Vec<Named> = Vec::new();
        for simple in &line.commands {
            let name = simple.name().unwrap_or_default();
            if let Some(program) = simple.words.first().filter(|word| word.text.contains('/'))
                && !SYSTEM.iter().any(|folder| program.text.starts_with(folder))
            {
                named.push(Named { word: program.clone(), how: Use::Program });
            }
            if PRINTS.contains(&name) || (straight && name == "cd") {
                continue;
            }
            let how = match name {
                "test" | "[" => Use::Perhaps,
                _ if LOOKS.contains(&name) => Use::Looked,
                _ if TAKES.contains(&name) => Use::Done,
                _ => Use::Perhaps,
            };
            let mut skipped = !PATTERNS.contains(&name) || is_told(simple.args());
            for word in simple.args() {
                if !skipped && !word.text.starts_with('-') {
                    skipped = true;
                    continue;
                }
                // A pattern stands for whatever fits it by then: a file among them that a rule guards is not seen here.
                if word.known != Known::Fixed {
                    self.open.push(word.shown());
                }
                if SUBSCRIPTS.contains(&name) && word.text.contains('[') && word.text.contains(['$', '`']) {
                    self.doubts.push(format!("{} may run a command in a subscript", brief(&word.shown())));
                }
                named.push(Named { word: word.clone(), how });
            }
        }
        for redirect in &line.redirects {
            let how = if redirect.writes() { Use::Done } else { Use::Looked };
            named.push(Named { word: redirect.file.clone(), how });
        }
        named
    }

    /// What a path is and where it leads, from a folder.
    fn seen(&mut self, path: &str, base: &str, ctx: &Context) -> Seen {
        let at = joined(path, base, ctx);
        let (named, led) = (Spot::of(path, base, ctx), ctx.led.get(&at));
        self.names.insert(at);
        let real = led.and_then(|led| led.real.as_ref()).filter(|real| **real != named.full);
        if led.is_some_and(|led| led.real.is_none()) {
            self.doubts.push(format!("it can't be said where {} leads", brief(&named.shown())));
        }
        Seen { real: real.map(|real| Spot::of(real, "", ctx)), stands: led.is_some_and(|led| led.stands), named }
    }

    /// What a word names, seen from a folder.
    fn place(&mut self, Named { word, how }: &Named, base: &str, ctx: &Context) {
        let looks = matches!(how, Use::Program | Use::Looked);
        for path in paths(word) {
            let home =
                path.strip_prefix("$HOME/").or_else(|| path.strip_prefix("${HOME}/")).map(|rest| format!("~/{rest}"));
            let Seen { named, real, .. } = self.seen(home.as_deref().unwrap_or(path), base, ctx);
            for spot in [Some(&named), real.as_ref()].into_iter().flatten() {
                self.guarded(spot, looks);
            }
            if word.known == Known::Unknown || named.full.starts_with("/dev/null") {
                continue;
            }
            self.doubts.extend(named.doubt.map(|doubt| doubt.word().to_owned()));
            self.spots.push(named);
            // The system's programs may be linked from anywhere: `venv/bin/python`.
            let of_system =
                |spot: &Spot| *how == Use::Program && SYSTEM.iter().any(|folder| spot.full.starts_with(folder));
            match real {
                Some(real) if of_system(&real) => self.aliases.push(real),
                real => self.spots.extend(real),
            }
        }
        if let Some(path) = bare(word) {
            let Seen { named, real, stands } = self.seen(path, base, ctx);
            let is_file = *how != Use::Perhaps;
            if let Some(real) = real {
                self.guarded(&real, looks);
                self.spots.extend([named, real]);
            } else if is_file && stands {
                self.spots.push(named);
            } else if is_file {
                self.aliases.push(named);
            }
        }
    }

    fn guarded(&mut self, spot: &Spot, looks: bool) {
        if let Some(kind) = sensitive::kind(&spot.full).filter(|kind| !(looks && kind.only_when_changed())) {
            self.sensitive.insert((kind, spot.shown()));
        }
    }

    /// What a line takes away or rewrites, what it redirects to, and what it puts into folders.
    fn written(&mut self, line: &Line, bases: &[String], ctx: &Context) {
        let touches = line.touches();
        let taken: Vec<&str> = touches.iter().filter_map(|touch| touch.base()).collect();
        let outputs = line.outputs();
        let redirected = line.redirects.iter().filter(|redirect| redirect.writes()).map(|redirect| &redirect.file);
        let outs: Vec<&str> = redirected.chain(&outputs).map(|file| file.text.as_str()).collect();
        let makes = |simple: &&Simple| matches!(simple.name(), Some("touch" | "mkdir"));
        let anew = line.commands.iter().filter(makes).flat_map(Simple::args);
        let made: Vec<&str> = anew.filter_map(Word::fixed).filter(|text| !text.starts_with('-')).collect();
        for base in bases {
            self.made.extend(made.iter().take(MOST_PLACES).map(|path| Spot::of(path, base, ctx)));
            for path in taken.iter().take(MOST_PLACES) {
                let Seen { named, real, .. } = self.seen(path, base, ctx);
                self.taken.extend([Some(named), real].into_iter().flatten());
            }
            for path in outs.iter().take(MOST_PLACES) {
                let Seen { named, real, .. } = self.seen(path, base, ctx);
                self.outs.extend([Some(named), real].into_iter().flatten());
            }
            for path in put_into(line) {
                // Only a link makes a difference: the folder itself is named.
                let Seen { real, .. } = self.seen(&path, base, ctx);
                if let Some(real) = real {
                    self.guarded(&real, false);
                    self.taken.push(real);
                }
            }
        }
        let makes_links = line.commands.iter().any(|simple| matches!(simple.name(), Some("ln" | "link")));
        if makes_links && (line.commands.len() > 1 || !outs.is_empty()) {
            self.doubts.push("makes a link and goes on: what comes then may go where that leads".to_owned());
        }
        let taken = self.taken.clone();
        self.spots.extend(taken);
        let outs = self.outs.clone();
        self.spots.extend(outs);
    }
}

/// The names under which what is copied may come to stand in folders: of any of a command's operands in any other.
fn put_into(line: &Line) -> Vec<String> {
    let mut all = Vec::new();
    for simple in line.commands.iter().filter(|simple| simple.name().is_some_and(|name| FILLS.contains(&name))) {
        let operands: Vec<&str> =
            simple.args().iter().filter_map(Word::fixed).filter(|text| !text.starts_with('-')).take(16).collect();
        for into in &operands {
            let names = operands.iter().filter(|source| *source != into).filter_map(|source| {
                source.trim_end_matches('/').rsplit('/').next().filter(|name| !matches!(*name, "" | "." | ".."))
            });
            all.extend(names.map(|name| format!("{}/{name}", into.trim_end_matches('/'))));
        }
    }
    all
}

/// A word that looks like no path and may be the name of a file all the same.
fn bare(word: &Word) -> Option<&str> {
    let text = word.fixed()?;
    let value = match text.strip_prefix('-') {
        Some(option) => option.split_once('=').map(|(_, value)| value)?,
        None => text.split_once('=').filter(|(name, _)| *name == "of").map_or(text, |(_, value)| value),
    };
    (!value.is_empty() && !value.starts_with('-') && paths(word).is_empty()).then_some(value)
}

/// Whether a program that takes a pattern is told it by an option, or takes none.
fn is_told(args: &[Word]) -> bool {
    args.iter().any(|word| {
        let text = word.text.as_str();
        text.starts_with("--reg")
            || text.starts_with("--f")
            || text.starts_with("--exp")
            || text.starts_with("--type-list")
            || (text.starts_with('-') && !text.starts_with("--") && text.contains(['e', 'f']))
    })
}

/// The texts of a word that may be paths: the word, and what an option carries.
fn paths(word: &Word) -> Vec<&str> {
    let text = word.text.as_str();
    let mut all = Vec::new();
    let mut add = |part: &'_ str| {
        let at = text.len() - part.len();
        let part = &text[at..];
        let wild = if word.known == Known::Pattern { part.find(['*', '?', '[']) } else { None };
        let part = match wild {
            // What fits lies in the folder before the first wildcard.
            Some(wild) => part[..wild].rfind('/').map_or("", |at| if at == 0 { "/" } else { &part[..at] }),
            None => part,
        };
        let dotted = part.starts_with('.') || part.contains('/') || part.starts_with('~') || part.contains('.');
        if (dotted || part.starts_with("id_"))
            && (!part.contains("://") || part.starts_with("file://"))
            && !all.contains(&part)
        {
            all.push(part);
        }
    };
    if let Some(rest) = text.strip_prefix('-') {
        // Behind `=` stands a value, whole. What stands behind `://` is an address.
        let (name, _) = rest.split_once('=').unwrap_or((rest, ""));
        if let Some(at) = rest.find(['/', '~']).filter(|at| *at < name.len() && !rest[..*at].ends_with(':')) {
            add(&rest[at..]);
        }
        if let Some((_, value)) = rest.split_once('=') {
            add(value);
        }
    } else {
        add(text);
        add(text.trim_start_matches('@'));
        if let Some((_, value)) = text.split_once('=') {
            add(value.trim_start_matches('@'));
        }
        // host:path, volume:path.
        if let Some((_, value)) = text.split_once(':').filter(|(_, value)| !value.starts_with("//")) {
            add(value);
        }
    }
    all
}
