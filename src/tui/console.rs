//! The loop. Quitting beats keys, keys beat frames, frames beat floods. Nothing else awaits.

use super::colours::Colours;
use super::input::{Alone, Input, Reads};
use super::pacer::Pacer;
use super::signals::{Asked, Signals, stop_here};
use super::source::{Source, heard};
use super::terminal::{Mouse, Screen};
use crate::domain::{At, Query};
use crate::hub::Published;
use crate::keymap;
use crate::store::StoreError;
use crate::theme::Theme;
use crate::ui::update::{next_tick, update};
use crate::ui::{App, Effect, HubHome, Msg, Press};
use crate::view::{self, Cache};
use crossterm::event::EventStream;
use futures_util::StreamExt;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Messages of the hub that are taken before the loop looks at the keyboard again.
const DRAIN: usize = 256;
/// How long the end of the agents is waited for; the terminal is given back before.
const FAREWELL: Duration = Duration::from_secs(4);

/// Why the console ended before it was left.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The terminal failed.
    #[error("the terminal failed: {0}; open another one and start taut again, sessions are kept")]
    Terminal(#[from] io::Error),
    /// The store can't be opened.
    #[error(transparent)]
    Store(Arc<StoreError>),
    /// There is no hub.
    #[error("{0}")]
    NoHub(String),
}

/// How the console looks, and who has the mouse.
pub struct Look {
    /// Colours.
    pub theme: Theme,
    /// Who has the mouse.
    pub mouse: Mouse,
}

/// What goes on when the console has been left.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Left {
    /// Agents that run.
    pub agents: usize,
    /// Requests that wait.
    pub waiting: usize,
}

struct Console {
    app: App,
    cache: Cache,
    look: Look,
    screen: Screen,
    source: Source,
    pacer: Pacer,
    colours: Colours,
    reads: Reads,
    leaving: bool,
    failed: Option<RunError>,
}

/// Runs the console until it is left. Messages in `first` come before everything else.
///
/// # Errors
/// The terminal failed, or the store can't be opened.
pub fn run(app: App, look: Look, source: Source, first: Vec<Effect>) -> Result<Left, RunError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let screen = Screen::take(look.mouse)?;
        let mut console = Console {
            app,
            cache: Cache::default(),
            look,
            screen,
            source,
            pacer: Pacer::default(),
            colours: Colours::new(),
            reads: Reads::default(),
            leaving: false,
            failed: None,
        };
        let looped = console.live(first).await;
        let left = console.left();
        let Console { screen, source, failed, .. } = console;
        // The terminal first: whatever the agents do, the human has it back.
        drop(screen);
        farewell(source).await;
        match failed {
            Some(error) => Err(error),
            None => looped.map(|()| left).map_err(RunError::from),
        }
    })
}

async fn farewell(mut source: Source) {
    let Source::Live(link) = &mut source else { return };
    link.leave();
    let left = async { while link.published.recv().await.is_some() {} };
    if tokio::time::timeout(FAREWELL, left).await.is_ok() {
        link.join();
    }
}

impl Console {
    /// What goes on without this console: nothing, where the hub ends with it.
    fn left(&self) -> Left {
        if self.app.hub == HubHome::Here || self.app.link_lost.is_some() || self.app.replay.is_some() {
            return Left::default();
        }
        let agents = self.app.state.sessions.values().filter(|session| session.is_live()).count();
        Left { agents, waiting: self.app.state.waiting() }
    }

    async fn live(&mut self, first: Vec<Effect>) -> io::Result<()> {
        let mut signals = Signals::listen()?;
        let mut keys = EventStream::new();
        if let Ok((columns, rows)) = crossterm::terminal::size() {
            self.dispatch(Msg::Resized(columns, rows))?;
        }
        self.draw()?;
        for effect in first {
            self.carry(effect)?;
        }
        if matches!(self.source, Source::Live(_)) {
            self.source.ask(Query::Snapshot);
        }
        while !self.leaving {
            let due = self.pacer.due();
            let tick = next_tick(&self.app, now()).map(|at| Duration::from_millis(at.since(now())));
            tokio::select! { biased;
                asked = signals.next() => self.signalled(asked)?,
                event = keys.next() => match event {
                    Some(Ok(event)) => {
                        let mut events = vec![event];
                        // What is already here came in the same read, or might have. Asked beside the stream, which
                        // would keep a waker that wakes nobody.
                        while crossterm::event::poll(Duration::ZERO)? {
                            events.push(crossterm::event::read()?);
                        }
                        self.typed(events)?;
                    }
                    // The terminal is gone.
                    Some(Err(_)) | None => self.leaving = true,
                },
                () = until(due) => self.draw()?,
                published = self.source.next() => {
                    if let Some(published) = published {
                        self.said(published)?;
                    } else {
                        self.dispatch(Msg::Link(Some("the hub has stopped; leave and start taut again".to_owned())))?;
                        // Nothing will ever come from it: waiting on it again would spin.
                        self.deaf(&mut signals, &mut keys).await?;
                    }
                }
                found = self.colours.next() => {
                    self.cache.give_code(found);
                    self.pacer.changed(Instant::now());
                }
                () = sleep(tick) => self.dispatch(Msg::Tick)?,
            }
        }
        Ok(())
    }

    /// What the hub said, and what else of it is here already.
    fn said(&mut self, first: Published) -> io::Result<()> {
        let more = self.source.drain(DRAIN);
        for published in std::iter::once(first).chain(more) {
            match &published {
                Published::Failed(error) => {
                    (self.failed, self.leaving) = (Some(RunError::Store(Arc::clone(error))), true)
                }
                Published::Absent(why) => (self.failed, self.leaving) = (Some(RunError::NoHub(why.clone())), true),
                _ => {}
            }
            if let Some(msg) = heard(published) {
                self.dispatch(msg)?;
            }
        }
        Ok(())
    }

    /// The loop without a hub: what is known can be read, and left.
    async fn deaf(&mut self, signals: &mut Signals, keys: &mut EventStream) -> io::Result<()> {
        while !self.leaving {
            let due = self.pacer.due();
            tokio::select! { biased;
                asked = signals.next() => self.signalled(asked)?,
                event = keys.next() => match event {
                    Some(Ok(event)) => self.typed(vec![event])?,
                    Some(Err(_)) | None => self.leaving = true,
                },
                () = until(due) => self.draw()?,
            }
        }
        Ok(())
    }

    fn typed(&mut self, events: Vec<crossterm::event::Event>) -> io::Result<()> {
        for input in self.reads.take(events, Instant::now()) {
            let msg = match input {
                Input::Key(key, alone) => match keymap::lookup(&self.app, key) {
                    Some(action) => {
                        let press = match alone {
                            Alone::Yes => Press::Alone,
                            Alone::No => Press::Among,
                        };
                        Msg::Did(action, press)
                    }
                    None => Msg::Typed(key),
                },
                Input::Paste(text) => Msg::Pasted(text),
                Input::Mouse(mouse) => Msg::Mouse(mouse),
                Input::Size(columns, rows) => Msg::Resized(columns, rows),
                Input::Focus(focused) => Msg::Focused(focused),
            };
            self.dispatch(msg)?;
        }
        Ok(())
    }

    fn dispatch(&mut self, msg: Msg) -> io::Result<()> {
        match &msg {
            Msg::Did(..) | Msg::Typed(_) | Msg::Pasted(_) | Msg::Mouse(_) => self.pacer.pressed(Instant::now()),
            // A receipt changes nothing that is seen; everything else may.
            Msg::Painted(_) => {}
            _ => self.pacer.changed(Instant::now()),
        }
        for effect in update(&mut self.app, msg, now()) {
            self.carry(effect)?;
        }
        Ok(())
    }

    fn carry(&mut self, effect: Effect) -> io::Result<()> {
        match effect {
            Effect::Send(id, command) => self.answer(self.source.send(id, command)),
            Effect::Ask(query) => self.answer(self.source.ask(query)),
            Effect::Seek(session, seq) => match self.source.seek(session, seq) {
                Ok(sought) => self.answer(sought.map(Msg::Sought)),
                Err(error) => self.answer(Some(Msg::Link(Some(error.to_string())))),
            },
            Effect::Quit => {
                self.leaving = true;
                Ok(())
            }
            Effect::Suspend => self.suspend(),
            Effect::Redraw => {
                self.pacer.changed(Instant::now());
                self.screen.forget();
                Ok(())
            }
        }
    }

    fn answer(&mut self, msg: Option<Msg>) -> io::Result<()> {
        msg.map_or(Ok(()), |msg| self.dispatch(msg))
    }

    fn signalled(&mut self, asked: Asked) -> io::Result<()> {
        match asked {
            Asked::Leave => {
                self.leaving = true;
                Ok(())
            }
            Asked::Stop => self.suspend(),
            Asked::GoOn => self.resume(),
            #[cfg(debug_assertions)]
            #[expect(clippy::panic, reason = "a test asks for it, to see what a panic leaves")]
            Asked::Panic => panic!("asked for by SIGUSR2"),
        }
    }

    fn suspend(&mut self) -> io::Result<()> {
        super::terminal::restore();
        stop_here();
        self.resume()
    }

    fn resume(&mut self) -> io::Result<()> {
        self.screen.enter()?;
        self.pacer.changed(Instant::now());
        Ok(())
    }

    fn draw(&mut self) -> io::Result<()> {
        let clock = now();
        let at = self.app.replay.as_ref().map_or(clock, |replay| replay.clock);
        let scene = view::layout(&self.app, &mut self.cache, self.app.size, at);
        let (columns, rows) = scene.size;
        let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
        view::paint(&scene, &self.look.theme, &mut buffer);
        self.screen.draw(&scene.title, scene.cursor, buffer)?;
        self.colours.look(&mut self.cache);
        self.pacer.drew(Instant::now());
        self.dispatch(Msg::Painted(Box::new(scene.painted)))
    }
}

async fn until(due: Option<Instant>) {
    match due {
        // The timer counts in whole milliseconds: what is due now does not wait for the next one.
        Some(due) if due <= Instant::now() => {}
        Some(due) => tokio::time::sleep_until(due.into()).await,
        None => std::future::pending().await,
    }
}

async fn sleep(time: Option<Duration>) {
    match time {
        Some(time) => tokio::time::sleep(time).await,
        None => std::future::pending().await,
    }
}

fn now() -> At {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    At(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
