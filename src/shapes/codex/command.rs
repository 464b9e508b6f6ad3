//! A command line as codex tells it: one text, mostly `/bin/bash -lc '...'`. What the shell is given is what a human reads.

/// What the shell is given, where the line is a shell with one script and nothing else; else the line as it is.
#[must_use]
pub fn inner(line: &str) -> String {
    let Some(words) = words(line) else { return line.to_owned() };
    match &words[..] {
        [shell, flag, script] if is_shell(shell) && matches!(flag.as_str(), "-lc" | "-c") => script.clone(),
        _ => line.to_owned(),
    }
}

/// The text that is typed, as codex asks about it: `write_stdin --session-id 7 'text'`, quoted for a shell.
#[must_use]
pub fn typed(line: &str) -> Option<String> {
    match <[String; 4]>::try_from(words(line)?).ok()? {
        [tool, flag, _, text] if tool == "write_stdin" && flag == "--session-id" => Some(text),
        _ => None,
    }
}

/// Whether a program is a shell.
#[must_use]
pub fn is_shell(path: &str) -> bool {
    matches!(path.rsplit('/').next(), Some("bash" | "zsh" | "sh" | "dash" | "ksh"))
}

/// The words of a line that quotes them as codex does; nothing where anything in it would mean more to a shell.
fn words(line: &str) -> Option<Vec<String>> {
    let mut words = vec![];
    let mut word: Option<String> = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            ' ' => words.extend(word.take()),
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next()? {
                        '\'' => break,
                        c => word.push(c),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next()? {
                        '"' => break,
                        '\\' => match chars.next()? {
                            c @ ('"' | '\\' | '$' | '`') => word.push(c),
                            c => word.extend(['\\', c]),
                        },
                        '$' | '`' => return None,
                        c => word.push(c),
                    }
                }
            }
            '\\' => word.get_or_insert_default().push(chars.next().filter(|c| *c != '\n')?),
            '\n' | '\t' | '$' | '`' | '|' | '&' | ';' | '<' | '>' | '(' | ')' | '*' | '?' | '[' | '#' | '~' | '{'
            | '!' => {
                return None;
            }
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_of_a_shell_is_what_is_read() {
        for (line, script) in [
            ("/bin/bash -lc 'cat a.txt'", "cat a.txt"),
            ("/bin/bash -lc ls", "ls"),
            ("bash -c 'echo '\\''a'\\'' b'", "echo 'a' b"),
            (r#"/usr/bin/zsh -lc "echo \"a\" 'b' \$HOME""#, "echo \"a\" 'b' $HOME"),
            ("/bin/bash -lc 'a\nb'", "a\nb"),
        ] {
            assert_eq!(inner(line), script);
        }
    }

    #[test]
    fn a_text_that_is_typed_is_read_as_it_was_quoted() {
        for (line, text) in [
            ("write_stdin --session-id 7 'touch a.txt\n'", Some("touch a.txt\n")),
            ("write_stdin --session-id 7 \"echo 'it' > \\$X\n\"", Some("echo 'it' > $X\n")),
            ("write_stdin --session-id 7 y", Some("y")),
            ("write_stdin --session-id 7 '\u{3}'", Some("\u{3}")),
            ("write_stdin --session-id 7 'a' && rm x", None),
            ("write_stdin 7 'a'", None),
            ("touch --session-id 7 a", None),
        ] {
            assert_eq!(typed(line).as_deref(), text, "{line}");
        }
    }

    #[test]
    fn anything_else_stays_as_it_is() {
        for line in [
            "",
            "'",
            "rm -rf build",
            "/bin/bash -lc 'ls' extra",
            "/bin/bash -x 'ls'",
            "/bin/bash -lc 'ls' && rm x",
            "/bin/bash -lc \"$(rm x)\"",
            "/bin/bash -lc 'ls",
            "sudo /bin/bash -lc ls",
            "/bin/notbash -lc ls",
            "/bin/bash -lc ls > out",
        ] {
            assert_eq!(inner(line), line);
        }
    }
}
