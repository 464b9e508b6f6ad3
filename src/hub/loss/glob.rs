//! Patterns of file names, as bash fits them: a leading dot only fits a dot, `/` fits nothing else.

use super::look::Look;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

/// A sign of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Sign {
    Is(u8),
    Any,
    Star,
    Of { not: bool, ranges: Vec<(u8, u8)> },
}

/// The pattern's own text, which bash hands on where nothing fits.
pub(super) fn literal(pattern: &str) -> String {
    let mut text = String::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        text.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    text
}

/// The names that fit a pattern in a folder, in order; `None` where it is not understood, or beyond what may be looked at.
pub(super) fn expand(look: &mut Look, folder: &Path, pattern: &str) -> Option<Vec<OsString>> {
    let (root, rest) = match pattern.strip_prefix('/') {
        Some(rest) => ("/", rest),
        None => ("", pattern),
    };
    let mut found = vec![OsString::from(root)];
    let parts: Vec<&str> = rest.split('/').collect();
    for (at, part) in parts.iter().enumerate() {
        let is_last = at + 1 == parts.len();
        let signs = signs(part)?;
        let fixed: Option<Vec<u8>> =
            signs.iter().map(|sign| if let Sign::Is(byte) = sign { Some(*byte) } else { None }).collect();
        let mut next = Vec::new();
        for front in found {
            let joined = |name: &[u8]| {
                let mut whole = front.as_bytes().to_vec();
                whole.extend_from_slice(name);
                if !is_last {
                    whole.push(b'/');
                }
                OsString::from_vec(whole)
            };
            if let Some(name) = &fixed {
                let whole = joined(name);
                // What no pattern stands in must be there all the same.
                let there = folder.join(&whole).symlink_metadata().is_ok();
                if there && (is_last || folder.join(&whole).is_dir()) {
                    next.push(whole);
                }
                continue;
            }
            let at = if front.is_empty() { folder.to_owned() } else { folder.join(&front) };
            let Ok(entries) = std::fs::read_dir(at) else { continue };
            for entry in entries.filter_map(Result::ok) {
                if !look.step() {
                    return None;
                }
                let name = entry.file_name();
                let fits =
                    fits(&signs, name.as_bytes()) && (!name.as_bytes().starts_with(b".") || part.starts_with('.'));
                if fits && (is_last || entry.path().is_dir()) {
                    next.push(joined(name.as_bytes()));
                }
            }
        }
        found = next;
    }
    found.sort();
    Some(found)
}

/// The signs of a part of a pattern; `None` where it holds what is not read here.
fn signs(part: &str) -> Option<Vec<Sign>> {
    let bytes = part.as_bytes();
    let (mut signs, mut at) = (Vec::new(), 0);
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'\\' => {
                signs.push(Sign::Is(*bytes.get(at)?));
                at += 1;
            }
            b'*' => signs.push(Sign::Star),
            b'?' => signs.push(Sign::Any),
            b'[' => match set(&bytes[at..]) {
                Set::Of(sign, taken) => {
                    signs.push(sign);
                    at += taken;
                }
                Set::Open => signs.push(Sign::Is(b'[')),
                Set::Strange => return None,
            },
            byte => signs.push(Sign::Is(byte)),
        }
    }
    Some(signs)
}

/// What stands behind a `[`.
enum Set {
    /// A set, and how far it goes.
    Of(Sign, usize),
    /// It does not end: the bracket is a sign like others.
    Open,
    /// What is not read here.
    Strange,
}

/// `abc]` and `!a-z]`.
fn set(bytes: &[u8]) -> Set {
    let not = matches!(bytes.first(), Some(b'!' | b'^'));
    let mut at = usize::from(not);
    let (mut ranges, first) = (Vec::new(), at);
    loop {
        let Some(&byte) = bytes.get(at) else { return Set::Open };
        if byte == b']' && at > first {
            return Set::Of(Sign::Of { not, ranges }, at + 1);
        }
        // Classes, and letters of more than a byte.
        if (byte == b'[' && matches!(bytes.get(at + 1), Some(b':' | b'.' | b'='))) || !byte.is_ascii() {
            return Set::Strange;
        }
        let one = |at: usize| match bytes.get(at) {
            Some(b'\\') => bytes.get(at + 1).map(|byte| (*byte, 2)),
            Some(byte) => Some((*byte, 1)),
            None => None,
        };
        let Some((low, taken)) = one(at) else { return Set::Open };
        at += taken;
        match (bytes.get(at), bytes.get(at + 1)) {
            (Some(b'-'), Some(next)) if *next != b']' => {
                let Some((high, taken)) = one(at + 1) else { return Set::Open };
                at += 1 + taken;
                ranges.push((low, high));
            }
            _ => ranges.push((low, low)),
        }
    }
}

/// Whether a name fits. A `?` is one character, of however many bytes.
fn fits(signs: &[Sign], name: &[u8]) -> bool {
    let width = |at: usize| {
        let text = OsStr::from_bytes(&name[at..]).to_str();
        text.and_then(|text| text.chars().next()).map_or(1, char::len_utf8)
    };
    let (mut sign, mut at, mut back) = (0, 0, None);
    loop {
        let step = match (signs.get(sign), name.get(at)) {
            (None, None) => return true,
            (Some(Sign::Star), _) => {
                back = Some((sign, at));
                sign += 1;
                continue;
            }
            (Some(Sign::Is(is)), Some(byte)) if is == byte => Some(1),
            (Some(Sign::Any), Some(_)) => Some(width(at)),
            (Some(Sign::Of { not, ranges }), Some(&byte)) => {
                let within = ranges.iter().any(|(low, high)| (*low..=*high).contains(&byte));
                (within != *not).then(|| width(at))
            }
            _ => None,
        };
        match (step, back) {
            (Some(step), _) => {
                sign += 1;
                at += step;
            }
            // The last star takes one more.
            (None, Some((star, from))) if from < name.len() => {
                back = Some((star, from + 1));
                (sign, at) = (star + 1, from + 1);
            }
            (None, _) => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_as_they_do_in_bash() {
        let fits = |pattern: &str, name: &str| fits(&signs(pattern).unwrap(), name.as_bytes());
        for (pattern, name) in [
            ("*", "a"),
            ("a*b*c", "aXbYbc"),
            ("?", "é"),
            ("[a-c]x", "bx"),
            ("[!a]", "b"),
            ("[]]", "]"),
            ("a[", "a["),
            ("\\*", "*"),
            ("*.rs", "x.rs"),
        ] {
            assert!(fits(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [("a", "b"), ("*.rs", "x.r"), ("[!a]", "a"), ("\\*", "a"), ("??", "a"), ("a*b", "ac")] {
            assert!(!fits(pattern, name), "{pattern} {name}");
        }
        assert_eq!(literal("a\\*b*"), "a*b*");
        assert!(signs("[[:alpha:]]").is_none());
    }
}
