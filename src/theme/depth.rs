//! How many colours a terminal has, and the nearest of them.

use super::Role;
use ratatui::style::{Color, Modifier, Style};

/// How many colours a terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// None: only weight, underline and reverse.
    None,
    /// The 16 of the person's own palette.
    Ansi16,
    /// 256.
    Ansi256,
    /// All.
    True,
}

const NAMED: [Color; 16] = [
    Color::Black,
    Color::Red,
    Color::Green,
    Color::Yellow,
    Color::Blue,
    Color::Magenta,
    Color::Cyan,
    Color::Gray,
    Color::DarkGray,
    Color::LightRed,
    Color::LightGreen,
    Color::LightYellow,
    Color::LightBlue,
    Color::LightMagenta,
    Color::LightCyan,
    Color::White,
];

/// The usual values of the 16, to find the nearest: a person's own may differ.
const USUAL: [(u8, u8, u8); 16] = [
    (0, 0, 0),
    (205, 0, 0),
    (0, 205, 0),
    (205, 205, 0),
    (0, 0, 238),
    (205, 0, 205),
    (0, 205, 205),
    (229, 229, 229),
    (127, 127, 127),
    (255, 0, 0),
    (0, 255, 0),
    (255, 255, 0),
    (92, 92, 255),
    (255, 0, 255),
    (0, 255, 255),
    (255, 255, 255),
];

const CUBE: [u8; 6] = [0, 95, 135, 175, 215, 255];

impl Depth {
    /// What the terminal can show, by its environment: `NO_COLOR`, `TERM`, `COLORTERM`.
    #[must_use]
    pub fn detect(variable: impl Fn(&str) -> Option<String>) -> Self {
        let term = variable("TERM").unwrap_or_default();
        let color_term = variable("COLORTERM").unwrap_or_default();
        let is_known =
            ["kitty", "ghostty", "alacritty", "wezterm", "foot", "direct"].iter().any(|name| term.contains(name));
        if variable("NO_COLOR").is_some_and(|value| !value.is_empty()) || matches!(term.as_str(), "" | "dumb") {
            Self::None
        } else if matches!(color_term.as_str(), "truecolor" | "24bit") || is_known {
            Self::True
        } else if term.contains("256color") {
            Self::Ansi256
        } else {
            Self::Ansi16
        }
    }

    /// A style as this terminal can show it.
    pub(super) fn fit(self, role: Role, style: Style) -> Style {
        match self {
            Self::True => style,
            Self::Ansi256 | Self::Ansi16 => {
                let fitted = Style {
                    fg: style.fg.map(|color| self.nearest(color)),
                    bg: style.bg.map(|color| self.nearest(color)),
                    ..style
                };
                if self == Self::Ansi16 { told_apart(role, fitted) } else { fitted }
            }
            Self::None => Style { fg: None, bg: None, underline_color: None, ..style }.add_modifier(weight(role)),
        }
    }

    fn nearest(self, color: Color) -> Color {
        match (self, color) {
            (Self::Ansi256, Color::Rgb(red, green, blue)) => Color::Indexed(nearest_256((red, green, blue))),
            (Self::Ansi16, Color::Rgb(red, green, blue)) => nearest_16((red, green, blue)),
            (Self::Ansi16, Color::Indexed(index)) => match NAMED.get(usize::from(index)) {
                Some(named) => *named,
                None => nearest_16(value_of(index)),
            },
            (_, color) => color,
        }
    }
}

/// Among 16 colours the nearest of a quiet green and of a quiet red is the same grey: lines that come and go keep their hue.
fn told_apart(role: Role, style: Style) -> Style {
    let hue = if matches!(role, Role::Added | Role::AddedWord) {
        Color::Green
    } else if matches!(role, Role::Removed | Role::RemovedWord) {
        Color::Red
    } else {
        return style;
    };
    let is_grey = |color: &Color| matches!(color, Color::Black | Color::Gray | Color::DarkGray | Color::White);
    let word = matches!(role, Role::AddedWord | Role::RemovedWord);
    match style.fg {
        Some(color) if is_grey(&color) && style.bg.as_ref().is_none_or(is_grey) => {
            let style = Style { fg: Some(hue), bg: None, ..style };
            if word { style.add_modifier(Modifier::UNDERLINED.union(Modifier::BOLD)) } else { style }
        }
        _ => style,
    }
}

/// What tells a role apart where there are no colours. Roles with a sign of their own (`+`, `✗`, a meter's length) need none.
fn weight(role: Role) -> Modifier {
    match role {
        Role::Accent
        | Role::Danger
        | Role::Warn
        | Role::EdgeFocused
        // The rules of a replay are drawn in it too: reversed they would be bars.
        | Role::Replay
        | Role::CursorLine
        | Role::SyntaxKeyword
        | Role::SyntaxHeading => Modifier::BOLD,
        Role::Muted | Role::Gutter | Role::Rule | Role::SyntaxComment => Modifier::DIM,
        Role::Selection | Role::Mark => Modifier::REVERSED,
        Role::Found => Modifier::REVERSED.union(Modifier::BOLD),
        Role::AddedWord => Modifier::UNDERLINED.union(Modifier::BOLD),
        Role::RemovedWord | Role::SyntaxLink => Modifier::UNDERLINED,
        Role::Text
        | Role::Good
        | Role::Info
        | Role::Added
        | Role::Removed
        | Role::MeterLow
        | Role::MeterMid
        | Role::MeterHigh
        | Role::Agent0
        | Role::Agent1
        | Role::Agent2
        | Role::Agent3
        | Role::SyntaxString
        | Role::SyntaxEscape
        | Role::SyntaxNumber
        | Role::SyntaxConstant
        | Role::SyntaxType
        | Role::SyntaxFunction
        | Role::SyntaxMacro
        | Role::SyntaxAttribute
        | Role::SyntaxTag
        | Role::SyntaxVariable
        | Role::SyntaxOperator
        | Role::SyntaxPunctuation => Modifier::empty(),
    }
}

fn nearest_256(wanted: (u8, u8, u8)) -> u8 {
    (16..=255).min_by_key(|&index| distance(wanted, value_of(index))).unwrap_or(15)
}

fn nearest_16(wanted: (u8, u8, u8)) -> Color {
    let nearest = NAMED.into_iter().zip(USUAL).min_by_key(|(_, usual)| distance(wanted, *usual));
    nearest.map_or(Color::Reset, |(named, _)| named)
}

/// The value of one of the 256.
fn value_of(index: u8) -> (u8, u8, u8) {
    match index {
        0..=15 => USUAL[usize::from(index)],
        16..=231 => {
            let at = usize::from(index - 16);
            (CUBE[at / 36], CUBE[at / 6 % 6], CUBE[at % 6])
        }
        232..=255 => {
            let gray = 8 + 10 * (index - 232);
            (gray, gray, gray)
        }
    }
}

/// How different two colours look: squares weighted by how well the eye tells each part apart.
fn distance(one: (u8, u8, u8), other: (u8, u8, u8)) -> u32 {
    let square = |a: u8, b: u8| u32::from(a.abs_diff(b)).pow(2);
    2 * square(one.0, other.0) + 4 * square(one.1, other.1) + 3 * square(one.2, other.2)
}
