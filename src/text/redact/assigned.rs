//! Values of things that are named like secrets: `API_KEY=…`, `"password": "…"`, `--token …`.

use super::{LOOKED_AT, Secret, is_word, run, short_run};
use std::ops::Range;

const NAMES: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "secret",
    "apikey",
    "accesskey",
    "privatekey",
    "secretkey",
    "signingkey",
    "encryptionkey",
    "credential",
    "connectionstring",
    "authkey",
];

/// The value behind the name that starts at `at`.
pub(super) fn value(text: &str, at: usize) -> Option<(Range<usize>, Secret)> {
    let flag = text[at..].starts_with("--");
    let name_at = at + if flag { 2 } else { 0 };
    let name_end = short_run(text, name_at, |byte| is_word(byte) || byte == b'-');
    if !is_secret_name(&text[name_at..name_end]) {
        return None;
    }
    let quoted_name = usize::from(text[name_end..].starts_with(['"', '\'']));
    let sign_at = run(text, name_end + quoted_name, |byte| byte == b' ');
    let spaced = sign_at > name_end + quoted_name;
    let (start, sign) = match text.as_bytes().get(sign_at) {
        Some(b'=') if !text[sign_at + 1..].starts_with('=') => (sign_at + 1, Sign::Equals),
        Some(b':') if !text[sign_at + 1..].starts_with([':', '/']) => (sign_at + 1, Sign::Colon),
        Some(_) if flag && spaced => (sign_at, Sign::Flag),
        _ => return None,
    };
    let value_at = run(text, start, |byte| byte == b' ');
    let tight = !spaced && value_at == start;
    let range = match text.as_bytes().get(value_at)? {
        quote @ (b'"' | b'\'') => value_at + 1..closing(text, value_at + 1, *quote),
        _ => bare(text, value_at, sign, tight)?,
    };
    is_value(&text[range.clone()]).then_some((range, Secret::Value))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    Equals,
    Colon,
    Flag,
}

fn is_secret_name(name: &str) -> bool {
    if name.len() < 3 || name.len() > 80 {
        return false;
    }
    let plain: String = name.chars().filter(|c| !matches!(c, '_' | '-')).collect::<String>().to_ascii_lowercase();
    // `PWD` is a folder, `tokens` is a count, and `--token-file` names a file.
    let is_place =
        ["file", "path", "dir", "url", "name", "id", "type", "length", "count"].iter().any(|end| plain.ends_with(end));
    let is_key = name.ends_with("_KEY") || name.ends_with("_PAT");
    !is_place
        && (is_key
            || plain.ends_with("token")
            || plain.ends_with("dbpwd")
            || NAMES.iter().any(|known| plain.contains(known)))
}

/// The end of a quoted value; an escaped quote does not end it, the end of the line does.
fn closing(text: &str, at: usize, quote: u8) -> usize {
    let mut escaped = false;
    let length = text.as_bytes()[at..].iter().take_while(|&&byte| {
        let ends = !escaped && byte == quote || byte == b'\n';
        escaped = !escaped && byte == b'\\';
        !ends
    });
    at + length.count()
}

/// A value without quotes. Behind a colon or a spaced sign it may be code, and must look like a secret to be one.
fn bare(text: &str, at: usize, sign: Sign, tight: bool) -> Option<Range<usize>> {
    let ends = |byte: u8| {
        byte.is_ascii_whitespace()
            || matches!(byte, b'&' | b';' | b'|' | b',' | b'"' | b'\'' | b'`' | b'<' | b'>' | b')' | b'}' | b']')
    };
    let sure = match sign {
        Sign::Equals => tight,
        Sign::Flag => !text[at..].starts_with('-'),
        Sign::Colon => false,
    };
    let most = if sure && is_value(&text[at..]) { usize::MAX } else { LOOKED_AT };
    let length = text.as_bytes()[at..].iter().take(most).take_while(|&&byte| !ends(byte)).count();
    let value = text.get(at..at + length)?;
    if value.contains(['(', '{', '[']) || value.contains("::") {
        return None;
    }
    let has = |test: fn(&u8) -> bool| value.as_bytes().iter().any(test);
    let looks_random = value.len() >= 8 && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic);
    (sure || looks_random).then_some(at..at + length)
}

fn is_value(value: &str) -> bool {
    let is_reference = value.starts_with(['$', '%', '*', '<', '{']) || value.starts_with("[redacted");
    let is_word =
        ["", "true", "false", "null", "none", "nil", "undefined"].iter().any(|word| value.eq_ignore_ascii_case(word));
    !is_reference && !is_word
}
