//! What is searched for: plain text as it stands. Small letters stand for both cases; a capital means itself.

use std::ops::Range;

/// What is searched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needle {
    text: String,
    case: Case,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Case {
    /// A capital was typed: every letter means itself.
    Told,
    /// Letters of ASCII stand for both cases.
    AsciiEither,
    /// Letters of any script stand for both cases.
    Either,
}

impl Needle {
    /// What was typed; `None` where that is nothing.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        if text.is_empty() {
            return None;
        }
        let case = match (text.chars().any(char::is_uppercase), text.is_ascii()) {
            (true, _) => Case::Told,
            (false, true) => Case::AsciiEither,
            (false, false) => Case::Either,
        };
        Some(Self { text: text.to_owned(), case })
    }

    /// What was typed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The first place in a text where it stands.
    #[must_use]
    pub fn find(&self, hay: &str) -> Option<Range<usize>> {
        self.find_from(hay, 0)
    }

    /// Every place in a text where it stands, none over another.
    pub fn all<'a>(&'a self, hay: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
        let mut at = 0;
        std::iter::from_fn(move || {
            let found = self.find_from(hay, at)?;
            at = found.end;
            Some(found)
        })
    }

    fn find_from(&self, hay: &str, from: usize) -> Option<Range<usize>> {
        let rest = hay.get(from..)?;
        let found = match self.case {
            Case::Told => rest.find(&self.text).map(|at| at..at + self.text.len()),
            Case::AsciiEither => ascii(rest.as_bytes(), self.text.as_bytes()),
            Case::Either => any(rest, &self.text),
        }?;
        Some(from + found.start..from + found.end)
    }
}

/// ASCII in either case. A byte of ASCII is never part of another character, so bytes are enough.
fn ascii(hay: &[u8], needle: &[u8]) -> Option<Range<usize>> {
    let first = *needle.first()?;
    let (small, capital) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
    let last = hay.len().checked_sub(needle.len())?;
    let mut at = 0;
    while at <= last {
        let next = hay[at..=last].iter().position(|&byte| byte == small || byte == capital)?;
        at += next;
        if hay[at..at + needle.len()].eq_ignore_ascii_case(needle) {
            return Some(at..at + needle.len());
        }
        at += 1;
    }
    None
}

/// Letters of any script in either case.
fn any(hay: &str, needle: &str) -> Option<Range<usize>> {
    let first = needle.chars().next()?;
    let starts = hay.char_indices().filter(|&(_, c)| c == first || c.to_lowercase().next() == Some(first));
    starts.map(|(at, _)| at).find_map(|at| Some(at..at + begins(&hay[at..], needle)?))
}

/// How many bytes of `hay` are the needle, where it begins with it.
fn begins(hay: &str, needle: &str) -> Option<usize> {
    let mut wanted = needle.chars();
    let mut next = wanted.next();
    for (at, c) in hay.char_indices() {
        if next.is_none() {
            return Some(at);
        }
        for small in c.to_lowercase() {
            if next? != small {
                return None;
            }
            next = wanted.next();
        }
    }
    next.is_none().then_some(hay.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn places(needle: &str, hay: &str) -> Vec<Range<usize>> {
        Needle::new(needle).map_or_else(Vec::new, |needle| needle.all(hay).collect())
    }

    #[test]
    fn small_letters_stand_for_both_and_a_capital_for_itself() {
        assert_eq!(places("err", "Err ERR err"), [0..3, 4..7, 8..11]);
        assert_eq!(places("Err", "Err ERR Err"), [0..3, 8..11]);
        assert_eq!(places("größe", "GRÖẞE Größe größe"), [0..8, 9..16, 17..24]);
        assert_eq!(places("日", "日本日"), [0..3, 6..9]);
        assert!(places("", "x").is_empty());
    }

    #[test]
    fn it_is_text_and_no_pattern() {
        assert_eq!(places("a.c", "abc a.c a.c"), [4..7, 8..11]);
        assert_eq!(places("[x]*", "[x]*x[x]*"), [0..4, 5..9]);
        assert_eq!(places("aa", "aaaa a"), [0..2, 2..4]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn every_place_is_one_and_none_is_missed(hay in "([a-cA-C]|é|İ|日|ß| ){0,40}", needle in "([a-cA-C]|é|日|ß){0,3}") {
            let found = places(&needle, &hay);
            let told = needle.chars().any(char::is_uppercase);
            let same = |part: &str| if told { part == needle } else { part.to_lowercase() == needle };
            for range in &found {
                prop_assert!(same(&hay[range.clone()]), "{range:?}");
            }
            let anywhere = !needle.is_empty() && (0..=hay.len()).any(|from| {
                (from..=hay.len()).any(|to| hay.get(from..to).is_some_and(|part| !part.is_empty() && same(part)))
            });
            prop_assert_eq!(anywhere, !found.is_empty());
        }
    }
}
