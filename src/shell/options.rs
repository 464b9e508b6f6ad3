//! Options and operands: where a program's own options end, and what they say.

use super::word::Word;

/// The options of a program that runs another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spec {
    /// Letters that take a value.
    pub(super) values: &'static str,
    /// Letters that take none.
    pub(super) flags: &'static str,
    /// Letters whose value stands right behind them, or nowhere.
    pub(super) optional: &'static str,
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
    /// True where `--` ended the options.
    pub(super) ended: bool,
}

/// The options and operands of a program that takes them in any order.
#[derive(Debug, Default)]
pub(super) struct All<'w> {
    /// Every option with its value: letters alone, long ones whole and without their dashes.
    pub(super) given: Vec<(String, Option<Word>)>,
    /// What is no option.
    pub(super) operands: Vec<&'w Word>,
    /// The first option that is not known.
    pub(super) strange: Option<String>,
}

impl All<'_> {
    pub(super) fn has(&self, names: &[&str]) -> bool {
        self.given.iter().any(|(given, _)| names.contains(&given.as_str()))
    }
}

/// Reads options and operands that stand in any order, as GNU's programs do.
pub(super) fn all<'w>(args: &'w [Word], spec: &Spec) -> All<'w> {
    let mut all = All::default();
    let mut left = args;
    loop {
        let part = read(left, spec);
        all.given.extend(part.given);
        all.strange = all.strange.or(part.strange);
        match part.rest.split_first() {
            Some((operand, after)) if !part.ended => {
                all.operands.push(operand);
                left = after;
            }
            _ => {
                all.operands.extend(part.rest);
                return all;
            }
        }
    }
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
            read.ended = true;
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

    /// A long option: whole, or as much of it as means no other one.
    fn long(&mut self, long: &str, spec: &Spec) {
        let (short, value) = long.split_once('=').map_or((long, None), |(name, value)| (name, Some(Word::new(value))));
        let Some((name, takes)) = meant(short, spec) else {
            self.strange.get_or_insert_with(|| format!("--{short}"));
            self.given.push((short.to_owned(), value));
            return;
        };
        let value = if takes { value.or_else(|| self.next()) } else { value };
        self.given.push((name.to_owned(), value));
    }

    fn letters(&mut self, letters: &str, spec: &Spec) {
        for (at, letter) in letters.char_indices() {
            if spec.values.contains(letter) {
                let attached = &letters[at + letter.len_utf8()..];
                let value = if attached.is_empty() { self.next() } else { Some(Word::new(attached)) };
                self.given.push((letter.to_string(), value));
                return;
            }
            if spec.optional.contains(letter) {
                let attached = &letters[at + letter.len_utf8()..];
                self.given.push((letter.to_string(), (!attached.is_empty()).then(|| Word::new(attached))));
                return;
            }
            if !spec.flags.contains(letter) {
                self.strange.get_or_insert_with(|| format!("-{letter}"));
            }
            self.given.push((letter.to_string(), None));
        }
    }
}

/// The long option that a name means, and whether it takes a value: that name, or the only one that begins so.
fn meant(short: &str, spec: &Spec) -> Option<(&'static str, bool)> {
    let known = || {
        let values = spec.long_values.iter().map(|name| (*name, true));
        values.chain(spec.long_flags.iter().map(|name| (*name, false)))
    };
    let mut begins = known().filter(|(name, _)| name.starts_with(short));
    known().find(|(name, _)| *name == short).or_else(|| begins.next().filter(|_| begins.next().is_none()))
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
