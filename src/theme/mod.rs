//! Colours: a closed set of roles, and themes that give each a style.
//!
//! The screen asks for a [`Role`] and never for a colour. A [`Theme`] is read from TOML ([`Theme::read`]); some are built in.
//! [`Theme::at`] fits it to what the terminal can show, down to no colour at all, where weight, underline and reverse still
//! tell apart what must be told apart.

mod depth;
mod ground;
mod read;
mod role;

pub use depth::Depth;
pub use ground::Ground;
pub use read::{Fault, Faults};
pub use role::Role;

use ratatui::style::Style;

/// A theme that comes with taut.
#[derive(Debug)]
struct BuiltIn {
    name: &'static str,
    about: &'static str,
    text: &'static str,
}

const BUILT_IN: [BuiltIn; 9] = [
    BuiltIn {
        name: "terminal",
        about: "the terminal's own 16 colours, on its own ground",
        text: include_str!("../../themes/terminal.toml"),
    },
    BuiltIn { name: "dark", about: "dark, quiet, amber", text: include_str!("../../themes/dark.toml") },
    BuiltIn { name: "tide", about: "dark, cool, coral", text: include_str!("../../themes/tide.toml") },
    BuiltIn { name: "light", about: "light, warm paper", text: include_str!("../../themes/light.toml") },
    BuiltIn { name: "chalk", about: "light, cool, magenta", text: include_str!("../../themes/chalk.toml") },
    BuiltIn {
        name: "high-contrast",
        about: "on black, every text 7 to 1",
        text: include_str!("../../themes/high-contrast.toml"),
    },
    BuiltIn {
        name: "high-contrast-light",
        about: "on white, every text 7 to 1",
        text: include_str!("../../themes/high-contrast-light.toml"),
    },
    BuiltIn {
        name: "red-green-safe",
        about: "for deuteranopia and protanopia: blue and orange",
        text: include_str!("../../themes/red-green-safe.toml"),
    },
    BuiltIn {
        name: "blue-yellow-safe",
        about: "for tritanopia: teal and red",
        text: include_str!("../../themes/blue-yellow-safe.toml"),
    },
];

/// A style for every role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    styles: [Style; Role::ALL.len()],
}

impl Default for Theme {
    /// The theme `terminal`: the person's own colours.
    fn default() -> Self {
        Self::built_in("terminal").unwrap_or(Self { styles: [Style::new(); Role::ALL.len()] })
    }
}

impl Theme {
    /// The names of the built-in themes.
    pub const NAMES: [&str; BUILT_IN.len()] = {
        let mut names = [""; BUILT_IN.len()];
        let mut at = 0;
        while at < names.len() {
            names[at] = BUILT_IN[at].name;
            at += 1;
        }
        names
    };

    /// A built-in theme.
    #[must_use]
    pub fn built_in(name: &str) -> Option<Self> {
        let known = BUILT_IN.iter().find(|known| known.name == name)?;
        Self::read(name, known.text).ok()
    }

    /// What a built-in theme is for, in a few words.
    #[must_use]
    pub fn about(name: &str) -> Option<&'static str> {
        BUILT_IN.iter().find(|known| known.name == name).map(|known| known.about)
    }

    /// Reads a theme from TOML. A role that it leaves out has the terminal's own style.
    ///
    /// # Errors
    /// Everything that is wrong with it, by line; `file` is only for the words.
    pub fn read(file: &str, text: &str) -> Result<Self, Faults> {
        read::read(file, text).map(|styles| Self { styles })
    }

    /// The style of a role.
    #[must_use]
    pub fn style(&self, role: Role) -> Style {
        self.styles[role.index()]
    }

    /// True where lines that come and go have grounds of their own, which can be told apart: then code keeps its colours on
    /// them, and else the colour of the line is all that tells what becomes of it.
    #[must_use]
    pub fn grounds_changes(&self) -> bool {
        let ground = |role: Role| self.style(role).bg;
        let (added, removed) = (ground(Role::Added), ground(Role::Removed));
        added.is_some()
            && removed.is_some()
            && added != removed
            && [added, removed].iter().all(|bg| *bg != ground(Role::Text))
    }

    /// The same theme in the colours that a terminal has.
    #[must_use]
    pub fn at(&self, depth: Depth) -> Self {
        let mut theme = self.clone();
        for (role, style) in Role::ALL.into_iter().zip(&mut theme.styles) {
            *style = depth.fit(role, *style);
        }
        theme
    }
}

#[cfg(test)]
mod tests;
