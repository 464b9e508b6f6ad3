//! Every simple command in a tree, wherever it stands.

use super::word::{Known, Word, word};
use super::{Flow, Input, Line, Redirect, Simple, sets, sums};
use tree_sitter::Node;

/// Kinds that only hold others, and mean nothing more for what is run.
const HOLDERS: [&str; 24] = [
    "program",
    "list",
    "pipeline",
    "subshell",
    "compound_statement",
    "do_group",
    "if_statement",
    "elif_clause",
    "else_clause",
    "while_statement",
    "case_statement",
    "case_item",
    "negated_command",
    "command_substitution",
    "process_substitution",
    "string",
    "concatenation",
    "command_name",
    "translated_string",
    "heredoc_body",
    "extglob_pattern",
    "variable_assignments",
    "regex",
    "brace_expression",
];
/// Kinds with nothing in them that runs.
const LEAVES: [&str; 13] = [
    "word",
    "number",
    "raw_string",
    "ansi_c_string",
    "string_content",
    "comment",
    "variable_name",
    "special_variable_name",
    "file_descriptor",
    "heredoc_start",
    "heredoc_content",
    "heredoc_end",
    "test_operator",
];
/// Words that are no programs: where they are taken for one, the grammar went another way than bash.
const RESERVED: [&str; 20] = [
    "{", "}", "!", "if", "then", "elif", "else", "fi", "for", "while", "until", "do", "done", "case", "esac", "select",
    "function", "in", "[[", "]]",
];

/// A node that is still to be looked at, and what the commands in it read.
struct Left<'t> {
    node: Node<'t>,
    input: Input,
}

/// Every simple command of a tree; redirections, assignments and doubts go into `line`.
pub(super) fn commands(tree: &tree_sitter::Tree, text: &str, line: &mut Line) -> Vec<Simple> {
    let mut walk =
        Walk { text, line, found: Vec::new(), left: vec![Left { node: tree.root_node(), input: Input::Inherited }] };
    while let Some(left) = walk.left.pop() {
        walk.visit(left);
    }
    walk.found.sort_by_key(|(at, _)| *at);
    walk.found.into_iter().map(|(_, simple)| simple).collect()
}

pub(super) struct Walk<'t, 'l> {
    text: &'t str,
    pub(super) line: &'l mut Line,
    found: Vec<(usize, Simple)>,
    left: Vec<Left<'t>>,
}

pub(super) fn children(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.children(&mut cursor).collect()
}

impl<'t> Walk<'t, '_> {
    pub(super) fn source(&self, node: Node<'_>) -> &'t str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    pub(super) fn later(&mut self, node: Node<'t>, input: &Input) {
        self.left.push(Left { node, input: input.clone() });
    }

    fn visit(&mut self, Left { node, input }: Left<'t>) {
        match node.kind() {
            "command" => self.command(node, &input),
            "pipeline" => self.pipeline(node, &input),
            "redirected_statement" => self.redirected(node, &input),
            "file_redirect" => drop(self.file_redirect(node, &input)),
            "herestring_redirect" | "heredoc_redirect" => drop(self.here(node, &input)),
            "declaration_command" | "unset_command" => self.declaration(node, &input),
            "variable_assignment" => self.assignment(node, &input),
            "function_definition" => {
                self.line.doubt("defines a function, which can take the place of a command");
                self.inside(node, &input);
            }
            "for_statement" | "c_style_for_statement" => {
                let names = children(node).into_iter().filter(|child| child.kind() == "variable_name");
                for name in names {
                    self.assigned(self.source(name));
                }
                if node.kind() == "c_style_for_statement" {
                    self.arithmetic(node, &input);
                } else {
                    let values =
                        children(node).into_iter().filter(|child| child.is_named() && child.kind() != "do_group");
                    let texts: Vec<&str> = values.skip(1).map(|value| self.source(value)).collect();
                    self.line.sums.texts |= texts.is_empty() || !texts.iter().all(|text| sums::is_number(text));
                    self.inside(node, &input);
                }
            }
            "test_command" => self.test(node, &input),
            "arithmetic_expansion" => self.arithmetic(node, &input),
            "expansion" | "simple_expansion" => self.expansion(node, &input),
            "compound_statement" if self.source(node).starts_with("((") => self.arithmetic(node, &input),
            "subscript" => self.subscript(node, &input),
            "array" => self.array(node, &input),
            kind if HOLDERS.contains(&kind) => self.inside(node, &input),
            kind if LEAVES.contains(&kind) => self.inside(node, &input),
            "ERROR" => self.inside(node, &input),
            _ if !node.is_named() => {}
            kind => {
                let kind = kind.replace('_', " ");
                self.line.doubt(format!("holds what is not understood: {kind}"));
                self.inside(node, &input);
            }
        }
    }

    pub(super) fn inside(&mut self, node: Node<'t>, input: &Input) {
        for child in children(node) {
            if child.is_named() {
                self.later(child, input);
            }
        }
    }

    /// All but the first command of a pipe read what the one before it writes.
    fn pipeline(&mut self, node: Node<'t>, input: &Input) {
        let mut input = input.clone();
        let mut network = matches!(input, Input::Pipe { network: true });
        for child in children(node) {
            if child.is_named() {
                self.later(child, &input);
                network |= self.fetches(child);
            } else if child.kind() == "|" || child.kind() == "|&" {
                input = Input::Pipe { network };
            }
        }
    }

    /// Whether a program in a part of a pipe fetches.
    fn fetches(&self, part: Node<'t>) -> bool {
        let mut stack = vec![part];
        while let Some(node) = stack.pop() {
            let name = if node.kind() == "command_name" { word(node, self.text).text } else { String::new() };
            if super::harm::FETCHERS.contains(&name.rsplit('/').next().unwrap_or_default()) {
                return true;
            }
            stack.extend(children(node));
        }
        false
    }

    fn redirected(&mut self, node: Node<'t>, input: &Input) {
        let mut inner = input.clone();
        let mut bodies = Vec::new();
        for child in children(node) {
            match child.kind() {
                "file_redirect" => {
                    if let Some(read) = self.file_redirect(child, input) {
                        inner = Input::File(read);
                    }
                }
                "heredoc_redirect" | "herestring_redirect" => inner = Input::Text(self.here(child, input)),
                _ if child.is_named() => bodies.push(child),
                _ => {}
            }
        }
        for body in bodies {
            self.later(body, &inner);
        }
    }

    /// Notes a redirection; gives the file where it is read from.
    fn file_redirect(&mut self, node: Node<'t>, input: &Input) -> Option<Word> {
        let (mut files, mut sign) = (Vec::new(), "");
        for child in children(node) {
            match child.kind() {
                "file_descriptor" => {}
                kind if child.is_named() => {
                    if kind != "number" || !sign.ends_with('&') {
                        files.push(word(child, self.text));
                    }
                    self.later(child, input);
                }
                kind => sign = kind,
            }
        }
        if files.len() > 1 {
            self.line.doubt("words stand behind a redirection");
        }
        let how = match sign {
            "<" | "<&" | "<&-" | ">&-" => Flow::Read,
            ">>" | "&>>" => Flow::Append,
            ">" | "&>" | ">|" | ">&" => Flow::Write,
            _ => {
                self.line.doubt("a redirection is not understood");
                Flow::Write
            }
        };
        for file in &files {
            if file.known != Known::Fixed {
                self.line.doubt(format!("redirects to what is only known when it runs: {}", file.shown()));
            }
            if file.text.starts_with("/dev/tcp/") || file.text.starts_with("/dev/udp/") {
                self.line.doubt("opens a connection by a redirection");
            }
            self.line.redirects.push(Redirect { how, file: file.clone() });
        }
        files.into_iter().next().filter(|_| how == Flow::Read)
    }

    /// The text of a here-document or here-string, where it is known; what else stands in the node is looked at later.
    fn here(&mut self, node: Node<'t>, input: &Input) -> Option<String> {
        let mut known = None;
        for child in children(node) {
            match child.kind() {
                "heredoc_body" => {
                    let substitutions = children(child).iter().any(|inner| inner.kind() != "heredoc_content");
                    known = (!substitutions).then(|| self.source(child).to_owned());
                    self.later(child, input);
                }
                "pipeline" => {
                    let commands = children(child).into_iter().filter(Node::is_named);
                    commands.for_each(|command| self.later(command, &Input::Pipe { network: false }));
                }
                "file_redirect" => drop(self.file_redirect(child, input)),
                "heredoc_start" | "heredoc_end" | "file_descriptor" => {}
                _ if !child.is_named() => {}
                _ if node.kind() == "herestring_redirect" => {
                    known = word(child, self.text).fixed().map(str::to_owned);
                    self.later(child, input);
                }
                kind => {
                    // Words behind `<<E` belong to the command, which is known already.
                    if LEAVES.contains(&kind) || kind == "string" || kind == "concatenation" {
                        self.line.doubt("words stand behind a here-document");
                    }
                    self.later(child, input);
                }
            }
        }
        known
    }

    fn command(&mut self, node: Node<'t>, input: &Input) {
        let mut simple = Simple { input: input.clone(), ..Simple::default() };
        for child in children(node) {
            match child.kind() {
                "variable_assignment" if simple.words.is_empty() => self.assignment(child, input),
                "file_redirect" => {
                    if let Some(read) = self.file_redirect(child, input) {
                        simple.input = Input::File(read);
                    }
                }
                "herestring_redirect" | "heredoc_redirect" => simple.input = Input::Text(self.here(child, input)),
                _ if child.is_named() => {
                    simple.words.push(word(child, self.text));
                    self.later(child, input);
                }
                sign => {
                    self.line.doubt(format!("`{sign}` in a command is not understood"));
                    simple.words.push(Word { text: sign.to_owned(), known: Known::Unknown });
                }
            }
        }
        match simple.words.first() {
            None => return,
            Some(program) => match program.fixed() {
                None => self.line.doubt(format!("runs what is only known when it runs: {}", program.shown())),
                Some("") => self.line.doubt("runs a program without a name"),
                Some(name) if RESERVED.contains(&name) => self.line.doubt(format!("`{name}` is not understood")),
                Some(name) if !name.is_ascii() => {
                    self.line.doubt(format!("the program's name holds letters that look like others: {name}"));
                }
                Some(_) => {}
            },
        }
        self.found.push((node.start_byte(), simple));
    }

    /// `export`, `declare`, `local`, `unset`: a command, and what it sets.
    fn declaration(&mut self, node: Node<'t>, input: &Input) {
        let mut words = Vec::new();
        for child in children(node) {
            match child.kind() {
                "variable_assignment" => {
                    self.assignment(child, input);
                    words.push(word(child, self.text));
                }
                "variable_name" => {
                    self.assigned(self.source(child));
                    words.push(word(child, self.text));
                }
                _ if !child.is_named() => words.push(Word::new(child.kind())),
                _ => {
                    let made = word(child, self.text);
                    sets::declared(&made, self.line);
                    words.push(made);
                    self.later(child, input);
                }
            }
        }
        self.found.push((node.start_byte(), Simple { words, through: Vec::new(), input: input.clone() }));
    }

    fn assignment(&mut self, node: Node<'t>, input: &Input) {
        let name = children(node).into_iter().next().map(|first| self.source(first)).unwrap_or_default();
        let plain = name.split('[').next().unwrap_or_default();
        self.assigned(plain);
        let value = children(node).into_iter().nth(2);
        self.line.sums.texts |=
            value.is_some_and(|value| value.kind() != "arithmetic_expansion" && !sums::is_number(self.source(value)));
        // A text with brackets and a substitution in it runs where it is taken for a number.
        let source = self.source(node);
        let runs_later = source.contains('\'') && source.contains(['$', '`']);
        if runs_later || (plain.len() != name.len() && !name.ends_with(']')) {
            self.line.doubt("an assignment is not understood");
        }
        self.inside(node, input);
    }

    pub(super) fn assigned(&mut self, name: &str) {
        sets::assigned(name, self.line);
    }
}
