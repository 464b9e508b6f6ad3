//! What an interrupted turn left running is ended with it: the turn is over here once that was looked at. What ended, and
//! what did not, is said by pid.

use super::Wish;
use super::actor::Hub;
use super::requests::refused;
use super::sessions::Heard;
use crate::agent::process::left::{Birth, Swept, Whose};
use crate::agent::{Fact, Tell};
use crate::domain::{By, Event, Notice, Reply, SessionId, Stop, Tokens};
use std::thread::{Builder, sleep};
use std::time::Duration;

/// Looks after an interrupt outside of a turn: what an agent ends by itself leaves its children behind only then.
const LOOKS: u32 = 5;
/// Between them.
const PAUSE: Duration = Duration::from_millis(200);
/// So many processes are named.
const NAMED: usize = 6;

/// When what may be left running was born.
#[derive(Debug, Default)]
pub(super) struct Births {
    /// The first prompt.
    first: Option<Birth>,
    /// The newest turn.
    turn: Option<Birth>,
}

/// A turn whose end waits until what it left is ended, and what was heard since.
#[derive(Debug)]
pub(super) struct Over {
    stop: Stop,
    tokens: Option<Tokens>,
    later: Vec<Heard>,
}

impl Hub {
    /// A turn begins: what is born from here on belongs to it.
    pub(super) fn births(&mut self, id: SessionId) {
        if let Some(driven) = self.agents.get_mut(&id) {
            let now = Birth::now();
            driven.births.first.get_or_insert(now);
            driven.births.turn = Some(now);
        }
    }

    /// The agent says that its turn is over. One that was interrupted is over once what it left is ended.
    pub(super) fn turn_stops(&mut self, id: SessionId, stop: Stop, tokens: Option<Tokens>) {
        let interrupted = self.state.session(id).and_then(|session| session.turn).is_some_and(|turn| turn.interrupted);
        let since = self.agents.get(&id).and_then(|driven| driven.births.turn);
        let sweeps = match since {
            Some(since) if interrupted && stop != Stop::Lost => self.sweep(id, since, 1),
            Some(_) | None => false,
        };
        match self.agents.get_mut(&id).filter(|_| sweeps) {
            Some(driven) => driven.over = Some(Over { stop, tokens, later: Vec::new() }),
            None => self.turn_over(id, stop, tokens),
        }
    }

    /// What is said of turns while the end of one waits comes after that.
    pub(super) fn waits_for_sweep(&mut self, heard: Heard) -> Option<Heard> {
        let of_turns = matches!(heard.1, Fact::TurnBegan(_) | Fact::Marked(_) | Fact::TurnOver(..));
        match self.agents.get_mut(&heard.0).and_then(|driven| driven.over.as_mut()) {
            Some(over) if of_turns => {
                over.later.push(heard);
                None
            }
            Some(_) | None => Some(heard),
        }
    }

    fn whose(&self, id: SessionId, since: Birth) -> Option<Whose> {
        let keeper = self.agents.get(&id)?.handle.pid();
        Some(Whose { mark: id.to_string(), keeper, since })
    }

    /// Has it ended by a thread of its own; false where there is none to be had.
    fn sweep(&mut self, id: SessionId, since: Birth, looks: u32) -> bool {
        let (Some(whose), Some(wishes)) = (self.whose(id, since), self.brake.wishes()) else { return false };
        let sweep = move || {
            let mut all = whose.sweep();
            for _ in 1..looks {
                sleep(PAUSE);
                let more = whose.sweep();
                all.ended.extend(more.ended);
                all.alive = more.alive;
            }
            drop(wishes.send(Wish::Swept(id, all)));
        };
        Builder::new().name("sweep".to_owned()).spawn(sweep).is_ok()
    }

    /// What was left running is ended, or can't be.
    pub(super) fn swept(&mut self, id: SessionId, swept: &Swept) {
        let name = self.state.session(id).map(|session| session.name.clone()).unwrap_or_default();
        if !swept.ended.is_empty() {
            let text = format!("left running by its commands, and ended by taut: {}", named(&swept.ended));
            self.note(id, Event::Noted { level: Notice::Warning, text: text.into() });
        }
        if !swept.alive.is_empty() {
            let text = format!(
                "left running by its commands, and not to be ended: {}; `taut end {name}` ends the session with all of it",
                named(&swept.alive)
            );
            self.note(id, Event::Noted { level: Notice::Error, text: text.into() });
        }
        self.turn_settles(id);
    }

    /// A turn whose end has waited is over.
    pub(super) fn turn_settles(&mut self, id: SessionId) {
        let Some(over) = self.agents.get_mut(&id).and_then(|driven| driven.over.take()) else { return };
        self.turn_over(id, over.stop, over.tokens);
        over.later.into_iter().for_each(|heard| self.take_in(heard));
        self.commit();
    }

    /// An interrupt though no turn runs: what earlier turns left running is ended.
    pub(super) fn interrupt_rest(&mut self, id: SessionId, by: By) -> Reply {
        let Some(session) = self.state.session(id) else { return refused(format!("there is no session {id}")) };
        let goes_on = session.goes_on_behind();
        let name = session.name.clone();
        let Some(driven) = self.agents.get(&id) else { return refused("no turn runs".to_owned()) };
        let stops = driven.protocol.stops_behind() && goes_on;
        let since = driven.births.first;
        let loose = since.and_then(|since| self.whose(id, since)).is_some_and(|whose| !whose.left().is_empty());
        if !stops && !loose {
            return refused(match goes_on {
                false => "no turn runs, and nothing is left running of earlier ones".to_owned(),
                true => format!(
                    "no turn runs; what still runs is in its agent's own hands: tell it to stop that, or `taut end {name}`"
                ),
            });
        }
        // The brake first, the record after.
        if stops {
            self.tell(id, Tell::Interrupt);
        }
        since.map(|since| self.sweep(id, since, LOOKS));
        if stops {
            // A subagent's questions, too.
            self.interrupted(id, by, None);
        } else {
            self.note(id, Event::InterruptAsked { by });
        }
        Reply::Done
    }
}

/// `sleep (pid 12), sh (pid 14) and 3 more`.
fn named(processes: &[(u32, String)]) -> String {
    let one = |(pid, name): &(u32, String)| format!("{name} (pid {pid})");
    let list = processes.iter().take(NAMED).map(one).collect::<Vec<_>>().join(", ");
    match processes.len().checked_sub(NAMED) {
        None | Some(0) => list,
        Some(more) => format!("{list} and {more} more"),
    }
}
