//! The first line: how many live, wait and failed, what it costs, what time it is; and what is wrong with the hub.

use super::flow::Styled;
use super::{Area, Cx, Look, Mark, Row, Scene, clock};
use crate::domain::Risk;
use crate::keymap;
use crate::state::{Group, Over, Request};
use crate::text::{self, human};
use crate::theme::Role;
use crate::ui::{Action, alarms};

/// How many sessions and requests there are of each kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// Agents that run.
    pub(super) live: usize,
    /// Requests and logins that wait for the human.
    pub(super) waiting: usize,
    /// Sessions that work.
    pub(super) working: usize,
    /// Sessions that are done, and nobody has looked.
    pub(super) done: usize,
    /// Sessions that failed, and nobody has looked.
    pub(super) failed: usize,
    /// Requests of high risk that wait.
    pub(super) high: usize,
}

impl Counts {
    /// What is counted now.
    pub(super) fn of(cx: &Cx<'_>) -> Self {
        let mut counts = Self::default();
        for session in cx.app.state.sessions.values().filter(|session| !session.archived) {
            counts.live += usize::from(session.is_live());
            // What ended long ago and has left the rail is nothing to look for.
            let listed = || cx.app.slots.contains(&session.id);
            match cx.app.group_of(session) {
                Group::NeedsYou => counts.waiting += session.waiting().count().max(1),
                Group::Working => counts.working += 1,
                Group::Done => counts.done += usize::from(listed()),
                Group::Failed => counts.failed += usize::from(listed()),
                Group::Idle | Group::Ended => {}
            }
            let risky = |risk: Risk| matches!(risk, Risk::High | Risk::Top);
            let risk = |request: &Request| request.verdict.as_ref().is_none_or(|verdict| risky(verdict.risk));
            counts.high += session.waiting().filter(|(request, _, _)| risk(request)).count();
        }
        counts
    }

    /// What the title of a window says of them.
    pub(super) fn worth_a_title(self) -> impl Iterator<Item = (usize, &'static str)> {
        let all = [(self.waiting, "waiting"), (self.working, "working"), (self.done, "done"), (self.failed, "failed")];
        all.into_iter().filter(|(count, _)| *count > 0)
    }

    /// ` taut  5 live  2 waiting  1 failed`; with marks in place of words where those have no room, so that no count is
    /// ever left out.
    fn row(self, cx: &Cx<'_>, width: usize) -> Row {
        let kinds = [
            (self.live, "live", None, Look::from(Role::Text)),
            (self.waiting, Mark::Waiting.word(), Some(Mark::Waiting), Look::strong(Role::Accent)),
            (self.working, Mark::Working.word(), Some(Mark::Working), Role::Text.into()),
            (self.done, Mark::Done.word(), Some(Mark::Done), Role::Good.into()),
            (self.failed, Mark::Failed.word(), Some(Mark::Failed), Role::Danger.into()),
        ];
        let kinds = || kinds.into_iter().filter(|(count, ..)| *count > 0);
        let name = || Row::of(" taut", Look::strong(Role::Text));
        let words = kinds().fold(name(), |row, (count, word, _, look)| row.with(format!("  {count} {word}"), look));
        if words.width() <= width {
            return words;
        }
        let marked = |row: Row| {
            kinds()
                .filter_map(|(count, _, mark, look)| Some((count, mark?, look)))
                .fold(row, |row, (count, mark, look)| row.with(format!(" {}{count}", mark.sign(cx.glyphs)), look))
        };
        let marks = marked(name());
        if marks.width() <= width { marks } else { marked(Row::new()) }
    }
}

/// Draws the line.
pub(super) fn draw(cx: &Cx<'_>, scene: &mut Scene, area: Area) {
    let counts = Counts::of(cx);
    let left = counts.row(cx, area.columns());
    let clock = Row::of(format!("  {} ", clock::hm(cx.now, cx.app.utc_offset)), Role::Muted);
    let spent = cx.app.state.spent();
    // Where some do not say what they cost, it is at least this.
    let least = match spent.untold {
        0 => "",
        _ if cx.glyphs.ascii => ">",
        _ => "≥",
    };
    let costs: Vec<String> =
        spent.sums.into_iter().map(|(currency, micros)| format!("{least}{}", human::money(micros, currency))).collect();
    let risky = match counts.high {
        0 => Row::new(),
        high => Row::of(format!("  {} {high}", cx.glyphs.high), Look::strong(Role::Danger)),
    };
    // Where not all has room: first the counts, then the clock, the risks, the costs.
    let mut right = Row::new();
    let mut room = area.columns().saturating_sub(left.width());
    for part in [clock, risky, Row::of(costs.join(" "), Role::Text)] {
        if part.width() < room {
            room -= part.width();
            right = part.with_row(right);
        }
    }
    scene.put_row(area, left.right(right, area.columns()));
}

/// What a human must know of the hub and the link to it, one sentence each; worst first.
pub(super) fn troubles(cx: &Cx<'_>, width: usize) -> Vec<Row> {
    let status = &cx.app.status;
    let mut rows = Vec::new();
    let mut say = |head: &str, text: String, role: Role| {
        Styled::of(&text, role).flow(Row::of(format!(" {head}  "), Look::strong(role)), width, &mut rows);
    };
    let shown = |text: &str| text::prose(&text.replace('\n', " ")).text.into_owned();
    if let Some(why) = &cx.app.link_lost {
        let what = "reading works, decisions are refused until it is back";
        say("LINK LOST", format!("{what}: {}", shown(why)), Role::Danger);
    }
    if cx.app.hub_silent {
        let may = match cx.app.in_flight.values().next_back() {
            Some(last) => format!(", and what was sent may be done then ({})", shown(last)),
            None => String::new(),
        };
        let brake = keymap::key(cx.app, Action::Halt).map(|key| format!("; {key} twice ends every agent from here"));
        let brake = brake.unwrap_or_default();
        say(
            "NO ANSWER",
            format!("the hub does not answer: decisions are refused until it does{may}{brake}"),
            Role::Danger,
        );
    }
    if let Some(why) = &status.store_error {
        let held = match status.held {
            0 => String::new(),
            1 => "1 answer held, ".to_owned(),
            count => format!("{count} answers held, "),
        };
        say("NOT WRITTEN", format!("{held}deny and interrupt still act: {}", shown(why)), Role::Danger);
    } else if status.held > 0 {
        say("HELD", format!("{} answers wait to be written", status.held), Role::Warn);
    }
    if let Some((alive, of)) = status.halted.filter(|(_, of)| *of > 0) {
        let role = if alive == 0 { Role::Info } else { Role::Danger };
        say("HALTED", format!("{alive} of {of} processes known alive"), role);
    }
    if let Some(why) = &status.read_only {
        say("READ ONLY", shown(why), Role::Warn);
    }
    if let Some(spend) = cx.app.spent_today(cx.now) {
        let role = if spend.over == Over::Hard { Role::Danger } else { Role::Warn };
        say("BUDGET", alarms::spent(&spend), role);
    }
    if let Some(settings) = status.settings.as_ref().filter(|settings| !settings.waits.is_empty()) {
        let next = match keymap::key(cx.app, Action::AcceptSettings) {
            Some(key) => format!("{key} shows what, and takes it"),
            None => "`accept-settings` in the palette shows what, and takes it".to_owned(),
        };
        let what = shown(&settings.words());
        say("SETTINGS", format!("{what} changed while agents run, and not in force: {next}"), Role::Warn);
    }
    if let Some(why) = &status.config_error {
        say("CONFIG", shown(why), Role::Warn);
    }
    rows
}
