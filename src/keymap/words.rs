//! Sentences that several rows of the table share, or that are too long for one.

pub(super) const COPY: &str = "choose what to copy of what is here; twice takes the first of it";
pub(super) const SELECT: &str = "select rows here, also beyond the screen";
pub(super) const MOUSE: &str =
    "leave the mouse to the terminal, so that it selects as it always does; again takes it back";
pub(super) const SLOT: &str = "go to the session of that number";
pub(super) const FIELD: &str = "the next field, the field before";
pub(super) const TERM: &str = "what taut would hold: for this session, 15 minutes, 1 hour, until midnight";
pub(super) const ARGUMENTS: &str = "edit the whole call, then run: its fields, or its arguments as JSON";
pub(super) const GO_ON: &str = "go on with an ended session: its own agent, or another one with a brief of it";
pub(super) const UNDO: &str = "take back what this step did to files: shown first";
pub(super) const UNDO_BACK: &str = "back to here: take back this step and all that followed";
pub(super) const SIDE: &str = "lines that others changed since: as they are, as before, both; skip the file";
pub(super) const SHOWN: &str = "send what stands on the card, once all of it was read";
pub(super) const MARK: &str = "keep the hunk, mark it to be reverted; again takes the mark away";
pub(super) const SPAN: &str =
    "the session, from the selected step on, that step; of a file: now, the last step, the first";
pub(super) const REVIEW: &str = "review what the session changed, by file and hunk: who made it; keep, revert, comment";
pub(super) const AS_OF: &str = "a file of the workspace as it was then: what was changed stands first";
pub(super) const UNFOLD: &str =
    "show unchanged lines that are left out, or all that a command would hit; again folds them";
pub(super) const UNFOLD_LINES: &str = "show unchanged lines that are left out, or fold them";
pub(super) const UNDO_TURN: &str = "back to before its last turn: take back all that it changed; shown first";
pub(super) const PIN: &str = "pin the session: its checkpoints stay, however old they are; again lets them go";
pub(super) const COMPARE: &str =
    "choose another moment to compare the file with: now, after any step, before the first";
pub(super) const HUNK: &str = "take the hunk at hand, refuse it; nothing is sent by it";
