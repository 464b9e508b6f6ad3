//! What waits for a console at the other end of a socket: bounded, so that a slow one costs the others nothing.
//!
//! Records that it does not fetch in time are let go: they are in the log, and come from there once it reads again.

use super::super::Published;
use crate::domain::{HubStatus, Pos};
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use tokio::sync::Notify;

/// Records that wait for a console before it counts as slow.
const RECORDS: usize = 4_096;

/// Answers that wait for a console before nothing more is taken from it.
const ANSWERS: usize = 256;

/// What a console is to be told next.
#[derive(Debug)]
pub(super) enum Mail {
    /// Something that the hub published; records may have gaps before them.
    Published(Published),
    /// It was so slow that records up to this one were let go.
    Lagged(Pos),
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
    waiting: VecDeque<Published>,
    records: usize,
    /// The newest status: older ones are of no use.
    status: Option<HubStatus>,
    /// Records up to this one were let go.
    lagged: Option<Pos>,
    closed: bool,
}

impl Mailbox {
    /// Puts something in. Never waits.
    pub(in crate::hub) fn put(&self, what: Published) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        match what {
            Published::Status(status) => inner.status = Some(status),
            Published::Records(records) => {
                inner.records += records.len();
                inner.waiting.push_back(Published::Records(records));
                if inner.records > RECORDS {
                    inner.let_go();
                }
            }
            other => inner.waiting.push_back(other),
        }
        drop(inner);
        self.came.notify_one();
    }

    /// Nothing more will come.
    pub(super) fn close(&self) {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.came.notify_one();
        self.went.notify_one();
    }

    /// Waits until a console that asks and does not listen has listened.
    pub(super) async fn room(&self) {
        loop {
            let go = self.went.notified();
            {
                let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
                if inner.closed || inner.waiting.len() < ANSWERS + RECORDS / 4 {
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
                let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(mail) = inner.take() {
                    self.went.notify_one();
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
    /// Lets all waiting records go; replies and answers stay, in their order.
    fn let_go(&mut self) {
        let newest = self.waiting.iter().rev().find_map(|what| match what {
            Published::Records(records) => records.last().map(|record| record.pos),
            _ => None,
        });
        self.waiting.retain(|what| !matches!(what, Published::Records(_)));
        (self.records, self.lagged) = (0, newest.or(self.lagged));
    }

    fn take(&mut self) -> Option<Mail> {
        if let Some(pos) = self.lagged.take() {
            return Some(Mail::Lagged(pos));
        }
        match self.waiting.pop_front() {
            Some(Published::Records(records)) => {
                self.records = self.records.saturating_sub(records.len());
                Some(Mail::Published(Published::Records(records)))
            }
            Some(other) => Some(Mail::Published(other)),
            None => self.status.take().map(|status| Mail::Published(Published::Status(status))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Draft, Event, Record, Seq, SessionId, VERSION};

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
        let Some(Mail::Lagged(Pos(until))) = mailbox.next().await else { unreachable!("it is told first") };
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
}
