//! When to draw: at once after a rest, at most 60 times a second in a flood, never when nothing changed.

use std::time::{Duration, Instant};

/// The least time between two frames.
pub const FRAME: Duration = Duration::from_micros(16_667);

/// Decides when the next frame is due.
#[derive(Debug, Default)]
pub struct Pacer {
    drawn: Option<Instant>,
    due: Option<Instant>,
    /// When a frame was last drawn because of a key.
    answered: Option<Instant>,
    /// The next frame is for a key.
    pressed: bool,
}

impl Pacer {
    /// Something changed: many changes before the next frame cost one frame.
    pub fn changed(&mut self, now: Instant) {
        let earliest = self.drawn.map_or(now, |drawn| (drawn + FRAME).max(now));
        self.due.get_or_insert(earliest);
    }

    /// A human did something: the frame comes at once, however many others a flood has drawn; keys themselves are paced.
    pub fn pressed(&mut self, now: Instant) {
        let at = self.answered.map_or(now, |answered| (answered + FRAME).max(now));
        self.due = Some(self.due.map_or(at, |due| due.min(at)));
        self.pressed = true;
    }

    /// What was waited for is here: the frame comes at once. For what comes once, and never in a flood.
    pub fn awaited(&mut self, now: Instant) {
        self.due = Some(self.due.map_or(now, |due| due.min(now)));
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
        if std::mem::take(&mut self.pressed) {
            self.answered = Some(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_in_a_flood_is_answered_at_once_and_keys_are_paced_among_themselves() {
        let start = Instant::now();
        let mut pacer = Pacer::default();
        pacer.drew(start);
        let soon = start + Duration::from_millis(2);
        pacer.changed(soon);
        assert_eq!(pacer.due(), Some(start + FRAME), "a flood waits");
        pacer.pressed(soon);
        assert_eq!(pacer.due(), Some(soon), "a key does not");
        pacer.drew(soon);
        pacer.pressed(soon + Duration::from_millis(1));
        assert_eq!(pacer.due(), Some(soon + FRAME), "the next key waits its turn");
    }

    #[test]
    fn what_was_waited_for_is_drawn_at_once_and_only_once() {
        let start = Instant::now();
        let mut pacer = Pacer::default();
        pacer.drew(start);
        let soon = start + Duration::from_millis(2);
        pacer.changed(soon);
        pacer.awaited(soon);
        assert_eq!(pacer.due(), Some(soon));
        pacer.drew(soon);
        pacer.changed(soon);
        assert_eq!(pacer.due(), Some(soon + FRAME), "what follows it is paced as ever");
    }

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
