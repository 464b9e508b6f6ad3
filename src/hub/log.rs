//! Drafts become records: coalesced for at most 20 ms, committed, folded, published. Consoles and store see the same.

use super::Published;
use super::actor::Hub;
use super::coalesce::{merge, pieces, weight};
use super::fault;
use crate::domain::body::INLINE_MAX;
use crate::domain::{At, Draft, Event, HubStatus, OutputPart, Record, Seq, SessionId, Text};
use crate::state::page;
use crate::store::{Direction, Durability, RawFrame, StoreError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Drafts wait at most this long for others.
const COALESCE: Duration = Duration::from_millis(16);
/// Beyond this many bytes of drafts nothing waits.
const BATCH: usize = 256 << 10;
/// Nor beyond this many: what a fact implies is drafted after its batch, and must find its call not settled yet.
const DRAFTS: usize = 32;
/// Texts up to this length are cut into inline pieces; longer ones become bodies.
const PIECES: usize = 256 << 10;

/// What waits to be committed.
#[derive(Debug, Default)]
pub(super) struct Pending {
    drafts: Vec<Draft>,
    raw: Vec<(SessionId, RawFrame)>,
    bytes: usize,
    since: Option<Instant>,
}

impl Pending {
    /// When it must be committed.
    pub(super) fn due(&self) -> Option<Instant> {
        self.since.map(|since| since + COALESCE)
    }

    /// More than one batch waits: nothing more is read from agents until it is committed.
    pub(super) fn is_full(&self) -> bool {
        self.bytes > 16 * BATCH
    }
}

/// Why a record is not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unwritten {
    /// The store can't take it now: it is tried again.
    NotNow,
    /// The log says otherwise already, and always will.
    Never,
}

/// The hub's clock.
pub(super) fn now() -> At {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    At(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Bytes of raw frames that are kept of a session, on disk.
const RAW_KEPT: u64 = 16 << 20;

impl Hub {
    /// A fact of the session's own lane, from no frame.
    pub(super) fn note(&mut self, session: SessionId, event: Event) {
        self.draft(Draft::new(session, event));
    }

    /// A fact to be committed soon.
    pub(super) fn draft(&mut self, draft: Draft) {
        let Draft { session, lane, said_at, cites, event } = draft;
        let with = |event| Draft { session, lane, said_at, cites, event };
        match event {
            Event::Said { who, message, text: Text::Inline(text) }
                if text.len() > INLINE_MAX && text.len() <= PIECES =>
            {
                for piece in pieces(&text) {
                    let event = Event::Said { who, message: message.clone(), text: piece.into() };
                    self.put(with(event));
                }
            }
            Event::CallOutput { call, part: OutputPart::Append(Text::Inline(text)) }
                if text.len() > INLINE_MAX && text.len() <= PIECES =>
            {
                for piece in pieces(&text) {
                    let event = Event::CallOutput { call: call.clone(), part: OutputPart::Append(piece.into()) };
                    self.put(with(event));
                }
            }
            event => self.put(with(event)),
        }
        if self.pending.bytes > BATCH || self.pending.drafts.len() >= DRAFTS {
            self.commit();
        }
    }

    fn put(&mut self, draft: Draft) {
        self.pending.since.get_or_insert_with(Instant::now);
        self.pending.bytes += 128 + weight(&draft.event);
        let last = self.pending.drafts.iter_mut().rev().find(|last| last.session == draft.session);
        if let Some(last) = last
            && last.lane == draft.lane
            && merge(&mut last.event, &draft.event)
        {
            return;
        }
        self.pending.drafts.push(draft);
    }

    /// True where this very fact waits to be committed.
    pub(super) fn is_pending(&self, session: SessionId, event: &Event) -> bool {
        self.pending.drafts.iter().any(|draft| draft.session == session && draft.event == *event)
    }

    /// Keeps a raw frame; committed with the facts read from it.
    pub(super) fn keep_raw(&mut self, session: SessionId, direction: Direction, bytes: &[u8]) -> Option<u64> {
        let driven = self.agents.get_mut(&session)?;
        driven.frames += 1;
        let frame = RawFrame { n: driven.frames, at: now(), direction, bytes: bytes.to_vec() };
        self.pending.since.get_or_insert_with(Instant::now);
        self.pending.bytes += bytes.len();
        self.pending.raw.push((session, frame));
        Some(driven.frames)
    }

    /// Commits what waits, as a stream is: no process's death loses it. While the store fails, only its retry tries.
    pub(super) fn commit(&mut self) {
        // The header says what failed, and nothing was lost.
        let _ = self.try_commit();
    }

    /// Commits what waits. Where the store can't, all of it stays, and the header says why.
    pub(super) fn try_commit(&mut self) -> Result<(), Unwritten> {
        self.flush(Durability::Stream)
    }

    /// Puts one fact on record now, in one commit with everything that waits; where the store can't, it is not kept.
    pub(super) fn record(&mut self, draft: Draft, durable: Durability) -> Result<(), Unwritten> {
        self.pending.drafts.push(draft);
        let written = self.flush(durable);
        if written.is_err() {
            self.pending.drafts.pop();
        }
        written
    }

    fn flush(&mut self, durable: Durability) -> Result<(), Unwritten> {
        if self.retry.is_some() {
            return Err(Unwritten::NotNow);
        }
        if let Err(error) = self.store.still_there() {
            self.store_failed(&error);
            return Err(Unwritten::NotNow);
        }
        if !self.pending.drafts.is_empty() {
            self.append(durable)?;
        }
        // What a record implies is drafted while it is folded: hence the loop, bounded since implications end. Where one
        // of those can't be written, the facts themselves are.
        for _ in 0..8 {
            if self.pending.drafts.is_empty() || self.append(Durability::Stream).is_err() {
                break;
            }
        }
        self.commit_raw();
        if self.pending.drafts.is_empty() {
            (self.pending.bytes, self.pending.since) = (0, None);
        }
        self.ask_again();
        self.stop_spending();
        Ok(())
    }

    fn append(&mut self, durable: Durability) -> Result<(), Unwritten> {
        let records = match self.store.append(&self.pending.drafts, now(), durable) {
            Ok(records) => records,
            Err(StoreError::AlreadyDecided(_)) => return Err(Unwritten::Never),
            Err(error) => {
                self.store_failed(&error);
                return Err(Unwritten::NotNow);
            }
        };
        fault::written(&records);
        self.pending.drafts.clear();
        self.commit_raw();
        self.fold(&records);
        self.publish(&Published::Records(records.into()));
        self.indexing.written();
        self.store_works();
        Ok(())
    }

    /// Tries a store that failed again, and goes on with what waited for it: first what humans decided, then what
    /// agents said.
    pub(super) fn retry_store(&mut self) {
        self.retry = None;
        if self.try_commit().is_err() {
            return;
        }
        self.release_held();
        self.take_stalled();
        self.resend_prompts();
        if self.retry.is_none() {
            self.store_works();
        }
    }

    /// Why nothing can be written, for a refusal.
    pub(super) fn unwritten(&self) -> String {
        let why = self.status.store_error.as_deref().unwrap_or("the log can't be written");
        format!("nothing was done, since it can't be put on record: {why}; then do it again")
    }

    /// The seq that the next record of a session will have; nothing of it may be pending.
    pub(super) fn next_seq(&mut self, session: SessionId) -> Result<Seq, Unwritten> {
        if self.retry.is_some() {
            return Err(Unwritten::NotNow);
        }
        self.store.next_seq(session).map_err(|error| {
            self.store_failed(&error);
            Unwritten::NotNow
        })
    }

    fn commit_raw(&mut self) {
        let raw = std::mem::take(&mut self.pending.raw);
        let mut at = 0;
        while at < raw.len() {
            let session = raw[at].0;
            let end = raw[at..].iter().position(|(other, _)| *other != session).map_or(raw.len(), |n| at + n);
            let frames: Vec<RawFrame> = raw[at..end].iter().map(|(_, frame)| frame.clone()).collect();
            // Raw frames are a help, not the truth: a failure to keep them holds nothing up.
            drop(self.store.raw(session, &frames));
            at = end;
        }
    }

    fn fold(&mut self, records: &[Record]) {
        for record in records {
            self.state.apply(record);
            if record.session == SessionId::HUB {
                self.tokens.apply(record);
            }
            if page::is_due(record.seq)
                && let Some(session) = self.state.session(record.session)
            {
                // Derived: where it can't be written, it is folded again when asked for.
                drop(self.store.keyframe(record.session, record.seq, &page::keyframe(session)));
                // Raw frames are a help for as long as there is room; a failure to make room holds nothing up.
                drop(self.store.prune_raw_of(record.session, RAW_KEPT));
            }
            self.witness(record);
            self.spent(record);
        }
        self.weigh_doubtful();
    }

    /// Writes the keyframe of a session as it is now: its next start is then a read.
    pub(super) fn keyframe(&mut self, id: SessionId) {
        if self.retry.is_some() {
            return;
        }
        drop(self.store.prune_raw_of(id, RAW_KEPT));
        if let Some(session) = self.state.session(id) {
            let (seq, bytes) = (session.seq, page::keyframe(session));
            drop(self.store.keyframe(id, seq, &bytes));
        }
    }

    fn store_failed(&mut self, error: &StoreError) {
        let said = error.to_string();
        self.retry = Some(Instant::now() + Duration::from_secs(1));
        if self.status.store_error.as_ref() != Some(&said) {
            self.status.store_error = Some(said);
            self.tell_status();
        }
    }

    fn store_works(&mut self) {
        if self.status.store_error.take().is_some() {
            self.tell_status();
        }
    }

    /// Publishes to every console.
    pub(super) fn publish(&self, what: &Published) {
        self.consoles.tell_all(what);
    }

    /// Publishes the hub's own status.
    pub(super) fn tell_status(&mut self) {
        let status = self.status_now();
        self.publish(&Published::Status(status));
    }

    /// The hub's own status as it is now.
    pub(super) fn status_now(&mut self) -> HubStatus {
        self.status.head = self.state.head;
        self.status.at = now();
        self.status.held = u32::try_from(self.held.len()).unwrap_or(u32::MAX);
        self.status.live = u32::try_from(self.agents.len()).unwrap_or(u32::MAX);
        self.status.clone()
    }
}
