//! Every setting of `config.toml` that has one value: the one list that the reader of the file, the settings screen and
//! the documentation go by.

/// A setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// Its key; a dot parts the section from the key in it.
    pub key: &'static str,
    /// The group in which the screen shows it.
    pub group: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// What is in force where it is not given.
    pub usual: &'static str,
    /// What it does, in a sentence.
    pub about: &'static str,
}

/// What a setting takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// `true` or `false`.
    Switch,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A length of time, or `never`.
    Time,
    /// A theme's name, `auto`, or one for each ground.
    Theme,
    /// Any text.
    Text,
    /// A whole number.
    Number,
}

/// The sections of `config.toml` that hold as many entries as the user likes.
pub const SECTIONS: [&str; 3] = ["agents", "mcp", "keys"];

/// Every setting, in the order in which the screen shows them.
pub const SETTINGS: [Setting; 30] = [
    Setting {
        key: "theme",
        group: "looks",
        takes: Takes::Theme,
        usual: "terminal",
        about: "the colours: a theme's name, \"auto\" for dark or light by the terminal's ground, or { dark = \"…\", \
                light = \"…\" }",
    },
    Setting {
        key: "marks",
        group: "looks",
        takes: Takes::OneOf(&["auto", "unicode", "ascii"]),
        usual: "auto",
        about: "marks and lines: auto takes ascii where the locale is not UTF-8",
    },
    Setting {
        key: "screen",
        group: "looks",
        takes: Takes::OneOf(&["full", "plain"]),
        usual: "full",
        about: "plain prints what changes as lines, for screen readers; from the next start on",
    },
    Setting {
        key: "mouse",
        group: "looks",
        takes: Takes::Switch,
        usual: "true",
        about: "the mouse scrolls, selects and focuses; false leaves it to the terminal",
    },
    Setting {
        key: "scroll",
        group: "looks",
        takes: Takes::Number,
        usual: "3",
        about: "rows of one notch of the wheel, from 1 to 20",
    },
    Setting {
        key: "clipboard",
        group: "looks",
        takes: Takes::Text,
        usual: "osc52",
        about: "where a copied text goes: osc52 is the terminal, off nowhere, [\"wl-copy\"] a command that reads it",
    },
    Setting {
        key: "attention.bell",
        group: "attention",
        takes: Takes::Switch,
        usual: "true",
        about: "the terminal's bell, where something waits that nobody looks at",
    },
    Setting {
        key: "attention.notify",
        group: "attention",
        takes: Takes::OneOf(&["off", "auto", "osc9", "osc777"]),
        usual: "off",
        about: "the terminal's notifications; auto where it is known to take them",
    },
    Setting {
        key: "attention.on",
        group: "attention",
        takes: Takes::Text,
        usual: "waiting",
        about: "what a person is called for: waiting, finished, alarm, or several: [\"waiting\", \"alarm\"]",
    },
    Setting {
        key: "attention.quiet",
        group: "attention",
        takes: Takes::Text,
        usual: "",
        about: "hours in which nobody is called, as in 22:00-07:00",
    },
    Setting {
        key: "attention.command",
        group: "attention",
        takes: Takes::Text,
        usual: "[]",
        about: "a command that calls, as in [\"notify-send\", \"taut\", \"{text}\"]; it also has TAUT_TEXT",
    },
    Setting {
        key: "deadline",
        group: "sessions",
        takes: Takes::Time,
        usual: "never",
        about: "a request that waits longer is denied",
    },
    Setting {
        key: "stall_after",
        group: "sessions",
        takes: Takes::Time,
        usual: "60s",
        about: "a turn that shows nothing for so long is called stalled",
    },
    Setting {
        key: "start_within",
        group: "sessions",
        takes: Takes::Time,
        usual: "2m",
        about: "an agent that takes longer to start is ended",
    },
    Setting {
        key: "checkpoints",
        group: "sessions",
        takes: Takes::Switch,
        usual: "true",
        about: "whether the workspace is kept before and after each step, so that steps can be undone",
    },
    Setting {
        key: "scripts",
        group: "sessions",
        takes: Takes::OneOf(&["allow", "token"]),
        usual: "allow",
        about: "token asks every script for one that `taut token new` made, given as TAUT_TOKEN",
    },
    Setting {
        key: "keep.age",
        group: "keep",
        takes: Takes::Time,
        usual: "30d",
        about: "checkpoints that are older go, but none of a live or pinned session",
    },
    Setting {
        key: "keep.size",
        group: "keep",
        takes: Takes::Text,
        usual: "5 GB",
        about: "while all checkpoints are more than this, the oldest go; \"never\" lets them grow",
    },
    Setting {
        key: "keep.wide",
        group: "keep",
        takes: Takes::Text,
        usual: "[]",
        about: "folders that are kept though they are a home folder or hold one, as in [\"~\"]",
    },
    Setting {
        key: "recordings.keep",
        group: "recordings",
        takes: Takes::Switch,
        usual: "true",
        about: "sessions of other tools are looked for and copied, so that their own clearing can't destroy them",
    },
    Setting {
        key: "recordings.folders",
        group: "recordings",
        takes: Takes::Text,
        usual: "[]",
        about: "where else they are looked for, beside the tools' known places: [\"~/old/claude\"]",
    },
    Setting {
        key: "recordings.age",
        group: "recordings",
        takes: Takes::Time,
        usual: "never",
        about: "copies to which nothing was added for so long go",
    },
    Setting {
        key: "recordings.size",
        group: "recordings",
        takes: Takes::Text,
        usual: "never",
        about: "while all copies take more than this, the oldest go, as in \"5 GB\"",
    },
    Setting {
        key: "watch.repeat",
        group: "watch",
        takes: Takes::Number,
        usual: "5",
        about: "a session is flagged that makes the same calls so often, one after the other; 0 for never",
    },
    Setting {
        key: "watch.errors",
        group: "watch",
        takes: Takes::Text,
        usual: "6/8",
        about: "a session is flagged of which so many of the last calls failed; \"never\" for not at all",
    },
    Setting {
        key: "watch.unseen",
        group: "watch",
        takes: Takes::Time,
        usual: "2m",
        about: "a session is flagged of which a request waits so long and was on no screen",
    },
    Setting {
        key: "budget.session",
        group: "budget",
        takes: Takes::Text,
        usual: "none",
        about: "what a session may spend, as in \"5 USD\": beyond it, what rules allow is asked",
    },
    Setting {
        key: "budget.session_hard",
        group: "budget",
        takes: Takes::Text,
        usual: "none",
        about: "beyond it, the turn is interrupted, and the session takes no prompt",
    },
    Setting {
        key: "budget.day",
        group: "budget",
        takes: Takes::Text,
        usual: "none",
        about: "what all sessions may spend in a day: beyond it, what rules allow is asked",
    },
    Setting {
        key: "budget.day_hard",
        group: "budget",
        takes: Takes::Text,
        usual: "none",
        about: "beyond it, every turn is interrupted, and no session takes a prompt",
    },
];

/// The setting of a key.
#[must_use]
pub fn setting(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.key == key)
}

/// What may stand at the top of the file: the sections, and the keys or the sections of keys.
pub(super) fn top() -> Vec<&'static str> {
    let mut known = SECTIONS.to_vec();
    for setting in &SETTINGS {
        let first = setting.key.split('.').next().unwrap_or_default();
        if !known.contains(&first) {
            known.push(first);
        }
    }
    known
}

impl Setting {
    /// What it takes, in words.
    #[must_use]
    pub fn accepts(&self) -> String {
        match self.takes {
            Takes::Switch => "true, false".to_owned(),
            Takes::OneOf(words) => words.join(", "),
            Takes::Time => "90s, 10m, 2h, 30d, never".to_owned(),
            Takes::Theme => "a theme's name, auto".to_owned(),
            Takes::Text => "a text".to_owned(),
            Takes::Number => "a number".to_owned(),
        }
    }
}
