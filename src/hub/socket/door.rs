//! The door: who comes is looked at before it takes one of the consoles' places. One that was just refused is refused
//! again without a look and without a word, so that an agent that keeps coming costs next to nothing.

use super::peer::{self, Refused};
use std::collections::HashMap;
use std::time::{Duration, Instant};
use tokio::net::UnixStream;

/// How long a refusal holds for the same process; short, since the kernel gives numbers out again.
const HOLDS: Duration = Duration::from_millis(300);
/// Refusals kept at once.
const MOST: usize = 256;

/// Who was refused, and until when that holds.
#[derive(Debug, Default)]
pub(super) struct Door {
    refused: HashMap<i32, Instant>,
}

impl Door {
    /// The process of a peer that is let in.
    ///
    /// # Errors
    /// Why it is not; nothing where it was told that a moment ago.
    pub(super) fn admit(&mut self, stream: &UnixStream) -> Result<u32, Option<Refused>> {
        let cred = stream.peer_cred().map_err(|_| Some(Refused::Unknown))?;
        let now = Instant::now();
        if cred.pid().is_some_and(|pid| self.refused.get(&pid).is_some_and(|until| now < *until)) {
            return Err(None);
        }
        peer::admit(cred.uid(), cred.pid()).map_err(|why| {
            self.refused.retain(|_, until| now < *until);
            if let Some(pid) = cred.pid().filter(|_| self.refused.len() < MOST) {
                self.refused.insert(pid, now + HOLDS);
            }
            Some(why)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_was_just_refused_is_neither_looked_at_nor_told_again() {
        let (here, _there) = UnixStream::pair().unwrap();
        let own = i32::try_from(std::process::id()).unwrap();
        let mut door = Door::default();
        let looked = door.admit(&here);
        assert!(matches!(looked, Ok(pid) if pid == std::process::id()) || matches!(looked, Err(Some(_))), "{looked:?}");
        door.refused.insert(own, Instant::now() + HOLDS * 200);
        assert_eq!(door.admit(&here), Err(None));
        door.refused.insert(own, Instant::now());
        assert_ne!(door.admit(&here), Err(None), "it holds for a moment only: the kernel gives numbers out again");
    }
}
