//! What stands below the last entry of a timeline: what a session is doing where no entry says it.

use super::body::{self, Found};
use super::flow::Styled;
use super::{Cx, Look, Row, clock, flag, meter};
use crate::domain::LoginWay;
use crate::keymap;
use crate::state::{Life, Phase, Session};
use crate::text;
use crate::theme::Role;
use crate::ui::{Action, Want};

/// A start may take a while; beyond this many milliseconds it says what can be done.
const LONG_START: u64 = 30_000;

/// The rows below the last entry.
pub(super) fn rows(cx: &Cx<'_>, session: &Session, width: usize, wants: &mut Vec<Want>) -> Vec<Row> {
    let mut rows = Vec::new();
    if session.timeline.next > 0 {
        rows.push(Row::new());
    }
    let begin = rows.len();
    let mut say = |text: &str, look: Look| Styled::of(text, look).flow(Row::new(), width, &mut rows);
    match &session.life {
        Life::Unknown => {
            say("Nothing is known of how it is now: taut was not running when it last wrote.", Role::Muted.into());
        }
        Life::Starting(doing) => starting(cx, session, doing, &mut say),
        Life::LoginNeeded { said, ways } => {
            say("It wants a login before it works.", Look::strong(Role::Accent));
            Found::of(cx.app, said).or_want(wants);
            for line in body::all(cx.app, said).lines().take(12) {
                say(&text::prose(line).text, Role::Text.into());
            }
            for way in ways {
                login_way(way, &mut say);
            }
            say(&hint(cx, Action::Logins, "chooses how"), Role::Muted.into());
        }
        Life::Open => {
            open(cx, session, &mut say);
            if let Some(said) = flag::keeping(cx, session) {
                say(&said, Role::Info.into());
            }
            flag::sentences(cx, session).into_iter().for_each(|(said, look)| say(&said, look));
            if let Some(said) = meter::warning(cx, &session.meter) {
                say(&said, Role::MeterHigh.into());
            }
        }
        // It is another tool's: there is nothing of taut's to open.
        Life::Ended { .. } if is_recording(cx) => {}
        Life::Ended { .. } => say(
            &hint(cx, Action::Reopen, "goes on with it: its own agent, or another one with a brief of it"),
            Role::Muted.into(),
        ),
    }
    if rows.len() == begin {
        rows.clear();
    }
    rows
}

fn starting(cx: &Cx<'_>, session: &Session, doing: &str, say: &mut impl FnMut(&str, Look)) {
    let agent = text::visible(&session.agent).text;
    say(
        &format!("Starting {agent}: {}  {}", text::prose(doing).text, clock::age(session.life_since, cx.now)),
        Role::Text.into(),
    );
    if !session.command.is_empty() {
        say(&format!("$ {}", text::visible(&session.command.join(" ")).text), Role::Muted.into());
    }
    if cx.now.since(session.life_since) >= LONG_START {
        say("Agents may take 20 seconds; this is longer.", Role::Warn.into());
        say(&hint(cx, Action::EndSession, "ends it and shows what it wrote"), Role::Muted.into());
    }
}

fn login_way(way: &LoginWay, say: &mut impl FnMut(&str, Look)) {
    say(&format!("- {}", text::prose(&way.name).text), Look::strong(Role::Text));
    if let Some(help) = &way.help {
        help.lines().take(8).for_each(|line| say(&format!("  {}", text::prose(line).text), Role::Text.into()));
    }
}

fn open(cx: &Cx<'_>, session: &Session, say: &mut impl FnMut(&str, Look)) {
    if session.turn.is_some_and(|turn| turn.interrupted) {
        say("Interrupt asked; the agent has not stopped yet.", Role::Warn.into());
    } else if let Phase::Stalled(since) = cx.phase(session) {
        let (time, age) = (clock::hms(since, cx.app.utc_offset), clock::age(since, cx.now));
        say(&format!("Nothing heard since {time} ({age}). Its process is alive."), Role::Warn.into());
        say(&hint(cx, Action::Interrupt, "interrupts the turn"), Role::Muted.into());
    } else if session.timeline.next == 0 {
        let name = session.face.title.as_ref().or(session.face.name.as_ref());
        let name = name.map_or(session.agent.as_str(), String::as_str);
        let version = session.face.version.as_deref().map(|version| format!(" {version}")).unwrap_or_default();
        say(&format!("{} is ready.", text::prose(&format!("{name}{version}")).text), Role::Text.into());
        say(&hint(cx, Action::Compose, "writes what shall be done"), Role::Muted.into());
    }
}

fn hint(cx: &Cx<'_>, action: Action, what: &str) -> String {
    keymap::key(cx.app, action).map_or_else(|| what.to_owned(), |key| format!("{key}  {what}"))
}

fn is_recording(cx: &Cx<'_>) -> bool {
    cx.app.replay.as_ref().is_some_and(|replay| replay.recording.is_some())
}
