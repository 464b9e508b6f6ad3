//! What happened in a session, from its first entry to its last, page by page, so that a long one needs no more memory
//! than a short one.

use super::super::clock::Clock;
use super::super::out::Out;
use super::super::{CliError, words};
use super::{full, step};
use crate::domain::{By, LaneId};
use crate::hub::page_entries;
use crate::state::{Entry, Parts, Session, What, page};
use crate::store::Reader;
use crate::text;

/// Cells before what an entry says: the time and the word for what it is.
const LEAD: usize = 20;

/// Shows it.
pub(super) fn show(reader: &Reader, session: &Session, clock: &Clock, out: &mut Out) -> Result<(), CliError> {
    let mut writer = Writer { reader, session, clock, day: String::new(), out };
    for number in 0..=page::page_of(session.seq).0 {
        for entry in page_entries(reader, session, number)? {
            writer.entry(&entry)?;
        }
    }
    for no in session.timeline.unsettled() {
        writer.entry(&session.timeline.entries[&no])?;
    }
    Ok(())
}

/// Shows one entry.
pub(super) fn one(reader: &Reader, session: &Session, no: u64, clock: &Clock, out: &mut Out) -> Result<(), CliError> {
    let mut writer = Writer { reader, session, clock, day: String::new(), out };
    if let Some(entry) = session.timeline.entries.get(&no) {
        return writer.entry(entry);
    }
    for number in 0..=page::page_of(session.seq).0 {
        if let Some(entry) = page_entries(reader, session, number)?.iter().find(|entry| entry.no == no) {
            return writer.entry(entry);
        }
    }
    Ok(())
}

/// Writes entries.
struct Writer<'a> {
    reader: &'a Reader,
    session: &'a Session,
    clock: &'a Clock,
    /// The day of the last entry: a new one is said once.
    day: String,
    out: &'a mut Out,
}

impl Writer<'_> {
    fn entry(&mut self, entry: &Entry) -> Result<(), CliError> {
        let (word, text) = self.words(entry);
        let full_time = self.clock.full(entry.at);
        let day = full_time.split(' ').next().unwrap_or_default();
        if day != self.day {
            self.out.line(day)?;
            day.clone_into(&mut self.day);
        }
        let lane = match entry.lane {
            LaneId::ROOT => String::new(),
            lane => {
                format!("{}: ", self.session.path_of(lane).split_first().map_or(String::new(), |it| it.1.join(" › ")))
            }
        };
        let mut lead = format!("{}  {word}", self.clock.time(entry.at));
        let mut before = lane.as_str();
        for line in text.trim_end_matches('\n').split('\n') {
            self.out.line(format!("{}{before}{line}", text::pad_end(&lead, LEAD)).trim_end())?;
            (lead, before) = (String::new(), "");
        }
        if let What::Step(step) = &entry.what {
            step::details(self.reader, self.session, step, &" ".repeat(LEAD), self.out)?;
        }
        Ok(())
    }

    /// The word for what an entry is, and what it says.
    fn words(&self, entry: &Entry) -> (&'static str, String) {
        let full = |text| full(self.reader, text);
        match &entry.what {
            What::Prompt { text, steer: false, by, .. } => (By::speaks(by.as_ref()), full(text)),
            What::Prompt { text, steer: true, by, .. } => match By::speaks(by.as_ref()) {
                "you" => ("you steer", full(text)),
                who => (who, format!("(into the running turn) {}", full(text))),
            },
            What::Said { who, text, .. } => (words::speaker(*who), self.parts(text)),
            What::Attached { who, what } => ("attached", format!("by {}: {}", words::speaker(*who), full(what))),
            What::Step(step) => ("step", step::line(self.reader, self.session, step)),
            What::Plan { items } => {
                let lines = items.iter().map(|item| format!("{}{}", words::plan(item.status), full(&item.text)));
                ("plan", lines.collect::<Vec<_>>().join("\n"))
            }
            What::Lane { name, .. } => ("subagent", format!("{} begins", full(name))),
            What::TurnEnd { turn, stop, tokens, .. } => {
                let spent = tokens.as_ref().map(words::tokens).filter(|spent| !spent.is_empty());
                let spent = spent.map(|spent| format!("; tokens: {spent}")).unwrap_or_default();
                ("turn end", format!("turn {}: {}{spent}", turn.0, words::stop(stop)))
            }
            What::Compacted { before, after } => {
                let count = |count: &Option<u64>| count.map_or_else(|| "—".to_owned(), text::human::count);
                ("compacted", format!("from {} to {} tokens", count(before), count(after)))
            }
            What::Mode { mode } => ("mode", format!("is {mode} now")),
            What::Loosened { why } => ("loosened", format!("the agent no longer asks: {why}")),
            What::Noted { level, text } => (words::notice(*level), full(text)),
            What::Unrecognised { what, raw } => ("unknown", format!("not understood, {what}: {}", full(raw))),
            What::Ended { cause, last_words, survivors } => {
                let mut said = words::cause(cause);
                if !last_words.is_empty() {
                    said = format!("{said}; its last words:\n{}", full(last_words));
                }
                for (pid, name) in survivors {
                    said = format!("{said}\nleft alive: {name} ({pid})");
                }
                ("ended", said)
            }
        }
    }

    fn parts(&self, parts: &Parts) -> String {
        step::parts(self.reader, self.session.id, parts)
    }
}
