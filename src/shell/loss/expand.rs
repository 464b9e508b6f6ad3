//! What bash makes of a word before a command sees it: braces, `~`, variables that the line sets, and patterns.

use super::super::word::ansi_c;
use super::Arg;
use std::collections::BTreeMap;
use tree_sitter::Node;

/// Words that braces may make of one.
const MOST: usize = 256;
/// Nodes in one another.
const DEEPEST: usize = 24;

/// What a variable holds, as far as the line says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// This text.
    Text(String),
    /// In turn, each of the files that fit a pattern.
    Each(String),
}

/// What is known where a word stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known<'a> {
    pub(super) text: &'a str,
    /// `None` inside where it is only known when it runs.
    pub(super) vars: &'a BTreeMap<String, Option<Value>>,
    /// Where `~` leads.
    pub(super) home: Option<&'a str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum From {
    /// Written without quotes.
    Bare,
    /// Out of a variable without quotes: it falls apart at blanks, and makes patterns.
    Held,
    /// It stands for itself.
    Quoted,
}

type Sign = (char, From);

/// The signs of a word while they are collected.
#[derive(Debug, Default)]
struct Signs {
    all: Vec<Sign>,
    /// Quotes stand in it: it is a word though it may be empty.
    quotes: bool,
}

impl Signs {
    fn put(&mut self, text: &str, from: From) {
        self.all.extend(text.chars().map(|c| (c, from)));
    }

    /// A text without quotes, where a backslash quotes one sign.
    fn plain(&mut self, text: &str) {
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' => match chars.next() {
                    Some('\n') | None => {}
                    Some(c) => self.all.push((c, From::Quoted)),
                },
                c => self.all.push((c, From::Bare)),
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
                    self.all.push((next, From::Quoted));
                }
                (c, _) => self.all.push((c, From::Quoted)),
            }
        }
    }
}

/// The arguments that a word becomes.
pub(super) fn args(node: Node<'_>, known: Known<'_>) -> Vec<Arg> {
    let source = || known.text.get(node.byte_range()).unwrap_or_default().to_owned();
    if let Some(pattern) = each(node, known) {
        return vec![Arg::Glob(pattern)];
    }
    let mut signs = Signs::default();
    if collect(node, known, &mut signs, 0).is_none() {
        return vec![Arg::Unknown(source())];
    }
    let mut made = Vec::new();
    if braces(&signs.all, &mut made).is_none() {
        return vec![Arg::Unknown(source())];
    }
    let mut out = Vec::new();
    for one in made {
        let Some(one) = tilde(one, known.home) else { return vec![Arg::Unknown(source())] };
        let is_held = |sign: &Sign| sign.1 == From::Held && matches!(sign.0, ' ' | '\t' | '\n');
        let parts: Vec<&[Sign]> = one.split(is_held).filter(|part| !part.is_empty()).collect();
        if parts.is_empty() && signs.quotes {
            out.push(Arg::Text(String::new()));
        }
        out.extend(parts.into_iter().map(pattern));
    }
    out
}

/// What a variable is set to; `None` where that is only known when it runs.
pub(super) fn value(node: Node<'_>, known: Known<'_>) -> Option<String> {
    let mut signs = Signs::default();
    collect(node, known, &mut signs, 0)?;
    Some(tilde(signs.all, known.home)?.into_iter().map(|(c, _)| c).collect())
}

/// The pattern that a variable goes through, where the word is that variable and nothing else.
fn each(node: Node<'_>, known: Known<'_>) -> Option<String> {
    let inner = match node.kind() {
        "string"
            if node.named_child_count() == 1
                && node.byte_range().len() == node.named_child(0)?.byte_range().len() + 2 =>
        {
            node.named_child(0)?
        }
        _ => node,
    };
    match known.vars.get(name(inner, known.text)?)? {
        Some(Value::Each(pattern)) => Some(pattern.clone()),
        Some(Value::Text(_)) | None => None,
    }
}

/// The name that `$x` or `${x}` looks up.
fn name<'t>(node: Node<'_>, text: &'t str) -> Option<&'t str> {
    let source = text.get(node.byte_range())?;
    let name = match node.kind() {
        "simple_expansion" => source.strip_prefix('$')?,
        "expansion" => source.strip_prefix("${")?.strip_suffix('}')?,
        _ => return None,
    };
    let is_name =
        name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !name.starts_with(|c: char| c.is_ascii_digit());
    (is_name && !name.is_empty()).then_some(name)
}

fn collect(node: Node<'_>, known: Known<'_>, signs: &mut Signs, depth: usize) -> Option<()> {
    let inner = known.text.get(node.byte_range())?;
    match node.kind() {
        _ if depth > DEEPEST => return None,
        "raw_string" => {
            signs.quotes = true;
            signs.put(inner.strip_prefix('\'')?.strip_suffix('\'')?, From::Quoted);
        }
        "ansi_c_string" => {
            signs.quotes = true;
            signs.put(&ansi_c(inner)?, From::Quoted);
        }
        "string" => {
            signs.quotes = true;
            quoted(node, known, signs)?;
        }
        "command_name" | "concatenation" => {
            let mut cursor = node.walk();
            let mut end = node.start_byte();
            for child in node.children(&mut cursor) {
                // What the grammar has no token for.
                signs.plain(known.text.get(end..child.start_byte())?);
                collect(child, known, signs, depth + 1)?;
                end = child.end_byte();
            }
        }
        "simple_expansion" | "expansion" => signs.put(&held(node, known)?, From::Held),
        "brace_expression" => signs.plain(inner),
        "word" | "number" | "variable_name" | "test_operator" | "file_descriptor" if node.child_count() == 0 => {
            signs.plain(inner);
        }
        _ if !node.is_named() && node.child_count() == 0 => signs.plain(inner),
        _ => return None,
    }
    Some(())
}

fn quoted(node: Node<'_>, known: Known<'_>, signs: &mut Signs) -> Option<()> {
    let mut cursor = node.walk();
    let mut end = node.start_byte();
    for child in node.children(&mut cursor) {
        signs.in_quotes(known.text.get(end..child.start_byte())?);
        let inner = known.text.get(child.byte_range())?;
        match child.kind() {
            "\"" => {}
            "string_content" => signs.in_quotes(inner),
            "$" => signs.put(inner, From::Quoted),
            "simple_expansion" | "expansion" => signs.put(&held(child, known)?, From::Quoted),
            _ => return None,
        }
        end = child.end_byte();
    }
    Some(())
}

fn held(node: Node<'_>, known: Known<'_>) -> Option<String> {
    match known.vars.get(name(node, known.text)?)? {
        Some(Value::Text(text)) => Some(text.clone()),
        Some(Value::Each(_)) | None => None,
    }
}

/// `a{b,c}` and `{1..3}`: every word that braces make; `None` where there are too many.
fn braces(signs: &[Sign], out: &mut Vec<Vec<Sign>>) -> Option<()> {
    if out.len() >= MOST {
        return None;
    }
    for open in (0..signs.len()).filter(|&at| signs[at] == ('{', From::Bare)) {
        let Some((close, commas)) = closing(signs, open) else { continue };
        let inner = &signs[open + 1..close];
        let mut parts: Vec<Vec<Sign>> = Vec::new();
        if commas.is_empty() {
            let range = match range(inner) {
                Range::None => continue,
                Range::Strange => return None,
                Range::Of(all) => all,
            };
            parts.extend(range.into_iter().map(|part| part.chars().map(|c| (c, From::Quoted)).collect()));
        } else {
            let mut from = open + 1;
            for &comma in commas.iter().chain([&close]) {
                parts.push(signs[from..comma].to_vec());
                from = comma + 1;
            }
        }
        for part in parts {
            let whole: Vec<Sign> =
                signs[..open].iter().copied().chain(part).chain(signs[close + 1..].iter().copied()).collect();
            braces(&whole, out)?;
        }
        return Some(());
    }
    out.push(signs.to_vec());
    Some(())
}

/// Where a brace closes, and its commas.
fn closing(signs: &[Sign], open: usize) -> Option<(usize, Vec<usize>)> {
    let (mut depth, mut commas) = (0usize, Vec::new());
    for (at, &sign) in signs.iter().enumerate().skip(open) {
        match sign {
            ('{', From::Bare) => depth += 1,
            ('}', From::Bare) => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some((at, commas));
                }
            }
            (',', From::Bare) if depth == 1 => commas.push(at),
            _ => {}
        }
    }
    None
}

/// What stands between braces without a comma.
enum Range {
    /// These words.
    Of(Vec<String>),
    /// No range: the braces are signs like others.
    None,
    /// One that is not read here.
    Strange,
}

/// `1..3`.
fn range(inner: &[Sign]) -> Range {
    let text: String = inner.iter().map(|(c, _)| *c).collect();
    let Some((from, to)) = text.split_once("..") else { return Range::None };
    let plain = |text: &str| {
        let is_plain = text == "0" || !text.starts_with(['0', '-', '+']);
        is_plain.then(|| text.parse::<u32>().ok()).flatten()
    };
    let (Some(from), Some(to)) = (plain(from), plain(to)) else { return Range::Strange };
    if from.abs_diff(to) as usize >= MOST {
        return Range::Strange;
    }
    let all: Vec<String> = (from.min(to)..=from.max(to)).map(|n| n.to_string()).collect();
    Range::Of(if from <= to { all } else { all.into_iter().rev().collect() })
}

/// `~` at the beginning; `None` where it is not known where that leads.
fn tilde(signs: Vec<Sign>, home: Option<&str>) -> Option<Vec<Sign>> {
    if signs.first() != Some(&('~', From::Bare)) {
        return Some(signs);
    }
    match signs.get(1) {
        None | Some(('/', _)) => {
            let home = home?.chars().map(|c| (c, From::Quoted));
            Some(home.chain(signs.into_iter().skip(1)).collect())
        }
        Some(_) => None,
    }
}

fn pattern(signs: &[Sign]) -> Arg {
    let wild = |&(c, from): &Sign| from != From::Quoted && matches!(c, '*' | '?' | '[');
    if !signs.iter().any(wild) {
        return Arg::Text(signs.iter().map(|(c, _)| *c).collect());
    }
    let mut text = String::new();
    for &(c, from) in signs {
        if from == From::Quoted && matches!(c, '*' | '?' | '[' | ']' | '\\' | '!' | '^' | '-') {
            text.push('\\');
        }
        text.push(c);
    }
    Arg::Glob(text)
}
