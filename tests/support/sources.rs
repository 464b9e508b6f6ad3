//! The sources as data: files, tokens, and the paths that they name. As much of Rust as it takes to see what uses what.

use std::path::Path;

/// A file of the repository.
pub struct Source {
    /// From the root, with `/`.
    pub path: String,
    pub text: String,
}

/// Every file below a folder of the repository whose name ends so, in order.
pub fn files(folder: &str, ending: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
                found.push(Source { path: name, text: std::fs::read_to_string(&path).unwrap_or_default() });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// A word, or one sign. Comments are gone; a string is the sign `"`.
#[derive(Debug, Clone, PartialEq)]
pub struct Token {
    pub text: String,
    pub line: usize,
}

/// The tokens of a source.
pub fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<char> = text.chars().collect();
    let (mut at, mut line, mut out) = (0, 1, Vec::new());
    while at < chars.len() {
        let begin = at;
        let first = chars[at];
        let next = chars.get(at + 1).copied().unwrap_or(' ');
        let mut token = None;
        if first == '/' && next == '/' {
            at = find(&chars, at, |c| c == '\n');
        } else if first == '/' && next == '*' {
            at = after_comment(&chars, at);
        } else if let Some(end) = after_string(&chars, at) {
            at = end;
            token = Some("\"".to_owned());
        } else if first == '\'' {
            at = after_quote(&chars, at);
        } else if first.is_alphanumeric() || first == '_' {
            at = find(&chars, at, |c| !c.is_alphanumeric() && c != '_');
            token = Some(chars[begin..at].iter().collect());
        } else {
            at += 1;
            token = (!first.is_whitespace()).then(|| first.to_string());
        }
        out.extend(token.map(|text| Token { text, line }));
        line += chars[begin..at].iter().filter(|&&c| c == '\n').count();
    }
    out
}

fn find(chars: &[char], from: usize, stop: impl Fn(char) -> bool) -> usize {
    chars[from..].iter().position(|&c| stop(c)).map_or(chars.len(), |n| from + n)
}

fn after_comment(chars: &[char], from: usize) -> usize {
    let (mut at, mut depth) = (from, 0);
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            ('/', Some('*')) => (at, depth) = (at + 2, depth + 1),
            ('*', Some('/')) => (at, depth) = (at + 2, depth - 1),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    at
}

/// The end of the string that begins here: `"`, `b"`, `c"`, `r"`, `r#"`, `br#"` and so on.
fn after_string(chars: &[char], from: usize) -> Option<usize> {
    let mut at = from;
    while at < from + 2 && chars.get(at).is_some_and(|c| "bcr".contains(*c)) {
        at += 1;
    }
    let raw = at > from && chars[at - 1] == 'r';
    let hashes = chars[at..].iter().take_while(|&&c| c == '#').count();
    if chars.get(at + hashes) != Some(&'"') || (hashes > 0 && !raw) {
        return None;
    }
    at += hashes + 1;
    while at < chars.len() {
        let closing = chars[at] == '"' && chars[at + 1..].iter().take(hashes).filter(|&&c| c == '#').count() == hashes;
        match chars[at] {
            '\\' if !raw => at += 2,
            '"' if closing => return Some(at + 1 + hashes),
            _ => at += 1,
        }
    }
    Some(chars.len())
}

/// The end of the character or lifetime that begins here.
fn after_quote(chars: &[char], from: usize) -> usize {
    match (chars.get(from + 1), chars.get(from + 2)) {
        (Some('\\'), _) => (find(chars, from + 3, |c| c == '\'') + 1).min(chars.len()),
        (Some(_), Some('\'')) => from + 3,
        _ => find(chars, from + 1, |c| !c.is_alphanumeric() && c != '_'),
    }
}

/// The tokens without what only tests see, and the names of the modules that lie in files only tests see.
pub fn without_tests(tokens: &[Token]) -> (Vec<Token>, Vec<String>) {
    const MARK: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let (mut at, mut out, mut apart) = (0, Vec::new(), Vec::new());
    while at < tokens.len() {
        let marked = tokens[at..].iter().map(|token| token.text.as_str()).take(MARK.len()).eq(MARK);
        if !marked {
            out.push(tokens[at].clone());
            at += 1;
            continue;
        }
        let end = after_item(tokens, at + MARK.len());
        if let [.., module, name, stop] = &tokens[at..end]
            && (module.text.as_str(), stop.text.as_str()) == ("mod", ";")
        {
            apart.push(name.text.clone());
        }
        at = end;
    }
    (out, apart)
}

/// The end of an item: its `;`, or the `}` of its body.
fn after_item(tokens: &[Token], from: usize) -> usize {
    let mut depth = 0_usize;
    let is_use = tokens[from..].iter().find(|token| token.text != "pub").is_some_and(|token| token.text == "use");
    for (n, token) in tokens[from..].iter().enumerate() {
        match token.text.as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => {
                depth = depth.saturating_sub(1);
                if depth == 0 && token.text == "}" && !is_use {
                    return from + n + 1;
                }
            }
            ";" if depth == 0 => return from + n + 1,
            _ => {}
        }
    }
    tokens.len()
}

/// A path as it stands in a source, trees of `use` unfolded.
#[derive(Debug, Clone, PartialEq)]
pub struct Named {
    pub path: Vec<String>,
    pub line: usize,
    /// The modules inside the file in which it stands.
    pub inside: Vec<String>,
}

/// Every path that the tokens name.
pub fn named(tokens: &[Token]) -> Vec<Named> {
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text.as_str());
    let before = |at: usize, back: usize| at.checked_sub(back).map_or("", text);
    let (mut out, mut inside, mut depth, mut at) = (Vec::new(), Vec::<(String, usize)>::new(), 0_usize, 0);
    while at < tokens.len() {
        let next = match text(at) {
            "{" => {
                depth += 1;
                if before(at, 2) == "mod" {
                    inside.push((before(at, 1).to_owned(), depth));
                }
                at + 1
            }
            "}" => {
                inside.retain(|(_, since)| *since < depth);
                depth = depth.saturating_sub(1);
                at + 1
            }
            word if is_word(word) => {
                let mut paths = Vec::new();
                let end = unfold(tokens, at, &[], &mut paths);
                // `<T as Trait>::name` goes on from what stands before; `-> ::name` does not.
                let arrow = ["-", "="].contains(&before(at, 4));
                let goes_on = (before(at, 1), before(at, 2), before(at, 3)) == (":", ":", ">") && !arrow;
                // A visibility is no use: `pub(crate)`, `pub(in super::super)`.
                let scope =
                    (before(at, 2), before(at, 1)) == ("pub", "(") || (before(at, 2), before(at, 1)) == ("(", "in");
                if !goes_on && !scope {
                    let inside: Vec<String> = inside.iter().map(|(name, _)| name.clone()).collect();
                    let line = tokens[at].line;
                    out.extend(paths.into_iter().map(|path| Named { path, line, inside: inside.clone() }));
                }
                end.max(at + 1)
            }
            _ => at + 1,
        };
        at = next;
    }
    out
}

/// Words after which `::` begins a path anew.
const KEYWORDS: [&str; 14] =
    ["use", "in", "return", "as", "mut", "dyn", "impl", "else", "match", "if", "where", "for", "break", "move"];

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Follows the path that begins at `at`; returns where it ends.
fn unfold(tokens: &[Token], mut at: usize, before: &[String], out: &mut Vec<Vec<String>>) -> usize {
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text.as_str());
    let mut path = before.to_vec();
    if text(at) == "{" {
        at += 1;
        while at < tokens.len() && text(at) != "}" {
            at = if text(at) == "," { at + 1 } else { unfold(tokens, at, before, out).max(at + 1) };
        }
        return at + 1;
    }
    while is_word(text(at)) || text(at) == "*" {
        path.push(text(at).to_owned());
        at += 1;
        let keyword = path.len() == 1 && KEYWORDS.contains(&path[0].as_str());
        if keyword || (text(at), text(at + 1)) != (":", ":") {
            break;
        }
        at += 2;
        if text(at) == "{" {
            return unfold(tokens, at, &path, out);
        }
    }
    if text(at) == "as" {
        at += 2;
    }
    out.push(path);
    at
}
