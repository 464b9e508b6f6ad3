//! The loop. Quitting beats keys, keys beat frames, frames beat floods. Nothing else awaits.

use super::colours::Colours;
use super::desk::{Asked as AsksGround, Desk, Look, Marks, Told, Wish};
use super::errand::Errands;
use super::ground;
use super::handover::Away;
use super::input::Reads;
use super::keys::Keys;
use super::pacer::Pacer;
use super::signals::{Asked, Signals, stop_here};
use super::source::{Heard, Source};
use super::terminal::{Mouse, Screen};
use crate::domain::{At, Query};
use crate::hub::Published;
use crate::store::StoreError;
use crate::ui::onward::Onward;
use crate::ui::update::{next_ring, next_tick, update};
use crate::ui::{App, Effect, HandOver, HubHome, MouseOwner, Msg, Pad};
use crate::view::{self, Cache};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use rustix::process::WaitStatus;
use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How long the end of the agents is waited for; the terminal is given back before.
pub(super) const FAREWELL: Duration = Duration::from_secs(4);

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

impl RunError {
    /// What ends the console of what the hub says.
    pub(super) fn of(published: &Published) -> Option<Self> {
        match published {
            Published::Failed(error) => Some(Self::Store(Arc::clone(error))),
            Published::Absent(why) => Some(Self::NoHub(why.clone())),
            _ => None,
        }
    }
}

/// What goes on when the console has been left.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Left {
    /// Agents that run.
    pub agents: usize,
    /// Requests that wait.
    pub waiting: usize,
    /// How the session of a replay shall go on.
    pub onward: Option<Onward>,
}

impl Left {
    /// What goes on without this console: nothing, where the hub ends with it.
    pub(super) fn of(app: &App) -> Self {
        if app.hub == HubHome::Here || app.link_lost.is_some() || app.replay.is_some() {
            return Self { onward: app.onward.clone(), ..Self::default() };
        }
        let agents = app.state.sessions.values().filter(|session| session.is_live()).count();
        Self { agents, waiting: app.state.waiting(), onward: None }
    }
}

struct Console {
    app: App,
    cache: Cache,
    look: Look,
    screen: Screen,
    source: Source,
    desk: Desk,
    listener: ground::Listener,
    pacer: Pacer,
    colours: Colours,
    errands: Errands,
    reads: Reads,
    keys: Keys,
    /// Another program has the terminal: nothing is read from it, and nothing is painted.
    away: Option<Away>,
    /// The hub is there.
    linked: bool,
    /// Steps of a search in a log that answers at once: one at a time, behind keys and frames.
    later: VecDeque<Query>,
    leaving: bool,
    failed: Option<RunError>,
}

/// Runs the console until it is left. Messages in `first` come before everything else.
///
/// # Errors
/// The terminal failed, or the store can't be opened.
pub fn run(app: App, look: Look, desk: Desk, source: Source, first: Vec<Effect>) -> Result<Left, RunError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let screen = Screen::take(look.mouse)?;
        let mut console = Console {
            app,
            cache: cache(look.marks),
            look,
            screen,
            source,
            desk,
            listener: ground::Listener::default(),
            pacer: Pacer::default(),
            colours: Colours::new(),
            errands: Errands::new(),
            reads: Reads::default(),
            keys: Keys::new(),
            away: None,
            linked: true,
            later: VecDeque::new(),
            leaving: false,
            failed: None,
        };
        let looped = console.live(first).await;
        if console.app.replay.is_none() && console.failed.is_none() {
            // Nobody is there any more to be told.
            drop(console.desk.keep(&console.app.pad()));
        }
        let left = Left::of(&console.app);
        let Console { screen, source, failed, away, .. } = console;
        drop(away);
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
    let Source::Live(link, _) = &mut source else { return };
    link.leave();
    let left = async { while link.published.recv().await.is_some() {} };
    if tokio::time::timeout(FAREWELL, left).await.is_ok() {
        link.join();
    }
}

impl Console {
    async fn live(&mut self, first: Vec<Effect>) -> io::Result<()> {
        let mut signals = Signals::listen()?;
        if let Ok((columns, rows)) = crossterm::terminal::size() {
            self.dispatch(Msg::Resized(columns, rows))?;
        }
        self.draw()?;
        self.ask_ground()?;
        for effect in first {
            self.carry(effect)?;
        }
        while !self.leaving {
            let due = self.pacer.due();
            let here = self.away.is_none();
            // While another program has the terminal nothing is painted, but a person may still be called.
            let tick = if here { next_tick(&self.app, now()) } else { next_ring(&self.app) };
            let tick = tick.map(|at| Duration::from_millis(at.since(now())));
            tokio::select! { biased;
                asked = signals.next() => self.signalled(asked)?,
                status = over(&mut self.away) => self.back(status)?,
                event = self.keys.next() => match event {
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
                () = until(due), if here => self.draw()?,
                published = self.source.next(), if self.linked => {
                    if let Some(published) = published {
                        self.said(published)?;
                    } else {
                        // Nothing will ever come from it: waiting on it again would spin.
                        self.linked = false;
                        self.dispatch(Msg::Link(Some("the hub has stopped; leave and start taut again".to_owned())))?;
                    }
                }
                told = self.desk.next(), if here => self.told(told)?,
                found = self.colours.next() => {
                    self.cache.give_code(found);
                    self.pacer.changed(Instant::now());
                }
                news = self.errands.next(), if here => self.answer(news)?,
                () = sleep(tick) => self.dispatch(Msg::Tick)?,
                () = std::future::ready(()), if !self.later.is_empty() => {
                    let answer = self.later.pop_front().and_then(|query| self.source.ask(query));
                    self.answer(answer)?;
                }
            }
        }
        Ok(())
    }

    /// What came by itself, and what else of it is here already.
    fn said(&mut self, first: Heard) -> io::Result<()> {
        let (msgs, failed) = self.source.hear(first);
        if failed.is_some() {
            (self.failed, self.leaving) = (failed, true);
        }
        msgs.into_iter().try_for_each(|msg| self.dispatch(msg))
    }

    fn typed(&mut self, events: Vec<crossterm::event::Event>) -> io::Result<()> {
        let (events, ground) = self.listener.take(events, Instant::now());
        if let Some(ground) = ground {
            self.desk.wish(Wish::Ground(ground));
        }
        if events.iter().any(|event| matches!(event, crossterm::event::Event::FocusGained)) {
            // Day and night change while somebody is away.
            self.ask_ground()?;
        }
        for input in self.reads.take(events, Instant::now()) {
            if self.away.is_some() {
                // What came in the same read was typed ahead, for the program that has the terminal now.
                break;
            }
            let msg = input.msg(&self.app);
            self.dispatch(msg)?;
        }
        Ok(())
    }

    fn dispatch(&mut self, msg: Msg) -> io::Result<()> {
        match &msg {
            Msg::Did(..) | Msg::Typed(_) | Msg::Pasted(_) | Msg::Mouse(_) => self.pacer.pressed(Instant::now()),
            // What the console begins with was waited for, and comes once.
            Msg::Known(_) => self.pacer.awaited(Instant::now()),
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
            Effect::Ask(query @ Query::Search(_)) if matches!(self.source, Source::Past(_)) => {
                self.later.push_back(query);
                Ok(())
            }
            Effect::Ask(query @ (Query::Changes { .. } | Query::Tree { .. }))
                if let Source::Past(past) = &self.source =>
            {
                self.errands.look(past.reader().folder().to_owned(), query);
                Ok(())
            }
            Effect::Ask(query) => self.answer(self.source.ask(query)),
            Effect::Seek(session, seq) => match self.source.seek(session, seq) {
                Ok(sought) => self.answer(sought.map(Msg::Sought)),
                Err(error) => self.answer(Some(Msg::Link(Some(error.to_string())))),
            },
            Effect::Page(changes, sort) => {
                self.errands.page(*changes, sort);
                Ok(())
            }
            Effect::Mark(session) => {
                if let Source::Past(past) = &self.source {
                    self.errands.mark(past.reader().folder().to_owned(), session);
                }
                Ok(())
            }
            Effect::Keep(pad) => self.keep(&pad),
            Effect::TryTheme(name) => {
                self.desk.wish(Wish::Try(name));
                Ok(())
            }
            Effect::Configure(change) => {
                self.desk.wish(Wish::Write(change));
                Ok(())
            }
            Effect::Halt => {
                self.errands.halt(self.desk.brake());
                Ok(())
            }
            Effect::Settled(settings) => {
                self.desk.wish(Wish::InForce(*settings));
                Ok(())
            }
            Effect::Quit => {
                self.leaving = true;
                Ok(())
            }
            Effect::Suspend => self.suspend(),
            Effect::HandOver(what) => self.hand_over(&what),
            Effect::Mouse(owner) => self.screen.give_mouse(match owner {
                MouseOwner::Taut => Mouse::Ours,
                MouseOwner::Terminal | MouseOwner::Lent => Mouse::Terminals,
            }),
            Effect::Copy(text) => Screen::say(&self.look.outside.copy(text, &mut self.errands)),
            Effect::Show(session, no, to) => {
                let at = self.app.replay.as_ref().map(|replay| replay.at);
                self.look.outside.show((session, no, at), to, &self.errands);
                Ok(())
            }
            Effect::Ring(notice) => {
                let mut sequence = self.look.outside.ring(&notice, &mut self.errands);
                if self.away.is_some() {
                    // A longer one might come in the middle of what the other program says.
                    sequence.retain(|byte| *byte == b'\x07');
                    sequence.truncate(usize::from(self.look.outside.has_bell()));
                }
                Screen::say(&sequence)
            }
            Effect::Redraw => {
                self.pacer.changed(Instant::now());
                self.screen.forget();
                Ok(())
            }
        }
    }

    fn keep(&mut self, pad: &Pad) -> io::Result<()> {
        self.desk.keep(pad).or_else(|why| self.dispatch(Msg::Unkept(why)))
    }

    /// Another look, or other settings.
    fn told(&mut self, told: Told) -> io::Result<()> {
        if let Some(look) = told.look {
            // The mouse that was lent stays lent while only colours change.
            if look.mouse != self.look.mouse {
                self.screen.give_mouse(look.mouse)?;
            }
            if look.marks != self.look.marks {
                self.cache = cache(look.marks);
            }
            let asked = std::mem::replace(&mut self.look, look).ground;
            if asked == AsksGround::No {
                self.ask_ground()?;
            }
            self.pacer.changed(Instant::now());
        }
        told.msgs.into_iter().try_for_each(|msg| self.dispatch(msg))
    }

    /// Asks the terminal for its ground, where the theme depends on it.
    fn ask_ground(&mut self) -> io::Result<()> {
        if self.look.ground == AsksGround::No {
            return Ok(());
        }
        self.listener.asked(Instant::now());
        Screen::ask(ground::QUESTION)
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

    /// Gives the terminal to another program. Whatever comes of it, [`Msg::Back`] follows.
    fn hand_over(&mut self, what: &HandOver) -> io::Result<()> {
        if self.away.is_some() {
            return self.dispatch(Msg::Back(what.purpose(), Err("another program has the terminal".to_owned())));
        }
        if let Err(error) = self.keys.stop() {
            let why = format!("the terminal can't be given away now: {error}; try again");
            return self.dispatch(Msg::Back(what.purpose(), Err(why)));
        }
        super::terminal::restore();
        let words: Vec<&str> = std::iter::once("replay").chain(what.text().split(' ')).collect();
        let own = self.desk.words(&words);
        match Away::start(what, &own) {
            Ok(away) => self.away = Some(away),
            Err(why) => self.ours_again(Msg::Back(what.purpose(), Err(why)))?,
        }
        Ok(())
    }

    /// The program that had the terminal has ended.
    fn back(&mut self, status: WaitStatus) -> io::Result<()> {
        let Some(away) = self.away.take() else { return Ok(()) };
        let purpose = away.purpose();
        let left = away.back(status)?;
        self.ours_again(Msg::Back(purpose, left))
    }

    fn ours_again(&mut self, back: Msg) -> io::Result<()> {
        self.screen.enter()?;
        self.keys.start()?;
        self.reads.back(Instant::now());
        // Its size may have changed, and only whoever had it was told.
        if let Ok((columns, rows)) = crossterm::terminal::size() {
            self.dispatch(Msg::Resized(columns, rows))?;
        }
        self.dispatch(back)
    }

    fn suspend(&mut self) -> io::Result<()> {
        if self.away.is_some() {
            // The terminal is not ours to give back.
            stop_here();
            return Ok(());
        }
        super::terminal::restore();
        stop_here();
        self.resume()
    }

    fn resume(&mut self) -> io::Result<()> {
        if self.away.is_some() {
            return Ok(());
        }
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
        let said = |app: &App| (app.toast.clone(), app.select.as_ref().map(|select| select.to));
        let before = said(&self.app);
        self.dispatch(Msg::Painted(Box::new(scene.painted)))?;
        // The text of what was selected came with this frame: the next one says what became of it.
        if said(&self.app) != before {
            self.pacer.changed(Instant::now());
        }
        Ok(())
    }
}

async fn over(away: &mut Option<Away>) -> WaitStatus {
    match away {
        Some(away) => away.over().await,
        None => std::future::pending().await,
    }
}

fn cache(marks: Marks) -> Cache {
    match marks {
        Marks::Unicode => Cache::new(),
        Marks::Ascii => Cache::ascii(),
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

pub(super) async fn sleep(time: Option<Duration>) {
    match time {
        Some(time) => tokio::time::sleep(time).await,
        None => std::future::pending().await,
    }
}

pub(super) fn now() -> At {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    At(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
