//! Names found by some of their letters, best first.

use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use std::cmp::Reverse;

/// A name that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its place in what was searched.
    pub index: usize,
    /// The characters of it that were typed, counted from 0, in order.
    pub letters: Vec<u32>,
}

/// The names in which the letters of every typed word stand in order, best first; all in their own order where nothing is
/// typed. Equals keep their order.
#[must_use]
pub fn find<'a>(typed: &str, names: impl Iterator<Item = &'a str>) -> Vec<Found> {
    if typed.trim().is_empty() {
        return names.enumerate().map(|(index, _)| Found { index, letters: Vec::new() }).collect();
    }
    let mut words = Pattern::new(typed, CaseMatching::Smart, Normalization::Smart, AtomKind::Fuzzy);
    // A word that is typed with a space behind it would otherwise leave an empty one, which finds everything.
    words.atoms.retain(|atom| !atom.needle_text().is_empty());
    let mut matcher = Matcher::new(Config::DEFAULT);
    let (mut chars, mut found): (Vec<char>, _) = (Vec::new(), Vec::new());
    for (index, name) in names.enumerate() {
        let mut letters = Vec::new();
        // Its own way of making these joins letters with their marks, and may count bytes then instead of characters.
        let name = if name.is_ascii() {
            Utf32Str::Ascii(name.as_bytes())
        } else {
            chars.clear();
            chars.extend(name.chars());
            Utf32Str::Unicode(&chars)
        };
        if let Some(score) = words.indices(name, &mut matcher, &mut letters) {
            letters.sort_unstable();
            letters.dedup();
            found.push((score, Found { index, letters }));
        }
    }
    found.sort_by_key(|(score, _)| Reverse(*score));
    found.into_iter().map(|(_, found)| found).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn names(typed: &str, names: &[&str]) -> Vec<String> {
        find(typed, names.iter().copied()).into_iter().map(|found| names[found.index].to_owned()).collect()
    }

    #[test]
    fn letters_in_order_find_and_the_best_comes_first() {
        let all = ["fold all", "allow once", "find", "fix-auth"];
        assert_eq!(names("", &all), all);
        assert_eq!(names("fa", &all)[..2], ["fold all", "fix-auth"]);
        assert_eq!(names("once all", &all), ["allow once"]);
        assert_eq!(names("all ", &all), ["fold all", "allow once"]);
        assert_eq!(names("ALL", &all), Vec::<String>::new());
        assert_eq!(names("zz", &all), Vec::<String>::new());
    }

    #[test]
    fn letters_are_counted_in_characters_whatever_stands_before_them() {
        let letters = |typed: &str, name: &str| find(typed, std::iter::once(name))[0].letters.clone();
        assert_eq!(letters("\"", "#\u{11300}\""), [2], "a mark that joins with what is before it");
        assert_eq!((letters("b", "e\u{301}b"), letters("ab", "añb")), (vec![2], vec![0, 2]));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn any_letters_of_any_names(typed in "\\PC{0,6}", all in prop::collection::vec("\\PC{0,12}", 0..8)) {
            for found in find(&typed, all.iter().map(String::as_str)) {
                let letters = all[found.index].chars().count();
                prop_assert!(found.letters.iter().all(|&at| (at as usize) < letters.max(1)));
            }
        }
    }
}
