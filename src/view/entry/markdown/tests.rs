use super::*;
use crate::text;
use crate::view::UNICODE;
use proptest::prelude::*;

fn drawn(source: &str, width: usize, end: End) -> Vec<Row> {
    let page = Page { width, glyphs: &UNICODE, depth: 0 };
    let (mut place, mut rows) = (Place::default(), Vec::new());
    let done = add(&mut place, &page, (source, 0), end, &mut rows, &mut Vec::new());
    add_open(place, &page, &source[done..], end, &mut rows);
    rows
}

fn texts(rows: &[Row]) -> Vec<String> {
    let text = |row: &Row| row.spans.iter().map(|span| span.text.as_ref()).collect::<String>();
    rows.iter().map(|row| text(row).trim_end().to_owned()).collect()
}

fn shown(source: &str, width: usize) -> Vec<String> {
    texts(&drawn(source, width, End::Closed))
}

fn open(source: &str, width: usize) -> Vec<String> {
    texts(&drawn(source, width, End::Open))
}

#[test]
fn blocks_keep_their_shape_without_their_marks() {
    let source = "# Plan\n\n\n- one `two` three four\n  2. **deep**\n```rust\nlet x = 1;\n```\n> said";
    let want = ["Plan", "", "• one two", "  three four", "  2. deep", "rust", "  let x = 1;", "│ said"];
    assert_eq!(shown(source, 12), want);
}

#[test]
fn marks_that_mean_nothing_stay() {
    for plain in [
        "2 * 3 ** 4",
        "a ` b",
        "``",
        "a*b",
        "snake_case_name",
        "1 < 2 && 3 > 2",
        "2019. It was",
        "a | b",
        "#tag",
        "~x~ y",
    ] {
        let all = shown(plain, 40);
        assert!(all == [plain] || plain == "2019. It was" || plain == "~x~ y", "{plain}: {all:?}");
    }
}

#[test]
fn lists_nest_and_go_on_behind_code() {
    let source = "1. first\n   ```sh\n   make\n   ```\n2. second\n   - deeper\n     1. deepest\n\n     and on\n\n   back\n10. tenth\nlazy\n\nout\n1. a\n1. b\n";
    let want = [
        "1. first",
        "sh",
        "2. second",
        "   • deeper",
        "     1. deepest",
        "",
        "     and on",
        "",
        "   back",
        "10. tenth",
        "    lazy",
        "",
        "out",
        "1. a",
        "2. b",
    ];
    let all = shown(source, 40);
    let mut got: Vec<&str> = all.iter().map(String::as_str).collect();
    assert_eq!(got.remove(2), "     make");
    got[1] = got[1].trim();
    assert_eq!(got, want);
}

#[test]
fn code_may_begin_right_behind_a_marker() {
    assert_eq!(shown("- ```sh\n  make\n  ```\n- two", 20), ["• sh", "    make", "• two"]);
    assert_eq!(shown("- [ ] ```\n  make\n  ```\n- two", 20), ["[ ]", "      make", "• two"]);
}

#[test]
fn tasks_quotes_and_rules() {
    let source = "- [ ] to do\n- [x] done\n\n> one\n> - two\n>> three\nlazy\n\n---\nTitle\n===\nTwo\n---\n";
    let want = [
        "[ ] to do",
        "[x] done",
        "",
        "│ one",
        "│ • two",
        "│ │ three",
        "│ │ lazy",
        "",
        "────────────────────",
        "Title",
        "Two",
    ];
    assert_eq!(shown(source, 20), want);
}

#[test]
fn a_link_never_lies() {
    assert_eq!(shown("see [docs](https://a.b/c) or <https://x.y>", 80), ["see docs (https://a.b/c) or https://x.y"]);
    assert_eq!(shown("[https://good.com](https://evil.com)", 80), ["https://good.com (https://evil.com)"]);
    assert_eq!(shown("[](https://evil.com \"title\")", 80), ["(https://evil.com \"title\")"]);
    assert_eq!(shown("[a\nb](c)", 80), ["a", "b (c)"]);
    assert_eq!(shown("![cat](pic.png)", 80), ["image: cat (pic.png)"]);
    assert_eq!(shown("![](data:image/png;base64,QUJDQUJD)", 80), ["image: (image/png, 6B within the text)"]);
    assert_eq!(shown("[a\u{202e}b](http://x\u{200b}y)", 80), ["a‹U+202E›b (http://x‹U+200B›y)"]);
    assert_eq!(shown("[a](&#8238;b)", 80), ["a (‹U+202E›b)"]);
    assert_eq!(shown("[a][1]\n\n[1]: https://x.y \"t\"\n", 80), ["[a][1]", "", "[1]: https://x.y \"t\""]);
    let rows = drawn("[a](javascript:x)", 80, End::Closed);
    assert!(rows[0].spans.iter().any(|span| span.text == "javascript:x" && span.look.role == Role::SyntaxLink));
}

#[test]
fn hidden_characters_stand_out_everywhere() {
    let source = "say \u{1b}[31mred\n```\n\u{202e}x\n```\n| a\u{1b} |\n|--|\n| &#27; |\n# \u{200b}\n> \u{7}\n- \u{8}";
    for end in [End::Open, End::Closed] {
        let rows = texts(&drawn(source, 60, end)).join("\n");
        assert!(rows.contains("␛[31mred") && rows.contains("‹U+202E›x") && rows.contains("‹U+200B›"), "{rows}");
        assert!(!rows.contains(|c: char| c != '\n' && c.is_control()), "{rows:?}");
    }
}

#[test]
fn tables_are_aligned_and_fit() {
    let source = "| name | n | note |\n|:--|--:|:-:|\n| 日本 | 1 | a |\n| x \\| y | 22 | **bold** and `code` |\n\nout";
    let wide = [
        "name  │  n │     note",
        "──────┼────┼──────────────",
        "日本  │  1 │       a",
        "x | y │ 22 │ bold and code",
        "",
        "out",
    ];
    assert_eq!(shown(source, 40), wide);
    let narrow = [
        "name  │  n │   note",
        "──────┼────┼──────────",
        "日本  │  1 │     a",
        "x | y │ 22 │ bold and",
        "      │    │   code",
        "",
        "out",
    ];
    assert_eq!(shown(source, 22), narrow);
    let records =
        ["name: 日本", "n: 1", "note: a", "", "name: x |", "  y", "n: 22", "note: bold", "  and code", "", "out"];
    assert_eq!(shown(source, 12), records);
}

#[test]
fn a_long_table_keeps_its_columns() {
    let mut source = "a | b\n--|--\n".to_owned();
    source.extend((0..200).map(|n| format!("row {n} | x\n")));
    source.push_str("a much longer first cell | y\n\nend");
    let rows = shown(&source, 30);
    assert_eq!(rows.iter().filter(|row| row.contains('┼')).count(), 1);
    assert!(
        rows.iter().take(202).all(|row| row.find(['│', '┼']) == rows[0].find('│')
            || text::width(row.split(['│', '┼']).next().unwrap()) == text::width(rows[0].split('│').next().unwrap())),
        "{rows:#?}"
    );
    assert_eq!(rows.last().unwrap(), "end");
}

#[test]
fn what_is_half_written_is_calm() {
    assert_eq!(open("Some **bold te", 40), ["Some bold te"]);
    assert_eq!(open("Some **bold text*", 40), ["Some bold text"]);
    assert_eq!(open("run `cargo te", 40), ["run cargo te"]);
    assert_eq!(open("run `", 40), ["run"]);
    assert_eq!(open("see [docs](https://a.", 40), ["see docs (https://a.)"]);
    for half in [
        "text\n-",
        "text\n--",
        "text\n- ",
        "text\n1.",
        "text\n#",
        "text\n``",
        "text\n```ru",
        "text\n|",
        "text\n=",
        "text\n>",
    ] {
        assert_eq!(open(half, 40), ["text"], "{half:?}");
    }
    assert_eq!(open("| a | b |", 40), ["a │ b", "──┼──"]);
    assert_eq!(open("| a | b |\n|-", 40), ["a │ b", "──┼──"]);
    assert_eq!(open("| a | b |\n|---|---|\n| c", 40), ["a │ b", "──┼──", "c │"]);
    assert_eq!(open("```rust\nlet x", 40), ["rust", "  let x"]);
    assert_eq!(open("```rust\nlet x\n``", 40), ["rust", "  let x"]);
    assert_eq!(shown("text\n-", 40), ["text"], "a heading, once that is all");
    assert_eq!(shown("42", 40), ["42"]);
}

const WORDS: [&str; 30] = [
    "alpha",
    "beta ",
    "gamma\n",
    "`",
    "*",
    "**",
    "# ",
    "\n",
    "\n\n",
    "- ",
    "  - ",
    "1. ",
    "2) ",
    "> ",
    "|",
    "| one | two |\n",
    "|---|:-:|\n",
    "```\n",
    "```sh\n",
    "    ",
    "[label](target)",
    "[",
    "](",
    ")",
    "<tag>",
    "---\n",
    "[name]: where\n",
    "- [ ] ",
    "===\n",
    "~~",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_word_is_lost_and_no_row_too_wide(words in prop::collection::vec(0..WORDS.len(), 0..40), width in 1usize..60) {
        let source: String = words.iter().map(|&n| WORDS[n]).collect();
        let rows = drawn(&source, width, End::Closed);
        for row in &rows {
            prop_assert!(row.width() <= width.max(16), "{:?}", row);
        }
        let all: String = texts(&drawn(&source, 400, End::Closed)).concat();
        for letter in 'a'..='z' {
            prop_assert!(all.matches(letter).count() >= source.matches(letter).count(), "{letter} of {source:?}: {all:?}");
        }
    }

    #[test]
    fn any_text_can_be_drawn(source in "\\PC{0,60}(\n\\PC{0,30}){0,4}", width in 0usize..30) {
        drawn(&source, width, End::Closed);
        drawn(&source, width, End::Open);
    }
}
