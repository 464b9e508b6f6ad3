//! The two streams of an agent. stdout is read no faster than it is taken; stderr never holds anything up.

use super::frames::{Frame, Sender};
use super::lines::{Line, Splitter};
use super::report::Report;
use super::{HEAD, LINE_MAX};
use std::collections::VecDeque;
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::sync::watch;

/// As much as is read at once: small, for there are as many of these as sessions.
const PIECE: usize = 16 << 10;
/// The longest line of stderr that is kept.
const STDERR_LINE: usize = 4 << 10;
/// The last lines of stderr that are kept for the end.
const LAST_WORDS: usize = 200;
/// Once the process is gone, a pipe that is silent for so long will stay so: something outlived it and holds it open.
const SILENCE: Duration = Duration::from_millis(300);

/// Reads stdout to its end.
pub(super) async fn stdout<R: AsyncRead + Unpin>(stdout: Option<R>, frames: Sender, gone: watch::Receiver<bool>) {
    let mut stream = Stream::new(stdout, LINE_MAX, HEAD, gone);
    while let Some(lines) = stream.next().await {
        for line in lines {
            let frame = match line {
                Line::Whole(bytes) => Frame::Line(bytes),
                Line::Cut { head, bytes } => Frame::Oversize { bytes, head },
            };
            if frames.send(frame).await.is_err() {
                return;
            }
        }
    }
    // Nobody listens any more: a normal ending.
    let _ = frames.send(Frame::Closed).await;
}

/// What stderr said: the last words, and the reports of our own process among them.
#[derive(Debug, Default)]
pub(super) struct Heard {
    /// The last lines, as text.
    pub(super) last_words: VecDeque<String>,
    /// The last report.
    pub(super) report: Option<Report>,
    /// Why the agent could not be started.
    pub(super) failed: Option<String>,
}

impl Heard {
    /// Takes a line in; true where it is the agent's own and there is something in it.
    fn hear(&mut self, line: &[u8]) -> bool {
        if let Some(report) = Report::read(line) {
            self.failed = report.failed.clone().or(self.failed.take());
            self.report = Some(report);
            return false;
        }
        if line.iter().all(u8::is_ascii_whitespace) {
            return false;
        }
        if self.last_words.len() == LAST_WORDS {
            self.last_words.pop_front();
        }
        self.last_words.push_back(String::from_utf8_lossy(line).into_owned());
        true
    }
}

/// Reads stderr to its end. Forwards as much of it as a person could read; a flood is counted.
pub(super) async fn stderr<R: AsyncRead + Unpin>(
    stderr: Option<R>,
    frames: Sender,
    gone: watch::Receiver<bool>,
) -> Heard {
    let mut stream = Stream::new(stderr, STDERR_LINE, STDERR_LINE, gone);
    let (mut heard, mut tap) = (Heard::default(), Tap::new(Instant::now()));
    while let Some(lines) = stream.next().await {
        for line in lines {
            let (Line::Whole(bytes) | Line::Cut { head: bytes, .. }) = line;
            if heard.hear(&bytes) && tap.take(Instant::now()) {
                let skipped = std::mem::take(&mut tap.skipped);
                let told = skipped == 0 || frames.offer(Frame::StderrSkipped(skipped)) == Ok(true);
                if !told || frames.offer(Frame::Stderr(bytes)) != Ok(true) {
                    tap.skipped += if told { 1 } else { skipped + 1 };
                }
            }
        }
    }
    if tap.skipped > 0 {
        let _ = frames.send(Frame::StderrSkipped(tap.skipped)).await;
    }
    heard
}

/// How much of stderr is forwarded: a burst, then a trickle.
#[derive(Debug)]
struct Tap {
    tokens: u32,
    since: Instant,
    skipped: u64,
}

impl Tap {
    const BURST: u32 = 100;
    const PER_SECOND: u32 = 20;

    fn new(now: Instant) -> Self {
        Self { tokens: Self::BURST, since: now, skipped: 0 }
    }

    /// True where a line may go; counts it as skipped otherwise.
    fn take(&mut self, now: Instant) -> bool {
        let each = Duration::from_secs(1) / Self::PER_SECOND;
        let grown = now.saturating_duration_since(self.since).as_millis() / each.as_millis();
        if let Some(grown) = u32::try_from(grown).ok().filter(|grown| self.tokens.saturating_add(*grown) < Self::BURST)
        {
            self.tokens += grown;
            self.since += each * grown;
        } else {
            self.tokens = Self::BURST;
            self.since = now;
        }
        let Some(left) = self.tokens.checked_sub(1) else {
            self.skipped += 1;
            return false;
        };
        self.tokens = left;
        true
    }
}

/// A stream of lines that also ends when the process is gone and nothing more comes.
struct Stream<R> {
    from: Option<R>,
    splitter: Splitter,
    piece: Vec<u8>,
    gone: watch::Receiver<bool>,
}

impl<R: AsyncRead + Unpin> Stream<R> {
    fn new(from: Option<R>, limit: usize, head: usize, gone: watch::Receiver<bool>) -> Self {
        Self { from, splitter: Splitter::new(limit, head), piece: vec![0; PIECE], gone }
    }

    /// The next lines, at times none; `None` at the end.
    async fn next(&mut self) -> Option<Vec<Line>> {
        let from = self.from.as_mut()?;
        let taken = tokio::select! {
            biased;
            taken = from.read(&mut self.piece) => taken.unwrap_or(0),
            () = silence(&mut self.gone) => 0,
        };
        let mut lines = Vec::new();
        self.splitter.push(&self.piece[..taken], &mut lines);
        if taken == 0 {
            self.from = None;
            lines.extend(self.splitter.rest());
        }
        Some(lines)
    }
}

async fn silence(gone: &mut watch::Receiver<bool>) {
    let _ = gone.wait_for(|gone| *gone).await;
    tokio::time::sleep(SILENCE).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_becomes_a_burst_and_a_trickle() {
        let start = Instant::now();
        let mut tap = Tap::new(start);
        let passed = (0..10_000u64).filter(|n| tap.take(start + Duration::from_micros(n * 100))).count();
        assert!((100..=121).contains(&passed), "{passed} in one second");
        assert_eq!(tap.skipped, 10_000 - passed as u64);
        assert!(tap.take(start + Duration::from_mins(1)));
    }

    #[test]
    fn slow_words_all_pass() {
        let start = Instant::now();
        let mut tap = Tap::new(start);
        assert!((0..1000u64).all(|n| tap.take(start + Duration::from_millis(n * 60))));
    }

    #[test]
    fn a_reason_is_kept_when_the_last_report_has_none() {
        let mut heard = Heard::default();
        assert!(heard.hear(b"hello"));
        assert!(!heard.hear(br#"taut-agent: {"code":127,"failed":"no"}"#));
        assert!(!heard.hear(b""));
        assert!(!heard.hear(br#"taut-agent: {"code":127}"#));
        assert_eq!((heard.failed.as_deref(), heard.last_words.len()), (Some("no"), 1));
    }

    #[test]
    fn only_the_last_words_are_kept() {
        let mut heard = Heard::default();
        (0..1000).for_each(|n| assert!(heard.hear(n.to_string().as_bytes())));
        assert_eq!((heard.last_words.len(), heard.last_words[0].as_str()), (LAST_WORDS, "800"));
    }
}
