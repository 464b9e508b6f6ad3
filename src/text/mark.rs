//! Which characters may be drawn as they are, and what stands for the others.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthChar;

/// How a character may be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// As it is.
    Plain,
    /// A tab: padding up to the next stop.
    Tab,
    /// A blank that is not the space: as a mark, in prose as a space.
    Blank,
    /// A joiner (ZWJ, ZWNJ): as a mark, in prose left alone where a script needs it.
    Joiner,
    /// A presentation selector of emoji: as a mark, in prose dropped behind an emoji.
    Selector,
    /// It joins the character before it: as it is where there is one, else as a mark.
    Combining,
    /// Hidden or without a shape of its own: as a mark.
    Hidden,
}

/// How a character may be drawn.
pub(super) fn class(c: char) -> Class {
    match c {
        '\t' => Class::Tab,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' => Class::Hidden,
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => Class::Blank,
        '\u{200c}' | '\u{200d}' => Class::Joiner,
        '\u{fe0e}' | '\u{fe0f}' => Class::Selector,
        // The common scripts, so that the slow path is rare.
        ' '..='~'
        | '\u{a1}'..='\u{2ff}'
        | '\u{400}'..='\u{481}'
        | '\u{48a}'..='\u{52f}'
        | '\u{2010}'..='\u{2027}'
        | '\u{2500}'..='\u{27ff}'
        | '\u{3041}'..='\u{3096}'
        | '\u{30a0}'..='\u{30ff}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7a3}' => Class::Plain,
        _ if has_no_shape(c) => Class::Hidden,
        _ => rare(c),
    }
}

/// Characters that exist and draw nothing, or that steer how others are drawn.
fn has_no_shape(c: char) -> bool {
    matches!(c,
        '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}' | '\u{891}' | '\u{8e2}'
        | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0d}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1345f}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d159}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Everything else: the standard library knows what is printable (its debug escape), and the grapheme rules know what
/// joins the character before.
fn rare(c: char) -> Class {
    let mut escaped = c.escape_debug();
    let printable = escaped.next() != Some('\\');
    if joins(c) {
        return Class::Combining;
    }
    // Zero cells with no base is a conjoining jamo or the like: drawn by the terminal on its own, or not at all.
    match c.width() {
        Some(1 | 2) if printable => Class::Plain,
        Some(0) if printable => Class::Combining,
        _ => Class::Hidden,
    }
}

fn joins(c: char) -> bool {
    let mut pair = [0u8; 5];
    pair[0] = b'a';
    let len = c.encode_utf8(&mut pair[1..]).len();
    std::str::from_utf8(&pair[..=len]).is_ok_and(|text| text.graphemes(true).count() == 1)
}

/// Writes the mark that stands for a character: its picture where Unicode has one, else its number.
pub(super) fn write_mark(c: char, out: &mut String) {
    match c {
        '\0'..='\u{1f}' => out.extend(char::from_u32(0x2400 + u32::from(c))),
        '\u{7f}' => out.push('␡'),
        _ => {
            use std::fmt::Write as _;
            let _ = write!(out, "‹U+{:04X}›", u32::from(c));
        }
    }
}

/// True for characters that a presentation selector or a joiner of emoji may follow.
pub(super) fn is_pictographic(c: char) -> bool {
    matches!(c, '#' | '*' | '0'..='9' | '©' | '®' | '‼' | '⁉' | '\u{2100}'..='\u{27bf}' | '\u{2900}'..='\u{2bff}'
        | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}' | '\u{1f000}'..='\u{1faff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hidden_is_known() {
        for c in [
            '\u{1b}',
            '\u{9b}',
            '\u{7f}',
            '\u{ad}',
            '\u{200b}',
            '\u{202e}',
            '\u{2066}',
            '\u{feff}',
            '\u{e0041}',
            '\u{fe05}',
            '\u{e000}',
            '\u{f0000}',
            '\u{378}',
            '\u{3164}',
            '\u{2800}',
            '\u{ffff}',
            '\u{10ffff}',
            '\u{115f}',
            '\u{180e}',
        ] {
            assert_eq!(class(c), Class::Hidden, "U+{:04X}", u32::from(c));
        }
    }

    #[test]
    fn what_can_be_seen_is_left_alone() {
        for c in "aé日本한…│✓→←█▒я٣שعगक👍ﷺ∑€".chars().filter(|&c| c != '\u{94d}') {
            assert_eq!(class(c), Class::Plain, "{c}");
        }
        for c in ['\u{301}', '\u{20dd}', '\u{94d}', '\u{9be}', '\u{1f3fd}'] {
            assert_eq!(class(c), Class::Combining, "U+{:04X}", u32::from(c));
        }
    }

    #[test]
    fn every_character_has_a_class_and_no_plain_one_is_zero_cells_wide() {
        for c in '\0'..=char::MAX {
            if class(c) == Class::Plain {
                assert!(matches!(c.width(), Some(1..=3)), "U+{:04X} {:?}", u32::from(c), c.width());
                assert!(!c.is_control());
            }
        }
    }
}
