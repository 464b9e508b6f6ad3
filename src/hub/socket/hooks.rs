//! The hooks' socket: the one thing that a process of an agent may ask of the hub. It is a socket of its own, so that
//! consoles and scripts share no place, no queue and no word with it.
//!
//! A hook says one line, which asks about one call, and hears one line, which answers it. There is nothing else to be
//! said here: no command, no query, no record. Whose it is, is the kernel's word: the hub knows the `taut __agent` that it
//! comes from, whatever mark it bears or session it names. What comes from no agent of this hub is turned away.

use super::super::Wish;
use super::super::hooks::{Asked, HookId};
use super::keep::{Folder, Keep, Kept};
use super::place::{self, PlaceError};
use super::wire::{self, WIRE};
use super::{ConnectError, listener};
use crate::agent::hook::{Answer, Kind};
use crate::agent::process::tree;
use crate::domain::SessionId;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{mpsc, oneshot, watch};

/// What a hook was given is never longer.
pub const SAID_MAX: usize = 4 << 20;
/// A line of a hook is never longer: a text in JSON in JSON.
const LINE_MAX: usize = 2 * SAID_MAX + (1 << 16);
/// How long a hook may take to say its line.
const HELLO: Duration = Duration::from_secs(10);
/// Hooks of one agent at once.
const MOST: usize = 16;
/// How long the hub may take to take a hook in.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a hook says: all of it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asks {
    wire: u32,
    version: String,
    /// The session that it names.
    session: String,
    kind: Kind,
    /// How long it may wait, in milliseconds.
    within: u64,
    /// What the agent gave it.
    said: String,
}

/// What it hears: all of it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Hears {
    /// The answer.
    Answer(Answer),
    /// There is none: one sentence.
    Refused(String),
}

/// The hooks' socket while it is served.
#[derive(Debug)]
pub(in crate::hub) struct HooksServed {
    kept: Arc<Mutex<Kept>>,
    end: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

/// Listens to hooks, and stays where they look for it. The caller holds the lock of the state folder.
///
/// # Errors
/// There is no place for a socket, or no thread.
pub(in crate::hub) fn serve_hooks(
    path: &Path,
    folder: Folder,
    wishes: mpsc::WeakUnboundedSender<Wish>,
) -> Result<HooksServed, super::ServeError> {
    let (kept, listener) = Kept::bind(path)?;
    let kept = Arc::new(Mutex::new(kept));
    let served = Arc::clone(&kept);
    let (end, ended) = watch::channel(false);
    let serve = move || {
        // Without a runtime nobody answers, and every hook denies.
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        runtime.block_on(async {
            if let Ok(listener) = UnixListener::from_std(listener) {
                listen(listener, &served, folder, wishes, ended).await;
            }
        });
    };
    let thread = std::thread::Builder::new().name("hooks".to_owned()).spawn(serve);
    let thread = Some(thread.map_err(super::ServeError::Thread)?);
    Ok(HooksServed { kept, end, thread })
}

impl HooksServed {
    /// Ends it.
    pub(in crate::hub) fn end(mut self) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).remove();
        // A thread that is gone serves nobody any more.
        let _ = self.end.send(true);
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

async fn listen(
    mut listener: UnixListener,
    kept: &Mutex<Kept>,
    folder: Folder,
    wishes: mpsc::WeakUnboundedSender<Wish>,
    mut ended: watch::Receiver<bool>,
) {
    let look = wishes.clone();
    let look = move || {
        // A hub that has ended looks at nothing any more.
        let _ = wish(&look, Wish::Look);
    };
    let mut keep = Keep::of(&kept.lock().unwrap_or_else(PoisonError::into_inner), folder, look);
    let (mut tasks, mut next) = (tokio::task::JoinSet::new(), 0u64);
    // How many of each agent's are in, by its keeper.
    let mut places: HashMap<u32, usize> = HashMap::new();
    loop {
        tokio::select! {
            _ = ended.changed() => break,
            came = listener.accept() => match came {
                Ok((stream, _)) => match keeper_of(&stream) {
                    Ok(keeper) if *places.entry(keeper).or_default() < MOST => {
                        *places.entry(keeper).or_default() += 1;
                        next += 1;
                        let (id, wishes) = (HookId(next), wishes.clone());
                        tasks.spawn(async move {
                            serve(id, keeper, stream, wishes).await;
                            keeper
                        });
                    }
                    Ok(_) => turn_away(stream, format!("{MOST} hooks of this agent wait already")),
                    Err(why) => turn_away(stream, why),
                },
                // Out of descriptors, say: those that leave make room.
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            },
            // A hook that finds none denies its call: taken away, it would stop every agent that has one.
            new = keep.anew(kept) => listener = new,
            Some(done) = tasks.join_next() => if let Ok(keeper) = done
                && let Some(place) = places.get_mut(&keeper) {
                    *place = place.saturating_sub(1);
                    if *place == 0 {
                        places.remove(&keeper);
                    }
                }
        }
    }
}

/// The process that keeps the agent which a peer comes from: the child of this hub's that it is below.
fn keeper_of(stream: &UnixStream) -> Result<u32, String> {
    let unknown = || "the kernel does not say which process is at the other end: it is answered nothing".to_owned();
    let cred = stream.peer_cred().map_err(|_| unknown())?;
    if cred.uid() != rustix::process::getuid().as_raw() {
        return Err("the process belongs to another user: it is answered nothing".to_owned());
    }
    let pid = cred.pid().and_then(|pid| u32::try_from(pid).ok()).ok_or_else(unknown)?;
    tree::child_above(pid, std::process::id())
        .ok_or_else(|| format!("process {pid} comes from no agent of this hub: a hook speaks for its own agent only"))
}

fn turn_away(stream: UnixStream, why: String) {
    drop(tokio::spawn(async move {
        let (_, mut to_it) = stream.into_split();
        // Where it is gone, there is nobody to tell; one that does not read is not waited for.
        drop(tokio::time::timeout(Duration::from_secs(1), to_it.write_all(&line(&Hears::Refused(why)))).await);
    }));
}

fn line(said: &Hears) -> Vec<u8> {
    let mut line = serde_json::to_vec(said).unwrap_or_default();
    line.push(b'\n');
    line
}

/// Tells the hub; `false` where it is ending.
fn wish(wishes: &mpsc::WeakUnboundedSender<Wish>, what: Wish) -> bool {
    wishes.upgrade().is_some_and(|wishes| wishes.send(what).is_ok())
}

/// One hook, until it is answered or gone.
async fn serve(id: HookId, keeper: u32, stream: UnixStream, wishes: mpsc::WeakUnboundedSender<Wish>) {
    let (from_it, mut to_it) = stream.into_split();
    let mut from_it = BufReader::new(from_it);
    let said = match tokio::time::timeout(HELLO, heard(&mut from_it)).await {
        Ok(Ok(asks)) => {
            let (reply, answer) = oneshot::channel();
            let asked = Asked { id, keeper, session: asks.0, kind: asks.1, within: asks.2, said: asks.3, reply };
            if wish(&wishes, Wish::Hook(Box::new(asked))) {
                let mut more = [0u8; 1];
                tokio::select! { biased;
                    answer = answer => match answer {
                        Ok(Ok(answer)) => Hears::Answer(answer),
                        Ok(Err(why)) => Hears::Refused(why),
                        Err(_) => Hears::Refused("its session has ended".to_owned()),
                    },
                    // It is gone, or says more than it may.
                    _ = from_it.read(&mut more) => {
                        wish(&wishes, Wish::HookGone(id));
                        Hears::Refused("a hook asks once, and waits".to_owned())
                    }
                }
            } else {
                Hears::Refused("the hub is ending".to_owned())
            }
        }
        Ok(Err(why)) => Hears::Refused(why),
        Err(_) => Hears::Refused("it did not say in time what it asks".to_owned()),
    };
    drop(tokio::time::timeout(PATIENCE, to_it.write_all(&line(&said))).await);
}

/// The one line of a hook.
async fn heard(
    from_it: &mut BufReader<tokio::net::unix::OwnedReadHalf>,
) -> Result<(SessionId, Kind, Duration, String), String> {
    let mut bytes = Vec::new();
    let most = u64::try_from(LINE_MAX).unwrap_or(u64::MAX);
    drop(from_it.take(most).read_until(b'\n', &mut bytes).await);
    let own = wire::version();
    let asks: Asks = serde_json::from_slice(&bytes)
        .map_err(|_| format!("what this hook says is not understood: the hub is taut {own}"))?;
    if asks.wire != WIRE || asks.version != own {
        return Err(format!("the hub is taut {own} and this hook taut {}", asks.version));
    }
    let session = asks.session.parse().map_err(|_| format!("there is no session {:?}", asks.session))?;
    Ok((session, asks.kind, Duration::from_millis(asks.within), asks.said))
}

/// What a hook asks the hub.
#[derive(Debug)]
pub struct Question<'a> {
    /// The session that it names.
    pub session: &'a str,
    /// Whose hook it is.
    pub kind: Kind,
    /// What the agent gave it.
    pub said: &'a str,
    /// How long it may wait.
    pub within: Duration,
}

/// Asks the hub about a call, and waits for the answer until `until`.
///
/// # Errors
/// There is no answer: one sentence.
pub fn ask_hub(socket: &Path, state: &Path, question: &Question<'_>, until: Instant) -> Result<Answer, String> {
    use std::io::{BufRead, Write};
    let gone = |_| "the hub went away before it answered".to_owned();
    let left = || until.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
    let mut stream = place::open(socket, PATIENCE.min(left())).map_err(|error: PlaceError| error.to_string())?;
    listener::check(&stream, socket, state).map_err(|error: ConnectError| error.to_string())?;
    let Question { session, kind, said, within } = *question;
    let within = u64::try_from(within.as_millis()).unwrap_or(u64::MAX);
    let (session, said) = (session.to_owned(), said.to_owned());
    let asks = Asks { wire: WIRE, version: wire::version(), session, kind, within, said };
    let mut line = serde_json::to_vec(&asks).map_err(|error| format!("the call can't be written down ({error})"))?;
    line.push(b'\n');
    if line.len() > LINE_MAX {
        return Err(too_long(line.len()));
    }
    stream.set_write_timeout(Some(PATIENCE.min(left()))).map_err(gone)?;
    stream.set_read_timeout(Some(left())).map_err(gone)?;
    // One that refuses at once may have closed already: what it said is read all the same.
    let written = stream.write_all(&line);
    let mut heard = Vec::new();
    match std::io::BufReader::new(&stream).read_until(b'\n', &mut heard) {
        Ok(0) => return Err("the hub went away before it answered".to_owned()),
        Ok(_) => {}
        Err(error) if matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) => {
            return Err("nobody answered in time".to_owned());
        }
        Err(error) => return Err(format!("the hub can't be heard ({error})")),
    }
    match serde_json::from_slice(&heard) {
        Ok(Hears::Answer(answer)) => written.map(|()| answer).map_err(gone),
        Ok(Hears::Refused(why)) => Err(why),
        Err(_) => Err("the hub said something that is not understood".to_owned()),
    }
}

/// What is said of a call that is too long to be asked about.
#[must_use]
pub fn too_long(bytes: usize) -> String {
    format!("its arguments are {bytes} bytes long, and taut asks about {} MB at most", SAID_MAX >> 20)
}

#[cfg(test)]
mod tests {
    use super::super::wire::{Role, ToHub};
    use super::*;
    use crate::domain::{Command, CommandId, Query};

    async fn says(line: &[u8]) -> Result<(SessionId, Kind, Duration, String), String> {
        let (here, there) = UnixStream::pair().unwrap();
        let (from_it, _) = here.into_split();
        let (_, mut to_it) = there.into_split();
        let line = [line, b"\n"].concat();
        tokio::spawn(async move { to_it.write_all(&line).await });
        heard(&mut BufReader::new(from_it)).await
    }

    #[tokio::test]
    async fn nothing_but_a_question_is_understood() {
        let version = wire::version();
        let asks = |more: &str| {
            let head = format!(r#"{{"wire":{WIRE},"version":"{version}","session":"s0000001","kind":"codex""#);
            format!(r#"{head},"within":1000,"said":"{{}}"{more}}}"#)
        };
        let heard = says(asks("").as_bytes()).await.unwrap();
        assert_eq!((heard.1, heard.2, heard.3.as_str()), (Kind::Codex, Duration::from_secs(1), "{}"));
        let hello = ToHub::Hello { wire: WIRE, version: version.clone(), from: None, role: Role::Script, token: None };
        let words = [
            hello,
            ToHub::Do { id: CommandId(1), command: Command::Halt },
            ToHub::Ask { query: Query::Snapshot },
            ToHub::Reconfigure,
            ToHub::Stop,
        ];
        for words in words {
            let said = says(&serde_json::to_vec(&words).unwrap()).await;
            assert!(said.is_err_and(|why| why.contains("not understood")), "{words:?}");
        }
        for odd in ["", "[]", "null", &asks(r#","command":"halt""#)] {
            assert!(says(odd.as_bytes()).await.is_err(), "{odd}");
        }
        let other = asks("").replace(&format!("\"wire\":{WIRE}"), "\"wire\":999");
        assert!(says(other.as_bytes()).await.is_err_and(|why| why.contains("the hub is taut")));
    }

    #[tokio::test]
    async fn who_comes_from_no_agent_of_this_hub_is_nobody() {
        // The peer is this very process: no child of it.
        let (here, _there) = UnixStream::pair().unwrap();
        assert!(keeper_of(&here).is_err_and(|why| why.contains("comes from no agent")));
    }
}
