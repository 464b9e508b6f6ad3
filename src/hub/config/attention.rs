//! `[attention]`: whom to call, in which way, on what, and when not. And how a copied text leaves.

use crate::policy::toml_file::{Reading, quoted};
use std::ops::Range;
use toml::de::{DeTable, DeValue};

const KEYS: [&str; 5] = ["bell", "notify", "command", "on", "quiet"];
/// What stands in a command for the line that is told.
const TEXT: &str = "{text}";

/// How the terminal is asked for a notification.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Notify {
    /// Not at all.
    #[default]
    Off,
    /// OSC 9: iTerm2, `WezTerm`, kitty, Ghostty.
    Osc9,
    /// OSC 777: foot, urxvt, VTE.
    Osc777,
    /// In the way that the terminal is known to take, else not at all.
    Auto,
}

#[expect(clippy::struct_excessive_bools, reason = "each stands alone: a list of what the file says")]
/// What `[attention]` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attention {
    /// The terminal's bell.
    pub bell: bool,
    /// The terminal's notifications.
    pub notify: Notify,
    /// A command of the user's own; empty for none.
    pub command: Vec<String>,
    /// A request that waits is worth it.
    pub waiting: bool,
    /// A turn that ended, a session that failed.
    pub finished: bool,
    /// A session that is flagged is.
    pub alarm: bool,
    /// The hours in which nothing rings, in minutes of the day: the first, and the first after them.
    pub quiet: Option<(u16, u16)>,
}

impl Default for Attention {
    /// Calm: the bell alone, and only where something waits.
    fn default() -> Self {
        Self {
            bell: true,
            notify: Notify::Off,
            command: Vec::new(),
            waiting: true,
            finished: false,
            alarm: false,
            quiet: None,
        }
    }
}

/// Where a copied text goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Clipboard {
    /// To the terminal, by OSC 52.
    #[default]
    Osc52,
    /// Nowhere.
    Off,
    /// To a command, on its stdin.
    Command(Vec<String>),
}

/// Rows of one notch of the wheel, unless the configuration says otherwise.
pub const NOTCH: u8 = 3;

pub(super) fn attention(reading: &mut Reading, table: &DeTable<'_>) -> Attention {
    let usual = Attention::default();
    let Some(inner) = reading.table(table, "attention") else { return usual };
    reading.only(inner, "[attention]", &KEYS);
    let (mut waiting, mut finished, mut alarm) = (usual.waiting, usual.finished, usual.alarm);
    if let Some(on) = reading.texts(inner, "on") {
        (waiting, finished, alarm) = (false, false, false);
        for (word, at) in on {
            match word.as_str() {
                "waiting" => waiting = true,
                "finished" => finished = true,
                "alarm" => alarm = true,
                other => {
                    let what = "`on` takes \"waiting\", \"finished\" and \"alarm\", and not";
                    reading.fault(&at, format!("{what} {}", quoted(other)));
                }
            }
        }
    }
    Attention {
        bell: reading.switch(inner, "bell").unwrap_or(usual.bell),
        notify: notify(reading, inner),
        command: command(reading, inner),
        waiting,
        finished,
        alarm,
        quiet: quiet(reading, inner),
    }
}

pub(super) fn clipboard(reading: &mut Reading, table: &DeTable<'_>) -> Clipboard {
    let Some(value) = table.get("clipboard") else { return Clipboard::default() };
    match value.get_ref() {
        DeValue::String(word) if word == "osc52" => Clipboard::Osc52,
        DeValue::String(word) if word == "off" => Clipboard::Off,
        DeValue::Array(_) => {
            let words: Vec<String> =
                reading.texts(table, "clipboard").into_iter().flatten().map(|(text, _)| text).collect();
            if words.first().is_none_or(String::is_empty) {
                reading.fault(&value.span(), "`clipboard` takes a command with its arguments, as in [\"wl-copy\"]");
                return Clipboard::Off;
            }
            Clipboard::Command(words)
        }
        _ => {
            let accepted = "`clipboard` takes \"osc52\", \"off\" or a command that reads it, as in [\"wl-copy\"]";
            reading.fault(&value.span(), accepted);
            Clipboard::Off
        }
    }
}

pub(super) fn notch(reading: &mut Reading, table: &DeTable<'_>) -> u8 {
    let Some(value) = table.get("scroll") else { return NOTCH };
    let rows = match value.get_ref() {
        DeValue::Integer(number) if number.radix() == 10 => {
            number.as_str().parse().ok().filter(|n| (1..=20).contains(n))
        }
        _ => None,
    };
    rows.unwrap_or_else(|| {
        reading.fault(&value.span(), "`scroll` takes the rows of one notch of the wheel, from 1 to 20");
        NOTCH
    })
}

fn notify(reading: &mut Reading, table: &DeTable<'_>) -> Notify {
    let Some(word) = reading.text(table, "notify") else { return Notify::default() };
    match word.as_str() {
        "off" => Notify::Off,
        "osc9" => Notify::Osc9,
        "osc777" => Notify::Osc777,
        "auto" => Notify::Auto,
        other => {
            let what = format!("`notify` takes \"off\", \"osc9\", \"osc777\" or \"auto\", and not {}", quoted(other));
            reading.fault(&span(table, "notify"), what);
            Notify::Off
        }
    }
}

/// A command, in which `{text}` may stand for the line that is told: as an argument of its own, and never where a shell
/// would read it as a program, since an agent may have written it.
fn command(reading: &mut Reading, table: &DeTable<'_>) -> Vec<String> {
    let Some(words) = reading.texts(table, "command") else { return Vec::new() };
    let mut before: Option<&str> = None;
    let mut well = true;
    for (n, (word, at)) in words.iter().enumerate() {
        let wrong = if n == 0 && (word.is_empty() || word.contains(TEXT)) {
            Some("`command` begins with a program".to_owned())
        } else if word != TEXT && word.contains(TEXT) {
            Some(format!("`{TEXT}` is an argument of its own: what an agent wrote must not become part of another one"))
        } else if word == TEXT && before.is_some_and(|flag| flag.starts_with('-') && flag.ends_with('c')) {
            Some(format!("`{TEXT}` would be run as a program here: write \"$TAUT_TEXT\" into the script instead"))
        } else {
            None
        };
        if let Some(wrong) = wrong {
            reading.fault(at, wrong);
            well = false;
        }
        before = Some(word);
    }
    if well { words.into_iter().map(|(word, _)| word).collect() } else { Vec::new() }
}

fn quiet(reading: &mut Reading, table: &DeTable<'_>) -> Option<(u16, u16)> {
    let text = reading.text(table, "quiet")?;
    let minute = |time: &str| -> Option<u16> {
        let (hour, minute) = time.trim().split_once(':')?;
        let number = |digits: &str| if digits.len() <= 2 { digits.parse::<u16>().ok() } else { None };
        let (hour, minute) = (number(hour)?, number(minute)?);
        (hour < 24 && minute < 60).then_some(hour * 60 + minute)
    };
    let hours = text.split_once('-').and_then(|(from, until)| Some((minute(from)?, minute(until)?)));
    if hours.is_none() && !text.is_empty() {
        reading.fault(&span(table, "quiet"), "`quiet` takes the hours of a day, as in \"22:00-07:00\"");
    }
    hours
}

fn span(table: &DeTable<'_>, key: &str) -> Range<usize> {
    table.get(key).map(toml::Spanned::span).unwrap_or_default()
}
