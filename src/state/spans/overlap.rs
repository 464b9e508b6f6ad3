//! Steps that ran at the same time: they stand between the first checkpoint of any and the last one of any, and the numbers of
//! steps say nothing of which ended last.

use super::{Span, Spans};
use crate::domain::{Beside, CheckpointId};

/// Steps that ran at the same time, or one alone; each has both of its checkpoints.
#[derive(Debug, Clone, PartialEq)]
pub struct Group<'a> {
    /// In the order in which they began.
    pub spans: Vec<&'a Span>,
    /// The workspace before the first of them began.
    pub before: &'a CheckpointId,
    /// The workspace after the last of them had ended.
    pub after: &'a CheckpointId,
}

impl Span {
    /// True where both ran at the same time.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        other.beside.iter().any(|it| self.is(it)) || self.beside.iter().any(|it| other.is(it))
    }

    /// True where it is this one that ran beside another.
    #[must_use]
    pub fn is(&self, it: &Beside) -> bool {
        it.session == self.session && it.call == self.call
    }
}

impl Spans {
    /// The workspace after the step that ended last.
    #[must_use]
    pub fn last(&self) -> Option<&CheckpointId> {
        self.all.iter().filter(|span| span.after.is_some()).max_by_key(|span| span.ended)?.after.as_ref()
    }
}

/// Steps as they overlap, from steps in the order in which they began. One that has not both of its checkpoints is left out.
#[must_use]
pub fn groups<'a>(spans: impl IntoIterator<Item = &'a Span>) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    for span in spans {
        let (Some(before), Some(after)) = (&span.before, &span.after) else { continue };
        match groups.last_mut().filter(|group| group.spans.iter().any(|other| other.overlaps(span))) {
            Some(group) => {
                if group.spans.iter().all(|other| other.ended <= span.ended) {
                    group.after = after;
                }
                group.spans.push(span);
            }
            None => groups.push(Group { spans: vec![span], before, after }),
        }
    }
    groups
}
