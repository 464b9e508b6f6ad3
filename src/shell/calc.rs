//! Where bash calculates: `$(( ))`, `(( ))`, subscripts, parts of a text, and tests of numbers. A calculation can set any
//! variable, and so can what a variable in it holds.

use super::Input;
use super::walk::{Walk, children};
use super::{sets, sums};
use tree_sitter::Node;

/// What may stand in a calculation that changes nothing.
const COUNTS: [&str; 24] = [
    "+", "-", "*", "/", "%", "**", "<", ">", "<=", ">=", "==", "!=", "&&", "||", "!", "(", ")", "?", ":", "&", "|",
    "^", "~", ",",
];
/// Operators of a test whose sides are calculated.
const NUMBERS: [&str; 6] = ["-eq", "-ne", "-lt", "-le", "-gt", "-ge"];

impl<'t> Walk<'t, '_> {
    /// `a[…]`: what stands in the brackets is calculated.
    pub(super) fn subscript(&mut self, node: Node<'t>, input: &Input) {
        let source = self.source(node);
        if let Some((_, index)) = source.split_once('[') {
            let index = index.strip_suffix(']').unwrap_or(index);
            if !matches!(index, "@" | "*") {
                sets::calculated(index, self.line);
            }
        }
        self.inside(node, input);
    }

    /// `(a b [1]=c)`: a value with an index of its own.
    pub(super) fn array(&mut self, node: Node<'t>, input: &Input) {
        for value in children(node) {
            let index = self.source(value).strip_prefix('[').and_then(|rest| rest.split_once(']'));
            if index.is_some_and(|(index, _)| !sums::is_number(index)) {
                self.line.doubt("an assignment is not understood");
            }
        }
        self.inside(node, input);
    }

    /// `[ … ]` is a plain command: what would be a sign in `[[ … ]]` ends it, or redirects.
    pub(super) fn test(&mut self, node: Node<'t>, input: &Input) {
        let single = self.source(node).starts_with('[') && !self.source(node).starts_with("[[");
        if self.source(node).starts_with("((") {
            return self.arithmetic(node, input);
        }
        // What is taken for a number may hold a name with a substitution in brackets.
        let source = self.source(node);
        if source.contains(['\'', '"']) && source.matches('[').count() > if single { 1 } else { 2 } {
            self.line.doubt("a test is not understood");
        }
        let mut stack = children(node);
        while let Some(part) = stack.pop() {
            self.compared(part, source);
            match part.kind() {
                "binary_expression" | "unary_expression" | "parenthesized_expression" => stack.extend(children(part)),
                "<" | ">" | "&&" | "||" | "(" | ")" | "=~" if single => {
                    self.line.doubt("a test in `[` is not understood");
                }
                // A calculation of whatever the words are.
                _ if part.is_named() => self.later(part, input),
                _ => {}
            }
        }
    }

    /// A part of a test that calculates: both sides of `-eq`, and the subscript of what `-v` asks for.
    fn compared(&mut self, part: Node<'t>, source: &str) {
        let inner = children(part);
        let has = |all: &[&str]| inner.iter().any(|it| all.contains(&self.source(*it)));
        if has(&["-v", "-R"]) && self.source(part).contains(['[', '$', '"', '\'']) {
            self.line.doubt("a test is not understood");
        } else if has(&NUMBERS) && source.starts_with("[[") {
            for side in inner.iter().filter(|it| it.is_named() && it.kind() != "test_operator") {
                let text = self.source(*side);
                let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
                sets::calculated(text, self.line);
            }
        }
    }

    /// Calculations with names and numbers change nothing; all else in them is doubted.
    pub(super) fn arithmetic(&mut self, node: Node<'t>, input: &Input) {
        sets::calculated(self.head(node), self.line);
        let mut stack = children(node);
        while let Some(part) = stack.pop() {
            match part.kind() {
                "binary_expression" | "unary_expression" | "parenthesized_expression" | "ternary_expression" => {
                    stack.extend(children(part));
                }
                "postfix_expression" | "variable_assignment" => {
                    let name = children(part).into_iter().next().map(|name| self.source(name)).unwrap_or_default();
                    self.assigned(name);
                    stack.extend(children(part).into_iter().skip(1).filter(Node::is_named));
                }
                "number" | "variable_name" | "word" if part.child_count() == 0 => {}
                "do_group" | "compound_statement" | "simple_expansion" | "command_substitution" => {
                    self.later(part, input);
                }
                "((" | "))" | "$((" | "$[" | "]" | ";" | "for" | "++" | "--" | "=" => {}
                kind if COUNTS.contains(&kind) => {}
                _ => {
                    self.line.doubt("a calculation is not understood");
                    self.later(part, input);
                }
            }
        }
    }

    /// The text between the signs of a calculation; of a loop only its head.
    fn head(&self, node: Node<'t>) -> &'t str {
        let source = self.source(node);
        let body = children(node).into_iter().find(|child| matches!(child.kind(), "do_group" | "compound_statement"));
        let head = body.and_then(|body| source.get(..body.start_byte().saturating_sub(node.start_byte())));
        match head {
            Some(head) => head.trim_start_matches("for"),
            None => source.strip_prefix('$').unwrap_or(source),
        }
    }

    /// `$x` and `${x…}`: a look-up, unless it sets or runs something.
    pub(super) fn expansion(&mut self, node: Node<'t>, input: &Input) {
        for child in children(node) {
            match child.kind() {
                "=" | ":=" => {
                    let name = children(node).into_iter().find(|part| part.kind() == "variable_name");
                    self.assigned(name.map(|name| self.source(name)).unwrap_or_default());
                    self.line.sums.texts = true;
                }
                // A part of the text, from and to what is calculated.
                ":" => {
                    let from = child.end_byte().saturating_sub(node.start_byte());
                    let text = self.source(node).get(from..).unwrap_or_default();
                    sets::calculated(text.strip_suffix('}').unwrap_or(text), self.line);
                }
                "@" => self.line.doubt("transforms a variable in a way that may run what it holds"),
                "!" => self.line.doubt("reads a variable whose name is not known"),
                _ if child.is_named() => self.later(child, input),
                _ => {}
            }
        }
    }
}
