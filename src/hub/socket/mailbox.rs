//! What waits for a console at the other end of a socket: bounded, so that a slow one costs the others nothing.
//!
//! Records that it does not fetch in time are let go: they are in the log, and come from there once it reads again.

use super::super::Published;
use crate::domain::{Answer, Elsewhere, HubStatus, Pos, Query, SessionId};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// Records that wait for a console before it counts as slow.
const RECORDS: usize = 4_096;

/// Commands of a console whose reply it has not fetched, before nothing more is taken from it.
const COMMANDS: usize = 256;

/// Its questions that are looked up at once. Others stand behind them, so that answers that nobody fetches stay few.
const ASKED: usize = 8;

/// Its questions that may stand behind those, before nothing more is taken from it.
const LATER: usize = 1_024;

/// What a console is to be told next.
#[derive(Debug)]
pub(super) enum Mail {
    /// Something that the hub published; records may have gaps before them.
    Published(Published),
    /// A session of everything that is known: its line.
    Part(Vec<u8>),
    /// That was everything, as of this record.
    Whole(Pos),
    /// It was so slow that these records were let go: the first, and the newest.
    Lagged(Pos, Pos),
}

/// What waits for one console.
#[derive(Debug, Default)]
pub struct Mailbox {
    inner: Mutex<Inner>,
    came: Notify,
    went: Notify,
}

#[derive(Debug, Default)]
struct Inner {
    waiting: VecDeque<Mail>,
    records: usize,
    /// The newest status: older ones are of no use.
    status: Option<HubStatus>,
    /// Sessions of other tools, each as it is by now.
    elsewhere: BTreeMap<SessionId, Elsewhere>,
    /// Commands whose reply has not been written to it.
    commands: usize,
    /// Questions whose answer has not been written to it.
    asked: usize,
    /// Questions that stand behind those.
    later: VecDeque<Query>,
    closed: bool,
}

impl Mailbox {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts something in. Never waits.
    pub(in crate::hub) fn put(&self, what: Published) {
        let mut inner = self.inner();
        match what {
            Published::Status(status) => inner.status = Some(status),
            Published::Records(records) => {
                inner.records += records.len();
                inner.waiting.push_back(Mail::Published(Published::Records(records)));
                if inner.records > RECORDS {
                    inner.let_go();
                }
            }
            Published::Elsewhere(listed) => {
                inner.elsewhere.extend(listed.iter().map(|one| (one.id, one.clone())));
            }
            Published::Answered(all @ Answer::Elsewhere { .. }) => {
                // All of them as they are by now.
                inner.elsewhere.clear();
                inner.waiting.push_back(Mail::Published(Published::Answered(all)));
            }
            other => inner.waiting.push_back(Mail::Published(other)),
        }
        drop(inner);
        self.came.notify_one();
    }

    /// Puts in a session of everything that is known. No records come between its parts, since nobody else puts anything
    /// in meanwhile.
    pub(in crate::hub) fn put_part(&self, line: Vec<u8>) {
        self.inner().waiting.push_back(Mail::Part(line));
        self.came.notify_one();
    }

    /// Puts in the end of everything that is known, which is its answer.
    pub(in crate::hub) fn put_whole(&self, head: Pos) {
        self.inner().waiting.push_back(Mail::Whole(head));
        self.came.notify_one();
    }

    /// Nothing more will come, or nobody takes it.
    pub(super) fn close(&self) {
        self.inner().closed = true;
        self.came.notify_one();
        self.went.notify_one();
    }

    /// Whether nobody takes anything out of it any more.
    pub(in crate::hub) fn is_closed(&self) -> bool {
        self.inner().closed
    }

    /// It gave a command, which will have one reply.
    pub(super) fn commanded(&self) {
        self.inner().commands += 1;
    }

    /// It asks something, which will have one answer: the question, where it is looked up now.
    pub(super) fn ask(&self, query: Query) -> Option<Query> {
        let mut inner = self.inner();
        if inner.asked >= ASKED {
            inner.later.push_back(query);
            return None;
        }
        inner.asked += 1;
        Some(query)
    }

    /// A reply was written to it.
    pub(super) fn replied(&self) {
        let mut inner = self.inner();
        inner.commands = inner.commands.saturating_sub(1);
        drop(inner);
        self.went.notify_one();
    }

    /// An answer was written to it: what is looked up next.
    pub(super) fn answered(&self) -> Option<Query> {
        let mut inner = self.inner();
        let next = inner.later.pop_front();
        if next.is_none() {
            inner.asked = inner.asked.saturating_sub(1);
        }
        drop(inner);
        self.went.notify_one();
        next
    }

    /// Waits until a console that speaks and does not listen has listened. A command is never behind a question.
    pub(super) async fn room(&self) {
        loop {
            let go = self.went.notified();
            {
                let inner = self.inner();
                if inner.closed || (inner.commands < COMMANDS && inner.later.len() < LATER) {
                    return;
                }
            }
            go.await;
        }
    }

    /// The next thing; `None` once it is closed and empty.
    pub(super) async fn next(&self) -> Option<Mail> {
        loop {
            let come = self.came.notified();
            {
                let mut inner = self.inner();
                if let Some(mail) = inner.take() {
                    return Some(mail);
                }
                if inner.closed {
                    return None;
                }
            }
            come.await;
        }
    }
}

impl Inner {
    /// Lets all waiting records go. In their place stands which they were: replies, answers and what is known stay in
    /// their order with them, since a console that begins with what is known needs every record after it.
    fn let_go(&mut self) {
        for mail in std::mem::take(&mut self.waiting) {
            let Mail::Published(Published::Records(records)) = &mail else {
                self.waiting.push_back(mail);
                continue;
            };
            let (Some(first), Some(last)) = (records.first(), records.last()) else { continue };
            match self.waiting.back_mut() {
                Some(Mail::Lagged(_, until)) => *until = last.pos,
                _ => self.waiting.push_back(Mail::Lagged(first.pos, last.pos)),
            }
        }
        self.records = 0;
    }

    fn take(&mut self) -> Option<Mail> {
        let mail = self.waiting.pop_front();
        if let Some(Mail::Published(Published::Records(records))) = &mail {
            self.records = self.records.saturating_sub(records.len());
        }
        let status = || self.status.take().map(|status| Mail::Published(Published::Status(status)));
        let elsewhere = &mut self.elsewhere;
        mail.or_else(status).or_else(|| {
            let listed: Vec<Elsewhere> = std::mem::take(elsewhere).into_values().collect();
            (!listed.is_empty()).then(|| Mail::Published(Published::Elsewhere(listed.into())))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Draft, Event, Record, Seq, VERSION};

    fn records(from: u64, count: u64) -> Published {
        let Draft { session, lane, said_at, cites, event } = Draft::new(SessionId(1), Event::Opened);
        let record = |pos| Record {
            pos: Pos(pos),
            session,
            seq: Seq(pos),
            lane,
            at: crate::domain::At(0),
            said_at,
            cites,
            version: VERSION,
            event: event.clone(),
        };
        Published::Records((from..from + count).map(record).collect())
    }

    #[tokio::test]
    async fn a_slow_reader_is_told_and_costs_a_bounded_number_of_records() {
        let mailbox = Mailbox::default();
        for batch in 0..100 {
            mailbox.put(records(batch * 100 + 1, 100));
        }
        mailbox.put(Published::Status(HubStatus::default()));
        mailbox.close();
        let Some(Mail::Lagged(Pos(1), Pos(until))) = mailbox.next().await else { unreachable!("it is told first") };
        let mut next = until + 1;
        while let Some(mail) = mailbox.next().await {
            if let Mail::Published(Published::Records(records)) = mail {
                assert_eq!(records[0].pos, Pos(next));
                next += records.len() as u64;
            }
        }
        assert_eq!(next, 10_001);
        assert!(until > 5_000);
    }

    #[tokio::test]
    async fn what_is_known_keeps_its_place_among_records_that_are_let_go() {
        let mailbox = Mailbox::default();
        mailbox.put(records(1, 10));
        mailbox.put_part(b"one".to_vec());
        mailbox.put_part(b"two".to_vec());
        mailbox.put_whole(Pos(10));
        mailbox.put(records(11, RECORDS as u64));
        mailbox.put(records(11 + RECORDS as u64, 5));
        mailbox.close();
        let mut seen = Vec::new();
        while let Some(mail) = mailbox.next().await {
            seen.push(match mail {
                Mail::Lagged(first, last) => format!("{} to {} let go", first.0, last.0),
                Mail::Part(line) => String::from_utf8_lossy(&line).into_owned(),
                Mail::Whole(head) => format!("all as of {}", head.0),
                Mail::Published(Published::Records(records)) => format!("{} more", records.len()),
                Mail::Published(_) => unreachable!(),
            });
        }
        let rest = format!("11 to {} let go", RECORDS + 10);
        assert_eq!(seen, ["1 to 10 let go", "one", "two", "all as of 10", &rest, "5 more"]);
    }

    #[tokio::test]
    async fn of_statuses_only_the_newest_waits() {
        let mailbox = Mailbox::default();
        for live in 0..3 {
            mailbox.put(Published::Status(HubStatus { live, ..HubStatus::default() }));
        }
        mailbox.close();
        let Some(Mail::Published(Published::Status(status))) = mailbox.next().await else { unreachable!() };
        assert_eq!(status.live, 2);
        assert!(mailbox.next().await.is_none());
    }

    #[tokio::test]
    async fn what_is_asked_and_not_fetched_stays_little_and_holds_up_no_command() {
        let mailbox = Mailbox::default();
        let looked_up = (0..100).filter(|_| mailbox.ask(Query::Snapshot).is_some()).count();
        assert_eq!(looked_up, ASKED);
        mailbox.commanded();
        mailbox.room().await;
        // Each answer that is fetched lets one more be looked up.
        let more = (0..100).filter(|_| mailbox.answered().is_some()).count();
        assert_eq!((more, mailbox.inner().asked), (100 - ASKED, 0));
        (0..COMMANDS).for_each(|_| mailbox.commanded());
        let late = tokio::time::timeout(std::time::Duration::from_millis(20), mailbox.room()).await;
        assert!(late.is_err(), "nothing more is taken from it");
        mailbox.replied();
        mailbox.replied();
        mailbox.room().await;
    }
}
