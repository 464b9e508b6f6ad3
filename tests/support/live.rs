//! Logs to look at again, and a console that hears them as they happen.

use super::hub::Bench;
use super::story;
use std::path::{Path, PathBuf};
use taut::cli::demo_repo;
use taut::domain::{
    Answer, At, Command, Decision, Draft, Event, OfferKind, OutputPart, Query, Record, Seen, Seq, SessionId,
};
use taut::hub::{self, Published};
use taut::state::{Session, page};
use taut::store::{Durability, Opened, Reader, Store};
use taut::tui::still;
use taut::ui::marks::Marks;
use taut::ui::update::update;
use taut::ui::{App, Msg, Replay, Setup};
use taut::view::{Cache, Scene};

/// A log of one session: its folder, and all its records.
pub struct Log {
    pub folder: PathBuf,
    pub id: SessionId,
    pub records: Vec<Record>,
    pub reader: Reader,
}

impl Log {
    fn of(folder: PathBuf, id: SessionId) -> Self {
        let reader = Reader::open(&folder.join("state")).unwrap();
        let records = reader.records(id, Seq(1), usize::MAX).unwrap();
        Self { folder, id, records, reader }
    }

    /// The session's name.
    pub fn name(&self) -> String {
        hub::session_at(&self.reader, self.id, self.last()).unwrap().name
    }

    /// The last record.
    pub fn last(&self) -> Seq {
        self.records.last().unwrap().seq
    }

    /// A record by its seq.
    pub fn at(&self, seq: Seq) -> &Record {
        &self.records[usize::try_from(seq.0 - 1).unwrap()]
    }

    /// What a replay of it knows, with its cursor at a record.
    pub fn replay(&self, seq: Seq) -> Replay {
        let mut marks = Marks::new(self.id, self.last());
        self.records.iter().for_each(|record| marks.take(record));
        marks.at(seq)
    }

    /// A console that replays it, with its cursor at a record.
    pub fn console(&self, seq: Seq, size: (u16, u16)) -> App {
        let session = hub::session_at(&self.reader, self.id, seq).unwrap();
        App::of_replay(setup(size), self.replay(seq), session)
    }
}

/// What every console of these tests is told of the world.
pub fn setup(size: (u16, u16)) -> Setup {
    Setup { home: "/home/demo".into(), limits: taut::state::Limits::default(), size, ..Setup::default() }
}

/// The demo through a real hub, as fast as it goes: looked at, allowed and denied, a second turn, the end.
pub fn demo(folder: &Path) -> Log {
    let cwd = folder.join("shop");
    demo_repo::make(&cwd).unwrap();
    let mut bench = Bench::new(folder);
    let id = bench.demo(&cwd.canonicalize().unwrap(), Some("Find out where the cents go, and mend it"));
    let is_over = |turn: u32| {
        move |bench: &Bench| {
            let session = bench.state.session(id).unwrap();
            session.turns.0 == turn && session.turn.is_none()
        }
    };
    for kind in [OfferKind::AllowOnce, OfferKind::AllowOnce, OfferKind::RejectOnce] {
        answer(&mut bench, kind);
    }
    bench.until("the end of the turn", is_over(1));
    let text = "and the readme?".to_owned();
    bench.command(Command::Prompt { session: id, text, steer: false });
    answer(&mut bench, OfferKind::AllowOnce);
    bench.until("the end of the turn", is_over(2));
    bench.command(Command::Notice { session: id });
    bench.leave();
    Log::of(folder.to_owned(), id)
}

/// Looks at the next request, and answers it.
fn answer(bench: &mut Bench, kind: OfferKind) {
    let request = bench.waiting();
    let asked = bench.state.request(request).unwrap().clone();
    let digest = asked.digest;
    for end in [false, true] {
        bench.command(Command::Shown { request, digest, seen: Seen { lines: 9, of: 12, end } });
    }
    let offer = asked.offers.iter().find(|offer| offer.kind == kind).map(|offer| offer.id.clone());
    let decision = match kind {
        OfferKind::AllowOnce => Decision::Allow { offer: offer.unwrap() },
        _ => {
            let reason = Some("the changelog is written at the release".to_owned());
            Decision::Deny { offer, reason, interrupt: false }
        }
    };
    bench.command(Command::Decide { request, digest, decision, overridden: false });
    bench.until("the answer to be taken up", |bench| bench.state.waiting_request(request).is_none());
}

/// A long session that never was, stored with its keyframes and its long texts.
pub fn story(folder: &Path, seed: u64, count: u64) -> Log {
    const ID: SessionId = SessionId(7);
    let Opened::Writer(mut store) = Store::open(&folder.join("state")).unwrap() else { panic!("free") };
    let mut session = Session::new(ID);
    let mut decided = std::collections::BTreeSet::new();
    for records in story::records(ID, seed, count).chunks_mut(8) {
        let drafts: Vec<Draft> = records
            .iter_mut()
            .map(|record| {
                make_long(record);
                // The hub writes one decision for a request.
                if let Event::Decided { request, .. } = &record.event
                    && !decided.insert(*request)
                {
                    record.event = Event::Noticed;
                }
                Draft { lane: record.lane, ..Draft::new(ID, record.event.clone()) }
            })
            .collect();
        for record in store.append(&drafts, records[0].at, Durability::Stream).unwrap() {
            session.apply(&record);
            if page::is_due(record.seq) {
                store.keyframe(ID, record.seq, &page::keyframe(&session)).unwrap();
            }
        }
    }
    store.close().unwrap();
    Log::of(folder.to_owned(), ID)
}

/// Makes some texts too long to stay in their record.
fn make_long(record: &mut Record) {
    let n = record.seq.0;
    let long = || (0..300).map(|line| format!("{n}: line {line} of a long text\n")).collect::<String>().into();
    match &mut record.event {
        Event::CallOutput { part: OutputPart::Append(text) | OutputPart::Replace(text), .. } if n.is_multiple_of(3) => {
            *text = long()
        }
        Event::Said { text, .. } if n.is_multiple_of(11) => *text = long(),
        Event::Called { patch, .. } if n.is_multiple_of(13) => patch.command = Some(long()),
        _ => {}
    }
}

/// A live console that has heard the log up to a record.
pub struct Live<'a> {
    pub app: App,
    pub cache: Cache,
    log: &'a Log,
}

impl<'a> Live<'a> {
    /// A console that has heard nothing.
    pub fn new(log: &'a Log, size: (u16, u16)) -> Self {
        Self { app: App::new(setup(size)), cache: Cache::new(), log }
    }

    /// Hears one record.
    pub fn hear(&mut self, record: &Record) {
        update(&mut self.app, Msg::Heard(vec![record.clone()]), record.at);
    }

    /// The clock as of what it has heard.
    pub fn now(&self) -> At {
        self.app.state.session(self.log.id).unwrap().at
    }

    /// The settled frame. The hub answers from what is written by now, and no record of later.
    pub fn settle(&mut self) -> Scene {
        let (now, written) = (self.now(), self.app.state.session(self.log.id).unwrap().seq);
        let mut ask = |query: Query| {
            let Published::Answered(mut answer) = hub::answer(&self.log.reader, &query) else { return None };
            if let Answer::Page { records, .. } = &mut answer {
                records.retain(|record| record.seq <= written);
            }
            Some(Msg::Answered(answer))
        };
        still::settle_by(&mut self.app, &mut self.cache, &mut ask, now)
    }
}
