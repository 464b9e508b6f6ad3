//! A call's command line: what it really runs, where that goes, and what a prefix covers of it.

use super::call::{CallView, Context};
use super::leads::{LOOKS, Leads, PRINTS};
use super::place::{Spot, joined};
use super::sensitive::Kind as Sensitive;
use crate::domain::{Impact, Text};
use crate::shell::{self, How, Input, Kind, Known, Line, Simple, Word};
use std::collections::BTreeSet;

/// A command line, and where it goes.
#[derive(Debug)]
pub(super) struct Ran {
    pub(super) line: Line,
    /// Every place that its words name, and where those lead.
    pub(super) spots: Vec<Spot>,
    /// What may be a place: it only makes a verdict stricter.
    pub(super) aliases: Vec<Spot>,
    /// The places that it deletes, moves or rewrites; with what lies below.
    pub(super) taken: Vec<Spot>,
    /// What it redirects to, and what its commands are told to write to.
    pub(super) outs: Vec<Spot>,
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
        let leads = Leads::of(&line, &folder(call, ctx), ctx);
        let mut ran = Self {
            spots: leads.spots,
            aliases: leads.aliases,
            taken: leads.taken,
            outs: leads.outs,
            sensitive: leads.sensitive.into_iter().collect(),
            doubts: line.doubts.iter().cloned().chain(leads.doubts).collect(),
            open: leads.open,
            impacts: Vec::new(),
            harms: Vec::new(),
            harmful: false,
            line,
        };
        ran.effects(&leads.bases, ctx);
        Some(ran)
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
            if touch.base().is_none() {
                self.open.push(touch.path.shown());
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
        for (what, path) in checked_out(&self.line) {
            let stands = |base: &String| ctx.led.get(&joined(path, base, ctx)).is_some_and(|led| led.stands);
            if bases.iter().any(stands) {
                impacts.insert(Impact::Delete);
                self.harmful = true;
                self.harms.insert(0, brief(&format!("throws away changes of {path} that are not committed: {what}")));
            }
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

    /// True where every command of the line begins with one of some prefixes, or is named by one: `uv run pytest` names what
    /// it runs, `uv run` does not.
    pub(super) fn is_all(&self, prefixes: &[Vec<String>]) -> bool {
        let covers = |simple: &Simple| prefixes.iter().any(|it| simple.begins(it) || self.line.names(it, simple));
        !self.line.commands.is_empty() && self.line.commands.iter().all(covers)
    }

    /// True where a command of the line could be meant by one of some prefixes.
    pub(super) fn holds_any(&self, prefixes: &[Vec<String>]) -> bool {
        self.line.commands.iter().any(|simple| prefixes.iter().any(|prefix| simple.could_be(prefix)))
    }
}

/// The folder in which a call begins.
fn folder(call: &CallView, ctx: &Context) -> String {
    call.cwd.as_deref().map_or_else(|| ctx.workspace.clone(), |cwd| Spot::of(cwd, &ctx.workspace, ctx).full)
}

/// Every path that the command line of a call names, from the root on: for the hub to find out where they lead. What it
/// finds belongs into [`Context::led`], by the same text.
#[must_use]
pub fn named(call: &CallView, ctx: &Context) -> Vec<String> {
    let text = call.command.as_ref().and_then(Text::inline).map(trimmed).filter(|text| !text.is_empty());
    text.map(|text| Leads::of(&shell::read(text), &folder(call, ctx), ctx).names.into_iter().collect())
        .unwrap_or_default()
}

/// The files and folders that a command line which runs in a folder deletes, moves, writes or makes, by name: patterns
/// as the folder before the first wildcard.
#[must_use]
pub fn written(command: &str, folder: &str, home: &str) -> Vec<String> {
    let ctx = Context { workspace: folder.to_owned(), home: home.to_owned(), ..Context::default() };
    let leads = Leads::of(&shell::read(trimmed(command)), folder, &ctx);
    let all: BTreeSet<String> =
        leads.taken.into_iter().chain(leads.outs).chain(leads.made).map(|spot| spot.full).collect();
    all.into_iter().collect()
}

/// Words of a `git checkout` that may be a branch or a file: where such a file stands, it is written over. With `--` it is
/// said that it is one, and `shell` tells of it.
fn checked_out(line: &Line) -> impl Iterator<Item = (String, &str)> {
    let checkouts = line.commands.iter().filter(|simple| simple.name() == Some("git"));
    checkouts.flat_map(|simple| {
        let args = simple.args().iter().skip_while(|word| word.text != "checkout").skip(1);
        let makes = args.clone().any(|word| matches!(word.text.as_str(), "-b" | "-B" | "--orphan" | "--"));
        let words = args.filter_map(Word::fixed).filter(move |text| !makes && !text.starts_with('-'));
        words.map(|path| (simple.shown(), path))
    })
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
