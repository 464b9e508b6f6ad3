//! A console's end of the socket: it looks like a hub in the same process, and comes back by itself.

use super::super::{Link, Published, Wish};
use super::listener::{self, Stranger};
use super::place::{self, PlaceError};
use super::wire::{self, Role, ToConsole, ToHub, WIRE};
use crate::agent::process::TOKEN_VARIABLE;
use crate::domain::{CommandId, Pos, Query, Reply, SessionId};
use crate::state::{Session, State};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::sync::mpsc;

/// The first wait before a lost hub is looked for again; it doubles.
const FIRST: Duration = Duration::from_millis(50);
/// The longest one.
const LONGEST: Duration = Duration::from_secs(5);
/// One that was waited for so long between two looks is dead: another one is started.
const DEAD: Duration = Duration::from_millis(800);
/// Bytes that are read at once.
const READ: usize = 64 << 10;
/// How long a hub may take to say that it is one.
const WELCOME: Duration = Duration::from_secs(5);

/// How long the hub may take to put its socket back where somebody else sits in its place.
const PUT_BACK: Duration = Duration::from_secs(1);
/// How often it is looked at meanwhile.
const GLANCE: Duration = Duration::from_millis(20);

/// Why no hub is at the other end.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Nobody listens there.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// It will not talk.
    #[error("{0}")]
    Refused(String),
    /// It is another version of taut.
    #[error("{why}")]
    Other {
        /// What it said.
        why: String,
        /// Its version.
        version: String,
    },
    /// Another process listens in its place.
    #[error(transparent)]
    Stranger(#[from] Stranger),
    /// It ended while it was spoken to.
    #[error("the hub at {0:?} has just ended: try again")]
    Gone(PathBuf),
    /// It does not answer.
    #[error("the hub at {0:?} does not answer: `taut daemon stop` ends it")]
    Silent(PathBuf),
    /// There is no thread to be had.
    #[error("the hub can't be talked to, since there is no thread to be had: {0}")]
    Thread(std::io::Error),
}

impl ConnectError {
    /// True where no hub runs: one may be started.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        use std::io::ErrorKind::{ConnectionRefused, NotFound};
        match self {
            Self::Gone(_) => true,
            // One that starts takes its place.
            Self::Stranger(stranger) => stranger.holder.is_none(),
            Self::Place(PlaceError::Io { source, .. }) => matches!(source.kind(), NotFound | ConnectionRefused),
            Self::Place(_) | Self::Refused(_) | Self::Other { .. } | Self::Silent(_) | Self::Thread(_) => false,
        }
    }
}

/// What was agreed on: the stream, ready for words, and the hub's process.
pub(in crate::hub) struct Met {
    stream: std::os::unix::net::UnixStream,
    /// What it has said after its welcome, as far as that was read with it.
    said: Vec<u8>,
    pid: u32,
}

/// Connects to the hub of a state folder at its socket. Records from `from` on are wanted; live ones only where it is
/// missing.
///
/// # Errors
/// Nobody is there, or will not talk.
pub fn connect(socket: &Path, state: &Path, from: Option<Pos>, role: Role) -> Result<(Link, u32), ConnectError> {
    let met = meet_patiently(socket, state, from, role, None)?;
    let pid = met.pid;
    let (wishes, heard) = mpsc::unbounded_channel();
    let (publish, published) = mpsc::unbounded_channel();
    let (path, state) = (socket.to_owned(), state.to_owned());
    let live = move || live(Talk { has: from, role, ..Talk::new((path, state), heard, publish) }, met);
    let thread = std::thread::Builder::new().name("link".to_owned()).spawn(live).map_err(ConnectError::Thread)?;
    Ok((Link::away(wishes, published, thread), pid))
}

/// The hub's process at a socket, whatever it speaks.
///
/// # Errors
/// Nobody listens, somebody else does, or the kernel does not say who.
pub fn listener(socket: &Path, state: &Path) -> Result<u32, ConnectError> {
    let stream = place::open(socket, WELCOME)?;
    listener::check(&stream, socket, state)
}

/// Says hello to the hub at a socket, for everything that is known and the records after it: both in one breath.
pub(in crate::hub) fn find(socket: &Path, state: &Path) -> Result<Met, ConnectError> {
    meet_patiently(socket, state, None, Role::Console, Some(&Query::Snapshot))
}

/// What starts a hub where none runs.
type Begin = Box<dyn Fn() -> Result<(), String> + Send>;

/// Talks with a hub that was found, on this thread, until the console leaves. Where it dies, `begin` starts another one.
pub(in crate::hub) fn talk(
    (path, state): (PathBuf, PathBuf),
    met: Met,
    wished: mpsc::UnboundedReceiver<Wish>,
    publish: mpsc::UnboundedSender<Published>,
    begin: Begin,
) {
    live(Talk { begin: Some(begin), ..Talk::new((path, state), wished, publish) }, met);
}

fn live(talk: Talk, met: Met) {
    match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(talk.live(met)),
        Err(error) => drop(talk.publish.send(Published::Absent(format!("the hub can't be talked to: {error}")))),
    }
}

/// The same, with a little time for a hub in whose place somebody else sits: it puts its socket back.
fn meet_patiently(
    socket: &Path,
    state: &Path,
    from: Option<Pos>,
    role: Role,
    ask: Option<&Query>,
) -> Result<Met, ConnectError> {
    let until = Instant::now() + PUT_BACK;
    loop {
        match meet(socket, state, from, role, ask) {
            Err(ConnectError::Stranger(stranger)) if stranger.holder.is_some() && Instant::now() < until => {
                std::thread::sleep(GLANCE);
            }
            met => return met,
        }
    }
}

/// Sees who listens, says hello and hears the welcome. What is asked with the hello is not waited for.
fn meet(socket: &Path, state: &Path, from: Option<Pos>, role: Role, ask: Option<&Query>) -> Result<Met, ConnectError> {
    use std::io::{BufRead, Write};
    let silent = |_| ConnectError::Silent(socket.to_owned());
    let mut stream = place::open(socket, WELCOME)?;
    listener::check(&stream, socket, state)?;
    stream.set_read_timeout(Some(WELCOME)).map_err(silent)?;
    stream.set_write_timeout(Some(WELCOME)).map_err(silent)?;
    let hello =
        ToHub::Hello { wire: WIRE, version: wire::version(), from, role, token: std::env::var(TOKEN_VARIABLE).ok() };
    let mut lines = Vec::new();
    for words in std::iter::once(hello).chain(ask.map(|query| ToHub::Ask { query: query.clone() })) {
        lines.extend(serde_json::to_vec(&words).unwrap_or_default());
        lines.push(b'\n');
    }
    // One that refuses at once may have closed already: what it said is read all the same.
    let written = stream.write_all(&lines);
    let (mut reader, mut answer) = (std::io::BufReader::new(&stream), Vec::new());
    let read = reader.read_until(b'\n', &mut answer);
    let said = reader.buffer().to_vec();
    match read {
        Ok(0) => return Err(ConnectError::Gone(socket.to_owned())),
        Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => {
            return Err(ConnectError::Gone(socket.to_owned()));
        }
        read => read.map_err(silent)?,
    };
    match (serde_json::from_slice(&answer), written) {
        (Ok(ToConsole::Welcome { pid, .. }), Ok(())) => {
            stream.set_read_timeout(None).map_err(silent)?;
            stream.set_write_timeout(None).map_err(silent)?;
            stream.set_nonblocking(true).map_err(silent)?;
            Ok(Met { stream, said, pid })
        }
        (Ok(ToConsole::Refused { why, other: Some(version) }), _) => Err(ConnectError::Other { why, version }),
        (Ok(ToConsole::Refused { why, other: None }), _) => Err(ConnectError::Refused(why)),
        _ => Err(ConnectError::Silent(socket.to_owned())),
    }
}

/// The talk with a hub, through all its connections.
struct Talk {
    path: PathBuf,
    state: PathBuf,
    wished: mpsc::UnboundedReceiver<Wish>,
    publish: mpsc::UnboundedSender<Published>,
    /// Records from here on are wanted next.
    has: Option<Pos>,
    role: Role,
    /// Commands that the hub was given, and has not replied to.
    given: BTreeSet<CommandId>,
    /// What has come so far of everything that is known.
    coming: BTreeMap<SessionId, Session>,
    /// What starts another hub where this one has died.
    begin: Option<Begin>,
}

/// Why one connection ended.
enum End {
    /// The console left.
    Left,
    /// The hub said farewell.
    Farewell,
    /// It broke.
    Lost,
}

impl Talk {
    /// With a hub that another process runs, as a console that wants live records only.
    fn new(
        (path, state): (PathBuf, PathBuf),
        wished: mpsc::UnboundedReceiver<Wish>,
        publish: mpsc::UnboundedSender<Published>,
    ) -> Self {
        let (given, coming) = (BTreeSet::new(), BTreeMap::new());
        Self { path, state, wished, publish, has: None, role: Role::Console, given, coming, begin: None }
    }

    async fn live(mut self, first: Met) {
        let mut met = Some(first);
        let mut wait = FIRST;
        // It died, and nobody has tried to start another one since.
        let mut dead = false;
        loop {
            if let Some(met) = met.take() {
                wait = FIRST;
                match self.talk(met).await {
                    End::Farewell if self.role == Role::Console => {
                        // Somebody told it to end, and may start another one: a restart, say.
                        self.lose("the hub was stopped; `taut daemon start` starts it again");
                        dead = false;
                    }
                    End::Left | End::Farewell => {
                        drop(self.publish.send(Published::Left));
                        return;
                    }
                    End::Lost => {
                        self.lose("the hub went away");
                        dead = true;
                    }
                }
            }
            // Meanwhile nothing is taken: what is wished for now would be done unseen later.
            let waiting = tokio::time::sleep(wait);
            tokio::pin!(waiting);
            loop {
                tokio::select! {
                    () = &mut waiting => break,
                    wish = self.wished.recv() => if !self.refuse(wish.as_ref()) { return },
                }
            }
            wait = (wait * 2).min(LONGEST);
            match meet(&self.path, &self.state, self.has, self.role, None) {
                Ok(it) => {
                    met = Some(it);
                    drop(self.publish.send(Published::Link(None)));
                }
                Err(ConnectError::Refused(why) | ConnectError::Other { why, .. }) => {
                    drop(self.publish.send(Published::Link(Some(why))));
                }
                Err(ConnectError::Stranger(stranger)) if stranger.holder.is_some() => {
                    drop(self.publish.send(Published::Link(Some(stranger.to_string()))));
                }
                // It is back by itself in no time where somebody restarts it.
                Err(error) if dead && wait >= DEAD && error.is_absent() => {
                    dead = false;
                    if let Some(Err(why)) = self.begin.as_ref().map(|begin| begin()) {
                        drop(self.publish.send(Published::Link(Some(why))));
                    }
                    wait = FIRST;
                }
                Err(_) => {}
            }
        }
    }

    /// Refuses a wish while there is no hub; `false` where the console has left.
    fn refuse(&self, wish: Option<&Wish>) -> bool {
        match wish {
            Some(Wish::Do(_, id, _)) => {
                let why = "the hub can't be reached: nothing was done".to_owned();
                drop(self.publish.send(Published::Replied(*id, Reply::Refused { why })));
                true
            }
            Some(
                Wish::Ask(..)
                | Wish::Reconfigure
                | Wish::Hook(_)
                | Wish::HookGone(_)
                | Wish::Look
                | Wish::Join(..)
                | Wish::Part(_)
                | Wish::Stop
                | Wish::Halted { .. }
                | Wish::Swept(..),
            ) => true,
            Some(Wish::Leave) | None => {
                drop(self.publish.send(Published::Left));
                false
            }
        }
    }

    async fn talk(&mut self, met: Met) -> End {
        let Ok(stream) = UnixStream::from_std(met.stream) else { return End::Lost };
        let (from_it, mut to_it) = stream.into_split();
        let from_it = std::io::Cursor::new(met.said).chain(from_it);
        let (heard_out, mut heard) = mpsc::channel::<ToConsole>(64);
        // A line is read by a task of its own: a wish in the middle of one must not lose its beginning.
        let reading = tokio::spawn(async move {
            let (mut lines, mut line) = (BufReader::with_capacity(READ, from_it), Vec::new());
            loop {
                line.clear();
                match lines.read_until(b'\n', &mut line).await {
                    Ok(0) | Err(_) => return,
                    Ok(_) => {}
                }
                let Some(words) = wire::read(&line) else { continue };
                if heard_out.send(words).await.is_err() {
                    return;
                }
            }
        });
        let end = loop {
            let end = tokio::select! {
                wish = self.wished.recv() => {
                    let words = match wish {
                        Some(Wish::Do(_, id, command)) => {
                            self.given.insert(id);
                            ToHub::Do { id, command: *command }
                        }
                        Some(Wish::Ask(_, query)) => ToHub::Ask { query },
                        Some(Wish::Reconfigure) => ToHub::Reconfigure,
                        Some(Wish::Stop) => ToHub::Stop,
                        Some(
                            Wish::Look
                            | Wish::Hook(_)
                            | Wish::HookGone(_)
                            | Wish::Join(..)
                            | Wish::Part(_)
                            | Wish::Halted { .. } | Wish::Swept(..),
                        ) => continue,
                        // A console that leaves takes nothing with it.
                        Some(Wish::Leave) | None => break End::Left,
                    };
                    let saying = say(&mut to_it, &words);
                    tokio::pin!(saying);
                    // Hears on meanwhile: a hub that waits until it is heard would not hear us.
                    loop {
                        let end = tokio::select! {
                            said = &mut saying => break said.err().map(|_| End::Lost),
                            words = heard.recv() => self.take(words),
                        };
                        if end.is_some() {
                            break end;
                        }
                    }
                }
                words = heard.recv() => self.take(words),
            };
            if let Some(end) = end {
                break end;
            }
        };
        reading.abort();
        end
    }

    /// Takes in what the hub says; how the talk ends, where it does.
    fn take(&mut self, words: Option<ToConsole>) -> Option<End> {
        let Some(words) = words else { return Some(End::Lost) };
        let published = match words {
            ToConsole::Session(session) => {
                self.coming.insert(session.id, *session);
                return None;
            }
            ToConsole::Known { head } => {
                let sessions = std::mem::take(&mut self.coming);
                Published::Known(Box::new(State::of(head, sessions.into_values())))
            }
            words => words.published()?,
        };
        match &published {
            Published::Records(records) => {
                self.has = records.last().map(|last| Pos(last.pos.0 + 1)).or(self.has);
            }
            // What comes after it is missed as well where the link breaks before the next record.
            Published::Known(state) => self.has = self.has.max(Some(Pos(state.head.0 + 1))),
            Published::Replied(id, _) => {
                self.given.remove(id);
            }
            Published::Left => return Some(End::Farewell),
            _ => {}
        }
        self.publish.send(published).is_err().then_some(End::Left)
    }

    /// The link broke: says so, and of every command that was on its way.
    fn lose(&mut self, what: &str) {
        drop(self.publish.send(Published::Link(Some(what.to_owned()))));
        self.coming.clear();
        for id in std::mem::take(&mut self.given) {
            let why = "the hub went away before it answered: look first whether it was done".to_owned();
            drop(self.publish.send(Published::Replied(id, Reply::Refused { why })));
        }
    }
}

async fn say(out: &mut tokio::net::unix::OwnedWriteHalf, words: &ToHub) -> std::io::Result<()> {
    let mut line = serde_json::to_vec(words)?;
    line.push(b'\n');
    out.write_all(&line).await
}
