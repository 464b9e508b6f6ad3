//! What comes from an agent, in order, through a channel that is bounded by number and by bytes.

use super::wait::Exit;
use std::sync::Arc;
use tokio::sync::mpsc::{self, error::TrySendError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The most frames that wait to be taken.
const COUNT: usize = 1024;
/// The most bytes of stdout that wait to be taken. A line that is longer waits alone.
const BYTES: usize = 32 << 20;

/// Something that came from an agent's process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// A line of stdout, without its newline. Any bytes.
    Line(Vec<u8>),
    /// A line of stdout that was longer than [`super::LINE_MAX`]: its length, and its beginning.
    Oversize {
        /// How long it was.
        bytes: u64,
        /// The first [`super::HEAD`] bytes.
        head: Vec<u8>,
    },
    /// A line of stderr, at most its first 4 KiB.
    Stderr(Vec<u8>),
    /// Lines of stderr that came too fast and were left out here.
    StderrSkipped(u64),
    /// stdout is at its end.
    Closed,
    /// The process and its tree are no more. Always the last frame.
    Exited(Exit),
}

/// The receiving end. While nobody takes frames, the agent waits on its full pipe.
#[derive(Debug)]
pub struct Frames(mpsc::Receiver<(Frame, Option<OwnedSemaphorePermit>)>);

impl Frames {
    /// The next frame; `None` after [`Frame::Exited`]. Nothing is lost when the future is dropped.
    pub async fn recv(&mut self) -> Option<Frame> {
        self.0.recv().await.map(|(frame, _)| frame)
    }

    /// The next frame where one is waiting.
    pub fn try_recv(&mut self) -> Option<Frame> {
        self.0.try_recv().ok().map(|(frame, _)| frame)
    }
}

/// The sending end.
#[derive(Debug, Clone)]
pub(super) struct Sender {
    frames: mpsc::Sender<(Frame, Option<OwnedSemaphorePermit>)>,
    room: Arc<Semaphore>,
}

/// Nobody will take frames any more.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Deaf;

/// Makes both ends.
pub(super) fn channel() -> (Sender, Frames) {
    let (frames, received) = mpsc::channel(COUNT);
    (Sender { frames, room: Arc::new(Semaphore::new(BYTES)) }, Frames(received))
}

impl Sender {
    /// Sends a frame once there is room for it.
    pub(super) async fn send(&self, frame: Frame) -> Result<(), Deaf> {
        let bytes = match &frame {
            Frame::Line(bytes) | Frame::Oversize { head: bytes, .. } => bytes.len().min(BYTES),
            Frame::Stderr(_) | Frame::StderrSkipped(_) | Frame::Closed | Frame::Exited(_) => 0,
        };
        let wanted = u32::try_from(bytes).unwrap_or(u32::MAX);
        let taken = tokio::select! {
            taken = Arc::clone(&self.room).acquire_many_owned(wanted) => taken.ok(),
            () = self.frames.closed() => return Err(Deaf),
        };
        self.frames.send((frame, taken)).await.map_err(|_| Deaf)
    }

    /// Sends a frame where there is room now. `Ok(false)` where there is none.
    pub(super) fn offer(&self, frame: Frame) -> Result<bool, Deaf> {
        match self.frames.try_send((frame, None)) {
            Ok(()) => Ok(true),
            Err(TrySendError::Full(_)) => Ok(false),
            Err(TrySendError::Closed(_)) => Err(Deaf),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn run(test: impl Future<Output = ()>) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
        runtime.unwrap().block_on(test);
    }

    async fn is_full(sender: &Sender, frame: Frame) -> bool {
        tokio::time::timeout(Duration::from_millis(20), sender.send(frame)).await.is_err()
    }

    #[test]
    fn the_channel_is_bounded_by_bytes_and_by_number() {
        run(async {
            let (sender, mut frames) = channel();
            let big = || Frame::Line(vec![0; BYTES / 2]);
            assert!(!is_full(&sender, big()).await && !is_full(&sender, big()).await);
            assert!(is_full(&sender, big()).await);
            assert_eq!(frames.recv().await, Some(big()));
            assert!(!is_full(&sender, big()).await);
            // The longest line goes, and nothing beside it.
            let (sender, mut frames) = channel();
            let longest = || Frame::Line(vec![0; super::super::LINE_MAX]);
            assert!(!is_full(&sender, longest()).await && is_full(&sender, big()).await);
            assert_eq!(frames.recv().await, Some(longest()));
            assert!(!is_full(&sender, big()).await);
            let (sender, _frames) = channel();
            for _ in 0..COUNT {
                assert_eq!(sender.offer(Frame::Closed), Ok(true));
            }
            assert_eq!(sender.offer(Frame::Closed), Ok(false));
        });
    }

    #[test]
    fn a_sender_that_waits_learns_that_nobody_listens() {
        run(async {
            let (sender, frames) = channel();
            let big = || Frame::Line(vec![0; BYTES]);
            assert_eq!(sender.send(big()).await, Ok(()));
            drop(frames);
            assert_eq!(sender.send(big()).await, Err(Deaf));
        });
    }
}
