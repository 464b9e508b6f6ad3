//! A call's command line: what it really runs, where that goes, and what a prefix covers of it.

use super::call::{CallView, Context};
use super::place::Spot;
use super::sensitive::{self, Kind as Sensitive};
use crate::domain::{Impact, Text};
use crate::shell::{self, How, Input, Kind, Known, Line, Word};
use std::collections::BTreeSet;

/// Builtins that evaluate the subscripts of names that they are given, commands in them included.
const SUBSCRIPTS: [&str; 10] = ["test", "[", "unset", "read", "printf", "declare", "typeset", "local", "export", "let"];

/// Places of one line that are looked at; a line that names more is not understood.
const MOST_PLACES: usize = 200;
/// Programs that only print their arguments.
const PRINTS: [&str; 5] = ["echo", "printf", "true", "false", ":"];
/// Programs that only look at the files that they name.
const LOOKS: [&str; 20] = [
    "ls", "cat", "head", "tail", "wc", "grep", "egrep", "fgrep", "rg", "tree", "stat", "file", "diff", "cmp", "less",
    "more", "du", "cd", "test", "[",
];
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

/// A command line, and where it goes.
#[derive(Debug)]
pub(super) struct Ran {
    pub(super) line: Line,
    /// Every place that its words name.
    pub(super) spots: Vec<Spot>,
    /// The places that it deletes, moves or rewrites; with what lies below.
    pub(super) taken: Vec<Spot>,
    /// The sensitive files that it names.
    pub(super) sensitive: Vec<(Sensitive, String)>,
    /// What is not understood, in words.
    pub(super) doubts: Vec<String>,
    /// What is only known when it runs: nothing to warn of, but nothing that a rule covers.
    pub(super) open: Vec<String>,
    /// All that it may do besides running.
    pub(super) impacts: Vec<Impact>,
    /// Why that matters, in words; the worst first.
    pub(super) harms: Vec<String>,
    /// True where something in it has to be warned of.
    pub(super) harmful: bool,
}

impl Ran {
    /// The command line of a call; `None` where there is none that can be read.
    pub(super) fn of(call: &CallView, ctx: &Context) -> Option<Self> {
        let text = call.command.as_ref().and_then(Text::inline).map(trimmed).filter(|text| !text.is_empty())?;
        let line = shell::read(text);
        let mut ran = Self {
            spots: Vec::new(),
            taken: Vec::new(),
            sensitive: Vec::new(),
            doubts: line.doubts.clone(),
            open: Vec::new(),
            impacts: Vec::new(),
            harms: Vec::new(),
            harmful: false,
            line,
        };
        let base =
            call.cwd.as_deref().map_or_else(|| ctx.workspace.clone(), |cwd| Spot::of(cwd, &ctx.workspace, ctx).full);
        let bases = ran.bases(&base, ctx);
        ran.places(&bases, ctx);
        ran.effects(&bases, ctx);
        Some(ran)
    }

    /// The folders in which a command of the line may run: where it begins, and wherever it goes.
    fn bases(&mut self, base: &str, ctx: &Context) -> Vec<String> {
        let mut bases = vec![base.to_owned()];
        for simple in &self.line.commands {
            if !matches!(simple.name(), Some("cd" | "pushd")) {
                continue;
            }
            let to = simple.args().iter().find(|word| !word.text.starts_with('-') || word.text == "-");
            match to.map(|word| (word, word.fixed())) {
                None => {
                    bases.push(ctx.home.clone());
                    self.doubts.push("goes to the home folder".to_owned());
                }
                Some((_, Some(path))) if path != "-" && bases.len() < 8 => {
                    let last = bases.last().cloned().unwrap_or_default();
                    bases.push(Spot::of(path, &last, ctx).full);
                }
                Some((word, _)) => {
                    self.doubts.push(format!("goes to a folder that is not known: {}", brief(&word.shown())));
                }
            }
        }
        bases
    }

    /// Every place that a word names.
    fn places(&mut self, bases: &[String], ctx: &Context) {
        let mut named: Vec<(Word, bool)> = Vec::new();
        for simple in &self.line.commands {
            let name = simple.name().unwrap_or_default();
            let looks = LOOKS.contains(&name);
            if let Some(program) = simple.words.first().filter(|word| word.text.contains('/'))
                && !SYSTEM.iter().any(|folder| program.text.starts_with(folder))
            {
                named.push((program.clone(), true));
            }
            if PRINTS.contains(&name) {
                continue;
            }
            let skip = PATTERNS.contains(&name) && !is_told(simple.args());
            let mut skipped = !skip;
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
                named.push((word.clone(), looks));
            }
        }
        for redirect in &self.line.redirects {
            named.push((redirect.file.clone(), !redirect.writes()));
        }
        if named.len() > MOST_PLACES {
            self.doubts.push("the command names more than can be judged".to_owned());
        }
        let mut sensitive = BTreeSet::new();
        for (word, looks) in named.iter().take(MOST_PLACES) {
            for path in paths(word) {
                let home = path
                    .strip_prefix("$HOME/")
                    .or_else(|| path.strip_prefix("${HOME}/"))
                    .map(|rest| format!("~/{rest}"));
                let path = home.as_deref().unwrap_or(path);
                for base in bases {
                    let spot = Spot::of(path, base, ctx);
                    if let Some(kind) = sensitive::kind(&spot.full).filter(|kind| !(*looks && kind.only_when_changed()))
                    {
                        sensitive.insert((kind, spot.shown()));
                    }
                    if word.known != Known::Unknown && !spot.full.starts_with("/dev/null") {
                        self.doubts.extend(spot.doubt.map(|doubt| doubt.word().to_owned()));
                        self.spots.push(spot);
                    }
                }
            }
        }
        self.sensitive = sensitive.into_iter().collect();
    }

    /// What it does to files and to the world.
    fn effects(&mut self, bases: &[String], ctx: &Context) {
        let (mut impacts, mut made) = (BTreeSet::new(), BTreeSet::new());
        for touch in self.line.touches() {
            if is_new(&touch, bases, ctx) {
                made.insert(touch.path.shown());
            }
            impacts.insert(match touch.how {
                How::Deletes => Impact::Delete,
                How::Moves => Impact::Move,
                How::Rewrites | How::Appends => Impact::Edit,
            });
            match touch.base() {
                Some(path) => self.taken.extend(bases.iter().map(|base| Spot::of(path, base, ctx))),
                None => self.open.push(touch.path.shown()),
            }
        }
        for harm in self.line.harms() {
            match harm.kind {
                Kind::Deletes | Kind::Discards => drop(impacts.insert(Impact::Delete)),
                Kind::Network | Kind::Installs | Kind::Piped => drop(impacts.insert(Impact::Fetch)),
                Kind::Disk
                | Kind::Privilege
                | Kind::Secrets
                | Kind::History
                | Kind::Permissions
                | Kind::Processes
                | Kind::System
                | Kind::Variables
                | Kind::Rewrites
                | Kind::RunsFile => {}
            }
            self.harmful |= !matches!(harm.kind, Kind::RunsFile | Kind::Rewrites);
            // Where nothing stands nothing is taken away.
            let new = ANEW.iter().filter_map(|verb| harm.what.strip_prefix(verb)).find(|path| made.contains(*path));
            let what = new.filter(|_| harm.kind == Kind::Rewrites).map(|path| format!("makes {path}"));
            self.harms.push(brief(what.as_deref().unwrap_or(&harm.what)));
        }
        self.spots.extend(self.taken.iter().cloned());
        self.impacts = impacts.into_iter().collect();
        self.doubts.dedup();
        self.open.sort();
        self.open.dedup();
    }

    /// True where all of it is understood, so that a rule may speak of it as a whole.
    pub(super) fn is_plain(&self) -> bool {
        self.doubts.is_empty() && self.open.is_empty()
    }

    /// True where it is not understood, leaves the workspace, shows secrets, or does what has to be warned of.
    pub(super) fn is_risky(&self) -> bool {
        self.harmful || !self.doubts.is_empty() || !self.stays_in()
    }

    /// True where it stays in the workspace, among plain files.
    pub(super) fn stays_in(&self) -> bool {
        self.sensitive.is_empty() && self.spots.iter().all(Spot::inside)
    }

    /// True where every command of the line begins with one of some prefixes.
    pub(super) fn is_all(&self, prefixes: &[Vec<String>]) -> bool {
        !self.line.commands.is_empty()
            && self.line.commands.iter().all(|simple| prefixes.iter().any(|prefix| simple.begins(prefix)))
    }

    /// True where a command of the line could be meant by one of some prefixes.
    pub(super) fn holds_any(&self, prefixes: &[Vec<String>]) -> bool {
        self.line.commands.iter().any(|simple| prefixes.iter().any(|prefix| simple.could_be(prefix)))
    }
}

/// What `shell` says of a file that is written.
const ANEW: [&str; 2] = ["overwrites ", "adds to "];

/// True where a line would make a file that is not there.
fn is_new(touch: &shell::Touch, bases: &[String], ctx: &Context) -> bool {
    let writes = matches!(touch.how, How::Rewrites | How::Appends);
    let absent = |base: &String| ctx.absent.contains(&Spot::of(&touch.path.text, base, ctx).full);
    writes && touch.path.known == Known::Fixed && !bases.is_empty() && bases.iter().all(absent)
}

/// What one plain command runs: its program, its verb where it has one, and `>` where it writes what it gives out into a
/// file. `None` where a line is more than that: several commands, a pipe, a wrapper, a variable, a pattern, or anything that
/// is not understood.
#[must_use]
pub fn plain_command(line: &str) -> Option<String> {
    let line = shell::read(trimmed(line));
    let [simple] = line.commands.as_slice() else { return None };
    let fixed = |word: &Word| word.known == Known::Fixed;
    let is_plain = line.doubts.is_empty()
        && line.assigns.is_empty()
        && simple.through.is_empty()
        && simple.input == Input::Inherited
        && simple.words.iter().all(fixed)
        && line.redirects.iter().all(|redirect| fixed(&redirect.file));
    let verb =
        |word: &&Word| !word.text.starts_with('-') && word.text.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    let writes = line.redirects.iter().any(shell::Redirect::writes).then_some(">");
    let name = simple.name().filter(|_| is_plain)?;
    // What these are given are words and files.
    let verbless = PRINTS.contains(&name) || LOOKS.contains(&name) || matches!(name, "touch" | "mkdir");
    let verb = simple.args().first().filter(verb).filter(|_| !verbless).map(|word| word.text.as_str());
    Some([Some(name), verb, writes].into_iter().flatten().collect::<Vec<_>>().join(" "))
}

/// A command line without the blanks around it: only what is a blank for a shell.
pub(super) fn trimmed(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\n'])
}

/// The beginning of a long text: a command says first what it is.
pub(super) fn brief(text: &str) -> String {
    const MOST: usize = 120;
    let one = text.replace(['\n', '\t'], " ");
    match one.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", &one[..at]),
        None => one,
    }
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
        // What stands behind `://` is an address.
        if let Some(at) = rest.find(['/', '~']).filter(|at| !rest[..*at].ends_with(':')) {
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

/// The prefix to offer for calls like this one: the program and its command. `None` where no prefix says enough of what
/// would run: several commands, what is not understood, what is dangerous.
#[must_use]
pub fn offers_prefix(command: &str) -> Option<Vec<String>> {
    shell::read(command).offered()
}

/// Whether a command is known to delete or rewrite files, or may in a way that can be told: it is worth a look at the disk.
#[must_use]
pub fn loses(command: &str) -> bool {
    !shell::loss::read(command, shell::loss::Around { folder: "/", home: "/" }).is_empty()
}

/// A prefix in words, as it is typed.
pub(super) fn words(prefix: &[String]) -> String {
    prefix.iter().map(|word| Word::new(word.as_str()).shown()).collect::<Vec<_>>().join(" ")
}

/// The words of a prefix in a rule: one plain command, without anything that a shell would do to it.
pub(super) fn prefix(text: &str) -> Option<Vec<String>> {
    let line = shell::read(text);
    let [simple] = line.commands.iter().filter(|simple| simple.through.is_empty()).collect::<Vec<_>>()[..] else {
        return None;
    };
    let plain = line.redirects.is_empty() && line.assigns.is_empty();
    let words: Option<Vec<String>> = simple.words.iter().map(|word| word.fixed().map(str::to_owned)).collect();
    words.filter(|words| plain && !words.is_empty() && words.iter().all(|word| !word.is_empty()))
}
