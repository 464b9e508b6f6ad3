//! Themes as TOML: a palette, and a style for each role.

use super::Role;
use ratatui::style::{Color, Modifier, Style};
use std::collections::HashMap;
use std::fmt;
use std::ops::Range;
use toml::de::{DeTable, DeValue};

const COLOURS: [(&str, Color); 18] = [
    ("default", Color::Reset),
    ("black", Color::Black),
    ("red", Color::Red),
    ("green", Color::Green),
    ("yellow", Color::Yellow),
    ("blue", Color::Blue),
    ("magenta", Color::Magenta),
    ("cyan", Color::Cyan),
    ("white", Color::Gray),
    ("gray", Color::DarkGray),
    ("bright-black", Color::DarkGray),
    ("bright-red", Color::LightRed),
    ("bright-green", Color::LightGreen),
    ("bright-yellow", Color::LightYellow),
    ("bright-blue", Color::LightBlue),
    ("bright-magenta", Color::LightMagenta),
    ("bright-cyan", Color::LightCyan),
    ("bright-white", Color::White),
];
const ATTRIBUTES: [(&str, Modifier); 5] = [
    ("bold", Modifier::BOLD),
    ("dim", Modifier::DIM),
    ("italic", Modifier::ITALIC),
    ("underline", Modifier::UNDERLINED),
    ("reverse", Modifier::REVERSED),
];
const COLOUR: &str = "a colour is \"#rrggbb\", a number from 0 to 255, \"default\", a name like \"red\" or \"bright-red\", or a name from [palette]";

/// Everything that is wrong with a theme.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(Fault::to_string).collect::<Vec<_>>().join("\n"))]
pub struct Faults(pub Vec<Fault>);

/// One thing that is wrong with a theme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The file, as it was named.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// The key that it is about, where there is one.
    pub key: String,
    /// What is wrong, and what is accepted.
    pub what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, key, what } = self;
        if key.is_empty() { write!(f, "{file}:{line}: {what}.") } else { write!(f, "{file}:{line}: `{key}` {what}.") }
    }
}

pub(super) fn read(file: &str, text: &str) -> Result<[Style; Role::ALL.len()], Faults> {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut reader =
        Reader { file, text, faults: Vec::new(), palette: HashMap::new(), styles: [Style::new(); Role::ALL.len()] };
    for error in errors {
        let what = error.message().lines().next().unwrap_or_default().to_owned();
        reader.fault(&error.span().unwrap_or(0..0), "", format!("this is not TOML: {what}"));
    }
    if reader.faults.is_empty() {
        reader.top(table.get_ref());
    }
    if reader.faults.is_empty() {
        return Ok(reader.styles);
    }
    reader.faults.sort_by_key(|fault| fault.line);
    Err(Faults(reader.faults))
}

struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    faults: Vec<Fault>,
    palette: HashMap<String, Color>,
    styles: [Style; Role::ALL.len()],
}

impl Reader<'_> {
    fn fault(&mut self, at: &Range<usize>, key: &str, what: String) {
        let before = self.text.get(..at.start).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        self.faults.push(Fault { file: self.file.to_owned(), line, key: key.to_owned(), what });
    }

    fn top(&mut self, table: &DeTable<'_>) {
        // The palette first, wherever it stands.
        for (key, value) in table {
            match (key.get_ref().as_ref(), value.get_ref().as_table()) {
                ("palette", Some(palette)) => self.palette(palette),
                ("roles", Some(_)) => {}
                ("palette" | "roles", None) => self.fault(&value.span(), key.get_ref(), "must be a table".to_owned()),
                (other, _) => {
                    self.fault(&key.span(), other, "is not known here; accepted are [palette] and [roles]".to_owned());
                }
            }
        }
        if let Some(roles) = table.get("roles").and_then(|roles| roles.get_ref().as_table()) {
            self.roles(roles, "");
        }
    }

    fn palette(&mut self, palette: &DeTable<'_>) {
        for (key, value) in palette {
            match basic_color(value.get_ref()) {
                Some(color) => {
                    self.palette.insert(key.get_ref().to_string(), color);
                }
                None => self.fault(
                    &value.span(),
                    &format!("palette.{}", key.get_ref()),
                    format!("is not a colour; {COLOUR}"),
                ),
            }
        }
    }

    fn roles(&mut self, roles: &DeTable<'_>, prefix: &str) {
        for (key, value) in roles {
            let name = format!("{prefix}{}", key.get_ref());
            match (Role::named(&name), value.get_ref()) {
                (Some(role), DeValue::Table(table)) => self.styles[role.index()] = self.role(table, &name),
                (Some(role), short) => match self.color(short) {
                    Some(color) => self.styles[role.index()] = Style::new().fg(color),
                    None => self.fault(&value.span(), &name, format!("is neither a style nor a colour; {COLOUR}")),
                },
                (None, DeValue::Table(table)) if name == "syntax" => self.roles(table, "syntax."),
                (None, _) => {
                    let known = Role::ALL.map(Role::name).join(", ");
                    self.fault(&key.span(), &name, format!("is not a role; accepted are {known}"));
                }
            }
        }
    }

    fn role(&mut self, table: &DeTable<'_>, name: &str) -> Style {
        let mut style = Style::new();
        for (key, value) in table {
            let full = format!("{name}.{}", key.get_ref());
            let field = key.get_ref().as_ref();
            if let "fg" | "bg" = field {
                match self.color(value.get_ref()) {
                    Some(color) if field == "fg" => style.fg = Some(color),
                    Some(color) => style.bg = Some(color),
                    None => self.fault(&value.span(), &full, format!("is not a colour; {COLOUR}")),
                }
            } else if let Some((_, attribute)) = ATTRIBUTES.iter().find(|(known, _)| *known == field) {
                match value.get_ref().as_bool() {
                    Some(true) => style = style.add_modifier(*attribute),
                    Some(false) => {}
                    None => self.fault(&value.span(), &full, "must be true or false".to_owned()),
                }
            } else {
                let known = ATTRIBUTES.map(|(known, _)| known).join(", ");
                self.fault(&key.span(), &full, format!("is not known here; accepted are fg, bg, {known}"));
            }
        }
        style
    }

    fn color(&self, value: &DeValue<'_>) -> Option<Color> {
        let named = value.as_str().and_then(|name| self.palette.get(name));
        named.copied().or_else(|| basic_color(value))
    }
}

fn basic_color(value: &DeValue<'_>) -> Option<Color> {
    if let Some(number) = value.as_integer() {
        return u8::from_str_radix(number.as_str(), number.radix()).ok().map(Color::Indexed);
    }
    let text = value.as_str()?;
    match text.strip_prefix('#') {
        Some(hex) => rgb(hex),
        None => COLOURS.iter().find(|(name, _)| *name == text).map(|(_, color)| *color),
    }
}

fn rgb(hex: &str) -> Option<Color> {
    if !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let part = |range: Range<usize>| u8::from_str_radix(hex.get(range)?, 16).ok();
    match hex.len() {
        3 => Some(Color::Rgb(part(0..1)? * 17, part(1..2)? * 17, part(2..3)? * 17)),
        6 => Some(Color::Rgb(part(0..2)?, part(2..4)?, part(4..6)?)),
        _ => None,
    }
}
