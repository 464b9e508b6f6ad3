//! A command's talk with the hub: one question or one command at a time, and its answer.

use super::CliError;
use crate::domain::{Command, CommandId, HubStatus, Query, Reply};
use crate::hub::{Link, Published};
use crate::state::State;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// How long the hub may take to answer: it syncs to a disk that may be slow.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long it may take to say anything at all: what it says of itself first needs no disk.
const SILENT: Duration = Duration::from_secs(5);

fn went_away() -> CliError {
    CliError::Daemon("the hub went away: `taut ls` lists what it left".to_owned())
}

/// The next thing that the hub says, until a time.
///
/// # Errors
/// It went away, or says nothing.
pub(super) fn next(link: &mut Link, until: Instant) -> Result<Published, CliError> {
    let gone = || {
        let why = "the hub went away before it answered: look with `taut ls` whether it was done";
        CliError::Daemon(why.to_owned())
    };
    let silent = || CliError::Daemon("the hub does not answer: `taut daemon stop` ends it".to_owned());
    match listen(link, until)? {
        Some(Published::Link(Some(_)) | Published::Left) => Err(gone()),
        Some(published) => Ok(published),
        None => Err(silent()),
    }
}

/// The same, with nothing where the time is over.
///
/// # Errors
/// There is no hub any more.
pub(super) fn listen(link: &mut Link, until: Instant) -> Result<Option<Published>, CliError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let heard = runtime.block_on(async { tokio::time::timeout_at(until.into(), link.published.recv()).await });
    match heard {
        Ok(Some(published)) => Ok(Some(published)),
        Ok(None) => Err(went_away()),
        Err(_) => Ok(None),
    }
}

/// Tells when nobody reads our stdout any more. A pipe says so by itself: there is no need to write into it.
pub(super) fn nobody_reads() -> mpsc::UnboundedReceiver<()> {
    let (tell, gone) = mpsc::unbounded_channel();
    let watch = move || {
        let stdout = std::io::stdout();
        let mut polled = [PollFd::new(&stdout, PollFlags::empty())];
        loop {
            match poll(&mut polled, None) {
                Ok(_) => break,
                Err(Errno::INTR) => {}
                // It can't be watched: what is written will fail in its time.
                Err(_) => return,
            }
        }
        // Whoever asked may be gone as well.
        let _ = tell.send(());
    };
    // Without a thread the end of the reader is seen at the next record.
    drop(std::thread::Builder::new().name("reader".to_owned()).spawn(watch));
    gone
}

/// The next thing that the hub says; nothing where nobody reads it any more.
///
/// # Errors
/// There is no hub any more.
pub(super) fn follow(link: &mut Link, gone: &mut mpsc::UnboundedReceiver<()>) -> Result<Option<Published>, CliError> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(async {
        tokio::select! { biased;
            heard = link.published.recv() => match heard {
                Some(published) => Ok(Some(published)),
                None => Err(went_away()),
            },
            Some(()) = gone.recv() => Ok(None),
        }
    })
}

/// Does something and waits for the reply.
///
/// # Errors
/// The hub does not answer.
pub(super) fn command(link: &mut Link, command: Command) -> Result<Reply, CliError> {
    command_until(link, command, Instant::now() + PATIENCE)
}

/// The same, for what takes its time.
///
/// # Errors
/// The hub does not answer.
pub(super) fn command_until(link: &mut Link, command: Command, until: Instant) -> Result<Reply, CliError> {
    let number = CommandId(1);
    link.send(number, command);
    loop {
        if let Published::Replied(id, reply) = next(link, until)?
            && id == number
        {
            return Ok(reply);
        }
    }
}

/// Everything that is known.
///
/// # Errors
/// The hub does not answer.
pub(super) fn snapshot(link: &mut Link) -> Result<State, CliError> {
    let until = Instant::now() + PATIENCE;
    link.ask(Query::Snapshot);
    let mut early = Vec::new();
    loop {
        match next(link, until)? {
            Published::Records(records) => early.extend(records.iter().cloned()),
            Published::Known(mut state) => {
                let head = state.head;
                early.iter().filter(|record| record.pos > head).for_each(|record| state.apply(record));
                return Ok(*state);
            }
            _ => {}
        }
    }
}

/// What the hub says of itself to everyone who comes. Nothing is asked of one that does not even say this.
///
/// # Errors
/// The hub does not answer.
pub(super) fn greeting(link: &mut Link) -> Result<HubStatus, CliError> {
    let until = Instant::now() + SILENT;
    loop {
        if let Published::Status(status) = next(link, until)? {
            return Ok(status);
        }
    }
}

/// Waits until the hub has ended everything it owned.
///
/// # Errors
/// It takes too long.
pub(super) fn farewell(link: &mut Link) -> Result<(), CliError> {
    let until = Instant::now() + PATIENCE;
    loop {
        match listen(link, until)? {
            Some(Published::Left | Published::Link(Some(_))) => return Ok(()),
            Some(_) => {}
            None => {
                return Err(CliError::Daemon("the hub has not ended yet: `taut ls` says what still runs".to_owned()));
            }
        }
    }
}
