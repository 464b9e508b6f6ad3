//! Copying: where a text goes, and the words for that. A text is *sent*, never *copied*: nobody tells us whether it came.

use crate::text::human;

/// A text longer than this many bytes is cut or dropped by many terminals when it comes by OSC 52.
pub const TERMINAL_MOST: usize = 74_994;
/// A command takes more; nobody means to copy so much.
pub const COMMAND_MOST: usize = 16 << 20;

/// Where a copied text goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum CopyTo {
    /// To the terminal, by OSC 52.
    #[default]
    Terminal,
    /// To a command, by its name.
    Command(String),
    /// Nowhere: the configuration says so.
    Nowhere,
}

impl CopyTo {
    /// The bytes that it takes.
    #[must_use]
    pub fn most(&self) -> usize {
        match self {
            Self::Terminal => TERMINAL_MOST,
            Self::Command(_) => COMMAND_MOST,
            Self::Nowhere => usize::MAX,
        }
    }

    /// Whether a text of so many bytes can be sent, else why not and what else there is.
    ///
    /// # Errors
    /// One sentence for the human.
    pub fn takes(&self, bytes: u64, elsewhere: &str) -> Result<(), String> {
        match self {
            Self::Nowhere => Err("copying is off: `clipboard` in config.toml says so".to_owned()),
            Self::Terminal | Self::Command(_) if bytes > self.most() as u64 => Err(format!(
                "{} are too much to copy, at most {} are taken: {elsewhere}",
                human::bytes(bytes),
                human::bytes(self.most() as u64)
            )),
            Self::Terminal | Self::Command(_) => Ok(()),
        }
    }

    /// What is said of a text that was sent.
    #[must_use]
    pub fn said(&self, text: &str) -> String {
        let size = match text.lines().count() {
            1 => format!("1 line, {}", characters(text.chars().count())),
            lines => format!("{lines} lines"),
        };
        match self {
            Self::Command(program) => format!("sent to {program}: {size}"),
            Self::Terminal | Self::Nowhere => format!("sent to the terminal: {size}"),
        }
    }
}

fn characters(count: usize) -> String {
    if count == 1 { "1 character".to_owned() } else { format!("{count} characters") }
}
