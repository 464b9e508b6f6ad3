//! A key with its modifiers: read from a name (`ctrl-c`, `shift-tab`, `?`), written as one, and made the same whatever
//! dialect the terminal speaks.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use std::fmt;
use std::str::FromStr;

/// A key with its modifiers, in one form however the terminal tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Chord {
    code: KeyCode,
    held: KeyModifiers,
}

/// A name that is no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a key: write `a`, `?`, `space`, `f1`, `ctrl-c`, `alt-1` or `shift-tab`")]
pub struct BadChord(pub String);

const NAMES: [(&str, KeyCode); 16] = [
    ("enter", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("tab", KeyCode::Tab),
    ("space", KeyCode::Char(' ')),
    ("backspace", KeyCode::Backspace),
    ("delete", KeyCode::Delete),
    ("insert", KeyCode::Insert),
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
    ("pageup", KeyCode::PageUp),
    ("pagedown", KeyCode::PageDown),
    ("backtab", KeyCode::BackTab),
];

impl Chord {
    /// True for a plain character: text, where text is typed.
    #[must_use]
    pub fn is_text(self) -> bool {
        matches!(self.code, KeyCode::Char(_)) && self.held.is_empty()
    }

    /// The key for a small place: `↑` for `up`, the name for others.
    #[must_use]
    pub fn face(self) -> String {
        match self.code {
            KeyCode::Up if self.held.is_empty() => "↑".to_owned(),
            KeyCode::Down if self.held.is_empty() => "↓".to_owned(),
            KeyCode::Left if self.held.is_empty() => "←".to_owned(),
            KeyCode::Right if self.held.is_empty() => "→".to_owned(),
            _ => self.to_string(),
        }
    }

    fn new(code: KeyCode, held: KeyModifiers) -> Self {
        let held = held & (KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SHIFT | KeyModifiers::SUPER);
        let (code, held) = match code {
            // A capital says shift by itself; some terminals say it twice, others send the small letter and shift.
            KeyCode::Char(c) if held.contains(KeyModifiers::CONTROL) => {
                (KeyCode::Char(legacy(c).to_ascii_lowercase()), held.difference(KeyModifiers::SHIFT))
            }
            KeyCode::Char(c) if held.contains(KeyModifiers::SHIFT) && c != ' ' => {
                (KeyCode::Char(c.to_ascii_uppercase()), held.difference(KeyModifiers::SHIFT))
            }
            KeyCode::BackTab => (KeyCode::Tab, held | KeyModifiers::SHIFT),
            other => (other, held),
        };
        Self { code, held }
    }
}

/// Terminals without the newer protocol tell `ctrl-\` to `ctrl-_` as `ctrl-4` to `ctrl-7`.
fn legacy(c: char) -> char {
    match c {
        '4' => '\\',
        '5' => ']',
        '6' => '^',
        '7' => '_',
        other => other,
    }
}

impl From<KeyEvent> for Chord {
    fn from(key: KeyEvent) -> Self {
        Self::new(key.code, key.modifiers)
    }
}

impl From<Chord> for KeyEvent {
    fn from(chord: Chord) -> Self {
        Self::new(chord.code, chord.held)
    }
}

impl FromStr for Chord {
    type Err = BadChord;

    fn from_str(name: &str) -> Result<Self, BadChord> {
        let bad = || BadChord(name.to_owned());
        let (mut rest, mut held) = (name, KeyModifiers::NONE);
        loop {
            let before = rest;
            for (prefix, modifier) in [
                ("ctrl-", KeyModifiers::CONTROL),
                ("alt-", KeyModifiers::ALT),
                ("shift-", KeyModifiers::SHIFT),
                ("super-", KeyModifiers::SUPER),
            ] {
                if let Some(after) = rest.strip_prefix(prefix).filter(|after| !after.is_empty()) {
                    if held.contains(modifier) {
                        return Err(bad());
                    }
                    (rest, held) = (after, held | modifier);
                }
            }
            if rest == before {
                break;
            }
        }
        let named = NAMES.iter().find(|(word, _)| *word == rest).map(|&(_, code)| code);
        let function = || {
            let n: u8 = rest.strip_prefix('f')?.parse().ok()?;
            (1..=24).contains(&n).then_some(KeyCode::F(n))
        };
        let mut chars = rest.chars();
        let character = || match (chars.next(), chars.next()) {
            (Some(c), None) if !c.is_control() && !c.is_whitespace() => Some(KeyCode::Char(c)),
            _ => None,
        };
        let code = named.or_else(function).or_else(character).ok_or_else(bad)?;
        Ok(Self::new(code, held))
    }
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (modifier, prefix) in [
            (KeyModifiers::CONTROL, "ctrl-"),
            (KeyModifiers::ALT, "alt-"),
            (KeyModifiers::SUPER, "super-"),
            (KeyModifiers::SHIFT, "shift-"),
        ] {
            if self.held.contains(modifier) {
                f.write_str(prefix)?;
            }
        }
        match self.code {
            KeyCode::F(n) => write!(f, "f{n}"),
            code => match (NAMES.iter().find(|(_, named)| *named == code), code) {
                (Some((name, _)), _) => f.write_str(name),
                (None, KeyCode::Char(c)) => write!(f, "{c}"),
                (None, other) => write!(f, "{other}"),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chord(name: &str) -> Chord {
        name.parse().unwrap()
    }

    fn key(code: KeyCode, held: KeyModifiers) -> Chord {
        KeyEvent::new(code, held).into()
    }

    #[test]
    fn a_name_reads_back_as_it_was_written() {
        for name in
            ["a", "A", "?", "-", "ctrl--", "space", "ctrl-space", "alt-1", "shift-tab", "f12", "ctrl-\\", "alt-enter"]
        {
            assert_eq!(chord(name).to_string(), name);
        }
        assert_eq!(chord("shift-a"), chord("A"));
        assert_eq!(chord("ctrl-C"), chord("ctrl-c"));
        assert_eq!(chord("backtab"), chord("shift-tab"));
    }

    #[test]
    fn what_is_no_key_is_told_by_its_name() {
        for name in ["", "ab", "ctrl-", "ctrl-ctrl-a", "f0", "f99", "hyper-a", " ", "\u{1b}"] {
            let error = name.parse::<Chord>().unwrap_err().to_string();
            assert!(error.contains(&format!("{name:?}")), "{error}");
        }
    }

    #[test]
    fn every_dialect_of_a_terminal_gives_the_same_key() {
        let (none, shift, ctrl) = (KeyModifiers::NONE, KeyModifiers::SHIFT, KeyModifiers::CONTROL);
        assert_eq!(key(KeyCode::Char('G'), none), chord("G"));
        assert_eq!(key(KeyCode::Char('G'), shift), chord("G"));
        assert_eq!(key(KeyCode::Char('g'), shift), chord("G"));
        assert_eq!(key(KeyCode::Char('4'), ctrl), chord("ctrl-\\"));
        assert_eq!(key(KeyCode::BackTab, shift), chord("shift-tab"));
        assert_eq!(key(KeyCode::Tab, shift), chord("shift-tab"));
        assert_eq!(key(KeyCode::Char('?'), shift), chord("?"));
        assert!(chord("G").is_text() && !chord("ctrl-g").is_text() && !chord("alt-g").is_text());
    }
}
