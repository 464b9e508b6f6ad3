//! `theme`, `marks`, `screen`: how the console looks.

use crate::policy::toml_file::{Reading, meant, quoted};
use toml::de::{DeTable, DeValue};

/// The theme of the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ThemeWish {
    /// A theme by its name.
    Named(String),
    /// One for a dark and one for a light ground; `"auto"` is taut's own two.
    ByGround {
        /// The name of the one for a dark ground.
        dark: String,
        /// The name of the one for a light ground.
        light: String,
    },
}

impl ThemeWish {
    /// The theme that a word stands for.
    #[must_use]
    pub fn of(word: &str) -> Self {
        match word {
            "auto" => Self::ByGround { dark: "dark".to_owned(), light: "light".to_owned() },
            name => Self::Named(name.to_owned()),
        }
    }
}

/// Of what marks and lines are made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Marks {
    /// Of what the locale can show.
    #[default]
    Auto,
    /// Of Unicode.
    Unicode,
    /// Of ASCII.
    Ascii,
}

/// How the console speaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Screen {
    /// In frames that fill the terminal.
    #[default]
    Full,
    /// In lines that say what changed.
    Plain,
}

pub(super) fn theme(reading: &mut Reading, table: &DeTable<'_>) -> Option<ThemeWish> {
    let value = table.get("theme")?;
    match value.get_ref() {
        DeValue::String(word) => Some(ThemeWish::of(word)),
        DeValue::Table(grounds) => {
            reading.only(grounds, "theme", &["dark", "light"]);
            let (dark, light) = (reading.text(grounds, "dark"), reading.text(grounds, "light"));
            Some(ThemeWish::ByGround {
                dark: dark.unwrap_or_else(|| "dark".to_owned()),
                light: light.unwrap_or_else(|| "light".to_owned()),
            })
        }
        _ => {
            let accepted = "a theme's name, \"auto\", or { dark = \"tide\", light = \"chalk\" }";
            reading.wrong("theme", accepted, value);
            None
        }
    }
}

pub(super) fn marks(reading: &mut Reading, table: &DeTable<'_>) -> Marks {
    let words = [("auto", Marks::Auto), ("unicode", Marks::Unicode), ("ascii", Marks::Ascii)];
    one_of(reading, table, "marks", &words).unwrap_or_default()
}

pub(super) fn screen(reading: &mut Reading, table: &DeTable<'_>) -> Screen {
    one_of(reading, table, "screen", &[("full", Screen::Full), ("plain", Screen::Plain)]).unwrap_or_default()
}

fn one_of<T: Copy>(reading: &mut Reading, table: &DeTable<'_>, key: &str, words: &[(&str, T)]) -> Option<T> {
    let given = reading.text(table, key)?;
    let found = words.iter().find(|(word, _)| *word == given).map(|(_, is)| *is);
    if let (None, Some(value)) = (found, table.get(key)) {
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let hint = meant(&given, &known, "there are");
        reading.fault(&value.span(), format!("{} knows no {}; {hint}", quoted(key), quoted(&given)));
    }
    found
}
