//! The grammar's tree, and what is checked before it is believed.

use super::heredoc;
use std::borrow::Cow;
use std::ops::Range;
use tree_sitter::{Node, Parser, Tree};

/// The tree of a text.
pub(super) fn tree(text: &str) -> Option<Tree> {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_bash::LANGUAGE.into()).ok()?;
    parser.parse(without_plain_dollars(text).as_ref(), None)
}

/// A text in which every dollar that stands for itself is a letter: the grammar has no rule for `s/5$/x/`. Places stay what they
/// are, so that everything is read from the text itself.
fn without_plain_dollars(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    // What begins no expansion behind a dollar, and takes none before it: `$$/` and `${$/a}` expand. With `=` behind it a name
    // would be made of it, and where bash calculates every sign counts.
    let is_plain = |at: usize| {
        let next = bytes.get(at + 1).is_some_and(|next| b"/,.:%^~".contains(next));
        next && at.checked_sub(1).is_none_or(|before| !b"${#!@*?-".contains(&bytes[before]))
    };
    let dollars = || text.match_indices('$').map(|(at, _)| at).filter(|at| is_plain(*at));
    if text.contains("((") || dollars().next().is_none() {
        return Cow::Borrowed(text);
    }
    let mut made = text.to_owned();
    dollars().for_each(|at| made.replace_range(at..=at, "S"));
    Cow::Owned(made)
}

/// What a text leaves running: what stands before a `&` that nothing waits for.
pub(super) fn left_running(tree: &Tree, text: &str) -> Vec<String> {
    let source = |node: &Node<'_>| text.get(node.byte_range()).unwrap_or_default();
    let last_wait = nodes(tree).filter(|node| node.kind() == "command" && source(node).trim() == "wait").last();
    let is_waited_for = |node: &Node<'_>| last_wait.is_some_and(|wait| wait.start_byte() > node.start_byte());
    let calculates = |node: &Node<'_>| node.parent().is_none_or(|parent| parent.kind().contains("expression"));
    let signs = nodes(tree).filter(|node| node.kind() == "&" && !calculates(node) && !is_waited_for(node));
    let before = signs.filter_map(|sign| sign.prev_named_sibling());
    before.map(|node| source(&node).to_owned()).filter(|left| !left.is_empty()).collect()
}

/// Every reason not to believe the tree: faults in it, and places where bash reads the text in another way.
pub(super) fn checked(tree: &Tree, text: &str) -> Vec<&'static str> {
    let mut doubts = Vec::new();
    if tree.root_node().has_error() {
        doubts.push("the command is not understood as bash");
    }
    let (mut end, mut documents) = (0, Vec::new());
    for node in nodes(tree) {
        let Some(inner) = text.get(node.byte_range()) else { continue };
        match node.kind() {
            // Within backticks bash takes a layer of backslashes away before it reads on.
            "command_substitution" if inner.starts_with('`') && inner.contains('\\') => {
                doubts.push("backticks hold a backslash, which changes what runs");
            }
            "heredoc_redirect" => match heredoc::body(&node, text) {
                Ok(lines) => documents.push(lines),
                Err(why) => doubts.push(why),
            },
            _ => {}
        }
        if node.child_count() > 0 {
            continue;
        }
        let gap = text.get(end..node.start_byte()).unwrap_or_default();
        // The grammar has no tokens for all lines of a here-document.
        let document = documents
            .iter()
            .find(|lines: &&Range<usize>| lines.start <= node.start_byte() && node.start_byte() <= lines.end);
        let (outside, lines) =
            document.map_or((gap, ""), |lines| gap.split_at(lines.start.saturating_sub(end).min(gap.len())));
        if !blank(outside) || hides_code(lines) {
            doubts.push("parts of the command are not understood");
        }
        if end > 0 && joins(gap) {
            doubts.push("a word goes on in the next line");
        }
        doubts.extend(leaf_doubt(&node, inner, text));
        end = node.end_byte().max(end);
    }
    if !text.get(end..).is_some_and(blank) {
        doubts.push("parts of the command are not understood");
    }
    doubts
}

/// Every node of a tree, in the order of the text.
fn nodes(tree: &Tree) -> impl Iterator<Item = Node<'_>> {
    let mut stack = vec![tree.root_node()];
    std::iter::from_fn(move || {
        let node = stack.pop()?;
        let mut cursor = node.walk();
        let first = stack.len();
        stack.extend(node.children(&mut cursor));
        stack[first..].reverse();
        Some(node)
    })
}

/// What may stand between two tokens: blanks, ends of lines, and ends of lines that do not count.
fn blank(gap: &str) -> bool {
    let mut rest = gap.chars();
    while let Some(c) = rest.next() {
        let fine = matches!(c, ' ' | '\t' | '\n') || (c == '\\' && rest.next() == Some('\n'));
        if !fine {
            return false;
        }
    }
    true
}

/// Whether two tokens are one word for bash: nothing between them but ends of lines that do not count.
fn joins(gap: &str) -> bool {
    gap.contains("\\\n") && gap.replace("\\\n", "").is_empty()
}

fn leaf_doubt(leaf: &Node<'_>, inner: &str, text: &str) -> Option<&'static str> {
    let before = text.get(..leaf.start_byte()).and_then(|text| text.chars().next_back());
    let first = before.is_none_or(|c| " \t\n;&|()".contains(c));
    match leaf.kind() {
        "raw_string" => {
            let body = inner.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
            let quotes = body.is_some_and(|body| !body.contains('\''));
            (!quotes || (inner.contains(['$', '`']) && is_within_quotes(leaf)))
                .then_some("a quoted text is not understood")
        }
        "comment" => (!first || inner.contains('\n')).then_some("a comment is not understood"),
        "string_content" => (hides_code(inner) || has_bare(inner, "\"")).then_some("a quoted text is not understood"),
        "heredoc_body" | "heredoc_content" => (!heredoc::is_quoted(leaf, text) && hides_code(inner))
            .then_some("a here-document holds a substitution that is not understood"),
        "ansi_c_string" | "heredoc_start" | "heredoc_end" => None,
        _ if first && inner.starts_with('#') => Some("a comment is not understood"),
        _ if leaf.is_named() && hides_code(inner) => Some("holds a substitution that is not understood"),
        _ if leaf.is_named() && has_bare(inner, "'\"();<>|& \t\n") => Some("a word is not understood"),
        _ => None,
    }
}

/// Whether single quotes are none, because they stand within what is quoted or expanded.
fn is_within_quotes(leaf: &Node<'_>) -> bool {
    let outer =
        |node: &Node<'_>| matches!(node.kind(), "string" | "expansion" | "heredoc_body" | "arithmetic_expansion");
    let ends = |node: &Node<'_>| matches!(node.kind(), "command_substitution" | "process_substitution" | "program");
    std::iter::successors(leaf.parent(), Node::parent).take_while(|node| !ends(node)).any(|node| outer(&node))
}

/// Whether a text holds one of some signs without a backslash before it.
fn has_bare(text: &str, signs: &str) -> bool {
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c == '\\' {
            chars.next();
        } else if signs.contains(c) {
            return true;
        }
    }
    false
}

/// Whether a plain text holds what bash would run or look up: a backtick or a dollar that nothing takes its meaning from.
fn hides_code(text: &str) -> bool {
    let mut escaped = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if escaped {
            escaped = false;
            continue;
        }
        let next = chars.peek().copied();
        match c {
            '\\' => escaped = true,
            '`' => return true,
            '$' if next.is_some_and(|c| c.is_alphanumeric() || "_({[@*#?$!-'\"".contains(c)) => return true,
            '<' | '>' if next == Some('(') => return true,
            _ => {}
        }
    }
    false
}
