//! Here-documents: where bash ends them is found out apart from the grammar, and must be the same.

use std::ops::Range;
use tree_sitter::Node;

/// Where the lines of a here-document stand; or why it is not believed.
pub(super) fn body(redirect: &Node<'_>, text: &str) -> Result<Range<usize>, &'static str> {
    let lies = Err("a here-document is not understood");
    let (Some(start), Some(end)) = (child(redirect, "heredoc_start"), child(redirect, "heredoc_end")) else {
        return lies;
    };
    let Some(begin) = text.get(start.byte_range()) else { return lies };
    let delimiter = begin.replace(['\'', '"', '\\'], "");
    let plain = !delimiter.is_empty() && delimiter.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c));
    let Some((first, body)) = text.get(start.end_byte()..).and_then(|rest| rest.split_once('\n')) else {
        return lies;
    };
    // A second one on the same line has its text behind that of the first.
    if !plain || first.contains("<<") || first.ends_with('\\') {
        return lies;
    }
    let tabs = text.get(redirect.byte_range()).is_some_and(|source| source.contains("<<-"));
    let quoted = begin != delimiter;
    let from = start.end_byte() + first.len() + 1;
    let mut at = from;
    for line in body.split('\n') {
        let bare = if tabs { line.trim_start_matches('\t') } else { line };
        if bare == delimiter {
            return if end.start_byte() == at + line.len() - bare.len() { Ok(from..at) } else { lies };
        }
        // A line that goes on in the next takes its delimiter with it.
        if !quoted && line.ends_with('\\') {
            return lies;
        }
        at += line.len() + 1;
    }
    lies
}

/// Whether the text around a node is a here-document whose delimiter is quoted: nothing in it runs.
pub(super) fn is_quoted(node: &Node<'_>, text: &str) -> bool {
    let redirect = std::iter::successors(Some(*node), Node::parent).find(|node| node.kind() == "heredoc_redirect");
    let start = redirect.and_then(|redirect| child(&redirect, "heredoc_start"));
    start.and_then(|start| text.get(start.byte_range())).is_some_and(|start| start.contains(['\'', '"', '\\']))
}

fn child<'t>(node: &Node<'t>, kind: &str) -> Option<Node<'t>> {
    let mut cursor = node.walk();
    node.children(&mut cursor).find(|child| child.kind() == kind)
}
