//! A transcript that is looked at: its file is read on a thread of its own, so that no key waits for it.

use super::recording::Recording;
use crate::domain::{Query, Seq};
use crate::ui::Msg;
use std::io;
use std::sync::mpsc;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// What the console wants of it.
enum Wish {
    Answer(Query),
    Seek(Seq),
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
        let serve = move || serve(recording, at, &asked, &tell);
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

fn serve(mut recording: Recording, at: Option<Seq>, asked: &mpsc::Receiver<Wish>, tell: &UnboundedSender<Msg>) {
    match recording.begin(at) {
        Ok((replay, session)) => {
            drop(tell.send(Msg::Marked(Box::new(replay))));
            drop(tell.send(Msg::Sought(Box::new(session))));
        }
        Err(error) => {
            drop(tell.send(Msg::Link(Some(error.to_string()))));
            return;
        }
    }
    while let Ok(first) = asked.recv() {
        let (mut seek, mut queries) = (None, Vec::new());
        for wish in std::iter::once(first).chain(asked.try_iter()) {
            match wish {
                // Only where the cursor is going last is worth the way.
                Wish::Seek(seq) => seek = Some(seq),
                Wish::Answer(query) => queries.push(query),
            }
        }
        let sought = seek.map(|seq| match recording.at(seq) {
            Ok(session) => Msg::Sought(Box::new(session)),
            Err(error) => Msg::Link(Some(error.to_string())),
        });
        let answers = queries.iter().map(|query| Msg::Answered(recording.answer(query)));
        if sought.into_iter().chain(answers).any(|msg| tell.send(msg).is_err()) {
            return;
        }
    }
}
