//! What is said to the terminal beside frames: the bell, notifications, texts for its clipboard; through a multiplexer
//! where one stands between.

/// GNU screen passes strings on up to 768 bytes.
const SCREEN_MOST: usize = 512;

/// What stands between us and the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Between {
    /// Nothing.
    Nothing,
    /// tmux; it passes on what is wrapped, where `allow-passthrough` is on.
    Tmux,
    /// GNU screen.
    Screen,
}

/// A way in which a terminal takes notifications.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// `OSC 9 ; text`
    Osc9,
    /// `OSC 777 ; notify ; title ; text`
    Osc777,
}

impl Between {
    /// What stands between, by the environment.
    pub(super) fn detect(env: impl Fn(&str) -> Option<String>) -> Self {
        let term = env("TERM").unwrap_or_default();
        if env("TMUX").is_some_and(|value| !value.is_empty()) || term.starts_with("tmux") {
            Self::Tmux
        } else if env("STY").is_some_and(|value| !value.is_empty()) || term.starts_with("screen") {
            Self::Screen
        } else {
            Self::Nothing
        }
    }

    /// A sequence as it must be written to come through.
    fn through(self, sequence: &str) -> Vec<u8> {
        match self {
            Self::Nothing => sequence.as_bytes().to_vec(),
            Self::Tmux => format!("\x1bPtmux;{}\x1b\\", sequence.replace('\x1b', "\x1b\x1b")).into_bytes(),
            Self::Screen => {
                let mut out = Vec::with_capacity(sequence.len() + sequence.len() / SCREEN_MOST * 4 + 8);
                for piece in sequence.as_bytes().chunks(SCREEN_MOST) {
                    out.extend_from_slice(b"\x1bP");
                    out.extend_from_slice(piece);
                    out.extend_from_slice(b"\x1b\\");
                }
                out
            }
        }
    }
}

impl Way {
    /// The way that the terminal is known to take, by the environment.
    pub(super) fn detect(env: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let is = |key: &str| env(key).is_some_and(|value| !value.is_empty());
        let program = env("TERM_PROGRAM").unwrap_or_default();
        let term = env("TERM").unwrap_or_default();
        let osc9 = ["iTerm.app", "WezTerm", "ghostty", "kitty"].contains(&program.as_str())
            || ["ITERM_SESSION_ID", "WEZTERM_PANE", "GHOSTTY_RESOURCES_DIR", "KITTY_WINDOW_ID"]
                .iter()
                .any(|key| is(key))
            || term.contains("kitty")
            || term.contains("ghostty");
        let osc777 = term.starts_with("foot") || term.starts_with("rxvt") || is("VTE_VERSION");
        if osc9 {
            Some(Self::Osc9)
        } else if osc777 {
            Some(Self::Osc777)
        } else {
            None
        }
    }

    /// A notification. The text is one clean line already; what would part it in two is left out.
    pub(super) fn notification(self, text: &str, between: Between) -> Vec<u8> {
        let safe: String = text.chars().filter(|c| !c.is_control()).map(|c| if c == ';' { ',' } else { c }).collect();
        match self {
            // Begins with a word: some terminals read numbers here as something else.
            Self::Osc9 => between.through(&format!("\x1b]9;taut: {safe}\x07")),
            Self::Osc777 => between.through(&format!("\x1b]777;notify;taut;{safe}\x07")),
        }
    }
}

/// The sequence that hands a text to the terminal's clipboard.
pub(super) fn clipboard(text: &str, between: Between) -> Vec<u8> {
    let sequence = format!("\x1b]52;c;{}\x07", base64(text.as_bytes()));
    let mut out = between.through(&sequence);
    if between == Between::Tmux {
        // tmux takes one or the other, by its own settings (`set-clipboard`, `allow-passthrough`).
        out.extend_from_slice(sequence.as_bytes());
    }
    out
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let byte = |n: usize| u32::from(three.get(n).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for n in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * n)) as usize & 63];
            out.push(if n <= three.len() { char::from(digit) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env<'a>(set: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<String> + 'a {
        move |key| set.iter().find(|(name, _)| *name == key).map(|(_, value)| (*value).to_owned())
    }

    #[test]
    fn base64_is_as_it_was_agreed() {
        let all = [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("é\n", "w6kK")];
        for (text, code) in all {
            assert_eq!(base64(text.as_bytes()), code);
        }
    }

    #[test]
    fn multiplexers_are_told_to_pass_it_on() {
        let plain = Way::Osc9.notification("a;b\x1b\\\x07c", Between::Nothing);
        assert_eq!(plain, b"\x1b]9;taut: a,b\\c\x07");
        assert_eq!(Way::Osc777.notification("x", Between::Tmux), b"\x1bPtmux;\x1b\x1b]777;notify;taut;x\x07\x1b\\");
        let long = clipboard(&"x".repeat(3_000), Between::Screen);
        let pieces: Vec<&[u8]> = long.split(|byte| *byte == 0x1b).filter(|piece| piece.starts_with(b"P")).collect();
        assert!(pieces.len() == 8 && pieces.iter().all(|piece| piece.len() <= SCREEN_MOST + 1));
        let both = clipboard("hi", Between::Tmux);
        assert_eq!(both, b"\x1bPtmux;\x1b\x1b]52;c;aGk=\x07\x1b\\\x1b]52;c;aGk=\x07");
    }

    #[test]
    fn terminals_are_known_by_their_environment() {
        assert_eq!(Way::detect(env(&[("TERM", "xterm-kitty")])), Some(Way::Osc9));
        assert_eq!(Way::detect(env(&[("TERM", "foot")])), Some(Way::Osc777));
        assert_eq!(Way::detect(env(&[("TERM", "tmux-256color"), ("WEZTERM_PANE", "1")])), Some(Way::Osc9));
        assert_eq!(Way::detect(env(&[("TERM", "xterm-256color")])), None);
        assert_eq!(Between::detect(env(&[("TERM", "screen-256color"), ("TMUX", "/x,1,0")])), Between::Tmux);
        assert_eq!(Between::detect(env(&[("TERM", "screen")])), Between::Screen);
        assert_eq!(Between::detect(env(&[("TERM", "xterm")])), Between::Nothing);
    }
}
