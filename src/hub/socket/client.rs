//! A console's end of the socket: it looks like a hub in the same process, and comes back by itself.

use super::super::{Link, Published, Wish};
use super::listener::{self, Stranger};
use super::place::{self, PlaceError};
use super::wire::{self, Role, ToConsole, ToHub, WIRE};
use crate::agent::process::TOKEN_VARIABLE;
use crate::domain::{Answer, CommandId, Pos, Reply};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::sync::mpsc;

/// The first wait before a lost hub is looked for again; it doubles.
const FIRST: Duration = Duration::from_millis(50);
/// The longest one.
const LONGEST: Duration = Duration::from_secs(5);
/// One that was waited for so long between two looks is dead: another one is started.
const DEAD: Duration = Duration::from_millis(800);
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
    pid: u32,
}

/// Connects to the hub of a state folder at its socket. Records from `from` on are wanted; live ones only where it is
/// missing.
///
/// # Errors
/// Nobody is there, or will not talk.
pub fn connect(socket: &Path, state: &Path, from: Option<Pos>, role: Role) -> Result<(Link, u32), ConnectError> {
    let Met { stream, pid } = meet_patiently(socket, state, from, role)?;
    let (wishes, heard) = mpsc::unbounded_channel();
    let (publish, published) = mpsc::unbounded_channel();
    let (path, state) = (socket.to_owned(), state.to_owned());
    let live = move || {
        live(
            Talk { path, state, wished: heard, publish, has: from, role, given: BTreeSet::new(), begin: None },
            stream,
        );
    };
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

/// Says hello to the hub at a socket, for live records only.
pub(in crate::hub) fn find(socket: &Path, state: &Path) -> Result<Met, ConnectError> {
    meet_patiently(socket, state, None, Role::Console)
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
    let (role, given) = (Role::Console, BTreeSet::new());
    live(Talk { path, state, wished, publish, has: None, role, given, begin: Some(begin) }, met.stream);
}

fn live(talk: Talk, stream: std::os::unix::net::UnixStream) {
    match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(talk.live(stream)),
        Err(error) => drop(talk.publish.send(Published::Absent(format!("the hub can't be talked to: {error}")))),
    }
}

/// The same, with a little time for a hub in whose place somebody else sits: it puts its socket back.
fn meet_patiently(socket: &Path, state: &Path, from: Option<Pos>, role: Role) -> Result<Met, ConnectError> {
    let until = Instant::now() + PUT_BACK;
    loop {
        match meet(socket, state, from, role) {
            Err(ConnectError::Stranger(stranger)) if stranger.holder.is_some() && Instant::now() < until => {
                std::thread::sleep(GLANCE);
            }
            met => return met,
        }
    }
}

/// Sees who listens, says hello and hears the welcome.
fn meet(socket: &Path, state: &Path, from: Option<Pos>, role: Role) -> Result<Met, ConnectError> {
    use std::io::{BufRead, Write};
    let silent = |_| ConnectError::Silent(socket.to_owned());
    let mut stream = place::open(socket, WELCOME)?;
    listener::check(&stream, socket, state)?;
    stream.set_read_timeout(Some(WELCOME)).map_err(silent)?;
    stream.set_write_timeout(Some(WELCOME)).map_err(silent)?;
    let hello =
        ToHub::Hello { wire: WIRE, version: wire::version(), from, role, token: std::env::var(TOKEN_VARIABLE).ok() };
    let mut line = serde_json::to_vec(&hello).unwrap_or_default();
    line.push(b'\n');
    // One that refuses at once may have closed already: what it said is read all the same.
    let written = stream.write_all(&line);
    // Byte for byte, so that nothing of what follows is taken along.
    let mut answer = Vec::new();
    let read = std::io::BufReader::with_capacity(1, &stream).read_until(b'\n', &mut answer);
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
            Ok(Met { stream, pid })
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
    async fn live(mut self, first: std::os::unix::net::UnixStream) {
        let mut stream = Some(first);
        let mut wait = FIRST;
        // It died, and nobody has tried to start another one since.
        let mut dead = false;
        loop {
            if let Some(stream) = stream.take() {
                wait = FIRST;
                match self.talk(stream).await {
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
            match meet(&self.path, &self.state, self.has, self.role) {
                Ok(met) => {
                    stream = Some(met.stream);
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
                | Wish::Look
                | Wish::Join(..)
                | Wish::Part(_)
                | Wish::Stop
                | Wish::Halted { .. },
            ) => true,
            Some(Wish::Leave) | None => {
                drop(self.publish.send(Published::Left));
                false
            }
        }
    }

    async fn talk(&mut self, stream: std::os::unix::net::UnixStream) -> End {
        let Ok(stream) = UnixStream::from_std(stream) else { return End::Lost };
        let (from_it, mut to_it) = stream.into_split();
        let (heard_out, mut heard) = mpsc::channel::<ToConsole>(64);
        // A line is read by a task of its own: a wish in the middle of one must not lose its beginning.
        let reading = tokio::spawn(async move {
            let (mut lines, mut line) = (BufReader::new(from_it), Vec::new());
            loop {
                line.clear();
                match lines.read_until(b'\n', &mut line).await {
                    Ok(0) | Err(_) => return,
                    Ok(_) => {}
                }
                // What this version does not understand is passed over: the records themselves are never such.
                let Ok(words) = serde_json::from_slice(&line) else { continue };
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
                        Some(Wish::Look | Wish::Join(..) | Wish::Part(_) | Wish::Halted { .. }) => continue,
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
        let published = words.published()?;
        match &published {
            Published::Records(records) => {
                self.has = records.last().map(|last| Pos(last.pos.0 + 1)).or(self.has);
            }
            // What comes after it is missed as well where the link breaks before the next record.
            Published::Answered(Answer::Snapshot { head, .. }) => {
                self.has = self.has.max(Some(Pos(head.0 + 1)));
            }
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
