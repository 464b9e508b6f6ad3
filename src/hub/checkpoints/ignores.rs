//! The file in which a user says what git shall ignore everywhere. Git is not asked: its configuration may run programs.
//! The user's own configuration files are read for that one key; what they include is not followed.

use std::fs;
use std::path::{Path, PathBuf};

/// Longer configurations are nobody's.
const LONGEST: u64 = 1 << 20;

/// The file of a user, where there is one. `base` is the folder of configurations, usually `~/.config`.
pub(super) fn of_user(home: Option<&Path>, base: Option<&Path>) -> Option<PathBuf> {
    let configs = [base.map(|base| base.join("git/config")), home.map(|home| home.join(".gitconfig"))];
    // The later one wins, as git has it.
    let named = configs.iter().flatten().filter_map(|file| excludes(&text(file)?)).next_back();
    let file = match named {
        Some(named) => match named.strip_prefix("~/") {
            Some(rest) => home?.join(rest),
            None => PathBuf::from(named),
        },
        None => base?.join("git/ignore"),
    };
    // Those who keep such files elsewhere have a link here.
    file.canonicalize().ok().filter(|file| file.is_file())
}

fn text(file: &Path) -> Option<String> {
    let meta = fs::metadata(file).ok().filter(|meta| meta.is_file() && meta.len() <= LONGEST);
    meta.and_then(|_| fs::read_to_string(file).ok())
}

/// The last `excludesFile` of a `[core]`.
fn excludes(config: &str) -> Option<String> {
    let (mut core, mut found) = (false, None);
    for line in config.lines() {
        let mut line = line.trim();
        if let Some((section, rest)) = line.strip_prefix('[').and_then(|line| line.split_once(']')) {
            (core, line) = (section.trim().eq_ignore_ascii_case("core"), rest.trim());
        }
        let Some((key, given)) = line.split_once('=').filter(|_| core) else { continue };
        if key.trim().eq_ignore_ascii_case("excludesfile") {
            found = Some(value(given)).filter(|path| !path.is_empty());
        }
    }
    found
}

/// A value without its quotes, its escapes and what is said about it.
fn value(given: &str) -> String {
    let (mut value, mut quoted, mut letters) = (String::new(), false, given.trim().chars());
    while let Some(letter) = letters.next() {
        match letter {
            '"' => quoted = !quoted,
            '\\' => value.extend(letters.next()),
            '#' | ';' if !quoted => break,
            letter => value.push(letter),
        }
    }
    if quoted { value } else { value.trim_end().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_read_as_git_reads_it() {
        let of = |text: &str| excludes(text);
        assert_eq!(of("[core]\n\texcludesFile = ~/.ignore\n").as_deref(), Some("~/.ignore"));
        assert_eq!(of("[Core] EXCLUDESFILE=\"/a b\" # mine\n").as_deref(), Some("/a b"));
        assert_eq!(of("[core]\nexcludesfile = /a ; x\n[core]\nexcludesfile = /b\\\\c\n").as_deref(), Some("/b\\c"));
        assert_eq!(of("[core \"x\"]\nexcludesfile = /a\n[user]\nexcludesfile = /b\n# [core]\n"), None);
    }

    #[test]
    fn the_users_own_word_goes_before_the_usual_place() {
        let dir = tempfile::tempdir().unwrap();
        let home = dir.path().canonicalize().unwrap();
        let base = home.join(".config");
        let of = || of_user(Some(&home), Some(&base));
        fs::create_dir_all(base.join("git")).unwrap();
        assert_eq!(of(), None);
        fs::write(base.join("git/ignore"), "*.a").unwrap();
        assert_eq!(of(), Some(base.join("git/ignore")));
        fs::write(home.join("mine"), "*.b").unwrap();
        std::os::unix::fs::symlink("mine", home.join("link")).unwrap();
        fs::write(base.join("git/config"), "[core]\nexcludesfile = /nowhere\n").unwrap();
        fs::write(home.join(".gitconfig"), "[core]\nexcludesfile = ~/link\n").unwrap();
        assert_eq!(of(), Some(home.join("mine")));
        assert_eq!(of_user(None, None), None);
    }
}
