//! A transcript that is looked at: its file is read on a thread of its own, so that no key waits for it.

use super::recording::{Recording, RecordingError};
use crate::domain::{Query, Seq};
use crate::state::Session;
use crate::ui::{Glimpse, Msg, Replay};
use notify::{Config, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use std::io;
use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// How often it is looked where the system does not tell what is written.
const GLANCE: Duration = Duration::from_millis(150);
/// How often where it does: some file systems tell nothing of what others write.
const SLOW_GLANCE: Duration = Duration::from_secs(2);
/// How often it is told how far the first reading is.
const PROGRESS: Duration = Duration::from_millis(100);
/// So many times as long as looking took, nothing is looked at.
const REST: u32 = 4;

/// What the console wants of it.
enum Wish {
    Answer(Query),
    Seek(Seq),
    /// Its files may have been written to.
    Look,
}

/// The console's end.
#[derive(Debug)]
pub struct Recorded {
    wishes: mpsc::Sender<Wish>,
    told: UnboundedReceiver<Msg>,
}

impl std::fmt::Debug for Wish {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Answer(query) => write!(f, "Answer({query:?})"),
            Self::Seek(seq) => write!(f, "Seek({})", seq.0),
            Self::Look => f.write_str("Look"),
        }
    }
}

impl Recorded {
    /// Begins to read. First it tells where the replay can go, and the session as of `at`, or of the end.
    ///
    /// # Errors
    /// There is no thread for it.
    pub fn begin(recording: Recording, at: Option<Seq>) -> io::Result<Self> {
        let (wishes, asked) = mpsc::channel();
        let (tell, told) = unbounded_channel();
        let looks = wishes.clone();
        let serve = move || {
            let watch = Watch::begin(recording.path(), looks);
            serve(recording, at, &asked, &tell, &watch);
        };
        std::thread::Builder::new().name("transcript".to_owned()).spawn(serve)?;
        Ok(Self { wishes, told })
    }

    pub(super) fn ask(&self, query: Query) {
        // Without its thread nothing is answered, and it said why.
        drop(self.wishes.send(Wish::Answer(query)));
    }

    pub(super) fn seek(&self, seq: Seq) {
        drop(self.wishes.send(Wish::Seek(seq)));
    }

    pub(super) async fn next(&mut self) -> Msg {
        match self.told.recv().await {
            Some(msg) => msg,
            // Its thread has ended, after it said why.
            None => std::future::pending().await,
        }
    }

    pub(super) fn try_next(&mut self) -> Option<Msg> {
        self.told.try_recv().ok()
    }
}

/// Tells when something was written where a transcript lies.
struct Watch {
    /// Kept while it is looked at.
    _system: Option<RecommendedWatcher>,
    /// How often it is looked without being told.
    glance: Duration,
}

impl Watch {
    fn begin(path: &Path, looks: mpsc::Sender<Wish>) -> Self {
        let tell = move |event: notify::Result<notify::Event>| {
            if event.is_ok_and(|event| !matches!(event.kind, EventKind::Access(_))) {
                // Nobody listens any more once the transcript is closed.
                drop(looks.send(Wish::Look));
            }
        };
        // The folder, since a file may be replaced; and what belongs to the session, beside its file.
        let system = RecommendedWatcher::new(tell, Config::default()).ok().and_then(|mut system| {
            system.watch(path.parent()?, RecursiveMode::NonRecursive).ok()?;
            let beside = path.with_extension("");
            if beside.is_dir() {
                system.watch(&beside, RecursiveMode::Recursive).ok()?;
            }
            Some(system)
        });
        let glance = if system.is_some() { SLOW_GLANCE } else { GLANCE };
        Self { _system: system, glance }
    }
}

/// Reads it to its end. Of a long one the end is told at once, and then how far the reading is.
fn read(
    recording: &mut Recording,
    at: Option<Seq>,
    tell: &UnboundedSender<Msg>,
) -> Result<(Replay, Session), RecordingError> {
    let end = at.is_none().then(|| recording.glimpse()).flatten();
    let mut glimpse = Glimpse { shown: 0, read: 0, of: recording.bytes().unwrap_or_default() };
    if let Some((session, shown)) = end {
        glimpse = shown;
        drop(tell.send(Msg::Glimpsed(glimpse, Some(Box::new(session)))));
    }
    let mut told = Instant::now();
    recording.begin_seen(at, &mut |read| {
        if glimpse.of > 0 && told.elapsed() >= PROGRESS {
            told = Instant::now();
            drop(tell.send(Msg::Glimpsed(Glimpse { read, ..glimpse }, None)));
        }
    })
}

fn serve(
    mut recording: Recording,
    at: Option<Seq>,
    asked: &mpsc::Receiver<Wish>,
    tell: &UnboundedSender<Msg>,
    watch: &Watch,
) {
    match read(&mut recording, at, tell) {
        Ok((replay, session)) => {
            drop(tell.send(Msg::Marked(Box::new(replay))));
            drop(tell.send(Msg::Sought(Box::new(session))));
        }
        Err(error) => {
            drop(tell.send(Msg::Link(Some(error.to_string()))));
            return;
        }
    }
    // What was written while it was read.
    let (mut looks, mut rests) = (true, Instant::now());
    loop {
        let (mut seek, mut queries) = (None, Vec::new());
        let patience = if looks { rests.saturating_duration_since(Instant::now()) } else { watch.glance };
        let first = match asked.recv_timeout(patience) {
            Err(RecvTimeoutError::Disconnected) => return,
            Ok(wish) => Some(wish),
            Err(RecvTimeoutError::Timeout) => {
                looks = true;
                None
            }
        };
        for wish in first.into_iter().chain(asked.try_iter()) {
            match wish {
                // Only where the cursor is going last is worth the way.
                Wish::Seek(seq) => seek = Some(seq),
                Wish::Answer(query) => queries.push(query),
                Wish::Look => looks = true,
            }
        }
        let sought = seek.map(|seq| match recording.at(seq) {
            Ok(session) => Msg::Sought(Box::new(session)),
            Err(error) => Msg::Link(Some(error.to_string())),
        });
        let answers = queries.iter().map(|query| Msg::Answered(recording.answer(query)));
        let mut msgs: Vec<Msg> = sought.into_iter().chain(answers).collect();
        if looks && rests <= Instant::now() {
            looks = false;
            let began = Instant::now();
            match recording.more() {
                Ok(Some(replay)) => msgs.push(Msg::Marked(Box::new(replay))),
                Ok(None) => {}
                Err(error) => msgs.push(Msg::Link(Some(error.to_string()))),
            }
            // One of which a look takes long is looked at the less often.
            rests = Instant::now() + began.elapsed() * REST;
        }
        if msgs.into_iter().any(|msg| tell.send(msg).is_err()) {
            return;
        }
    }
}
