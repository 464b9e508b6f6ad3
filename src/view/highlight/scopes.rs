//! From the scopes of a syntax to our roles.

use crate::theme::Role;
use std::collections::HashMap;
use std::sync::OnceLock;
use syntect::parsing::{BasicScopeStackOp, Scope};

/// Scopes and what they are; the longest that fits counts. `None` is plain, whatever is around.
const TABLE: &[(&str, Option<Role>)] = &[
    ("source", None),
    ("text", None),
    ("meta.interpolation", None),
    ("meta.template.expression", None),
    ("comment", Some(Role::SyntaxComment)),
    ("punctuation.definition.comment", Some(Role::SyntaxComment)),
    ("string", Some(Role::SyntaxString)),
    ("punctuation.definition.string", Some(Role::SyntaxString)),
    ("constant", Some(Role::SyntaxConstant)),
    ("constant.numeric", Some(Role::SyntaxNumber)),
    ("constant.character.escape", Some(Role::SyntaxEscape)),
    ("constant.other.placeholder", Some(Role::SyntaxEscape)),
    ("variable.other.constant", Some(Role::SyntaxConstant)),
    ("keyword", Some(Role::SyntaxKeyword)),
    ("keyword.operator", Some(Role::SyntaxOperator)),
    ("keyword.operator.word", Some(Role::SyntaxKeyword)),
    ("keyword.operator.logical.python", Some(Role::SyntaxKeyword)),
    ("storage", Some(Role::SyntaxKeyword)),
    ("support.type", Some(Role::SyntaxType)),
    ("support.class", Some(Role::SyntaxType)),
    ("support.function", Some(Role::SyntaxFunction)),
    ("support.macro", Some(Role::SyntaxMacro)),
    ("support.type.property-name", Some(Role::SyntaxTag)),
    ("entity.name.function", Some(Role::SyntaxFunction)),
    ("entity.name.macro", Some(Role::SyntaxMacro)),
    ("entity.name.type", Some(Role::SyntaxType)),
    ("entity.name.class", Some(Role::SyntaxType)),
    ("entity.name.struct", Some(Role::SyntaxType)),
    ("entity.name.enum", Some(Role::SyntaxType)),
    ("entity.name.union", Some(Role::SyntaxType)),
    ("entity.name.trait", Some(Role::SyntaxType)),
    ("entity.name.interface", Some(Role::SyntaxType)),
    ("entity.name.impl", Some(Role::SyntaxType)),
    ("entity.name.namespace", Some(Role::SyntaxType)),
    ("entity.name.module", Some(Role::SyntaxType)),
    ("entity.name.constant", Some(Role::SyntaxConstant)),
    ("entity.name.tag", Some(Role::SyntaxTag)),
    ("entity.name.section", Some(Role::SyntaxHeading)),
    ("entity.other.inherited-class", Some(Role::SyntaxType)),
    ("entity.other.attribute-name", Some(Role::SyntaxAttribute)),
    ("meta.mapping.key", Some(Role::SyntaxTag)),
    ("meta.annotation", Some(Role::SyntaxAttribute)),
    ("variable.annotation", Some(Role::SyntaxAttribute)),
    ("punctuation.definition.annotation", Some(Role::SyntaxAttribute)),
    ("variable", Some(Role::SyntaxVariable)),
    ("variable.function", Some(Role::SyntaxFunction)),
    ("variable.language", Some(Role::SyntaxKeyword)),
    ("punctuation", Some(Role::SyntaxPunctuation)),
    ("punctuation.definition.variable", Some(Role::SyntaxVariable)),
    ("punctuation.definition.heading", Some(Role::SyntaxHeading)),
    ("markup.heading", Some(Role::SyntaxHeading)),
    ("markup.raw", Some(Role::SyntaxLink)),
    ("punctuation.definition.raw", Some(Role::SyntaxLink)),
    ("markup.underline.link", Some(Role::SyntaxLink)),
    ("markup.inserted", Some(Role::Added)),
    ("markup.deleted", Some(Role::Removed)),
];

/// What was found for a scope once is known from then on.
#[derive(Debug, Clone, Default)]
pub(super) struct Scopes {
    known: HashMap<Scope, Option<Option<Role>>>,
}

impl Scopes {
    /// Follows the parser's stack of scopes with a stack of roles: each is that of its scope, or else of the one around.
    pub(super) fn step(&mut self, step: BasicScopeStackOp, roles: &mut Vec<Option<Role>>) {
        match step {
            BasicScopeStackOp::Pop => {
                roles.pop();
            }
            BasicScopeStackOp::Push(scope) => {
                let around = roles.last().copied().flatten();
                let own = *self.known.entry(scope).or_insert_with(|| find(scope));
                roles.push(match (around, own) {
                    // The name of a field is a name, also in quotes.
                    (Some(Role::SyntaxTag), Some(Some(Role::SyntaxString))) => around,
                    (around, own) => own.unwrap_or(around),
                });
            }
        }
    }
}

fn find(scope: Scope) -> Option<Option<Role>> {
    static TABLE_READ: OnceLock<Vec<(Scope, Option<Role>)>> = OnceLock::new();
    let table = TABLE_READ
        .get_or_init(|| TABLE.iter().filter_map(|(name, role)| Some((Scope::new(name).ok()?, *role))).collect());
    let fitting = table.iter().filter(|(prefix, _)| prefix.is_prefix_of(scope));
    fitting.max_by_key(|(prefix, _)| prefix.len()).map(|(_, role)| *role)
}
