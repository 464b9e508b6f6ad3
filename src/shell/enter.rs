//! The folders that a line goes to before anything else, where nothing of it runs unless it gets there.

use super::Known;
use super::word::{Word, word};
use tree_sitter::{Node, Tree};

/// The operands of the `cd`s with which a line begins: `a` and `b` of `cd a && cd b && make`. Empty where something of the
/// line could run though one of them failed, or where it is not known to what they lead.
pub(super) fn of(tree: &Tree, text: &str) -> Vec<Word> {
    let Some(whole) = only(tree.root_node()) else { return Vec::new() };
    // A redirection behind a list belongs to its last command, though the grammar puts it around the list.
    let list = match whole.kind() {
        "redirected_statement" => whole.child_by_field_name("body").unwrap_or(whole),
        _ => whole,
    };
    let mut parts = Vec::new();
    let mut left = list;
    while left.kind() == "list" {
        let mut cursor = left.walk();
        let all: Vec<Node<'_>> = left.children(&mut cursor).collect();
        let [before, and, after] = all[..] else { return Vec::new() };
        if and.kind() != "&&" {
            return Vec::new();
        }
        parts.push(after);
        left = before;
    }
    parts.push(left);
    let mut entered = Vec::new();
    // The last one runs nothing in the folder that it goes to.
    for part in parts.into_iter().skip(1).rev().collect::<Vec<_>>() {
        match folder(part, text) {
            Some(folder) => entered.push(folder),
            None => break,
        }
    }
    entered
}

/// The only statement of a text.
fn only(root: Node<'_>) -> Option<Node<'_>> {
    let mut cursor = root.walk();
    let mut all = root.named_children(&mut cursor).filter(|node| node.kind() != "comment");
    let first = all.next()?;
    all.next().is_none().then_some(first)
}

/// Where a plain `cd FOLDER` leads.
fn folder(part: Node<'_>, text: &str) -> Option<Word> {
    if part.kind() != "command" {
        return None;
    }
    let mut cursor = part.walk();
    let words: Vec<Word> = part.named_children(&mut cursor).map(|child| word(child, text)).collect();
    let (name, args) = words.split_first()?;
    let args: Vec<&Word> = args.iter().filter(|arg| arg.text != "--").collect();
    let [to] = args[..] else { return None };
    let plain = name.text == "cd" && to.known == Known::Fixed && !to.text.is_empty() && !to.text.starts_with('-');
    plain.then(|| to.clone())
}
