//! Builtins that set variables by name, and those that calculate.

use super::options;
use super::word::Word;
use super::{Assign, Line, names, sums};

/// Notes what a builtin sets; false where the program is none that does.
pub(super) fn builtin(name: &str, args: &[Word], line: &mut Line) -> bool {
    match name {
        "let" => args.iter().for_each(|word| calculation(word, line)),
        "printf" => {
            let at = args.iter().position(|word| word.text.starts_with("-v"));
            let value = at.and_then(|at| if args[at].text == "-v" { args.get(at + 1) } else { args.get(at) });
            value.into_iter().for_each(|word| named(word, word.text.trim_start_matches("-v"), line));
        }
        "wait" => {
            for word in args.iter().filter(|word| word.text.starts_with('-') && word.text.contains('p')) {
                named(word, word.text.trim_start_matches("-p"), line);
            }
        }
        "read" | "getopts" => {
            options::operands(args).for_each(|word| named(word, &word.text, line));
            // `-aNAME` is an array's name.
            for word in args.iter().filter(|word| name == "read" && word.text.starts_with('-')) {
                let array = word.text.split_once('a').map(|(_, array)| array).filter(|array| !array.is_empty());
                array.into_iter().for_each(|array| named(word, array, line));
            }
        }
        "test" | "[" => {
            let asks = args.iter().any(|word| matches!(word.text.as_str(), "-v" | "-R"));
            if asks && args.iter().any(|word| word.text.contains('[') || word.known != super::Known::Fixed) {
                line.doubt("a test is not understood");
            }
        }
        "export" | "declare" | "typeset" | "local" | "readonly" | "unset" => {
            args.iter().for_each(|word| declared(word, line));
        }
        _ => return false,
    }
    true
}

/// A word of `export`, `declare` or `unset`: an option, or a name with or without its value.
pub(super) fn declared(word: &Word, line: &mut Line) {
    let Some(text) = word.fixed() else { return line.doubt("sets a variable whose name is not known") };
    match text.strip_prefix(['-', '+']) {
        // Of a number bash makes whatever is calculated, of a reference another variable.
        Some(options) if options.contains(['i', 'n']) => {
            line.doubt("gives a variable a meaning with which others can be set");
        }
        Some(_) => {}
        None => named(word, text.split_once('=').map_or(text, |(name, _)| name.trim_end_matches('+')), line),
    }
}

/// Notes that a variable is set, to whatever it may be.
fn named(word: &Word, name: &str, line: &mut Line) {
    line.sums.texts = true;
    assigned(if word.fixed().is_some() { name } else { "" }, line);
}

/// Notes that a variable is set.
pub(super) fn assigned(name: &str, line: &mut Line) {
    if !names::is_name(name) {
        line.doubt("sets a variable whose name is not known");
    }
    if line.assigns.iter().all(|assign| assign.name != name) {
        line.assigns.push(Assign { name: name.to_owned() });
    }
}

/// Notes what a calculation in a word sets.
fn calculation(word: &Word, line: &mut Line) {
    match word.fixed() {
        Some(text) => calculated(text, line),
        None => line.doubt("a calculation is not understood"),
    }
}

/// Notes what a calculation sets.
pub(super) fn calculated(text: &str, line: &mut Line) {
    let sum = sums::read(text);
    if sum.strange {
        line.doubt("a calculation is not understood");
    }
    line.sums.looks |= sum.looks_up;
    sum.sets.iter().for_each(|name| assigned(name, line));
}
