//! What is known of the selected request, below the list: why it waits, by which rule, who asks.

use crate::keymap;
use crate::state::Waiting;
use crate::text;
use crate::theme::Role;
use crate::ui::{Action, Focus};
use crate::view::flow::Styled;
use crate::view::{Cx, Look, Row};

/// The first reason; that nothing has judged it where nothing has.
pub(super) fn reason(waiting: &Waiting<'_>) -> String {
    match &waiting.request.verdict {
        None => "not judged".to_owned(),
        Some(verdict) => verdict.reasons.first().map_or_else(String::new, |why| text::visible(why).text.into_owned()),
    }
}

/// `policy.toml:12`.
pub(super) fn rule(waiting: &Waiting<'_>) -> String {
    let rule = waiting.request.verdict.as_ref().map(|verdict| &verdict.rule);
    rule.map_or_else(String::new, |rule| {
        let line = rule.line.map(|line| format!(":{line}")).unwrap_or_default();
        format!("{}{line}", text::visible(&rule.source).text)
    })
}

/// All reasons in one line.
fn reasons(waiting: &Waiting<'_>) -> String {
    let Some(verdict) = &waiting.request.verdict else {
        return "no rule has judged it: its risk is not known and counts as high".to_owned();
    };
    let reasons: Vec<_> = verdict.reasons.iter().map(|why| text::visible(why).text.into_owned()).collect();
    reasons.join("; ")
}

/// `policy.toml:12  "push needs a human"`.
fn rule_in_words(waiting: &Waiting<'_>) -> String {
    let said = waiting.request.verdict.as_ref().map_or("", |verdict| verdict.rule.text.as_str());
    let said = if said.is_empty() { String::new() } else { format!("  \"{}\"", text::visible(said).text) };
    format!("{}{said}", rule(waiting))
}

/// In one line: ` why  rewrites remote history   policy.toml:12  "push needs a human"`.
pub(super) fn line(waiting: &Waiting<'_>, width: usize) -> Row {
    let mut row = Row::of(" why  ", Role::Muted);
    row.push(reasons(waiting), Role::Text);
    row.push("   ", Role::Text);
    row.push(rule_in_words(waiting), Role::Muted);
    row.clip(width)
}

/// In some lines, each with its label.
pub(super) fn all(cx: &Cx<'_>, waiting: &Waiting<'_>, width: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut fact = |label: &'static str, said: &str| {
        let mut lead = Row::of(format!(" {label}"), Role::Muted);
        lead.pad_to(7);
        Styled::of(said, Look::from(Role::Text)).flow(lead, width.saturating_sub(1), &mut rows);
    };
    fact("why", &reasons(waiting));
    fact("rule", &rule_in_words(waiting));
    if cx.app.focus == Focus::Queue {
        let more = cx.app.alike(waiting.request.id).len().saturating_sub(1);
        let marked = cx.app.marks.len();
        if marked > 0 {
            let key = keymap::key(cx.app, Action::Batch).unwrap_or_default();
            let what = if marked == 1 { "mark another one, or all that are alike" } else { "shows them on one card" };
            let lead = if marked == 1 { String::new() } else { format!("{key} ") };
            fact("batch", &format!("{marked} marked: {lead}{what}"));
        } else if more > 0 {
            let key = keymap::key(cx.app, Action::Batch).unwrap_or_default();
            let (wait, all) = match more {
                1 => ("1 more waits that is alike".to_owned(), "both"),
                more => (format!("{more} more wait that are alike"), "them all"),
            };
            fact("batch", &format!("{wait}: {key} shows {all} on one card"));
        }
    }
    let session = waiting.session;
    let path: Vec<String> =
        session.path_of(waiting.entry.lane).iter().map(|name| text::visible(name).text.into_owned()).collect();
    let mode =
        session.mode.as_ref().map(|mode| format!(" in {} mode", text::visible(cx.mode_name(session, mode)).text));
    let agent = text::visible(&session.agent).text;
    fact(
        "who",
        &format!(
            "{}: {agent}{}, works in {}",
            path.join(cx.glyphs.path),
            mode.unwrap_or_default(),
            cx.folder(&session.cwd)
        ),
    );
    rows
}
