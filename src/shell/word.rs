//! What one word of a command means: quotes taken away, as far as it is known without running anything.

use tree_sitter::Node;

/// What may stand for something else, where it is not quoted.
const OPEN: [char; 9] = ['$', '`', '{', '}', '*', '?', '[', '(', '<'];

/// How much of a word is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Known {
    /// It is this text, letter by letter.
    #[default]
    Fixed,
    /// It is a pattern of file names: the shell puts in its place what fits.
    Pattern,
    /// What stands there is only known when it runs: a variable, a substitution, braces.
    Unknown,
}

/// A word of a command.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Word {
    /// Its text without quotes; as it is written where it is not known.
    pub text: String,
    /// How much of it is known.
    pub known: Known,
}

impl Word {
    /// A word that is exactly this text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), known: Known::Fixed }
    }

    /// Its text, where it is known letter by letter.
    #[must_use]
    pub fn fixed(&self) -> Option<&str> {
        (self.known == Known::Fixed).then_some(self.text.as_str())
    }

    /// A name that is known and no text, since it holds bytes that are no UTF-8: with a sign in place of each of them. Good
    /// to see where it lies, and for nothing else.
    #[must_use]
    pub fn lossy(&self) -> Option<String> {
        let (mut rest, mut made) = (self.text.as_str(), String::new());
        if self.known != Known::Unknown {
            return None;
        }
        while let Some((plain, quoted)) = rest.split_once("$'") {
            let (end, _) = quoted.char_indices().find(|&(at, c)| {
                let slashes = quoted[..at].chars().rev().take_while(|c| *c == '\\').count();
                c == '\'' && slashes.is_multiple_of(2)
            })?;
            made.push_str(plain);
            made.push_str(&String::from_utf8_lossy(&ansi_bytes(&format!("$'{}'", &quoted[..end]))?));
            rest = &quoted[end + 1..];
            if plain.contains(OPEN) {
                return None;
            }
        }
        (rest.len() < self.text.len() && !rest.contains(OPEN)).then(|| made + rest)
    }

    /// The word for people: in quotes where it would be read as more than one.
    #[must_use]
    pub fn shown(&self) -> String {
        let plain = |c: char| !c.is_whitespace() && !"'\"`$&|;<>()\\*?[".contains(c);
        match self.known {
            Known::Fixed if self.text.is_empty() => "''".to_owned(),
            Known::Fixed if !self.text.chars().all(plain) => format!("'{}'", self.text.replace('\'', "'\\''")),
            Known::Fixed | Known::Pattern | Known::Unknown => self.text.clone(),
        }
    }
}

/// A word while it is read.
#[derive(Debug, Default)]
pub(super) struct Made {
    text: String,
    /// The same text, with everything that is quoted as a `q`: only what is bare has a meaning of its own.
    bare: String,
    unknown: bool,
}

impl Made {
    fn quoted(&mut self, text: &str) {
        self.text.push_str(text);
        self.bare.extend(text.chars().map(|_| 'q'));
    }

    fn plain(&mut self, text: &str) {
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' => match chars.next() {
                    Some('\n') | None => {}
                    Some(c) => self.quoted(c.encode_utf8(&mut [0; 4])),
                },
                c => {
                    self.text.push(c);
                    self.bare.push(c);
                }
            }
        }
    }

    fn in_quotes(&mut self, text: &str) {
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match (c, chars.peek()) {
                ('\\', Some('\n')) => drop(chars.next()),
                ('\\', Some(&next)) if "\"\\$`".contains(next) => {
                    chars.next();
                    self.quoted(next.encode_utf8(&mut [0; 4]));
                }
                (c, _) => self.quoted(c.encode_utf8(&mut [0; 4])),
            }
        }
    }

    fn open(&mut self, text: &str) {
        self.unknown = true;
        self.quoted(text);
    }

    fn done(self) -> Word {
        let bare = self.bare.as_str();
        let braces = bare.find('{').zip(bare.rfind('}')).is_some_and(|(from, to)| {
            from < to && bare.get(from..to).is_some_and(|inner| inner.contains(',') || inner.contains(".."))
        });
        let known = if self.unknown || braces {
            Known::Unknown
        } else if bare.contains(['*', '?', '[']) {
            Known::Pattern
        } else {
            Known::Fixed
        };
        Word { text: self.text, known }
    }
}

/// The word that a node is.
pub(super) fn word(node: Node<'_>, text: &str) -> Word {
    let mut made = Made::default();
    add(node, text, &mut made, 0);
    made.done()
}

fn add(node: Node<'_>, text: &str, made: &mut Made, depth: usize) {
    let inner = text.get(node.byte_range()).unwrap_or_default();
    match node.kind() {
        _ if depth > 16 => made.open(inner),
        "word" | "number" | "variable_name" | "test_operator" | "file_descriptor" if node.child_count() == 0 => {
            made.plain(inner);
        }
        "raw_string" => made.quoted(inner.trim_start_matches('\'').trim_end_matches('\'')),
        "ansi_c_string" => match ansi_c(inner) {
            Some(text) => made.quoted(&text),
            None => made.open(inner),
        },
        "string" => string(node, text, made),
        "command_name" | "concatenation" => {
            let mut cursor = node.walk();
            for child in node.children(&mut cursor) {
                add(child, text, made, depth + 1);
            }
        }
        // Assignments among the arguments are plain words; array values are not.
        "variable_assignment" if node.child_count() <= 3 => {
            let mut cursor = node.walk();
            for child in node.children(&mut cursor) {
                if child.is_named() { add(child, text, made, depth + 1) } else { made.plain("=") }
            }
        }
        _ => made.open(inner),
    }
}

/// A text in double quotes. Blanks beside an expansion belong to it, though the grammar drops them.
fn string(node: Node<'_>, text: &str, made: &mut Made) {
    let mut cursor = node.walk();
    let mut end = node.start_byte();
    for child in node.children(&mut cursor) {
        made.in_quotes(text.get(end..child.start_byte()).unwrap_or_default());
        let inner = text.get(child.byte_range()).unwrap_or_default();
        match child.kind() {
            "\"" => {}
            "string_content" => made.in_quotes(inner),
            // A lone dollar.
            "$" => made.quoted(inner),
            _ => made.open(inner),
        }
        end = child.end_byte();
    }
}

/// The text of `$'…'`; `None` where it holds what no argument can, or where its bytes are no text.
pub(super) fn ansi_c(inner: &str) -> Option<String> {
    String::from_utf8(ansi_bytes(inner)?).ok()
}

/// The bytes of it.
fn ansi_bytes(inner: &str) -> Option<Vec<u8>> {
    let mut rest = inner.strip_prefix("$'")?.strip_suffix('\'')?;
    let mut bytes = Vec::new();
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        if c != '\\' {
            bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            continue;
        }
        let kind = rest.chars().next()?;
        let octal = kind.is_digit(8);
        rest = if octal { rest } else { &rest[kind.len_utf8()..] };
        let made = match kind {
            'n' => '\n',
            't' => '\t',
            '\\' | '\'' | '"' | '?' => kind,
            // A byte, which makes a character together with its neighbours or none.
            'x' => {
                bytes.push(u8::try_from(u32::from(number(&mut rest, 16, 2)?)).ok()?);
                continue;
            }
            _ if octal => {
                bytes.push(u8::try_from(u32::from(number(&mut rest, 8, 3)?)).ok()?);
                continue;
            }
            'u' => number(&mut rest, 16, 4)?,
            'U' => number(&mut rest, 16, 8)?,
            _ => return None,
        };
        bytes.extend_from_slice(made.encode_utf8(&mut [0; 4]).as_bytes());
    }
    Some(bytes)
}

fn number(rest: &mut &str, radix: u32, most: usize) -> Option<char> {
    let digits = rest.chars().take(most).take_while(|c| c.is_digit(radix)).count();
    let (number, after) = rest.split_at(digits);
    *rest = after;
    char::from_u32(u32::from_str_radix(number, radix).ok()?).filter(|c| *c != '\0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_text_are_known_and_others_nearly() {
        assert_eq!(ansi_c(r"$'\xc3\xa4\303\244'").as_deref(), Some("ää"));
        assert_eq!(ansi_c(r"$'bad\xff'"), None);
        let word = |text: &str| Word { text: text.to_owned(), known: Known::Unknown };
        assert_eq!(word(r"$'bad\xff'").lossy().as_deref(), Some("bad\u{fffd}"));
        assert_eq!(word(r"../a/$'\'\xff'/b").lossy().as_deref(), Some("../a/'\u{fffd}/b"));
        for open in ["$there", r"$x/$'bad\xff'", r"$'bad\xff'$(pwd)", r"$'\xff", "{a,b}", r"$'\xff'{a,b}", r"$'\400'"] {
            assert_eq!(word(open).lossy(), None, "{open}");
        }
        assert_eq!(Word::new(r"$'bad\xff'").lossy(), None, "those are its letters");
    }
}
