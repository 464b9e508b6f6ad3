//! A tool's output as a terminal would leave it: lines with colours, and no other escape.
//!
//! [`Ansi`] takes chunks of any bytes. Carriage returns, backspaces, tabs, erasure and a cursor that goes up act on the last
//! lines, so that progress bars are their last state, also several of them. SGR sets the style. Other control sequences do
//! nothing; strings sent to a terminal (clipboard, notifications) become marks, as do all hidden characters.

mod line;
mod screen;
mod sgr;

pub use sgr::{Color, Style};

use screen::Screen;
use vte::{Params, Parser, Perform};

/// One line of output: its text, ready to be drawn, and the styles of its pieces.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    /// What is drawn; nothing hidden is left in it.
    pub text: String,
    /// Its pieces in order; each begins where the one before ends.
    pub spans: Vec<Span>,
}

/// A piece of a line in one style.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Where it ends in the line's text, in bytes.
    pub end: usize,
    /// How it looks.
    pub style: Style,
    /// True where it is a mark for something hidden.
    pub mark: bool,
}

impl Line {
    /// The pieces with their text.
    pub fn pieces(&self) -> impl Iterator<Item = (&str, Span)> {
        let mut at = 0;
        self.spans.iter().map(move |span| {
            let piece = &self.text[at..span.end];
            at = span.end;
            (piece, *span)
        })
    }
}

/// The whole of an output as lines.
#[must_use]
pub fn lines(output: &str) -> Vec<Line> {
    let mut ansi = Ansi::default();
    ansi.feed(output.as_bytes());
    ansi.finish()
}

/// An output that is still coming.
#[derive(Default)]
pub struct Ansi {
    parser: Parser,
    screen: Screen,
    /// The beginning of a character whose end has not come yet: the parser must never see half of one (vte 0.15 then
    /// loses the character behind it).
    held: Vec<u8>,
}

impl Ansi {
    /// Takes some more of the output; it may end anywhere, also within a character or an escape.
    pub fn feed(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while let (Some(lead), Some((byte, behind))) = (self.held.first(), rest.split_first()) {
            if is_continuation(*byte) && self.held.len() < character_len(*lead) {
                self.held.push(*byte);
                rest = behind;
            } else {
                self.release();
            }
        }
        if !rest.is_empty() {
            let (whole, half) = rest.split_at(rest.len() - half_character(rest));
            self.write(whole);
            self.held.extend_from_slice(half);
        } else if self.held.first().is_some_and(|lead| self.held.len() == character_len(*lead)) {
            self.release();
        }
    }

    fn release(&mut self) {
        let held = std::mem::take(&mut self.held);
        self.write(String::from_utf8_lossy(&held).as_bytes());
    }

    fn write(&mut self, bytes: &[u8]) {
        for piece in bytes.split_inclusive(|&byte| byte == b'\n') {
            let (text, is_ended) = piece.strip_suffix(b"\n").map_or((piece, false), |text| (text, true));
            self.parser.advance(&mut self.screen, text);
            if is_ended {
                // An unfinished escape ends with its line. A terminal would wait for its end, and so hide what follows.
                self.screen.cancelling = true;
                self.parser.advance(&mut self.screen, b"\x18");
                self.screen.cancelling = false;
                self.parser.advance(&mut self.screen, b"\n");
            }
        }
    }

    /// All lines, the last one even where no newline ends it.
    #[must_use]
    pub fn finish(mut self) -> Vec<Line> {
        self.release();
        self.screen.all()
    }
}

/// How many bytes at the end are the beginning of a character.
fn half_character(bytes: &[u8]) -> usize {
    let tail = &bytes[bytes.len().saturating_sub(3)..];
    let behind = tail.iter().rev().take_while(|&&byte| is_continuation(byte)).count();
    match tail.len().checked_sub(behind + 1) {
        Some(lead) if character_len(tail[lead]) > behind + 1 => behind + 1,
        _ => 0,
    }
}

fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

fn character_len(lead: u8) -> usize {
    match lead {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => 1,
    }
}

impl Screen {
    /// A string that was meant for the terminal itself: its start, as a mark.
    fn string(&mut self, opener: char, text: &[u8]) {
        const SHOWN: usize = 40;
        self.put('\u{1b}');
        self.put(opener);
        let text = String::from_utf8_lossy(&text[..text.len().min(4 * SHOWN)]);
        text.chars().take(SHOWN).for_each(|c| self.put(c));
        self.put('…');
    }
}

impl Perform for Screen {
    fn print(&mut self, c: char) {
        self.put(c);
    }

    fn execute(&mut self, byte: u8) {
        match byte {
            b'\n' | 0x0b | 0x0c => self.newline(),
            b'\r' => self.pen().go_to(0),
            0x08 => self.pen().back(1),
            b'\t' => self.pen().tab(),
            0x07 | 0x0e | 0x0f => {}
            0x18 if self.cancelling => {}
            other => self.print(char::from(other)),
        }
    }

    fn csi_dispatch(&mut self, params: &Params, intermediates: &[u8], ignore: bool, action: char) {
        if ignore || !intermediates.is_empty() {
            return;
        }
        let first = params.iter().next().and_then(|param| param.first()).copied().unwrap_or(0);
        let count = usize::from(first.max(1));
        match action {
            'm' => self.style = sgr::apply(self.style, params.iter()),
            'K' => match first {
                0 => self.pen().erase_after(),
                1 => self.pen().erase_before(),
                2 => self.pen().erase_all(),
                _ => {}
            },
            // What lies above stays on record: it was said.
            'J' if first == 0 => self.erase_below(),
            'A' => self.up(count),
            'B' => self.down(count),
            'E' => {
                self.down(count);
                self.pen().go_to(0);
            }
            'F' => {
                self.up(count);
                self.pen().go_to(0);
            }
            'C' => self.pen().forward(count),
            'D' => self.pen().back(count),
            'G' | '`' => self.pen().go_to(count - 1),
            's' => self.save(),
            'u' => self.restore(),
            _ => {}
        }
    }

    fn esc_dispatch(&mut self, intermediates: &[u8], _ignore: bool, byte: u8) {
        match (intermediates, byte) {
            ([], b'7') => self.save(),
            ([], b'8') => self.restore(),
            ([], b'M') => self.up(1),
            _ => {}
        }
    }

    fn osc_dispatch(&mut self, params: &[&[u8]], _bell_terminated: bool) {
        // Titles, working folders, links, progress and prompt marks do no harm and are frequent.
        let harmless: [&[u8]; 8] = [b"0", b"1", b"2", b"7", b"8", b"9;4", b"133", b"633"];
        if params.first().is_some_and(|kind| harmless.contains(kind)) && !self.cancelling {
            return;
        }
        self.string(']', &params.join(&b';'));
    }

    fn hook(&mut self, _params: &Params, _intermediates: &[u8], _ignore: bool, action: char) {
        self.string('P', action.encode_utf8(&mut [0; 4]).as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn plain(output: &str) -> Vec<String> {
        lines(output).into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn a_progress_bar_is_its_last_state() {
        assert_eq!(plain("  1%\r 50%\r100%\ndone\n"), ["100%", "done"]);
        assert_eq!(plain("downloading…\r\u{1b}[Kok\n"), ["ok"]);
        assert_eq!(plain("abcdef\rxy\n"), ["xycdef"]);
        assert_eq!(plain("a\r\nb\r\n"), ["a", "b"]);
        assert_eq!(plain("|\u{8}/\u{8}-\u{8}ok"), ["ok"]);
        assert_eq!(plain("日本\rab"), ["ab本"]);
        assert_eq!(plain("abc\u{1b}[2D\u{1b}[Kz\u{1b}[5Gq"), ["az  q"]);
    }

    #[test]
    fn bars_below_each_other_are_their_last_state() {
        assert_eq!(plain("a 1%\nb 1%\n\u{1b}[2Aa 9%\u{1b}[K\nb 8%\u{1b}[K\ndone\n"), ["a 9%", "b 8%", "done"]);
        // As npm, listr and docker do it: each line erased on the way up.
        assert_eq!(plain("one\ntwo\n\u{1b}[2K\u{1b}[1A\u{1b}[2K\u{1b}[1A\u{1b}[2K\u{1b}[Gthree\n"), ["three"]);
        assert_eq!(plain("> one\n> two\n> three\n\u{1b}[3F\u{1b}[Jall\n"), ["all"]);
        assert_eq!(plain("log\n\u{1b}[5A\u{1b}[5Bx"), ["log", "x"], "no further than there are lines");
        assert_eq!(plain("a\nb\n\u{1b}7\u{1b}[2Az\u{1b}8c"), ["z", "b", "c"]);
        assert_eq!(plain("a\nb\u{1b}Mc\u{1b}[Ed"), ["ac", "d"]);
        assert_eq!(plain("ab\ncd\u{1b}[A\u{1b}[31mx"), ["abx", "cd"]);
    }

    #[test]
    fn what_is_far_above_is_final() {
        let mut output = (0..200).map(|n: u8| n.to_string() + "\n").collect::<String>();
        output.push_str("\u{1b}[500Ax\u{1b}[500By");
        let all = plain(&output);
        assert_eq!((all.len(), all[0].as_str(), all[135].as_str(), all[136].as_str()), (201, "0", "135", "x36"));
        assert_eq!(all[200], " y");
    }

    #[test]
    fn tabs_go_to_stops_of_eight() {
        assert_eq!(plain("a\tb\n12345678\tc"), ["a       b", "12345678        c"]);
    }

    #[test]
    fn colours_are_kept_and_other_escapes_are_not() {
        let all = lines("\u{1b}[?25l\u{1b}[1;31merror\u{1b}[0m: no\u{1b}[2J\u{1b}[H\u{1b}[10A\u{1b}(B!");
        assert_eq!(all.len(), 1);
        let pieces: Vec<_> = all[0].pieces().map(|(text, span)| (text, span.style)).collect();
        let red = Style { fg: Some(Color::Indexed(1)), bold: true, ..Style::default() };
        assert_eq!(pieces, [("error", red), (": no!", Style::default())]);
    }

    #[test]
    fn strings_for_the_terminal_are_marks_and_hide_nothing_after_them() {
        assert_eq!(plain("a\u{1b}]52;c;aGk=\u{7}b"), ["a␛]52;c;aGk=…b"]);
        assert_eq!(plain("\u{1b}]8;;http://x\u{1b}\\link\u{1b}]8;;\u{1b}\\"), ["link"]);
        assert_eq!(plain("\u{1b}]0;unfinished\nrm -rf /\n"), ["␛]0;unfinished…", "rm -rf /"]);
        assert_eq!(plain("\u{1b}_apc unfinished\nseen\n").last().map(String::as_str), Some("seen"));
        assert_eq!(plain("\u{1b}Pq unfinished\nseen\n").last().map(String::as_str), Some("seen"));
    }

    #[test]
    fn hidden_characters_are_marks() {
        let all = lines("x\u{202e}y\0");
        let pieces: Vec<_> = all[0].pieces().map(|(text, span)| (text, span.mark)).collect();
        assert_eq!(pieces, [("x", false), ("‹U+202E›", true), ("y", false), ("␀", true)]);
    }

    #[test]
    fn empty_lines_are_lines_and_an_empty_end_is_not() {
        assert_eq!(plain("a\n\nb\n"), ["a", "", "b"]);
        assert_eq!(plain(""), Vec::<String>::new());
    }

    #[test]
    fn a_huge_line_is_broken_and_a_far_cursor_costs_nothing() {
        assert!(plain(&"x".repeat(100_000)).iter().all(|line| line.len() <= 16_384));
        assert!(
            plain("\u{1b}[65535Cx\u{1b}[65535Cx\u{1b}[65535G").iter().map(String::len).sum::<usize>() <= 2 * 16_384
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn chunks_make_no_difference(
            bytes in "([a-z]|[\\r\\n\\t\\x08]|\\x1b\\[[0-9;]{0,6}[mKABCDEFGJsu]|\\x1b[78M]|\\x1b[\\]P_]|\\x07|日|e\u{301}|\\PC|\u{202e}){0,60}",
            cuts in proptest::collection::vec(0usize..100, 0..6),
        ) {
            let bytes = bytes.as_bytes();
            let mut whole = Ansi::default();
            whole.feed(bytes);
            let mut parts = Ansi::default();
            let mut cuts: Vec<_> = cuts.into_iter().map(|cut| cut.min(bytes.len())).chain([0, bytes.len()]).collect();
            cuts.sort_unstable();
            for pair in cuts.windows(2) {
                parts.feed(&bytes[pair[0]..pair[1]]);
            }
            prop_assert_eq!(whole.finish(), parts.finish());
        }

        #[test]
        fn any_bytes_become_lines_without_controls(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut ansi = Ansi::default();
            ansi.feed(&bytes);
            for line in ansi.finish() {
                prop_assert!(!line.text.chars().any(char::is_control));
                prop_assert_eq!(line.spans.last().map_or(0, |span| span.end), line.text.len());
                prop_assert_eq!(line.pieces().map(|(text, _)| text).collect::<String>(), line.text);
            }
        }
    }
}
