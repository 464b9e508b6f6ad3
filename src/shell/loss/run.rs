//! Goes through a line as bash would, in order, with the folder that it stands in and the variables that it has set.

use super::super::{LONGEST, parse, scan};
use super::expand::{self, Known, Value};
use super::{Act, Arg, Around, MOST, Plan, Written};
use std::collections::BTreeMap;
use tree_sitter::Node;

/// Nodes, shells and wrappers in one another.
pub(super) const DEEPEST: usize = 48;
/// Commands that are followed, loops counted by their turns.
const MOST_COMMANDS: usize = 512;
/// Turns of a loop that are followed.
const TURNS: usize = 64;

/// Everything that is known while a line is followed.
pub(super) struct Run {
    pub(super) plan: Plan,
    pub(super) stand: Stand,
    pub(super) depth: usize,
    pub(super) commands: usize,
}

/// Where a shell stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stand {
    /// Its folder; or why that is not known.
    pub(super) folder: Result<String, String>,
    /// Its variables; `None` inside where they are only known when it runs.
    pub(super) vars: BTreeMap<String, Option<Value>>,
    /// Where `~` leads.
    pub(super) home: Option<String>,
    /// Patterns of names mean what they mean by default.
    pub(super) globs: bool,
}

pub(super) fn plan(text: &str, around: Around<'_>) -> Plan {
    let mut vars = BTreeMap::new();
    vars.insert("HOME".to_owned(), Some(Value::Text(around.home.to_owned())));
    vars.insert("PWD".to_owned(), Some(Value::Text(around.folder.to_owned())));
    let home = Some(around.home.to_owned()).filter(|home| !home.is_empty());
    let stand = Stand { folder: Ok(around.folder.to_owned()), vars, home, globs: true };
    let mut run = Run { plan: Plan::default(), stand, depth: 0, commands: 0 };
    run.code(text);
    if run.plan.is_empty() {
        run.plan.beside.clear();
    }
    run.plan
}

/// The named children of a node.
fn children(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.children(&mut cursor).collect()
}

impl Run {
    /// Follows a text in bash's language.
    pub(super) fn code(&mut self, text: &str) {
        let line = || super::super::read(text);
        // What is not understood is told only where it may matter.
        let doubt = |run: &mut Self, why: &str| {
            let whole = line();
            if !whole.touches().is_empty() || whole.commands.is_empty() {
                run.plan.cannot_tell(format!("what this does to files: {why}"));
            }
        };
        if text.len() > LONGEST || self.depth > DEEPEST {
            return self.plan.cannot_tell("what this does to files: it is too long to be followed");
        }
        if let Some(why) = scan::refused(text) {
            return doubt(self, why);
        }
        let Some(tree) = parse::tree(text) else { return doubt(self, "it can't be parsed") };
        match parse::checked(&tree, text).first() {
            Some(why) => doubt(self, why),
            None => self.visit(tree.root_node(), text, None),
        }
    }

    fn known<'t>(&'t self, text: &'t str) -> Known<'t> {
        Known { text, vars: &self.stand.vars, home: self.stand.home.as_deref() }
    }

    /// Follows what may or may not run: what it leaves behind is not known afterwards where it differs.
    fn perhaps(&mut self, what: impl FnOnce(&mut Self)) {
        let before = self.stand.clone();
        let deeds = self.plan.deeds.len();
        what(self);
        let after = std::mem::replace(&mut self.stand, before);
        if after.folder != self.stand.folder {
            self.stand.folder = Err("in which folder it runs then".to_owned());
        }
        for (name, value) in after.vars {
            let same = self.stand.vars.get(&name) == Some(&value);
            self.stand.vars.insert(name, value.filter(|_| same));
        }
        for at in deeds..self.plan.deeds.len() {
            let by = self.plan.deeds[at].by.clone();
            self.plan.cannot_tell(format!("whether it comes to `{by}`"));
        }
    }

    /// Follows what runs in a shell of its own.
    pub(super) fn apart(&mut self, what: impl FnOnce(&mut Self)) {
        let before = self.stand.clone();
        what(self);
        self.stand = before;
    }

    fn visit(&mut self, node: Node<'_>, text: &str, fed: Option<(Node<'_>, &str)>) {
        self.depth += 1;
        if self.depth > DEEPEST {
            self.plan.cannot_tell("what this does to files: too much stands in one another");
        } else {
            self.visit_it(node, text, fed);
        }
        self.depth -= 1;
    }

    fn visit_it(&mut self, node: Node<'_>, text: &str, fed: Option<(Node<'_>, &str)>) {
        match node.kind() {
            "command" => self.command(node, text, fed),
            "redirected_statement" => {
                let all = children(node);
                for part in all.iter().filter(|child| child.kind().ends_with("_redirect")) {
                    self.redirects(*part, text);
                }
                let bodies = all.into_iter().filter(|child| child.is_named() && !child.kind().ends_with("_redirect"));
                bodies.for_each(|body| self.visit(body, text, fed));
            }
            "list" => self.list(node, text),
            "pipeline" => {
                let mut before = None;
                for part in children(node).into_iter().filter(Node::is_named) {
                    self.apart(|run| run.visit(part, text, before));
                    before = Some((part, text));
                }
            }
            "subshell" | "command_substitution" | "process_substitution" => {
                self.apart(|run| run.sequence(node, text));
            }
            "program" | "compound_statement" | "do_group" | "negated_command" | "else_clause" => {
                self.sequence(node, text);
            }
            "if_statement" => {
                // What stands before `then` runs in any case.
                let mut is_body = false;
                for child in children(node) {
                    is_body |= child.kind() == "then";
                    match (child.is_named(), is_body) {
                        (false, _) => {}
                        (true, false) => self.visit(child, text, None),
                        (true, true) => self.perhaps(|run| run.visit(child, text, None)),
                    }
                }
            }
            "while_statement"
            | "case_statement"
            | "c_style_for_statement"
            | "elif_clause"
            | "case_item"
            | "function_definition" => self.perhaps(|run| run.sequence(node, text)),
            "for_statement" => self.turns(node, text),
            "variable_assignment" => self.assign(node, text),
            "variable_assignments" => children(node).into_iter().for_each(|child| self.visit(child, text, None)),
            "declaration_command" | "unset_command" => {
                for child in children(node) {
                    match child.kind() {
                        "variable_assignment" => self.assign(child, text),
                        "variable_name" => {
                            self.forget(text.get(child.byte_range()).unwrap_or_default());
                        }
                        _ => self.inside(child, text),
                    }
                }
            }
            _ => self.inside(node, text),
        }
    }

    /// What runs inside what is no command: substitutions.
    fn inside(&mut self, node: Node<'_>, text: &str) {
        for child in children(node) {
            match child.kind() {
                "command_substitution" | "process_substitution" => self.visit(child, text, None),
                _ if child.child_count() > 0 => {
                    self.depth += 1;
                    if self.depth <= DEEPEST {
                        self.inside(child, text);
                    }
                    self.depth -= 1;
                }
                _ => {}
            }
        }
    }

    /// One after the other; what goes on in the background moves nobody.
    fn sequence(&mut self, node: Node<'_>, text: &str) {
        let all = children(node);
        for (at, child) in all.iter().enumerate().filter(|(_, child)| child.is_named()) {
            let is_behind = all.get(at + 1).is_some_and(|next| next.kind() == "&");
            if is_behind {
                self.apart(|run| run.visit(*child, text, None));
            } else {
                self.visit(*child, text, None);
            }
        }
    }

    /// `a && b`, `a || b`: what stands behind `&&` is what is meant to happen, what stands behind `||` perhaps does.
    fn list(&mut self, node: Node<'_>, text: &str) {
        let mut is_else = false;
        for child in children(node) {
            match child.kind() {
                "||" => is_else = true,
                "&&" => is_else = false,
                _ if !child.is_named() => {}
                _ if is_else && self.leaves(child, text) => {}
                _ if is_else => self.perhaps(|run| run.visit(child, text, None)),
                _ => self.visit(child, text, None),
            }
        }
    }

    /// `|| exit 1`: whatever goes on afterwards goes on where it stood.
    fn leaves(&self, node: Node<'_>, text: &str) -> bool {
        node.kind() == "command"
            && self.plan.deeds.len() < MOST
            && text.get(node.byte_range()).is_some_and(|it| {
                matches!(
                    it.split_whitespace().next(),
                    Some("exit" | "return" | "true" | ":" | "echo" | "break" | "continue")
                ) && !it.contains(['$', '`', '>'])
            })
    }

    /// `for x in …`: a turn for each word that is known, one for all files of a pattern.
    fn turns(&mut self, node: Node<'_>, text: &str) {
        let all = children(node);
        let Some(name) = all.iter().find(|child| child.kind() == "variable_name") else {
            return self.perhaps(|run| run.sequence(node, text));
        };
        let name = text.get(name.byte_range()).unwrap_or_default().to_owned();
        let named: Vec<Node<'_>> = all.into_iter().filter(Node::is_named).skip(1).collect();
        let (bodies, words): (Vec<Node<'_>>, Vec<Node<'_>>) =
            named.into_iter().partition(|child| matches!(child.kind(), "do_group" | "compound_statement"));
        words.iter().for_each(|word| self.inside(*word, text));
        let args: Vec<Arg> = words.iter().flat_map(|word| expand::args(*word, self.known(text))).collect();
        let many = args.len() > TURNS;
        if many {
            self.plan.cannot_tell(format!("what a loop over {} words does", args.len()));
        }
        for arg in args.into_iter().take(TURNS) {
            let value = match arg {
                Arg::Text(text) => Some(Value::Text(text)),
                Arg::Glob(pattern) => Some(Value::Each(pattern)),
                Arg::Unknown(_) | Arg::Fed => None,
            };
            self.stand.vars.insert(name.clone(), value);
            bodies.iter().for_each(|body| self.visit(*body, text, None));
        }
        self.stand.vars.insert(name, None);
    }

    fn assign(&mut self, node: Node<'_>, text: &str) {
        self.inside(node, text);
        let all = children(node);
        let Some(name) = all.first().filter(|it| it.kind() == "variable_name") else {
            return self.stand.vars.values_mut().for_each(|value| *value = None);
        };
        let name = text.get(name.byte_range()).unwrap_or_default().to_owned();
        let plain = all.get(1).is_some_and(|sign| sign.kind() == "=");
        let value = match (plain, all.get(2)) {
            (true, Some(value)) => expand::value(*value, self.known(text)),
            (true, None) => Some(String::new()),
            (false, _) => None,
        };
        match name.as_str() {
            "HOME" => self.stand.home.clone_from(&value),
            "CDPATH" | "GLOBIGNORE" | "IFS" | "PATH" | "GIT_DIR" | "GIT_WORK_TREE" | "GIT_INDEX_FILE" => {
                self.stand.folder = Err(format!("what it does after it sets {name}"));
            }
            _ => {}
        }
        self.stand.vars.insert(name, value.map(Value::Text));
    }

    fn forget(&mut self, name: &str) {
        self.stand.vars.insert(name.to_owned(), None);
    }

    /// A redirection of any kind: others may stand behind the sign of a here-document.
    fn redirects(&mut self, node: Node<'_>, text: &str) {
        if node.kind() == "file_redirect" {
            return self.redirect(node, text);
        }
        let inner = children(node).into_iter().filter(|inner| inner.kind() == "file_redirect");
        inner.for_each(|inner| self.redirect(inner, text));
        self.inside(node, text);
    }

    /// A redirection that empties its file before the command runs.
    fn redirect(&mut self, node: Node<'_>, text: &str) {
        self.inside(node, text);
        let (mut sign, mut files) = ("", Vec::new());
        for child in children(node) {
            match child.kind() {
                "file_descriptor" => {}
                kind if !child.is_named() => sign = kind,
                "number" if sign.ends_with('&') => return,
                _ => files.extend(expand::args(child, self.known(text))),
            }
        }
        if !matches!(sign, ">" | "&>" | ">|" | ">&") || files.first().and_then(Arg::text) == Some("-") {
            return;
        }
        let by = text.get(node.byte_range()).unwrap_or_default().to_owned();
        match files.as_slice() {
            [Arg::Text(file)] if file.starts_with("/dev/") => {}
            [file] => self.deed(Act::Write { what: vec![file.clone()], how: Written::Anew }, &by, None),
            _ => self.plan.cannot_tell(format!("what `{by}` writes over")),
        }
    }

    fn command(&mut self, node: Node<'_>, text: &str, fed: Option<(Node<'_>, &str)>) {
        self.commands += 1;
        if self.commands > MOST_COMMANDS {
            return self.plan.cannot_tell("what this does to files: it runs more commands than are followed");
        }
        let mut args = Vec::new();
        for child in children(node) {
            match child.kind() {
                "file_redirect" | "herestring_redirect" | "heredoc_redirect" => self.redirects(child, text),
                "variable_assignment" if args.is_empty() => self.inside(child, text),
                "command_substitution" | "process_substitution" => {
                    self.visit(child, text, None);
                    args.push(Arg::Unknown(text.get(child.byte_range()).unwrap_or_default().to_owned()));
                }
                _ => {
                    self.inside(child, text);
                    args.extend(expand::args(child, self.known(text)));
                }
            }
        }
        if !self.stand.globs {
            for arg in &mut args {
                if let Arg::Glob(pattern) = arg {
                    *arg = Arg::Unknown(std::mem::take(pattern));
                }
            }
        }
        let fed = fed.and_then(|(node, text)| self.words_of(node, text));
        self.invoke(&args, fed.as_deref(), None);
    }

    /// The words of the command before this one in a pipe, where it is just one.
    fn words_of(&self, node: Node<'_>, text: &str) -> Option<Vec<Arg>> {
        let is_plain = |child: &Node<'_>| !child.kind().ends_with("_redirect") && child.kind() != "variable_assignment";
        let all = match node.kind() {
            "command" => children(node),
            // Complaints may go elsewhere.
            "redirected_statement" => {
                let parts = children(node);
                let sure = |it: &Node<'_>| {
                    it.kind() != "file_redirect" || text.get(it.byte_range()).is_some_and(|it| it.starts_with("2>"))
                };
                let body = parts.first().filter(|body| body.kind() == "command" && parts.iter().skip(1).all(sure))?;
                children(*body)
            }
            _ => return None,
        };
        if !all.iter().all(is_plain) {
            return None;
        }
        Some(all.into_iter().flat_map(|child| expand::args(child, self.known(text))).collect())
    }
}
