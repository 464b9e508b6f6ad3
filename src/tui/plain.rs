//! The console as lines: for who hears the terminal, or wants nothing repainted.
//!
//! The same app, the same keys, the same guards. There is no alternate screen and no cursor that moves: what changes is
//! written below what was there. A card counts as shown when all its lines have left.

use super::console::{FAREWELL, Left, RunError};
use super::desk::{Desk, Told, Wish};
use super::errand::Errands;
use super::input::{Input, Reads};
use super::signals::{Asked, Signals, stop_here};
use super::source::{Heard, Source};
use super::terminal;
use crate::domain::At;
use crate::ui::update::{next_tick, update};
use crate::ui::{App, Effect, Msg};
use crate::view::Cache;
use crate::view::plain::{LEAF, Spoken};
use crossterm::event::EventStream;
use futures_util::StreamExt;
use std::io;
use std::time::{Duration, Instant};

/// What changes by itself is looked for so often at most: ages are not said.
const TICK: Duration = Duration::from_secs(5);

/// Says what changed.
pub trait Speaker {
    /// The lines that are new, and what of them counts as shown once they have left; `None` where nothing changed.
    fn speak(&mut self, app: &App, cache: &mut Cache, now: At) -> Option<Spoken>;
    /// What is being typed: what it is for, and the text; `None` where nothing is.
    fn typing(&self, app: &App) -> Option<(String, String)>;
}

struct Plain<'a> {
    app: App,
    cache: Cache,
    source: Source,
    desk: Desk,
    errands: Errands,
    speaker: &'a mut dyn Speaker,
    reads: Reads,
    /// The line that is open: what is typed, as far as it was written.
    open: Option<(String, String)>,
    leaving: bool,
    failed: Option<RunError>,
}

/// Runs the console as lines until it is left.
///
/// # Errors
/// The terminal failed, or the store can't be opened.
pub fn run(
    app: App,
    cache: Cache,
    speaker: &mut dyn Speaker,
    desk: Desk,
    source: Source,
    first: Vec<Effect>,
) -> Result<Left, RunError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let raw = terminal::Raw::take()?;
        let reads = Reads::default();
        let mut plain = Plain {
            app,
            cache,
            source,
            desk,
            errands: Errands::new(),
            speaker,
            reads,
            open: None,
            leaving: false,
            failed: None,
        };
        let looped = plain.live(first).await;
        let left = Left::of(&plain.app);
        if plain.app.replay.is_none() && plain.failed.is_none() {
            // Nobody is there any more to be told.
            drop(plain.desk.keep(&plain.app.pad()));
        }
        let Plain { source, failed, .. } = plain;
        drop(raw);
        if let Source::Live(mut link, _) = source {
            link.leave();
            let left = async { while link.published.recv().await.is_some() {} };
            if tokio::time::timeout(FAREWELL, left).await.is_ok() {
                link.join();
            }
        }
        match failed {
            Some(error) => Err(error),
            None => looped.map(|()| left).map_err(RunError::from),
        }
    })
}

impl Plain<'_> {
    async fn live(&mut self, first: Vec<Effect>) -> io::Result<()> {
        let mut signals = Signals::listen()?;
        let mut keys = EventStream::new();
        self.resized(crossterm::terminal::size().map_or(80, |(columns, _)| columns))?;
        for effect in first {
            self.carry(effect)?;
        }
        let mut hub_is_gone = false;
        while !self.leaving {
            self.say()?;
            let tick = self.tick();
            tokio::select! { biased;
                asked = signals.next() => self.signalled(asked)?,
                event = keys.next() => match event {
                    Some(Ok(event)) => {
                        let mut events = vec![event];
                        while crossterm::event::poll(Duration::ZERO)? {
                            events.push(crossterm::event::read()?);
                        }
                        self.typed(events)?;
                    }
                    Some(Err(_)) | None => self.leaving = true,
                },
                told = self.desk.next() => {
                    let Told { msgs, .. } = told;
                    msgs.into_iter().try_for_each(|msg| self.dispatch(msg))?;
                }
                published = self.source.next(), if !hub_is_gone => if let Some(published) = published {
                    self.said(published)?;
                } else {
                    hub_is_gone = true;
                    self.dispatch(Msg::Link(Some("the hub has stopped; leave and start taut again".to_owned())))?;
                },
                news = self.errands.next() => if let Some(msg) = news {
                    self.dispatch(msg)?;
                },
                () = super::console::sleep(tick) => self.dispatch(Msg::Tick)?,
            }
        }
        self.close_line()
    }

    /// Only what is said is worth waking up for: a turn that stalls, a replay that plays.
    fn tick(&self) -> Option<Duration> {
        let now = super::console::now();
        let due = next_tick(&self.app, now).map(|at| Duration::from_millis(at.since(now)))?;
        if self.app.replay.is_some() {
            return Some(due);
        }
        self.app.state.sessions.values().any(|session| session.turn.is_some()).then(|| due.max(TICK))
    }

    /// Says what changed; what was said counts as shown.
    fn say(&mut self) -> io::Result<()> {
        // What is shown may change what is to be said: a text that was lacking, a place that settles.
        for _ in 0..8 {
            let Some(spoken) = self.speaker.speak(&self.app, &mut self.cache, super::console::now()) else { break };
            if !spoken.lines.is_empty() {
                self.close_line()?;
                let mut out = String::new();
                for line in &spoken.lines {
                    out.push_str(line);
                    out.push_str("\r\n");
                }
                terminal::write_all(out.as_bytes())?;
            }
            self.dispatch(Msg::Painted(Box::new(spoken.painted)))?;
        }
        self.type_line()
    }

    /// What is typed stands in a line of its own, and grows as it is typed.
    fn type_line(&mut self) -> io::Result<()> {
        let typing = self.speaker.typing(&self.app);
        match (&self.open, &typing) {
            (Some((label, before)), Some((same, text))) if label == same && text.starts_with(before.as_str()) => {
                terminal::write_all(text[before.len()..].replace('\n', "\r\n").as_bytes())?;
            }
            (_, Some((label, text))) => {
                self.close_line()?;
                terminal::write_all(format!("{label}: {}", text.replace('\n', "\r\n")).as_bytes())?;
            }
            (Some(_), None) => self.close_line()?,
            (None, None) => {}
        }
        self.open = typing;
        Ok(())
    }

    fn close_line(&mut self) -> io::Result<()> {
        if self.open.take().is_some() {
            terminal::write_all(b"\r\n")?;
        }
        Ok(())
    }

    fn resized(&mut self, columns: u16) -> io::Result<()> {
        // As high as what is said at once: nothing scrolls where nothing is painted.
        self.dispatch(Msg::Resized(columns.max(40), LEAF))
    }

    fn typed(&mut self, events: Vec<crossterm::event::Event>) -> io::Result<()> {
        for input in self.reads.take(events, Instant::now()) {
            match input {
                Input::Mouse(_) => continue,
                Input::Size(columns, _) => {
                    self.resized(columns)?;
                    continue;
                }
                Input::Key(..) | Input::Paste(_) | Input::Focus(_) => {}
            }
            let msg = input.msg(&self.app);
            self.dispatch(msg)?;
            // Before the next key: what it means depends on what was said.
            self.say()?;
        }
        Ok(())
    }

    fn said(&mut self, first: Heard) -> io::Result<()> {
        let (msgs, failed) = self.source.hear(first);
        if failed.is_some() {
            (self.failed, self.leaving) = (failed, true);
        }
        // What was said can't be taken back: the end of a recording is said once all of it is known.
        let mut whole = msgs.into_iter().filter(|msg| !matches!(msg, Msg::Glimpsed(..)));
        whole.try_for_each(|msg| self.dispatch(msg))
    }

    fn dispatch(&mut self, msg: Msg) -> io::Result<()> {
        update(&mut self.app, msg, super::console::now()).into_iter().try_for_each(|effect| self.carry(effect))
    }

    fn carry(&mut self, effect: Effect) -> io::Result<()> {
        let msg = match effect {
            Effect::Send(id, command) => self.source.send(id, command),
            Effect::Ask(query) => self.source.ask(query),
            Effect::Seek(session, seq) => match self.source.seek(session, seq) {
                Ok(sought) => sought.map(Msg::Sought),
                Err(error) => Some(Msg::Link(Some(error.to_string()))),
            },
            Effect::Page(changes, sort) => {
                self.errands.page(*changes, sort);
                None
            }
            Effect::Mark(session) => {
                if let Source::Past(past) = &self.source {
                    self.errands.mark(past.reader().folder().to_owned(), session);
                }
                None
            }
            // What waits and what ended is said as a line; the mouse was never taken.
            Effect::TryTheme(_) | Effect::Redraw | Effect::Ring(_) | Effect::Mouse(_) => None,
            Effect::Configure(change) => {
                self.desk.wish(Wish::Write(change));
                None
            }
            Effect::Keep(pad) => self.desk.keep(&pad).err().map(Msg::Unkept),
            Effect::HandOver(what) => {
                let why = format!("a screen of lines hands the terminal to no {}", what.program().word());
                Some(Msg::Back(what.purpose(), Err(why)))
            }
            Effect::Copy(_) | Effect::Show(..) => Some(Msg::Failed(
                "a screen of lines sends nothing: take it from the terminal, or by `taut show`".to_owned(),
            )),
            Effect::Halt => {
                self.errands.halt(self.desk.brake());
                None
            }
            Effect::Settled(settings) => {
                self.desk.wish(Wish::InForce(*settings));
                None
            }
            Effect::Quit => {
                self.leaving = true;
                None
            }
            Effect::Suspend => {
                self.suspend()?;
                None
            }
        };
        msg.map_or(Ok(()), |msg| self.dispatch(msg))
    }

    fn signalled(&mut self, asked: Asked) -> io::Result<()> {
        match asked {
            Asked::Leave => {
                self.leaving = true;
                Ok(())
            }
            Asked::Stop => self.suspend(),
            Asked::GoOn => terminal::Raw::again(),
            #[cfg(debug_assertions)]
            #[expect(clippy::panic, reason = "a test asks for it, to see what a panic leaves")]
            Asked::Panic => panic!("asked for by SIGUSR2"),
        }
    }

    fn suspend(&mut self) -> io::Result<()> {
        self.close_line()?;
        terminal::restore();
        stop_here();
        terminal::Raw::again()
    }
}
