//! What was granted: a row each, the selected one with all that is known of it.

use crate::domain::{At, By, Matcher};
use crate::state::{Given, Session, Standing, Step};
use crate::text;
use crate::theme::Role;
use crate::ui::grants::{GrantsUi, Row as Listed};
use crate::view::flow::Styled;
use crate::view::{Area, Cx, Look, Row, Scene, clock};

/// Cells of how it stands.
const STANDING: usize = 9;
/// Cells before a detail: its label.
const LABEL: usize = 8;

/// Draws the list over the whole area.
pub(super) fn draw(cx: &Cx<'_>, scene: &mut Scene, area: Area, ui: &GrantsUi) {
    let width = area.columns().saturating_sub(1).max(1);
    let all = cx.app.grants(cx.now);
    let at = cx.app.granted_at(ui, &all);
    let room = area.rows().saturating_sub(1).max(1);
    let mut rows = Vec::new();
    let mut selected = 0..0;
    // Only what can be seen is made: a row each, and the selected one's details.
    let from = at.saturating_sub(room);
    let shown = || all.iter().skip(from).take(2 * room);
    let name = shown().map(|one| text::width(&cx.name(session(one)))).max().unwrap_or(0);
    let name = name.min((width / 6).clamp(4, 20));
    for (n, one) in shown().enumerate() {
        let (n, begin) = (from + n, rows.len());
        rows.push(line(cx, one, n == at, (name, width)));
        if n == at {
            details(cx, one, width, &mut rows);
            selected = begin..rows.len();
        }
    }
    if all.is_empty() {
        nothing(width, &mut rows);
    }
    // The selected one is shown whole, where there is room for it; its first rows in any case.
    let top = selected.end.saturating_sub(room).max(selected.start.saturating_sub(room / 2)).min(selected.start);
    let top = top.min(rows.len().saturating_sub(room));
    let mut shown: Vec<Row> = rows.into_iter().skip(top).take(room).collect();
    shown.resize(room, Row::new());
    let holds = all.iter().filter(|row| matches!(row, Listed::Grant { standing: Standing::Holds, .. })).count();
    super::drawer(cx, scene, area, &format!("GRANTS {holds}"), shown);
}

fn nothing(width: usize, rows: &mut Vec<Row>) {
    for said in [
        "nothing is granted: every call that no rule allows asks",
        "a card's scopes grant more than one call; what was granted stands here, and can be taken back",
    ] {
        Styled::of(said, Role::Muted).flow(Row::of("   ", Role::Text), width, rows);
    }
}

/// Whose it is.
fn session<'a>(one: &Listed<'a>) -> &'a Session {
    match one {
        Listed::Grant { session, .. } | Listed::Loosened { session, .. } => session,
    }
}

/// `▌ holds    2 fix-auth   every edit of src/**   until 14:05   used 3 times`.
fn line(cx: &Cx<'_>, one: &Listed<'_>, chosen: bool, (name, width): (usize, usize)) -> Row {
    let (session, standing, role) = match one {
        Listed::Grant { session, given, standing: Standing::Holds, .. } if given.is_agents_own() => {
            (session, "agent's", Role::Warn)
        }
        Listed::Grant { session, standing: Standing::Holds, .. } => (session, "holds", Role::Good),
        Listed::Grant { session, standing, .. } => (session, standing.word(), Role::Muted),
        Listed::Loosened { session, .. } => (session, "loosened", Role::Warn),
    };
    let mut row = Row::of(if chosen { cx.glyphs.cursor } else { " " }, Look::strong(Role::Accent));
    row.push(" ", Role::Text);
    if width >= 40 {
        row.push(format!("{standing:<STANDING$}"), role);
    } else {
        row.push(standing.chars().next().map_or_else(String::new, |letter| format!("{letter} ")), role);
    }
    let slot = cx.slot(session.id).map_or_else(String::new, |slot| slot.to_string());
    row.push(format!("{slot:>1} "), Role::Muted);
    let who = text::middle(&cx.name(session), name).into_owned();
    row.push(format!("{}  ", text::pad_end(&who, name)), cx.hue(session.id));
    let right = match one {
        Listed::Grant { given, .. } if width >= 60 => right(cx, given),
        Listed::Grant { .. } | Listed::Loosened { .. } => Row::new(),
    };
    let room = width.saturating_sub(row.width() + right.width() + 1);
    let covers = text::visible(&in_a_row(cx, one)).text.into_owned();
    let is_on = matches!(one, Listed::Grant { standing: Standing::Holds, .. } | Listed::Loosened { .. });
    let look = match (chosen, is_on) {
        (true, _) => Look::strong(Role::Text),
        (false, true) => Role::Text.into(),
        (false, false) => Role::Muted.into(),
    };
    row.push(text::end(&covers, room).into_owned(), look);
    row.right(right, width)
}

/// What it covers, by nothing but its matcher.
fn covers(one: &Listed<'_>) -> String {
    match one {
        Listed::Grant { given, .. } => given.grant.matcher.words(),
        Listed::Loosened { why, .. } => format!("asks no more: {why}"),
    }
}

/// The same beside others: which call "exactly this call" is.
fn in_a_row(cx: &Cx<'_>, one: &Listed<'_>) -> String {
    let Listed::Grant { session, given, .. } = one else { return covers(one) };
    match (&given.grant.matcher, origin(session, given)) {
        (Matcher::Exact { .. }, Some(step)) => match step.command {
            Some(_) => format!("exactly {}", whole(cx, session, step)),
            None => format!("exactly this {}", whole(cx, session, step)),
        },
        _ => covers(one),
    }
}

/// The call with which it was given.
fn origin<'a>(session: &'a Session, given: &Given) -> Option<&'a Step> {
    given.grant.origin.and_then(|origin| session.request_and_step(origin.seq)).map(|found| found.1)
}

/// A call, with the folder in which it runs where that is not the session's.
fn whole(cx: &Cx<'_>, session: &Session, step: &Step) -> String {
    let folder = step.folder_apart(&session.cwd).map(|folder| format!(", in {}", cx.path(session, folder)));
    let target = match step.command {
        Some(_) => format!("`{}`", first_line(step.target())),
        None => format!("of {}", cx.path(session, step.target())),
    };
    format!("{} {target}{}", step.impact.word(), folder.unwrap_or_default())
}

/// Its uses and its age, at the right.
fn right(cx: &Cx<'_>, given: &Given) -> Row {
    let uses = match given.uses {
        _ if given.is_agents_own() => "uses not known".to_owned(),
        0 => "never used".to_owned(),
        1 => "used once".to_owned(),
        n => format!("used {n} times"),
    };
    Row::of(format!("  {uses:<14}"), Role::Muted).with(format!("{:>5}", clock::age(given.at, cx.now)), Role::Muted)
}

/// All that is known of the selected one.
fn details(cx: &Cx<'_>, one: &Listed<'_>, width: usize, rows: &mut Vec<Row>) {
    let mut say = |label: &str, said: &str, role: Role| {
        let label = if width >= 40 { format!("     {label:<LABEL$}") } else { "   ".to_owned() };
        let lead = Row::of(label, Role::Muted);
        Styled::of(&text::visible(said).text, role).flow(lead, width, rows);
    };
    say("covers", &covers(one), Role::Text);
    match one {
        Listed::Loosened { session, .. } => {
            say("", "the agent decides this itself, and taut can neither count nor end it", Role::Warn);
            say("end it", &format!("end {}, or put it in another mode", cx.name(session)), Role::Muted);
        }
        Listed::Grant { session, id, given, standing } => {
            let who = given.by.as_ref().map_or_else(|| "nobody knows who".to_owned(), By::word);
            let by_answer = given.grant.origin.map_or_else(String::new, |origin| format!(" with {origin}"));
            say("given", &format!("by {who}{by_answer}, {}", when(cx, given.at)), Role::Text);
            if let Some(step) = origin(session, given) {
                say("with", &whole(cx, session, step), Role::Text);
            }
            if given.is_agents_own() {
                say("uses", "not known: the agent keeps it itself, and asks no more", Role::Warn);
                say("end it", &format!("end {}, or put it in another mode", cx.name(session)), Role::Muted);
            } else {
                let last = given.last.map_or_else(String::new, |last| format!(", last {}", when(cx, last)));
                say("uses", &format!("{}{last}", given.uses), Role::Text);
            }
            say("until", &until(cx, given, *standing), Role::Text);
            say("id", &id.to_string(), Role::Muted);
        }
    }
}

/// The first line of what a call aims at; that there are more where there are.
fn first_line(target: &str) -> String {
    let mut lines = target.lines();
    let first = lines.next().unwrap_or("");
    if lines.next().is_some() { format!("{first} …") } else { first.to_owned() }
}

fn until(cx: &Cx<'_>, given: &Given, standing: Standing) -> String {
    let time = |at: At| format!("{} {}", clock::date(at, cx.app.utc_offset), clock::hms(at, cx.app.utc_offset));
    match (standing, given.grant.until, &given.revoked) {
        (Standing::Revoked, _, Some((at, by))) => {
            let by = by.as_ref().map_or_else(String::new, |by| format!(" by {}", by.word()));
            format!("revoked{by}, {}", when(cx, *at))
        }
        (Standing::Expired, Some(until), _) => format!("{}: over, it covers nothing any more", time(until)),
        (Standing::Over, ..) => "its session has ended: it covers nothing any more".to_owned(),
        (_, Some(until), _) => time(until),
        (_, None, _) => "the session ends".to_owned(),
    }
}

/// `14:01:07, 3m ago`.
fn when(cx: &Cx<'_>, at: At) -> String {
    format!("{}, {}", clock::hms(at, cx.app.utc_offset), clock::ago(at, cx.now))
}
