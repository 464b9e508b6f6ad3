//! What is typed, and a way to stop reading it: while another program has the terminal, not one byte of it may be ours.

use crossterm::event::{Event, EventStream};
use futures_util::StreamExt;
use futures_util::task::AtomicWaker;
use std::io;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};

/// How long the reading thread is waited for. It wakes at once, unless it is in the middle of half a key.
const PATIENCE: Duration = Duration::from_millis(500);

/// What comes from the terminal.
#[derive(Debug)]
pub(super) struct Keys {
    stream: Option<EventStream>,
    bell: Arc<Bell>,
}

/// Wakes the loop. The stream's thread holds one for as long as it reads, and that is how we know.
#[derive(Debug, Default)]
struct Bell(AtomicWaker);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.wake();
    }
}

impl Keys {
    /// Reads.
    pub(super) fn new() -> Self {
        Self { stream: Some(EventStream::new()), bell: Arc::default() }
    }

    /// The next event; `None` where the terminal is gone. Never comes while nothing is read.
    pub(super) async fn next(&mut self) -> Option<io::Result<Event>> {
        std::future::poll_fn(|cx| {
            let Some(stream) = &mut self.stream else { return Poll::Pending };
            self.bell.0.register(cx.waker());
            let waker = Waker::from(Arc::clone(&self.bell));
            stream.poll_next_unpin(&mut Context::from_waker(&waker))
        })
        .await
    }

    /// Stops reading, and returns once nobody reads any more.
    ///
    /// # Errors
    /// The reading thread does not stop: it goes on.
    pub(super) fn stop(&mut self) -> io::Result<()> {
        // That wakes the thread, and ends it.
        drop(self.stream.take());
        let end = Instant::now() + PATIENCE;
        while Arc::strong_count(&self.bell) > 1 {
            if Instant::now() > end {
                self.stream = Some(EventStream::new());
                return Err(io::Error::other("a key is half typed"));
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    /// Reads again. What was typed until now was meant for somebody else.
    pub(super) fn start(&mut self) -> io::Result<()> {
        // The first look may find nothing but the call that ended the thread.
        for _ in 0..2 {
            while crossterm::event::poll(Duration::ZERO)? {
                crossterm::event::read()?;
            }
        }
        self.stream = Some(EventStream::new());
        Ok(())
    }
}
