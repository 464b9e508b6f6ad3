//! When to draw: at once after a rest, at most 60 times a second in a flood, never when nothing changed.

use std::time::{Duration, Instant};

/// The least time between two frames.
pub const FRAME: Duration = Duration::from_micros(16_667);

/// Decides when the next frame is due.
#[derive(Debug, Default)]
pub struct Pacer {
    drawn: Option<Instant>,
    due: Option<Instant>,
}

impl Pacer {
    /// Something changed: many changes before the next frame cost one frame.
    pub fn changed(&mut self, now: Instant) {
        let earliest = self.drawn.map_or(now, |drawn| (drawn + FRAME).max(now));
        self.due.get_or_insert(earliest);
    }

    /// When the next frame is due; `None` while nothing changed.
    #[must_use]
    pub fn due(&self) -> Option<Instant> {
        self.due
    }

    /// A frame was drawn.
    pub fn drew(&mut self, now: Instant) {
        self.drawn = Some(now);
        self.due = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_change_draws_at_once_and_a_flood_sixty_times_a_second() {
        let start = Instant::now();
        let mut pacer = Pacer::default();
        assert_eq!(pacer.due(), None);
        pacer.changed(start);
        assert_eq!(pacer.due(), Some(start));
        pacer.drew(start);
        assert_eq!(pacer.due(), None, "nothing changed since");
        let mut frames = 0;
        for ms in 1..=1000 {
            let now = start + Duration::from_millis(ms);
            pacer.changed(now);
            if pacer.due().is_some_and(|due| due <= now) {
                frames += 1;
                pacer.drew(now);
            }
        }
        assert!((50..=60).contains(&frames), "{frames}");
    }
}
