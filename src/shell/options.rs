//! Options and operands: where a program's own options end, and what they say.

use super::word::Word;

/// The options of a program that runs another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spec {
    /// Letters that take a value.
    pub(super) values: &'static str,
    /// Letters that take none.
    pub(super) flags: &'static str,
    /// Long options that take a value in the next word, where it is not behind `=`.
    pub(super) long_values: &'static [&'static str],
    /// Long options that take none there.
    pub(super) long_flags: &'static [&'static str],
}

/// What stands before the first operand.
#[derive(Debug, Default)]
pub(super) struct Read<'w> {
    /// Every option with its value: letters alone, long ones without their dashes.
    pub(super) given: Vec<(String, Option<Word>)>,
    /// From the first operand on.
    pub(super) rest: &'w [Word],
    /// The first option that is not known, so that what follows may be read wrongly.
    pub(super) strange: Option<String>,
}

impl Read<'_> {
    pub(super) fn has(&self, name: &str) -> bool {
        self.given.iter().any(|(given, _)| given == name)
    }

    /// The value of the first of some options.
    pub(super) fn value(&self, names: &[&str]) -> Option<&Word> {
        self.given.iter().find(|(given, _)| names.contains(&given.as_str()))?.1.as_ref()
    }
}

/// Reads the options at the beginning of some arguments.
pub(super) fn read<'w>(args: &'w [Word], spec: &Spec) -> Read<'w> {
    let mut read = Read { rest: args, ..Read::default() };
    while let Some((first, after)) = read.rest.split_first() {
        let Some(text) = first.fixed() else {
            // What is not known may be an option as well.
            if first.text.starts_with(['-', '$', '{', '`']) {
                read.strange.get_or_insert_with(|| first.shown());
            }
            break;
        };
        if text == "--" {
            read.rest = after;
            break;
        }
        if text == "-" || !text.starts_with('-') {
            break;
        }
        read.rest = after;
        match text.strip_prefix("--") {
            Some(long) => read.long(long, spec),
            None => read.letters(&text[1..], spec),
        }
    }
    read
}

impl<'w> Read<'w> {
    fn next(&mut self) -> Option<Word> {
        let rest: &'w [Word] = self.rest;
        let (first, after) = rest.split_first()?;
        self.rest = after;
        Some(first.clone())
    }

    fn long(&mut self, long: &str, spec: &Spec) {
        if let Some((name, value)) = long.split_once('=') {
            if !spec.long_values.contains(&name) && !spec.long_flags.contains(&name) {
                self.strange.get_or_insert_with(|| format!("--{name}"));
            }
            self.given.push((name.to_owned(), Some(Word::new(value))));
        } else if spec.long_values.contains(&long) {
            let value = self.next();
            self.given.push((long.to_owned(), value));
        } else {
            if !spec.long_flags.contains(&long) {
                self.strange.get_or_insert_with(|| format!("--{long}"));
            }
            self.given.push((long.to_owned(), None));
        }
    }

    fn letters(&mut self, letters: &str, spec: &Spec) {
        for (at, letter) in letters.char_indices() {
            if spec.values.contains(letter) {
                let attached = &letters[at + letter.len_utf8()..];
                let value = if attached.is_empty() { self.next() } else { Some(Word::new(attached)) };
                self.given.push((letter.to_string(), value));
                return;
            }
            if !spec.flags.contains(letter) {
                self.strange.get_or_insert_with(|| format!("-{letter}"));
            }
            self.given.push((letter.to_string(), None));
        }
    }
}

/// The operands of a program that takes options anywhere: what does not begin with a dash, and all behind `--`.
pub(super) fn operands(args: &[Word]) -> impl Iterator<Item = &Word> {
    let mut ended = false;
    args.iter().filter(move |word| {
        if !ended && word.fixed() == Some("--") {
            ended = true;
            return false;
        }
        ended || !word.text.starts_with('-') || word.text == "-"
    })
}

/// Whether an option stands among arguments: a letter of its own or in a cluster, or a long one with or without value.
pub(super) fn has(args: &[Word], letters: &str, long: &[&str]) -> bool {
    args.iter().take_while(|word| word.fixed() != Some("--")).any(|word| match word.text.strip_prefix("--") {
        Some(name) => {
            let name = name.split('=').next().unwrap_or_default();
            // Long options may be shortened.
            long.iter().any(|long| *long == name || (name.len() >= 3 && long.starts_with(name)))
        }
        None => word.text.strip_prefix('-').is_some_and(|cluster| cluster.contains(|c| letters.contains(c))),
    })
}
