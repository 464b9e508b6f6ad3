//! The wait for an agent's end: in time, or by force; with what is left of it, and its last words.

use super::frames::{Frame, Sender};
use super::handle::{Wish, wish_to_end};
use super::readers::Heard;
use super::tree;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::Duration;
use tokio::process::Child;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How an agent ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exit {
    /// Its exit code.
    pub code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// What could not be ended: pids and names.
    pub survivors: Vec<(u32, String)>,
    /// Why it could not be started: one sentence.
    pub failed: Option<String>,
    /// The last lines of stderr.
    pub last_words: Vec<String>,
}

/// How much longer than its own deadlines the agent's parent may take before it is ended by us.
const PATIENCE: Duration = Duration::from_secs(4);

/// What the end needs.
pub(super) struct End {
    pub(super) mark: String,
    pub(super) grace: Duration,
    pub(super) wished: watch::Receiver<Wish>,
    pub(super) gone: watch::Sender<bool>,
    pub(super) out: JoinHandle<()>,
    pub(super) err: JoinHandle<Heard>,
}

impl End {
    /// Waits for the process, then for the rest of its lines, then tells of the end.
    pub(super) async fn wait(mut self, mut child: Child, frames: Sender) {
        let pid = child.id();
        let mut status = tokio::select! {
            status = child.wait() => status.ok(),
            () = overdue(&mut self.wished, self.grace) => None,
        };
        if status.is_none() {
            drop(child.start_kill());
            status = child.wait().await.ok();
        }
        pid.into_iter().for_each(tree::forget);
        self.gone.send_replace(true);
        let heard = self.err.await.unwrap_or_default();
        let _ = self.out.await;
        let report = heard.report.filter(|_| status.is_some_and(|status| status.code().is_some()));
        let survivors = match &report {
            Some(report) => report.survivors.clone(),
            // Our process was ended before it could end the tree.
            None => tokio::task::spawn_blocking(move || reap(&self.mark)).await.unwrap_or_default(),
        };
        let exit = Exit {
            code: report.as_ref().map_or(status.and_then(|status| status.code()), |report| report.code),
            signal: report.map_or(status.and_then(|status| ExitStatus::signal(&status)), |report| report.signal),
            survivors,
            failed: heard.failed,
            last_words: heard.last_words.into(),
        };
        // Nobody listens any more: a normal ending.
        let _ = frames.send(Frame::Exited(exit)).await;
    }
}

/// Ends a tree that lost its `taut __agent`, with what came to us as its orphans.
fn reap(mark: &str) -> Vec<(u32, String)> {
    let left = tree::reap(mark);
    tree::end_orphans();
    left
}

/// Waits until the process should long have ended.
async fn overdue(wished: &mut watch::Receiver<Wish>, grace: Duration) {
    wish_to_end(wished).await;
    tokio::select! {
        () = tokio::time::sleep(grace + PATIENCE) => {}
        () = killed_for(wished, PATIENCE) => {}
    }
}

async fn killed_for(wished: &mut watch::Receiver<Wish>, patience: Duration) {
    if wished.wait_for(|wish| *wish == Wish::Kill).await.is_err() {
        // The handle was dropped: the longer time holds.
        std::future::pending::<()>().await;
    }
    tokio::time::sleep(patience).await;
}
