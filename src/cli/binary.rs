//! A file that is no text, in a patch as `git apply` takes it: both versions whole, packed, in letters.
//!
//! The form is git's own (`Documentation/gitformat-patch`, base85.c): an `index` line with the whole names of both blobs, the
//! new version for the way forwards, the old one for the way back. Each line says how many bytes it holds.

use flate2::Compression;
use flate2::write::ZlibEncoder;
use std::fmt::Write as _;
use std::io::Write as _;

/// Bytes of a line.
const LINE: usize = 52;
/// The name of what is not there.
const NONE: &str = "0000000000000000000000000000000000000000";
const LETTERS: &[u8; 85] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";

/// One version of a file: the name of its blob, and its bytes; nothing where there is none.
pub(super) type Version = Option<(String, Vec<u8>)>;

/// Adds both versions, behind the lines that name the file.
pub(super) fn add(out: &mut String, old: &Version, new: &Version) {
    let name = |version: &'_ Version| version.as_ref().map_or(NONE.to_owned(), |(name, _)| name.clone());
    // Writing to a `String` cannot fail.
    let _ = writeln!(out, "index {}..{}\nGIT binary patch", name(old), name(new));
    for version in [new, old] {
        literal(out, version.as_ref().map_or(&[], |(_, bytes)| bytes));
    }
}

fn literal(out: &mut String, bytes: &[u8]) {
    let _ = writeln!(out, "literal {}", bytes.len());
    for line in packed(bytes).chunks(LINE) {
        let count = u8::try_from(line.len()).unwrap_or(0);
        out.push(char::from(if count <= 26 { b'A' + count - 1 } else { b'a' + count - 27 }));
        for four in line.chunks(4) {
            let word = (0..4).fold(0u32, |word, at| (word << 8) | u32::from(four.get(at).copied().unwrap_or(0)));
            let digits = (0..5u32).rev().map(|place| (word / 85u32.pow(place)) % 85);
            out.extend(digits.filter_map(|digit| LETTERS.get(digit as usize)).map(|letter| char::from(*letter)));
        }
        out.push('\n');
    }
    out.push('\n');
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::default());
    // Writing to a `Vec` cannot fail.
    drop(packed.write_all(bytes));
    packed.finish().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// That git takes it is shown in `tests/hub/past.rs`.
    #[test]
    fn a_line_says_how_many_bytes_it_holds_and_five_letters_hold_four() {
        let mut out = String::new();
        literal(&mut out, b"");
        let lines: Vec<&str> = out.split('\n').collect();
        assert_eq!((lines[0], lines[1].len(), &lines[1][..1], &lines[2..]), ("literal 0", 11, "H", &["", ""][..]));
        let noise: Vec<u8> = (0..400u32).map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()[3]).collect();
        let mut out = String::new();
        literal(&mut out, &noise);
        assert!(out.lines().nth(1).is_some_and(|line| line.len() == 66 && line.starts_with('z')), "{out}");
    }
}
