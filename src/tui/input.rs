//! From what the terminal sends to what the console understands: keys one by one, and whether each came alone.

use crate::keymap;
use crate::ui::{App, Msg, Press};
use crossterm::event::{Event, KeyEvent, KeyEventKind, MouseEvent};
use std::time::{Duration, Instant};

/// The same key again within this time is a held key: the slowest repeat is 10 a second, and nobody decides so fast.
const HELD: Duration = Duration::from_millis(150);

/// One thing that was done at the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Input {
    /// A key.
    Key(KeyEvent, Alone),
    /// A bracketed paste.
    Paste(String),
    /// The mouse.
    Mouse(MouseEvent),
    /// Another size.
    Size(u16, u16),
    /// The window got or lost the focus.
    Focus(bool),
}

impl Input {
    /// What it means to the console.
    pub(super) fn msg(self, app: &App) -> Msg {
        match self {
            Self::Key(key, alone) => match keymap::lookup(app, key) {
                Some(action) => Msg::Did(action, if alone == Alone::Yes { Press::Alone } else { Press::Among }),
                None => Msg::Typed(key),
            },
            Self::Paste(text) => Msg::Pasted(text),
            Self::Mouse(mouse) => Msg::Mouse(mouse),
            Self::Size(columns, rows) => Msg::Resized(columns, rows),
            Self::Focus(focused) => Msg::Focused(focused),
        }
    }
}

/// Whether a key came alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Alone {
    /// The only key of its read, and not a held one.
    Yes,
    /// One of several, or a repeat.
    No,
}

/// Remembers the last key, to know a held one.
#[derive(Debug, Default)]
pub(super) struct Reads {
    last: Option<(KeyEvent, Instant)>,
    deaf: Option<Instant>,
}

/// Answers of the terminal to what another program asked it come so late, and look like keys.
const LATE: Duration = Duration::from_millis(150);

impl Reads {
    /// The terminal was another program's until now.
    pub(super) fn back(&mut self, now: Instant) {
        (self.last, self.deaf) = (None, Some(now + LATE));
    }

    /// Makes inputs of the events of one read. Of several sizes only the last counts.
    pub(super) fn take(&mut self, mut events: Vec<Event>, now: Instant) -> Vec<Input> {
        self.deaf.take_if(|until| now >= *until);
        if self.deaf.is_some() {
            events.retain(|event| matches!(event, Event::Resize(..) | Event::FocusGained | Event::FocusLost));
        }
        let pressed = |event: &Event| matches!(event, Event::Key(key) if key.kind != KeyEventKind::Release);
        let keys = events.iter().filter(|event| pressed(event)).count();
        let pastes = events.iter().any(|event| matches!(event, Event::Paste(_)));
        let last_size = events.iter().rposition(|event| matches!(event, Event::Resize(..)));
        let mut inputs = Vec::with_capacity(events.len());
        for (at, event) in events.into_iter().enumerate() {
            match event {
                Event::Key(key) if key.kind == KeyEventKind::Release => {}
                Event::Key(key) => {
                    let held = key.kind == KeyEventKind::Repeat || self.is_repeat(key, now);
                    let alone = if keys == 1 && !pastes && !held { Alone::Yes } else { Alone::No };
                    self.last = Some((key, now));
                    inputs.push(Input::Key(key, alone));
                }
                Event::Paste(text) => inputs.push(Input::Paste(text)),
                Event::Mouse(mouse) => inputs.push(Input::Mouse(mouse)),
                Event::Resize(columns, rows) if last_size == Some(at) => inputs.push(Input::Size(columns, rows)),
                Event::Resize(..) => {}
                Event::FocusGained => inputs.push(Input::Focus(true)),
                Event::FocusLost => inputs.push(Input::Focus(false)),
            }
        }
        inputs
    }

    fn is_repeat(&self, key: KeyEvent, now: Instant) -> bool {
        self.last.is_some_and(|(last, at)| {
            last.code == key.code && last.modifiers == key.modifiers && now.duration_since(at) < HELD
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossterm::event::{KeyCode, KeyModifiers};

    fn key(c: char) -> Event {
        Event::Key(KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE))
    }

    fn alone(inputs: &[Input]) -> Vec<Alone> {
        inputs.iter().filter_map(|i| if let Input::Key(_, alone) = i { Some(*alone) } else { None }).collect()
    }

    #[test]
    fn a_key_is_alone_only_by_itself_and_not_held() {
        let start = Instant::now();
        let mut reads = Reads::default();
        assert_eq!(alone(&reads.take(vec![key('a')], start)), [Alone::Yes]);
        assert_eq!(
            alone(&reads.take(vec![key('j'), key('a')], start + Duration::from_secs(1))),
            [Alone::No, Alone::No]
        );
        let mut at = start + Duration::from_secs(2);
        assert_eq!(alone(&reads.take(vec![key('a')], at)), [Alone::Yes]);
        for _ in 0..50 {
            at += Duration::from_millis(33);
            assert_eq!(alone(&reads.take(vec![key('a')], at)), [Alone::No], "a held key");
        }
        assert_eq!(alone(&reads.take(vec![key('a')], at + Duration::from_millis(400))), [Alone::Yes]);
    }

    #[test]
    fn a_key_beside_a_paste_is_not_alone_and_of_sizes_the_last_counts() {
        let mut reads = Reads::default();
        let events = vec![Event::Resize(1, 1), Event::Paste("a".into()), key('a'), Event::Resize(80, 24)];
        let inputs = reads.take(events, Instant::now());
        assert_eq!(alone(&inputs), [Alone::No]);
        assert_eq!(inputs.iter().filter(|input| matches!(input, Input::Size(80, 24))).count(), 1);
        assert_eq!(inputs.len(), 3);
    }
}
