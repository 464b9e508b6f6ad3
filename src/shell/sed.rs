//! What sed's options and scripts do: it writes the files that it is given in place, and a script may write others and run
//! commands.

use super::options::{self, All, Spec};
use super::word::Word;
use super::{Line, word::Known};

const SED: Spec = Spec {
    values: "efl",
    flags: "nErszub",
    optional: "i",
    long_values: &["expression", "file", "line-length"],
    long_flags: &[
        "quiet",
        "silent",
        "in-place",
        "regexp-extended",
        "null-data",
        "zero-terminated",
        "separate",
        "unbuffered",
        "posix",
        "debug",
        "follow-symlinks",
        "sandbox",
        "binary",
        "help",
        "version",
    ],
};

/// The scripts among some arguments, and the files.
fn parts<'a>(all: &'a All<'_>) -> (Vec<&'a Word>, Vec<&'a Word>) {
    let given = all.given.iter().filter(|(name, _)| name == "e" || name == "expression");
    let mut scripts: Vec<&Word> = given.filter_map(|(_, value)| value.as_ref()).collect();
    let mut files = all.operands.clone();
    if scripts.is_empty() && !all.has(&["f", "file"]) && !files.is_empty() {
        // Elsewhere `-i` takes the next word for its suffix, which then is empty.
        let first = files.remove(0);
        if first.text.is_empty() && !files.is_empty() {
            scripts.push(files[0]);
        }
        scripts.push(first);
    }
    (scripts, files)
}

/// sed can run commands and write files: only plain scripts are believed to do neither.
pub(super) fn doubt(args: &[Word], line: &mut Line) {
    let all = options::all(args, &SED);
    let (scripts, _) = parts(&all);
    let strange = all.strange.is_some() || all.has(&["f", "file"]);
    if strange || !scripts.iter().all(|script| script.fixed().is_some_and(plain)) {
        line.doubt("sed's script may run commands or write files");
    }
}

/// The files that it writes in place, and what it keeps of them by another name.
pub(super) fn written(args: &[Word]) -> Vec<Word> {
    let all = options::all(args, &SED);
    let Some((_, suffix)) = all.given.iter().find(|(name, _)| name == "i" || name == "in-place") else {
        return Vec::new();
    };
    let (_, files) = parts(&all);
    let kept = |file: &Word, suffix: &Word| {
        let (folder, name) = file.text.rsplit_once('/').map_or(("", file.text.as_str()), |(_, name)| {
            (file.text.get(..file.text.len() - name.len()).unwrap_or_default(), name)
        });
        let made = match suffix.text.contains('*') {
            true => suffix.text.replace('*', name),
            false => format!("{name}{}", suffix.text),
        };
        let text = if made.contains('/') { made } else { format!("{folder}{made}") };
        Word { text, known: if suffix.known == Known::Fixed { file.known } else { suffix.known } }
    };
    let copies: Vec<Word> = suffix.iter().flat_map(|suffix| files.iter().map(|file| kept(file, suffix))).collect();
    files.into_iter().cloned().chain(copies).collect()
}

/// Whether a script only prints, deletes, quits and replaces.
fn plain(script: &str) -> bool {
    script.split([';', '\n']).all(|one| {
        let command = one.trim().trim_start_matches(|c: char| c.is_ascii_digit() || ",$!+~ ".contains(c));
        let mut chars = command.chars();
        match chars.next() {
            None => true,
            Some('p' | 'd' | 'q' | 'P' | 'D' | 'n' | 'N' | '=' | 'h' | 'H' | 'g' | 'G' | 'x') => {
                chars.as_str().is_empty()
            }
            Some('s') => {
                let Some(mark) = chars.next().filter(|mark| mark.is_ascii_punctuation() && *mark != '\\') else {
                    return false;
                };
                let parts: Vec<&str> = chars.as_str().split(mark).collect();
                // Neither an escaped mark nor another one: three parts, and flags that only replace.
                matches!(parts.as_slice(), [_, _, flags] if flags.chars().all(|c| "gpiI0123456789".contains(c)))
            }
            _ => false,
        }
    })
}
