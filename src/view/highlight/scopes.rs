//! From the scopes of a syntax to our roles.

use crate::theme::Role;
use Meaning::{Around, Is, Plain};
use std::collections::HashMap;
use std::sync::OnceLock;
use syntect::parsing::{BasicScopeStackOp, Scope};

/// What a scope says.
#[derive(Debug, Clone, Copy)]
enum Meaning {
    /// Nothing: it is what the scope around it is.
    Around,
    /// It is nothing special, whatever is around it.
    Plain,
    /// It is this.
    Is(Role),
}

/// Scopes and what they say; the longest that fits counts.
const TABLE: &[(&str, Meaning)] = &[
    ("source", Plain),
    ("text", Plain),
    ("meta.interpolation", Plain),
    ("meta.template.expression", Plain),
    ("comment", Is(Role::SyntaxComment)),
    ("punctuation.definition.comment", Is(Role::SyntaxComment)),
    ("string", Is(Role::SyntaxString)),
    ("punctuation.definition.string", Is(Role::SyntaxString)),
    ("constant", Is(Role::SyntaxConstant)),
    ("constant.numeric", Is(Role::SyntaxNumber)),
    ("constant.character.escape", Is(Role::SyntaxEscape)),
    ("constant.other.placeholder", Is(Role::SyntaxEscape)),
    ("variable.other.constant", Is(Role::SyntaxConstant)),
    ("keyword", Is(Role::SyntaxKeyword)),
    ("keyword.operator", Is(Role::SyntaxOperator)),
    ("keyword.operator.word", Is(Role::SyntaxKeyword)),
    ("keyword.operator.logical.python", Is(Role::SyntaxKeyword)),
    ("storage", Is(Role::SyntaxKeyword)),
    ("support.type", Is(Role::SyntaxType)),
    ("support.class", Is(Role::SyntaxType)),
    ("support.function", Is(Role::SyntaxFunction)),
    ("support.macro", Is(Role::SyntaxMacro)),
    ("support.type.property-name", Is(Role::SyntaxTag)),
    ("entity.name.function", Is(Role::SyntaxFunction)),
    ("entity.name.macro", Is(Role::SyntaxMacro)),
    ("entity.name.type", Is(Role::SyntaxType)),
    ("entity.name.class", Is(Role::SyntaxType)),
    ("entity.name.struct", Is(Role::SyntaxType)),
    ("entity.name.enum", Is(Role::SyntaxType)),
    ("entity.name.union", Is(Role::SyntaxType)),
    ("entity.name.trait", Is(Role::SyntaxType)),
    ("entity.name.interface", Is(Role::SyntaxType)),
    ("entity.name.impl", Is(Role::SyntaxType)),
    ("entity.name.namespace", Is(Role::SyntaxType)),
    ("entity.name.module", Is(Role::SyntaxType)),
    ("entity.name.constant", Is(Role::SyntaxConstant)),
    ("entity.name.tag", Is(Role::SyntaxTag)),
    ("entity.name.section", Is(Role::SyntaxHeading)),
    ("entity.other.inherited-class", Is(Role::SyntaxType)),
    ("entity.other.attribute-name", Is(Role::SyntaxAttribute)),
    ("meta.mapping.key", Is(Role::SyntaxTag)),
    ("meta.annotation", Is(Role::SyntaxAttribute)),
    ("variable.annotation", Is(Role::SyntaxAttribute)),
    ("punctuation.definition.annotation", Is(Role::SyntaxAttribute)),
    ("variable", Is(Role::SyntaxVariable)),
    ("variable.function", Is(Role::SyntaxFunction)),
    ("variable.language", Is(Role::SyntaxKeyword)),
    ("punctuation", Is(Role::SyntaxPunctuation)),
    ("punctuation.definition.variable", Is(Role::SyntaxVariable)),
    ("punctuation.definition.heading", Is(Role::SyntaxHeading)),
    ("markup.heading", Is(Role::SyntaxHeading)),
    ("markup.raw", Is(Role::SyntaxLink)),
    ("punctuation.definition.raw", Is(Role::SyntaxLink)),
    ("markup.underline.link", Is(Role::SyntaxLink)),
    ("markup.inserted", Is(Role::Added)),
    ("markup.deleted", Is(Role::Removed)),
];

/// What was found for a scope once is known from then on.
#[derive(Debug, Clone, Default)]
pub(super) struct Scopes {
    known: HashMap<Scope, Meaning>,
}

impl Scopes {
    /// Follows the parser's stack of scopes with a stack of roles: each is that of its scope, or else of the one around.
    pub(super) fn step(&mut self, step: &BasicScopeStackOp, roles: &mut Vec<Option<Role>>) {
        match step {
            BasicScopeStackOp::Pop => {
                roles.pop();
            }
            BasicScopeStackOp::Push(scope) => {
                let around = roles.last().copied().flatten();
                roles.push(match *self.known.entry(*scope).or_insert_with(|| find(*scope)) {
                    // The name of a field is a name, also in quotes.
                    Is(Role::SyntaxString) if around == Some(Role::SyntaxTag) => around,
                    Is(role) => Some(role),
                    Around => around,
                    Plain => None,
                });
            }
        }
    }
}

fn find(scope: Scope) -> Meaning {
    static TABLE_READ: OnceLock<Vec<(Scope, Meaning)>> = OnceLock::new();
    let table = TABLE_READ
        .get_or_init(|| TABLE.iter().filter_map(|(name, meaning)| Some((Scope::new(name).ok()?, *meaning))).collect());
    let fitting = table.iter().filter(|(prefix, _)| prefix.is_prefix_of(scope));
    fitting.max_by_key(|(prefix, _)| prefix.len()).map_or(Around, |(_, meaning)| *meaning)
}
