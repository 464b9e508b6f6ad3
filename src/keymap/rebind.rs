//! Keys of the configuration: each entry names an action and gives it keys; an empty list takes its keys away.

use super::{BOUND, Row, title};
use crate::ui::{Action, Chord, Scope};
use std::collections::BTreeMap;

/// Keys that stand instead of the table's.
pub type Rebound = BTreeMap<Action, Vec<Chord>>;

/// What is wrong with the keys of the configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The name is no action's.
    #[error("keys: there is no action {given:?}; {like}")]
    UnknownAction {
        /// What was given.
        given: String,
        /// The names that come near.
        like: String,
    },
    /// The key is no key.
    #[error(
        "keys: {action} is given {key:?}, which is no key: write `a`, `space`, `f1`, `ctrl-c`, `alt-1` or `shift-tab`"
    )]
    BadKey {
        /// The action.
        action: String,
        /// What was given.
        key: String,
    },
    /// One key would do two things in one place.
    #[error("keys: in {place}, {key} is bound to both {first} and {second}; give one of them another key")]
    Twice {
        /// The key.
        key: String,
        /// The place.
        place: &'static str,
        /// What it does there.
        first: &'static str,
        /// What it would do as well.
        second: &'static str,
    },
    /// The brake must have a key.
    #[error("keys: {0} can't be left without a key; give it one")]
    Needed(&'static str),
}

/// Reads the keys of the configuration.
///
/// # Errors
/// All faults at once, in order.
pub fn rebind(given: &[(String, Vec<String>)]) -> Result<Rebound, Vec<Fault>> {
    let (mut rebound, mut faults) = (Rebound::new(), Vec::new());
    for (name, keys) in given {
        let action = Action::named(name).filter(|action| !action.is_internal());
        if action.is_none() {
            faults.push(Fault::UnknownAction { given: name.clone(), like: like(name) });
        }
        let mut chords: Vec<Chord> = Vec::new();
        for key in keys {
            match key.parse() {
                Ok(chord) if chords.contains(&chord) => {}
                Ok(chord) => chords.push(chord),
                Err(_) => faults.push(Fault::BadKey { action: name.clone(), key: key.clone() }),
            }
        }
        if let Some(action) = action {
            if action == Action::Halt && keys.is_empty() {
                faults.push(Fault::Needed(action.name()));
            }
            rebound.insert(action, chords);
        }
    }
    faults.extend(clashes(&rebound));
    if faults.is_empty() { Ok(rebound) } else { Err(faults) }
}

/// The names that begin as a wrong one does, else all of them.
fn like(wrong: &str) -> String {
    let names = Action::ALL.iter().filter(|action| !action.is_internal()).map(|action| action.name());
    let first = wrong.chars().next().map(|c| c.to_ascii_lowercase());
    let near: Vec<&str> = names.clone().filter(|name| name.chars().next() == first).collect();
    if near.is_empty() {
        return format!("there are {}", names.collect::<Vec<_>>().join(", "));
    }
    format!("those that begin like it are {}", near.join(", "))
}

/// Every key that does two things in one place.
pub(super) fn clashes(rebound: &Rebound) -> Vec<Fault> {
    let mut faults = Vec::new();
    for &scope in Scope::ALL {
        let mut taken: Vec<(Chord, &Row)> = Vec::new();
        for bound in BOUND.iter().filter(|bound| bound.row.scope == scope) {
            let row = bound.row;
            for &chord in bound.keys(rebound) {
                match taken.iter().find(|(other, _)| *other == chord) {
                    Some((_, first)) if first.action != row.action && !is_told(&faults, chord, first, row) => {
                        faults.push(Fault::Twice {
                            key: chord.to_string(),
                            place: title(scope),
                            first: first.action.name(),
                            second: row.action.name(),
                        });
                    }
                    Some(_) => {}
                    None => taken.push((chord, row)),
                }
            }
        }
    }
    faults.extend(shadowed(rebound));
    faults
}

/// Two places with the same two actions have one fault.
fn is_told(faults: &[Fault], chord: Chord, one: &Row, other: &Row) -> bool {
    let names = (one.action.name(), other.action.name());
    faults.iter().any(|fault| match fault {
        Fault::Twice { key, first, second, .. } => *key == chord.to_string() && (*first, *second) == names,
        _ => false,
    })
}

/// A key that decides must not be one that also reads on: who pages to the end would decide by it.
fn shadowed(rebound: &Rebound) -> Vec<Fault> {
    let of = |scope: Scope| BOUND.iter().filter(move |bound| bound.row.scope == scope);
    let decides = |action| matches!(action, Action::Allow | Action::Scopes | Action::Deny | Action::DenyInterrupt);
    let mut faults = Vec::new();
    for card in of(Scope::Card).filter(|bound| decides(bound.row.action)) {
        for &chord in card.keys(rebound) {
            if let Some(moves) = of(Scope::List).find(|bound| bound.keys(rebound).contains(&chord)) {
                faults.push(Fault::Twice {
                    key: chord.to_string(),
                    place: title(Scope::Card),
                    first: card.row.action.name(),
                    second: moves.row.action.name(),
                });
            }
        }
    }
    faults
}
