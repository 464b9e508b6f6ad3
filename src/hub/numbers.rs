//! What sessions came to, for a table: taut's own are counted from the log, those of other tools were counted when they were
//! kept. On a thread of its own, since a long log takes its time; what was counted is counted on from there.

use super::Published;
use super::config::Places;
use super::consoles::Line;
use crate::domain::{Answer, At, Seq, SessionId, Tallies, TallyBy};
use crate::numbers::{Counted, Counter, Prices, group};
use crate::recordings::{Filter, Recordings};
use crate::store::{Reader, StoreError};
use crate::stories::{Held, Part, session_at};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::mpsc as std_mpsc;

/// Records read at a time.
const BATCH: usize = 4096;

/// Counts, so far as it was done already.
#[derive(Default)]
pub struct Counting {
    counted: BTreeMap<SessionId, (Seq, Counter)>,
}

impl Counting {
    /// Counts the sessions of taut's own that a filter takes, and gives which conversations all of them hold.
    ///
    /// # Errors
    /// The log can't be read.
    pub fn own(&mut self, reader: &Reader, filter: &Filter) -> Result<(Vec<Counted>, Held), StoreError> {
        let (mut all, mut own) = (Vec::new(), Held::default());
        for span in reader.sessions()? {
            let session = session_at(reader, span.session, Seq(span.count))?;
            own.take(&session);
            if filter.takes(&session) {
                let (upto, counter) = self.counted.entry(span.session).or_default();
                loop {
                    let records = reader.records(span.session, Seq(upto.0 + 1), BATCH)?;
                    let Some(last) = records.last() else { break };
                    *upto = last.seq;
                    records.iter().for_each(|record| counter.take(record));
                }
                let numbers = counter.clone().done();
                let (id, name, cwd) = (session.id, session.name, session.cwd);
                all.push(Counted { id, name, cwd, is_elsewhere: false, numbers });
            }
        }
        Ok((all, own))
    }
}

/// Those of other tools that a filter takes: what of them stands in no session of taut's.
///
/// # Errors
/// What is kept can't be read.
pub fn elsewhere(state: &Path, filter: &Filter, own: &Held) -> Result<Vec<Counted>, StoreError> {
    let Some(kept) = Recordings::open_for_reading(state)? else { return Ok(Vec::new()) };
    let parts = kept.list(filter)?.into_iter().filter_map(|one| Some((own.part(&one.native)?, one)));
    let counted = |(part, one): (Part, crate::recordings::Recorded)| {
        let numbers = match part {
            Part::All => kept.numbers(one.id)?,
            Part::Before(_) => {
                let mut counter = Counter::default();
                // What can't be read any more is counted as far as it could be.
                drop(kept.read(one.id, &mut part.only(&mut |record| counter.take(&record))));
                counter.done()
            }
        };
        let (id, name) = (one.id, one.title());
        Ok(Counted { id, name, cwd: one.session.cwd, is_elsewhere: true, numbers })
    };
    parts.map(counted).collect()
}

/// The list of prices: the user's own beside the configuration, or the one that taut comes with.
///
/// # Errors
/// The user's own can't be read: one sentence.
pub fn prices(config: &Path) -> Result<Prices, String> {
    let path = config.with_file_name("prices.toml");
    let bad = |why: String| format!("{} is no list of prices: {why}", path.display());
    match std::fs::read_to_string(&path) {
        Ok(text) => Prices::parse(&text).map_err(|error| bad(error.to_string())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Prices::built_in()),
        Err(error) => Err(bad(crate::text::human::os(&error))),
    }
}

/// The day of a time in this place; nothing for times beyond any calendar.
fn day(at: At) -> String {
    let time = Timestamp::from_millisecond(at.0).ok().map(|at| at.to_zoned(TimeZone::system()));
    time.map(|time| time.strftime("%Y-%m-%d").to_string()).unwrap_or_default()
}

/// The thread that counts, once it was needed.
#[derive(Default)]
pub(super) struct Numbers {
    wanted: Option<std_mpsc::Sender<Line>>,
}

impl Numbers {
    /// Counts, and tells what it came to.
    pub(super) fn count(&mut self, reader: &Reader, config: &Path, line: &Line) {
        let wanted = self.wanted.get_or_insert_with(|| start(reader.folder().to_owned(), config.to_owned()));
        if wanted.send(line.clone()).is_err() {
            let why = "there is no thread to count on".to_owned();
            line.tell(Published::Answered(Answer::NoNumbers { why }));
        }
    }
}

fn start(state: PathBuf, config: PathBuf) -> std_mpsc::Sender<Line> {
    let (wanted, asked) = std_mpsc::channel::<Line>();
    let count = move || {
        let mut counting = Counting::default();
        while let Ok(line) = asked.recv() {
            line.tell(Published::Answered(answer(&mut counting, &state, &config)));
        }
    };
    drop(std::thread::Builder::new().name("numbers".to_owned()).spawn(count));
    wanted
}

/// What the sessions of a state folder came to, counted at once.
pub(super) fn at_once(state: &Path) -> Answer {
    let given = super::config::Given { config: None, state: Some(state.to_owned()) };
    match Places::find(&given, |key| std::env::var_os(key)) {
        Ok(places) => answer(&mut Counting::default(), state, &places.config),
        Err(error) => Answer::NoNumbers { why: error.to_string() },
    }
}

fn answer(counting: &mut Counting, state: &Path, config: &Path) -> Answer {
    match tally(counting, state, config) {
        Ok(tallies) => Answer::Numbers { tallies: Box::new(tallies) },
        Err(why) => Answer::NoNumbers { why },
    }
}

fn tally(counting: &mut Counting, state: &Path, config: &Path) -> Result<Tallies, String> {
    let prices = prices(config)?;
    let said = |error: StoreError| error.to_string();
    let (mut all, own) = match Reader::open(state) {
        Ok(reader) => counting.own(&reader, &Filter::default()).map_err(said)?,
        Err(StoreError::Missing(_)) => Default::default(),
        Err(error) => return Err(said(error)),
    };
    all.extend(elsewhere(state, &Filter::default(), &own).map_err(said)?);
    let by = |by| group(&all, by, None, &prices, &day);
    Ok(Tallies {
        as_of: prices.as_of.clone(),
        all: by(TallyBy::All).into_iter().next().unwrap_or_default(),
        sessions: by(TallyBy::Session),
        days: by(TallyBy::Day),
        projects: by(TallyBy::Project),
        models: by(TallyBy::Model),
    })
}
