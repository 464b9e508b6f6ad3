//! `taut export`: a session as a file for others, without its secrets.

use super::args::{Export, ExportFormat};
use super::clock::Clock;
use super::setup::Setup;
use super::story;
use super::{CliError, did, words};
use crate::domain::{By, Event, LaneId, Record, Text};
use crate::state::{Entry, Parts, Step, What};
use crate::stories::{Shelves, Story};
use crate::text::{self, human, redact};
use crate::transcript::own::FORM;
use crate::ui::made;
use serde_json::json;
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::ExitCode;

/// Writes it.
///
/// # Errors
/// There is no such session, it can't be read, or the file can't be written.
pub(super) fn export(setup: &Setup, args: &Export) -> Result<ExitCode, CliError> {
    let shelves = Shelves::open(&setup.places.state)?;
    let story = story::named(&shelves, setup, &args.session)?;
    let to: Box<dyn Write> = match &args.output {
        Some(path) => Box::new(file(path, args.force)?),
        None => Box::new(std::io::stdout().lock()),
    };
    let mut sheet = Sheet { to: BufWriter::new(to), raw: args.raw, redacted: BTreeMap::new() };
    match args.format {
        ExportFormat::Md => markdown(&story, &mut sheet)?,
        ExportFormat::Jsonl => records(&story, &mut sheet)?,
    }
    sheet.to.flush().map_err(output)?;
    if let Some(path) = &args.output {
        super::say(&format!("{} ({}) is in {}", story.title(), story.session().id, path.display()));
    }
    if !sheet.redacted.is_empty() {
        let all: usize = sheet.redacted.values().sum();
        let kinds: Vec<String> = sheet.redacted.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        super::say(&format!("{} left out: {}; --raw leaves them in", words::counted(all, "secret"), kinds.join(", ")));
    }
    Ok(ExitCode::SUCCESS)
}

/// A new file that only its owner can read: it holds what agents said.
fn file(path: &Path, force: bool) -> Result<File, CliError> {
    let mut options = OpenOptions::new();
    options.write(true).mode(0o600);
    if force {
        options.create(true).truncate(true)
    } else {
        options.create_new(true)
    };
    options.open(path).map_err(|error| {
        let why = match error.kind() {
            std::io::ErrorKind::AlreadyExists => "it exists; --force replaces it".to_owned(),
            _ => words::os(&error),
        };
        CliError::Config(format!("{} can't be written: {why}", path.display()))
    })
}

fn output(error: std::io::Error) -> CliError {
    match error.kind() {
        std::io::ErrorKind::BrokenPipe => CliError::Closed,
        _ => CliError::Output(error),
    }
}

/// What is written, and what was left out of it.
struct Sheet<'s> {
    to: BufWriter<Box<dyn Write + 's>>,
    raw: bool,
    redacted: BTreeMap<&'static str, usize>,
}

impl Sheet<'_> {
    /// A text without its secrets.
    fn clean(&mut self, text: &str) -> String {
        if self.raw {
            return text.to_owned();
        }
        let (text, secrets) = redact(text);
        for secret in secrets {
            *self.redacted.entry(secret.name()).or_default() += 1;
        }
        text
    }

    fn line(&mut self, line: &str) -> Result<(), CliError> {
        writeln!(self.to, "{line}").map_err(output)
    }

    /// Prose as it stands; what would act on a terminal is made visible.
    fn prose(&mut self, prose: &str) -> Result<(), CliError> {
        let clean = self.clean(prose.trim_matches('\n'));
        let lines: Vec<String> = clean.split('\n').map(|line| text::visible(line).text.into_owned()).collect();
        self.line(&lines.join("\n"))
    }

    /// A text between fences that are longer than any in it.
    fn fenced(&mut self, kind: &str, inside: &str) -> Result<(), CliError> {
        let clean = self.clean(inside.trim_end_matches('\n'));
        let longest = clean.split('\n').map(|line| line.trim_start().bytes().take_while(|byte| *byte == b'`').count());
        let fence = "`".repeat(longest.max().unwrap_or(0).max(2) + 1);
        self.line(&format!("{fence}{kind}"))?;
        for line in clean.split('\n') {
            let shown = text::visible(line).text.into_owned();
            self.line(&shown)?;
        }
        self.line(&fence)
    }

    fn gap(&mut self) -> Result<(), CliError> {
        self.line("")
    }
}

/// One line that says what it is, then the records with their long texts.
fn records(story: &Story<'_>, sheet: &mut Sheet<'_>) -> Result<(), CliError> {
    let session = story.session();
    sheet.line(
        &json!({
            "taut_export": FORM, "version": env!("CARGO_PKG_VERSION"), "session": session.id, "name": session.name,
            "agent": session.agent, "cwd": session.cwd, "redacted": !sheet.raw,
        })
        .to_string(),
    )?;
    let mut done = Ok(());
    story.records(&mut |mut record| {
        if done.is_err() {
            return;
        }
        record.event.for_each_text(|text| {
            if let Text::Body(_) = text {
                *text = Text::Inline(story::full(story, text));
            }
        });
        let mut line = value(record);
        if !sheet.raw {
            strings(&mut line, &mut |text| sheet.clean(text));
        }
        done = sheet.line(&line.to_string());
    })?;
    done
}

/// A record as it is written.
fn value(mut record: Record) -> serde_json::Value {
    // What this version does not know stands there as it was stored.
    let unknown = match &record.event {
        Event::Unknown(unknown) => Some(serde_json::from_str(&unknown.body).unwrap_or_default()),
        _ => None,
    };
    if unknown.is_some() {
        record.event = Event::Opened;
    }
    // A tree of strings and numbers: writing it cannot fail.
    let mut value = serde_json::to_value(&record).unwrap_or_default();
    if let Some(event) = unknown {
        value["event"] = event;
    }
    value
}

/// Every string of a value, also those in JSON that is kept as text.
fn strings(value: &mut serde_json::Value, clean: &mut dyn FnMut(&str) -> String) {
    use serde_json::Value;
    match value {
        Value::String(text) => *text = clean(text),
        Value::Array(all) => all.iter_mut().for_each(|one| strings(one, clean)),
        Value::Object(fields) => fields.values_mut().for_each(|one| strings(one, clean)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn markdown(story: &Story<'_>, sheet: &mut Sheet<'_>) -> Result<(), CliError> {
    let (session, clock) = (story.session(), Clock::here());
    let title = sheet.clean(&super::ls::first_line(&story.title()));
    sheet.line(&format!("# {}", text::visible(title.trim()).text))?;
    sheet.gap()?;
    let model = session.model().map(|model| model.current.clone()).filter(|model| !model.is_empty());
    let facts = [
        ("session", session.id.to_string()),
        ("agent", session.face.version.as_ref().map_or(session.agent.clone(), |it| format!("{} {it}", session.agent))),
        ("model", model.unwrap_or_else(|| "—".to_owned())),
        ("folder", session.cwd.clone()),
        ("began", clock.full(session.started)),
        ("last", clock.full(session.at)),
        ("turns", session.turns.0.to_string()),
        ("steps", session.steps.to_string()),
        ("tokens", words::tokens(&session.meter.tokens)),
    ];
    for (name, fact) in facts.iter().filter(|(_, fact)| !fact.is_empty()) {
        sheet.line(&format!("- {name}: {}", text::visible(fact).text))?;
    }
    story.entries(&mut |entry| {
        Page { story, clock: &clock, sheet }.entry(entry)?;
        Ok(true)
    })
}

/// Writes entries for people.
struct Page<'p, 's> {
    story: &'p Story<'p>,
    clock: &'p Clock,
    sheet: &'p mut Sheet<'s>,
}

impl Page<'_, '_> {
    fn entry(&mut self, entry: &Entry) -> Result<(), CliError> {
        let lane = match entry.lane {
            LaneId::ROOT => String::new(),
            lane => format!(" ({})", self.story.session().path_of(lane).last().copied().unwrap_or_default()),
        };
        let full = |text: &Text| story::full(self.story, text);
        match &entry.what {
            What::Prompt { text, by, .. } => {
                let text = full(text);
                self.head(&format!("## {}{lane}", By::speaks(by.as_ref())), entry)?;
                self.sheet.prose(&text)
            }
            What::Said { who, text, .. } => {
                let text = self.parts(text);
                if text.trim().is_empty() {
                    return Ok(());
                }
                self.head(&format!("### {}{lane}", words::speaker(*who)), entry)?;
                self.sheet.prose(&text)
            }
            What::Step(step) => self.step(entry, step, &lane),
            What::Plan { items } => {
                let lines: Vec<String> =
                    items.iter().map(|item| format!("- {}{}", words::plan(item.status), full(&item.text))).collect();
                self.head("### plan", entry)?;
                self.sheet.prose(&lines.join("\n"))
            }
            What::TurnEnd { turn, stop, .. } => self.note(&format!("turn {}: {}", turn.0, words::stop(stop))),
            What::Compacted { .. } => self.note("the context was compacted"),
            What::Noted { text, .. } => {
                let text = full(text);
                self.note(&text)
            }
            What::Ended { cause, .. } => self.note(&words::cause(cause)),
            What::Attached { what, .. } => {
                let what = full(what);
                self.note(&format!("attached: {what}"))
            }
            What::Loosened { why } => self.note(&format!("the agent no longer asks: {why}")),
            What::Unrecognised { what, .. } => self.note(&format!("not understood: {what}")),
            What::Lane { .. } | What::Mode { .. } => Ok(()),
        }
    }

    fn head(&mut self, head: &str, entry: &Entry) -> Result<(), CliError> {
        self.sheet.gap()?;
        self.sheet.line(&format!("{head} · {}", self.clock.full(entry.at)))?;
        self.sheet.gap()
    }

    fn note(&mut self, note: &str) -> Result<(), CliError> {
        let note = self.sheet.clean(&super::ls::first_line(note.trim()));
        self.sheet.gap()?;
        self.sheet.line(&format!("*{}*", text::visible(note.trim()).text))
    }

    fn step(&mut self, entry: &Entry, step: &Step, lane: &str) -> Result<(), CliError> {
        let target = words::target(self.story.session(), step);
        let target = self.sheet.clean(&super::ls::first_line(target));
        let head = format!("### step {} · {} {}{lane}", step.number, step.word(), text::visible(target.trim()).text);
        self.head(&head, entry)?;
        let session = self.story.session();
        let mut facts = vec![words::status(step)];
        for request in &step.requests {
            if let Some(answered) = &request.answered {
                facts.push(words::answer(request, answered));
            }
        }
        facts.extend(did::undone(session, step));
        let facts = self.sheet.clean(&facts.join("; "));
        self.sheet.line(text::visible(&facts).text.as_ref())?;
        if let Some(made) = made::of(step, |text| Some(story::full(self.story, text))) {
            for line in std::iter::once(&made.head).chain(&made.reason) {
                self.note(line)?;
            }
            for change in &made.changes {
                let lines = super::show::unified(&|text| story::full(self.story, text), change);
                self.sheet.gap()?;
                self.sheet.fenced("diff", &lines.join("\n"))?;
            }
            if step.edited.is_some() {
                self.note("proposed, and not what was done:")?;
            }
        }
        if let Some(command) = &step.command {
            let command = story::full(self.story, command);
            self.sheet.gap()?;
            self.sheet.fenced("sh", &command)?;
        }
        for change in &step.changes {
            let lines = super::show::unified(&|text| story::full(self.story, text), change);
            self.sheet.gap()?;
            self.sheet.fenced("diff", &lines.join("\n"))?;
        }
        if !step.output.is_empty() {
            // As a terminal would leave it.
            let lines = text::ansi::lines(&self.parts(&step.output));
            let shown = lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n");
            self.sheet.gap()?;
            self.sheet.fenced("", &shown)?;
        }
        Ok(())
    }

    fn parts(&self, parts: &Parts) -> String {
        let mut whole: String = parts.head.iter().map(|piece| story::full(self.story, piece)).collect();
        if parts.cut_bytes > 0 {
            let bytes = human::bytes(parts.cut_bytes);
            whole.extend(["\n… ", &parts.cut_lines.to_string(), " lines (", &bytes, ") left out …\n"]);
        }
        whole.extend(parts.tail.iter().map(|piece| story::full(self.story, piece)));
        whole
    }
}
