use super::*;
use proptest::prelude::*;

fn highlighted<'a>(path: &str, text: &'a str) -> Vec<Vec<(&'a str, Role)>> {
    let lines: Vec<&str> = text.lines().collect();
    let mut highlighter = Highlighter::new(Language::of(Hint { path: Some(path), ..Hint::default() }).unwrap());
    let pieces = highlighter.lines(0..u32::MAX, |at| lines.get(at as usize).copied());
    pieces
        .into_iter()
        .zip(lines)
        .map(|(pieces, line)| pieces.into_iter().map(|piece| (&line[piece.range], piece.role)).collect())
        .collect()
}

#[track_caller]
fn has(path: &str, text: &str, wanted: &[(&str, Role)]) {
    let all: Vec<_> = highlighted(path, text).into_iter().flatten().collect();
    for piece in wanted {
        assert!(all.contains(piece), "{path}: no {piece:?} in {all:?}");
    }
}

#[test]
fn twelve_languages_have_their_colours() {
    use Role::{
        SyntaxComment as Comment, SyntaxConstant as Constant, SyntaxFunction as Function, SyntaxKeyword as Keyword,
        SyntaxNumber as Number, SyntaxString as String, SyntaxTag as Tag, SyntaxType as Type,
    };
    has(
        "a.rs",
        "fn verify(n: u8) { \"x\" } // done",
        &[("fn", Keyword), ("verify", Function), ("\"x\"", String), ("// done", Comment)],
    );
    has(
        "a.py",
        "def f(x):\n    return 42  # why",
        &[("def", Keyword), ("f", Function), ("return", Keyword), ("42", Number), ("# why", Comment)],
    );
    has("a.ts", "const n: number = 1; // c", &[("const", Keyword), ("1", Number), ("// c", Comment)]);
    has("a.tsx", "return <div id=\"x\">hi</div>;", &[("return", Keyword), ("div", Tag)]);
    has("a.go", "func main() { return \"x\" }", &[("func", Keyword), ("main", Function), ("return", Keyword)]);
    has(
        "a.c",
        "int main(void) { return 0; } /* c */",
        &[("main", Function), ("return", Keyword), ("/* c */", Comment)],
    );
    has("A.java", "class A { boolean b = true; }", &[("class", Keyword), ("A", Type), ("true", Constant)]);
    has("a.sh", "# c\nif true; then echo \"x\"; fi", &[("# c", Comment), ("if", Keyword), ("\"x\"", String)]);
    has(
        "a.json",
        "{\"key\": [1, \"v\", true]}",
        &[("\"key\"", Tag), ("1", Number), ("\"v\"", String), ("true", Constant)],
    );
    has("a.yaml", "key: \"v\" # c", &[("key", Tag), ("\"v\"", String), ("# c", Comment)]);
    has("Cargo.toml", "key = 1 # c", &[("key", Tag), ("1", Number), ("# c", Comment)]);
    has("a.md", "# Title\n`code`", &[("# Title", Role::SyntaxHeading), ("`code`", Role::SyntaxLink)]);
    has("Dockerfile", "FROM debian:12 # c", &[("FROM", Keyword)]);
}

#[test]
fn a_language_is_known_by_path_name_or_first_line() {
    let name = |hint: Hint<'_>| Language::of(hint).map(Language::name);
    let path = |path| name(Hint { path: Some(path), ..Hint::default() });
    assert_eq!(path("src/a.rs"), Some("Rust"));
    assert_eq!(path("dir/Makefile"), Some("Makefile"));
    assert_eq!(path("a.txt"), None);
    assert_eq!(path("a.nosuchending"), None);
    assert_eq!(path(""), None);
    assert_eq!(name(Hint { language: Some("python"), ..Hint::default() }), Some("Python"));
    assert_eq!(
        name(Hint { path: Some("run"), first_line: Some("#!/bin/bash"), ..Hint::default() }),
        Some("Bourne Again Shell (bash)")
    );
}

#[test]
fn a_window_of_a_long_text_is_as_if_all_was_read() {
    let text: Vec<String> = (0..900)
        .map(|n| {
            if n == 350 {
                "/* open".into()
            } else if n == 450 {
                "*/".into()
            } else {
                format!("let a{n} = {n};")
            }
        })
        .collect();
    let line = |at: u32| text.get(at as usize).map(String::as_str);
    let language = Language::of(Hint { path: Some("a.rs"), ..Hint::default() }).unwrap();
    let whole = Highlighter::new(language).lines(0..900, line);
    let mut windows = Highlighter::new(language);
    for range in [640..660, 395..410, 440..455, 0..10, 890..950] {
        let end = (range.end as usize).min(text.len());
        assert_eq!(windows.lines(range.clone(), line), whole[range.start as usize..end], "{range:?}");
    }
    assert_eq!(whole[400], [Piece { range: 0..text[400].len(), role: Role::SyntaxComment }]);
}

#[test]
fn a_far_window_is_begun_near_by() {
    let asked = std::cell::Cell::new(u32::MAX);
    let language = Language::of(Hint { path: Some("a.rs"), ..Hint::default() }).unwrap();
    let pieces = Highlighter::new(language).lines(1_000_000..1_000_010, |at| {
        asked.set(asked.get().min(at));
        Some("let a = 1;")
    });
    assert_eq!(pieces.len(), 10);
    assert!(!pieces[0].is_empty());
    assert_eq!(asked.get(), 1_000_000 - RUN_UP);
}

#[test]
fn long_lines_stay_plain_and_a_thread_may_do_the_work() {
    fn is_send<T: Send>() {}
    is_send::<(Language, Vec<Vec<Piece>>)>();
    let long = format!("let a = \"{}\";", "x".repeat(3000));
    assert_eq!(highlighted("a.rs", &format!("{long}\nlet b = 1;"))[0], []);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_in_any_language_is_taken(
        text in "([a-z]{1,5}|[{}()\"'`/*#<>=;:\\\\]|\\PC| |\n){0,60}",
        ending in "rs|py|tsx|md|html|json|yaml|sh|php",
    ) {
        for (line, pieces) in text.lines().zip(highlighted(&format!("a.{ending}"), &text)) {
            let mut at = 0;
            for (piece, _) in pieces {
                let start = line[at..].find(piece);
                prop_assert!(start.is_some());
                at += start.unwrap() + piece.len();
            }
        }
    }
}
