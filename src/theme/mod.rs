//! Colours: a closed set of roles, and themes that give each a style.
//!
//! The screen asks for a [`Role`] and never for a colour. A [`Theme`] is read from TOML ([`Theme::read`]); four are built in.
//! [`Theme::at`] fits it to what the terminal can show, down to no colour at all, where weight, underline and reverse still
//! tell apart what must be told apart.

mod depth;
mod read;
mod role;

pub use depth::Depth;
pub use read::{Fault, Faults};
pub use role::Role;

use ratatui::style::Style;

const BUILT_IN: [(&str, &str); 4] = [
    ("terminal", include_str!("../../themes/terminal.toml")),
    ("dark", include_str!("../../themes/dark.toml")),
    ("light", include_str!("../../themes/light.toml")),
    ("high-contrast", include_str!("../../themes/high-contrast.toml")),
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
    pub const NAMES: [&str; 4] = [BUILT_IN[0].0, BUILT_IN[1].0, BUILT_IN[2].0, BUILT_IN[3].0];

    /// A built-in theme.
    #[must_use]
    pub fn built_in(name: &str) -> Option<Self> {
        let (_, text) = BUILT_IN.iter().find(|(known, _)| *known == name)?;
        Self::read(name, text).ok()
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
