//! Syntax colours, found on a thread of their own: code is shown plain first, and colours never move a cell.

use crate::view::{Cache, CodeFound, CodeWanted};
use tokio::sync::mpsc;

/// The thread, once something was wanted: the syntaxes cost memory, and most frames need none.
#[derive(Debug)]
pub(super) struct Colours {
    wanted: Option<std::sync::mpsc::Sender<CodeWanted>>,
    tell: mpsc::UnboundedSender<CodeFound>,
    found: mpsc::UnboundedReceiver<CodeFound>,
}

impl Colours {
    /// No thread yet.
    pub(super) fn new() -> Self {
        let (tell, found) = mpsc::unbounded_channel();
        Self { wanted: None, tell, found }
    }

    /// Hands over what the last frame lacked.
    pub(super) fn look(&mut self, cache: &mut Cache) {
        for wanted in cache.take_code_wanted() {
            let sender = self.wanted.get_or_insert_with(|| start(self.tell.clone()));
            // Without a thread the code stays plain.
            drop(sender.send(wanted));
        }
    }

    /// The next colours that were found.
    pub(super) async fn next(&mut self) -> CodeFound {
        match self.found.recv().await {
            Some(found) => found,
            // We hold a sender ourselves: this can't be.
            None => std::future::pending().await,
        }
    }
}

fn start(tell: mpsc::UnboundedSender<CodeFound>) -> std::sync::mpsc::Sender<CodeWanted> {
    let (wanted, asked) = std::sync::mpsc::channel::<CodeWanted>();
    let find = move || {
        while let Ok(wanted) = asked.recv() {
            if tell.send(wanted.find()).is_err() {
                return;
            }
        }
    };
    drop(std::thread::Builder::new().name("colours".to_owned()).spawn(find));
    wanted
}
