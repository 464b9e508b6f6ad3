//! Options and operands of a program that takes them in any order.

use super::Arg;

/// What a program is told.
#[derive(Debug, Default)]
pub(super) struct Given {
    /// Options without a value: letters, and long names.
    flags: Vec<String>,
    /// Options with theirs.
    values: Vec<(String, Arg)>,
    /// The rest, in order.
    pub(super) operands: Vec<Arg>,
    /// How many of the operands stand before `--`; all where there is none.
    pub(super) before: usize,
    /// `--` was said.
    pub(super) parted: bool,
}

/// Which options take a value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Takes {
    /// Letters whose value stands behind them, or is the next word.
    pub(super) letters: &'static str,
    /// Letters whose value, if there is one, stands behind them.
    pub(super) attached: &'static str,
    /// Long options whose value may be the next word.
    pub(super) long: &'static [&'static str],
}

impl Takes {
    pub(super) const NONE: Self = Self { letters: "", attached: "", long: &[] };
}

/// Reads arguments.
pub(super) fn given(args: &[Arg], takes: Takes) -> Given {
    let mut it = Given::default();
    let mut left = args.iter();
    while let Some(arg) = left.next() {
        let Some(text) = arg.text().filter(|text| text.starts_with('-') && text.len() > 1) else {
            it.operands.push(arg.clone());
            continue;
        };
        if text == "--" {
            it.parted = true;
            it.before = it.operands.len();
            it.operands.extend(left.cloned());
            return it;
        }
        if let Some(long) = text.strip_prefix("--") {
            match long.split_once('=') {
                Some((name, value)) => it.values.push((name.to_owned(), Arg::Text(value.to_owned()))),
                None if takes.long.contains(&long) => {
                    it.values.extend(left.next().map(|value| (long.to_owned(), value.clone())));
                }
                None => it.flags.push(long.to_owned()),
            }
            continue;
        }
        let letters = &text[1..];
        for (at, letter) in letters.char_indices() {
            let rest = &letters[at + letter.len_utf8()..];
            if takes.attached.contains(letter) && !rest.is_empty() {
                it.values.push((letter.to_string(), Arg::Text(rest.to_owned())));
                break;
            }
            if takes.letters.contains(letter) {
                let value = if rest.is_empty() { left.next().cloned() } else { Some(Arg::Text(rest.to_owned())) };
                it.values.extend(value.map(|value| (letter.to_string(), value)));
                break;
            }
            it.flags.push(letter.to_string());
        }
    }
    it.before = it.operands.len();
    it
}

impl Given {
    /// Whether one of some options was given; long ones may be shortened.
    pub(super) fn has(&self, names: &[&str]) -> bool {
        self.count(names) > 0
    }

    /// How often.
    pub(super) fn count(&self, names: &[&str]) -> usize {
        let all = self.flags.iter().chain(self.values.iter().map(|(name, _)| name));
        all.filter(|given| names.iter().any(|name| is(given, name))).count()
    }

    /// The last value of one of some options.
    pub(super) fn value(&self, names: &[&str]) -> Option<&Arg> {
        let fits = |(given, value): &(String, Arg)| names.iter().any(|name| is(given, name)).then(|| value.clone());
        let at = self.values.iter().rposition(|it| fits(it).is_some())?;
        self.values.get(at).map(|(_, value)| value)
    }

    /// Options that are none of some.
    pub(super) fn strange(&self, known: &[&str]) -> Option<String> {
        let all = self.flags.iter().chain(self.values.iter().map(|(name, _)| name));
        let mut strange = all.filter(|given| !known.iter().any(|name| is(given, name)));
        strange.next().map(|name| if name.chars().count() == 1 { format!("-{name}") } else { format!("--{name}") })
    }

    /// Every option without a value, as it is said.
    pub(super) fn flags(&self) -> Vec<String> {
        let dashed = |name: &String| if name.chars().count() == 1 { format!("-{name}") } else { format!("--{name}") };
        self.flags.iter().map(dashed).collect()
    }
}

fn is(given: &str, name: &str) -> bool {
    given == name || (given.len() >= 3 && name.len() > given.len() && name.starts_with(given))
}
