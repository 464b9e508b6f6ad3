//! The terminal's ground: asked for after the first frame, so that no frame and no key waits for the answer.
//!
//! The answer comes as if it were typed: `ESC ] 11 ; rgb:…` and an end. While one is awaited, such a run of keys is taken
//! out of the input; whatever turns out to be no answer goes on as the keys that it is, in its order.

use crate::theme::Ground;
use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use std::time::{Duration, Instant};

/// Asks a terminal for the colour of its ground.
pub(super) const QUESTION: &[u8] = b"\x1b]11;?\x1b\\";
/// An answer that takes longer is none.
const PATIENCE: Duration = Duration::from_secs(2);
/// Longer than any answer.
const LONGEST: usize = 40;

/// Takes the answer out of what is typed.
#[derive(Debug, Default)]
pub(super) struct Listener {
    until: Option<Instant>,
    held: Vec<Event>,
}

impl Listener {
    /// An answer is awaited from now on.
    pub(super) fn asked(&mut self, now: Instant) {
        self.until = Some(now + PATIENCE);
    }

    /// What of the events is input, and what the terminal answered.
    pub(super) fn take(&mut self, events: Vec<Event>, now: Instant) -> (Vec<Event>, Option<Ground>) {
        let Some(until) = self.until else { return (events, None) };
        let mut input = Vec::with_capacity(events.len());
        let mut answer = None;
        if now > until {
            self.until = None;
            input.append(&mut self.held);
            input.extend(events);
            return (input, None);
        }
        for event in events {
            // Sizes and the focus are no part of what is typed, wherever they come between.
            if matches!(event, Event::Resize(..) | Event::FocusGained | Event::FocusLost) {
                input.push(event);
                continue;
            }
            match (&event, self.held.is_empty()) {
                (Event::Key(key), true) if is(key, ']', KeyModifiers::ALT) => self.held.push(event),
                (_, true) => input.push(event),
                (Event::Key(key), false) => {
                    let ends = is(key, '\\', KeyModifiers::ALT) || is(key, 'g', KeyModifiers::CONTROL);
                    let goes_on = matches!(key.code, KeyCode::Char(c) if c.is_ascii_graphic())
                        && !key.modifiers.intersects(KeyModifiers::ALT | KeyModifiers::CONTROL);
                    let fits = goes_on && self.held.len() < LONGEST && begins_well(&self.held, key);
                    let found = if ends { ground(&self.held) } else { None };
                    if fits {
                        self.held.push(event);
                    } else if let Some(ground) = found {
                        self.held.clear();
                        (answer, self.until) = (Some(ground), None);
                    } else {
                        input.append(&mut self.held);
                        input.push(event);
                    }
                }
                (_, false) => {
                    input.append(&mut self.held);
                    input.push(event);
                }
            }
        }
        if self.until.is_none() {
            input.append(&mut self.held);
        }
        (input, answer)
    }
}

fn is(key: &KeyEvent, c: char, held: KeyModifiers) -> bool {
    key.kind == KeyEventKind::Press && key.code == KeyCode::Char(c) && key.modifiers == held
}

/// True while what is held and the next key could still be an answer.
fn begins_well(held: &[Event], next: &KeyEvent) -> bool {
    const BEGIN: &[u8] = b"11;rgb";
    match (BEGIN.get(held.len() - 1), next.code) {
        (Some(byte), KeyCode::Char(c)) => c == char::from(*byte),
        (None, KeyCode::Char(c)) => c.is_ascii_hexdigit() || matches!(c, 'a' | ':' | '/'),
        (Some(_) | None, _) => false,
    }
}

fn ground(held: &[Event]) -> Option<Ground> {
    let text: String = held
        .iter()
        .skip(1)
        .filter_map(|event| match event {
            Event::Key(KeyEvent { code: KeyCode::Char(c), .. }) => Some(*c),
            _ => None,
        })
        .collect();
    Ground::answered(text.strip_prefix("11;")?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Vec<Event> {
        text.chars().map(|c| Event::Key(KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE))).collect()
    }

    fn begin() -> Event {
        Event::Key(KeyEvent::new(KeyCode::Char(']'), KeyModifiers::ALT))
    }

    fn end() -> Event {
        Event::Key(KeyEvent::new(KeyCode::Char('\\'), KeyModifiers::ALT))
    }

    fn answer(text: &str) -> Vec<Event> {
        [vec![begin()], keys(text), vec![end()]].concat()
    }

    #[test]
    fn the_answer_is_taken_out_and_keys_around_it_go_on() {
        let now = Instant::now();
        let mut listener = Listener::default();
        listener.asked(now);
        let events = [keys("j"), answer("11;rgb:ffff/ffff/ffff"), keys("k")].concat();
        assert_eq!(listener.take(events, now), (keys("jk"), Some(Ground::Light)));
        let events = answer("11;rgb:ffff/ffff/ffff");
        assert_eq!(listener.take(events.clone(), now), (events, None), "nothing is awaited any more");
    }

    #[test]
    fn an_answer_in_pieces_is_one_and_ends_with_a_bell_as_well() {
        let now = Instant::now();
        let mut listener = Listener::default();
        listener.asked(now);
        let bell = Event::Key(KeyEvent::new(KeyCode::Char('g'), KeyModifiers::CONTROL));
        let whole = [vec![begin()], keys("11;rgb:1e1e/1e1e/2e2e"), vec![bell]].concat();
        for event in &whole[..whole.len() - 1] {
            assert_eq!(listener.take(vec![event.clone()], now), (vec![], None));
        }
        let last = whole[whole.len() - 1].clone();
        assert_eq!(
            listener.take(vec![last, Event::Resize(80, 24)], now),
            (vec![Event::Resize(80, 24)], Some(Ground::Dark))
        );
    }

    #[test]
    fn what_is_no_answer_is_typed_in_its_order() {
        let now = Instant::now();
        for wrong in [
            [vec![begin()], keys("q")].concat(),
            answer("11;rgb:zz"),
            answer("10;rgb:ffff/ffff/ffff"),
            answer("11;rgb:"),
            vec![begin(), begin(), Event::Paste("x".into())],
        ] {
            let mut listener = Listener::default();
            listener.asked(now);
            let (mut input, ground) = listener.take(wrong.clone(), now);
            let (rest, none) = listener.take(Vec::new(), now + PATIENCE + Duration::from_millis(1));
            input.extend(rest);
            assert_eq!((input, ground, none), (wrong, None, None));
        }
    }
}
