//! What taking steps back would do.
use super::keeper::{Keeper, Stage, Wanted};
use crate::domain::{Answer, Digest, Reply, Side};
use crate::hub::Published;
use crate::hub::consoles::Line;

/// An undo that was made ready.
#[derive(Debug)]
pub(super) struct Ready;

impl Keeper {
    pub(super) fn preview(&mut self, line: &Line, _wanted: &Wanted) {
        line.tell(Published::Answered(Answer::Failed { why: "not yet".to_owned() }));
    }

    pub(super) fn plan(&mut self, _ticket: u64, _wanted: &Wanted, _digest: Digest, _sides: Vec<(String, Side)>) -> Stage {
        Stage::Refused(Reply::Refused { why: "not yet".to_owned() })
    }

    pub(super) fn restore(&mut self, _ticket: u64) -> Stage {
        Stage::Refused(Reply::Refused { why: "not yet".to_owned() })
    }
}
