//! Calculations: which variables one sets, and whether it looks any up. What a variable holds is a calculation itself, so one
//! that looks up what the line sets may set, and run, anything.

/// What a calculation does besides counting.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Sum {
    /// The variables that it sets.
    pub(super) sets: Vec<String>,
    /// Whether it takes the value of a variable.
    pub(super) looks_up: bool,
    /// Whether quotes or a substitution make another calculation of it than is written here.
    pub(super) strange: bool,
}

/// What changes a variable, behind its name.
const CHANGES: [&str; 12] = ["++", "--", "+=", "-=", "*=", "/=", "%=", "<<=", ">>=", "&=", "^=", "|="];

/// Reads the text of a calculation, without the signs around it.
pub(super) fn read(text: &str) -> Sum {
    let mut sum = Sum { strange: text.contains(['\\', '"', '\'', '`']), ..Sum::default() };
    let mut rest = text;
    let mut before = "";
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '$' => looked_up(rest, before, &mut sum),
            '0'..='9' => span(rest, |c| c.is_alphanumeric() || "#@_".contains(c)),
            c if c.is_alphabetic() || c == '_' => {
                let length = span(rest, |c| c.is_alphanumeric() || c == '_');
                let (name, after) = rest.split_at(length);
                sum.looks_up = true;
                if changes(after) || before.trim_end().ends_with("++") || before.trim_end().ends_with("--") {
                    sum.sets.push(name.to_owned());
                }
                length
            }
            c => c.len_utf8(),
        };
        rest = rest.get(length..).unwrap_or_default();
        before = text.get(..text.len() - rest.len()).unwrap_or_default();
    }
    sum
}

/// The length of an expansion; it stands for a text, which may be a part of a name.
fn looked_up(rest: &str, before: &str, sum: &mut Sum) -> usize {
    let inner = rest.get(1..).unwrap_or_default();
    let length = match inner.chars().next() {
        Some('(') if inner.starts_with("((") => return 3,
        Some('(') => {
            sum.strange = true;
            return 2;
        }
        Some('[') => return 2,
        Some('{') => inner.find('}').map_or(rest.len(), |at| at + 2),
        Some(c) if c.is_alphabetic() || c == '_' => 1 + span(inner, |c| c.is_alphanumeric() || c == '_'),
        Some(c) => 1 + c.len_utf8(),
        None => 1,
    };
    sum.looks_up = true;
    let joined = before.ends_with(|c: char| c.is_alphanumeric() || c == '_');
    let after = rest.get(length..).unwrap_or_default();
    sum.strange |= joined || changes(after) || after.starts_with(|c: char| c.is_alphanumeric() || c == '_');
    length
}

/// Whether what stands behind a name, and its subscript, changes it.
fn changes(after: &str) -> bool {
    let mut after = after.trim_start();
    if let Some(inner) = after.strip_prefix('[') {
        let mut depth = 1;
        let end = inner.char_indices().find(|(_, c)| {
            depth += match c {
                '[' => 1,
                ']' => -1,
                _ => 0,
            };
            depth == 0
        });
        after = end.map_or("", |(at, _)| inner.get(at + 1..).unwrap_or_default()).trim_start();
    }
    (after.starts_with('=') && !after.starts_with("==")) || CHANGES.iter().any(|sign| after.starts_with(sign))
}

fn span(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|c| !belongs(c)).unwrap_or(text.len())
}

/// Whether a value is a number, letter by letter: what no calculation takes for anything else.
pub(super) fn is_number(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn whatever_sets_a_variable_is_found() {
        for text in [
            "PATH=1",
            "PATH = 1",
            "1,PATH=1",
            "x=PATH=1",
            "PATH=1?1:2",
            "PATH++",
            "++PATH",
            "-- PATH",
            "PATH<<=1",
            "PATH|=1",
            "PATH[1]=2",
            "PATH[x[1]] += 2",
            "PATH\n=1",
            "1+(PATH-=1)",
            "a[PATH=1]",
            "$((PATH=1))",
        ] {
            assert!(read(text).sets.contains(&"PATH".to_owned()), "{text} {:?}", read(text));
        }
        for text in ["PATH==1", "1+2", "PATH<=1", "PATH>=1", "PATH!=1", "0xPATH", "10#PATH", "a[1]+PATH", "$x+1"] {
            assert_eq!(read(text).sets, Vec::<String>::new(), "{text}");
        }
        for text in ["PA$x=1", "$x=1", "${x}=1", "$(echo PATH=1)", "`echo PATH=1`", "\"PATH\"=1", "P\\\nATH=1", "$x$y"]
        {
            assert!(read(text).strange, "{text} {:?}", read(text));
        }
        assert!(!read("1+$x*${y}").strange && read("1+$x").looks_up && read("x").looks_up && !read("1+0x1f").looks_up);
    }
}
