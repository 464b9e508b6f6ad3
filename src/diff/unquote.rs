//! Paths as patches write them.

/// A path of a `---`, `+++` or `diff --git` line: without quotes, time stamp, and the `a/` or `b/` before it. `None` for
/// `/dev/null`.
pub(super) fn path(written: &str, prefix: &str) -> Option<String> {
    let written = written.trim_end_matches('\r');
    let path = if written.starts_with('"') {
        unquoted(written)
    } else {
        written.split('\t').next().unwrap_or(written).to_owned()
    };
    if path == "/dev/null" {
        return None;
    }
    Some(path.strip_prefix(prefix).map(str::to_owned).unwrap_or(path))
}

/// The two paths of a `diff --git` line.
pub(super) fn pair(written: &str) -> (Option<String>, Option<String>) {
    let written = written.trim_end_matches('\r');
    if let Some(end) = written.starts_with('"').then(|| closing(written)).flatten() {
        let second = written[end + 1..].trim_start();
        return (path(&written[..=end], "a/"), path(second, "b/"));
    }
    // Names may have blanks: the middle is where both halves name the same file, else the last ` b/`.
    let half = written.len() / 2;
    let same = written.is_char_boundary(half)
        && written[half..].starts_with(' ')
        && written[..half].strip_prefix("a/").is_some_and(|old| written[half + 1..].strip_prefix("b/") == Some(old));
    let split = if same {
        Some(half)
    } else {
        written.rfind(" b/").or_else(|| written.rfind(" \"b/")).or_else(|| written.find(' '))
    };
    match split {
        Some(at) => (path(&written[..at], "a/"), path(&written[at + 1..], "b/")),
        None => (path(written, "a/"), path(written, "b/")),
    }
}

/// The place of the quote that ends a quoted name.
fn closing(quoted: &str) -> Option<usize> {
    let mut escaped = false;
    quoted.bytes().enumerate().skip(1).find_map(|(at, byte)| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends.then_some(at)
    })
}

/// A name in git's quotes: `\t`, `\"`, and bytes as `\303`.
fn unquoted(quoted: &str) -> String {
    let end = closing(quoted).unwrap_or(quoted.len());
    let mut bytes = quoted.get(1..end).unwrap_or_default().bytes().peekable();
    let mut out = Vec::new();
    while let Some(byte) = bytes.next() {
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        match bytes.next() {
            Some(b'n') => out.push(b'\n'),
            Some(b't') => out.push(b'\t'),
            Some(b'r') => out.push(b'\r'),
            Some(digit @ b'0'..=b'7') => {
                let mut value = u32::from(digit - b'0');
                for _ in 0..2 {
                    if let Some(next) = bytes.next_if(|byte| (b'0'..=b'7').contains(byte)) {
                        value = value * 8 + u32::from(next - b'0');
                    }
                }
                out.push(u8::try_from(value).unwrap_or(b'?'));
            }
            Some(other) => out.push(other),
            None => out.push(b'\\'),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_git_writes_them() {
        assert_eq!(path("a/src/x.rs", "a/").as_deref(), Some("src/x.rs"));
        assert_eq!(path("src/x.rs\t2026-01-01", "a/").as_deref(), Some("src/x.rs"));
        assert_eq!(path("/dev/null", "a/"), None);
        assert_eq!(path(r#""a/\303\244 \"b\"""#, "a/").as_deref(), Some("ä \"b\""));
        assert_eq!(pair("a/my file b/x b/my file b/x"), (Some("my file b/x".into()), Some("my file b/x".into())));
        assert_eq!(pair("a/old b/new"), (Some("old".into()), Some("new".into())));
        assert_eq!(pair(r#""a/\t" "b/\t""#), (Some("\t".into()), Some("\t".into())));
        assert_eq!(pair(""), (Some(String::new()), Some(String::new())));
    }
}
