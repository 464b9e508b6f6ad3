//! Which requests are of one shape: those that may be looked at and decided together, and why the others may not.

use crate::domain::{Completeness, Impact, OfferKind, Risk, Text};
use crate::policy;
use crate::state::Waiting;

/// Words in a reason after which a request is decided alone.
const GRAVE: [&str; 8] = ["delet", "rewrit", "overwrit", "remov", "destroy", "eras", "discard", "forc"];

/// What requests have in common that are alike: the same tool, the same impact, the same risk, and the same program where it
/// is a command. They may differ in their payload, which stands whole on the card, and in the folder, which stands beside it;
/// what leaves its workspace is a high risk, and decided alone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shape<'a> {
    risk: Risk,
    impact: u8,
    tool: &'a str,
    payload: u8,
    does: Does<'a>,
}

/// What a call does, as far as two of them can be compared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Does<'a> {
    /// Runs one plain command: the program, and its verb where it has one.
    Runs(String),
    /// Runs a line of which nothing is known but its text.
    Line(&'a str),
    /// Writes files, wherever in the workspace.
    Writes,
    /// Something of which only the name is known.
    Called(&'a str),
}

impl<'a> Shape<'a> {
    /// The shape of a request.
    #[must_use]
    pub fn of(waiting: &Waiting<'a>) -> Self {
        let (step, request) = (waiting.step, waiting.request);
        Self {
            risk: waiting.risk(),
            impact: step.impact as u8,
            tool: step.tool.as_deref().unwrap_or(""),
            payload: request.payload as u8,
            does: does(waiting),
        }
    }

    /// How another one is odd beside this one: a clause for people; nothing where it is alike.
    #[must_use]
    pub fn differs(&self, other: &Self) -> Option<String> {
        if self == other {
            return None;
        }
        Some(if self.risk != other.risk {
            format!("its risk is {} and not {}", other.risk.word(), self.risk.word())
        } else if self.impact != other.impact || self.tool != other.tool {
            "it is another kind of call".to_owned()
        } else if self.payload != other.payload {
            "it shows another part of what it would do".to_owned()
        } else {
            match (&self.does, &other.does) {
                (Does::Runs(..) | Does::Line(_), Does::Line(_)) => "its line is more than one plain command".to_owned(),
                _ => "it runs another command".to_owned(),
            }
        })
    }
}

fn does<'a>(waiting: &Waiting<'a>) -> Does<'a> {
    let step = waiting.step;
    match &step.command {
        Some(Text::Inline(line)) => {
            return policy::plain_command(line).map_or(Does::Line(line), Does::Runs);
        }
        // Two long lines are alike where they are the same.
        Some(Text::Body(_)) => return Does::Line(waiting.entry.step().map_or("", |step| step.call.0.as_str())),
        None => {}
    }
    if !step.changes.is_empty() || !step.places.is_empty() {
        return Does::Writes;
    }
    Does::Called(step.title.as_ref().and_then(Text::inline).unwrap_or(""))
}

/// Whether a request may be decided together with others like it.
///
/// # Errors
/// Why it is decided alone, in one sentence.
pub fn can_ride(waiting: &Waiting<'_>) -> Result<(), String> {
    const ALONE: &str = "it is decided on its own card";
    let because = |why: &str| Err(format!("{why}: {ALONE}"));
    let request = waiting.request;
    if !request.how.topic.is_call() {
        return because("it asks you something");
    }
    let Some(verdict) = &request.verdict else { return because("nothing has judged it") };
    if verdict.risk >= Risk::High {
        return because(&format!("its risk is {}", verdict.risk.word()));
    }
    if matches!(waiting.step.impact, Impact::Delete | Impact::Move) {
        return because("it deletes or moves something");
    }
    let grave = |reason: &&String| {
        let reason = reason.to_lowercase();
        GRAVE.iter().any(|word| reason.contains(word))
    };
    if let Some(reason) = verdict.reasons.iter().find(grave) {
        return because(&format!("it takes away what stands there ({reason})"));
    }
    if removes(waiting) {
        return because("it deletes a file");
    }
    if request.payload == Completeness::TitleOnly {
        return because("the agent shows only a title");
    }
    let once = request.offers.iter().filter(|offer| offer.kind == OfferKind::AllowOnce).count();
    if once != 1 {
        return because("the agent offers no single allowance");
    }
    Ok(())
}

/// True where a file of it would be gone afterwards.
fn removes(waiting: &Waiting<'_>) -> bool {
    waiting.step.changes.iter().any(|change| change.new.is_none() && change.patch.is_none())
}
