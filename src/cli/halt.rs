//! `taut halt`: every agent ends, and what is left is counted here, in `/proc`, whatever the hub says.

use super::out::Out;
use super::setup::Setup;
use super::{CliError, holder};
use crate::agent::process::{group, tree};
use crate::domain::{Command, CommandId};
use crate::hub::{Link, Published, halts, marks, socket};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;
use std::thread::{Builder, scope, sleep};
use std::time::{Duration, Instant};

/// How long the hub has to end them.
const BY_THE_HUB: Duration = Duration::from_secs(1);
/// How long is waited until none is left, before what is there is called alive.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often it is counted.
const GLANCE: Duration = Duration::from_millis(20);
/// How long the hub may take to greet.
const ANSWERS: Duration = Duration::from_millis(500);
/// How long the hub may take to say that it heard.
const HEARD: Duration = Duration::from_millis(500);

/// Ends everything.
///
/// # Errors
/// No hub runs and nothing is left of one, or an agent asks.
pub(super) fn halt(setup: &Setup) -> Result<ExitCode, CliError> {
    if let Some(mark) = socket::own_mark() {
        return Err(CliError::Refused(format!(
            "this is a shell of the agent of session {mark}: an agent can't halt the others"
        )));
    }
    let spans = match setup.reader().and_then(|reader| Ok(reader.sessions()?)) {
        Ok(spans) => spans,
        Err(why) => return Err(uncounted(setup, why)),
    };
    let sessions: BTreeSet<String> = spans.iter().map(|span| span.session.to_string()).collect();
    let alive = || tree::count(|mark| sessions.contains(marks::session(mark)));
    let before = alive();
    let mut out = Out::new();
    match reached(setup) {
        Ok(mut link) => {
            link.send(CommandId(1), Command::Halt);
            let until = Instant::now() + BY_THE_HUB;
            while alive() > 0 && Instant::now() < until {
                sleep(GLANCE);
            }
            // What it says to its consoles comes when its log can be written; the agents did not wait for that.
            if !hears(&mut link) {
                out.line("the hub has not put it on record yet: `taut daemon status` says why")?;
            }
        }
        Err(why) if before == 0 => out.line(&why)?,
        Err(why) => out.line(&format!("{why}; its agents are ended from here"))?,
    }
    if alive() > 0 {
        end(&setup.places.state, &marks::borne(&sessions));
    }
    let until = Instant::now() + PATIENCE;
    let mut left = alive();
    while left > 0 && Instant::now() < until {
        sleep(GLANCE);
        left = alive();
    }
    out.line(&format!("{left} of {} processes known alive", before.max(left)))?;
    if let Err(why) = group::delegated() {
        out.line(&format!(
            "not counted: what hid its mark and outlived its parents, since agents have no control group here ({why})"
        ))?;
    }
    out.done()?;
    Ok(ExitCode::from(u8::from(left > 0)))
}

/// Whether the hub says soon that it heard.
fn hears(link: &mut Link) -> bool {
    let until = Instant::now() + HEARD;
    loop {
        match super::remote::listen(link, until) {
            Ok(Some(Published::Replied(..))) => return true,
            Ok(Some(_)) => {}
            Ok(None) | Err(_) => return false,
        }
    }
}

/// Without the log nobody here knows the sessions; the hub does.
fn uncounted(setup: &Setup, why: CliError) -> CliError {
    let Ok(mut link) = reached(setup) else { return why };
    link.send(CommandId(1), Command::Halt);
    let heard = if hears(&mut link) { "has ended every agent" } else { "was told to end every agent" };
    CliError::Daemon(format!("the hub {heard}, and what is left can't be counted from here: {why}"))
}

/// The hub, where it answers at once: one that hangs is not waited for.
fn reached(setup: &Setup) -> Result<Link, String> {
    let (socket, state) = (setup.places.socket.clone(), setup.places.state.clone());
    let (tell, told) = std::sync::mpsc::channel();
    let reach = move || drop(tell.send(socket::connect(&socket, &state, None, socket::Role::Script)));
    if let Err(error) = Builder::new().name("reach".to_owned()).spawn(reach) {
        return Err(format!("the hub can't be asked, since there is no thread to be had: {error}"));
    }
    match told.recv_timeout(ANSWERS) {
        Ok(Ok((link, _))) => Ok(link),
        Ok(Err(error)) => Err(holder::Unanswered::why(holder::unanswered(setup, &error)).to_string()),
        Err(_) => Err("the hub does not answer".to_owned()),
    }
}

/// Ends what the hub did not, and leaves word of it: a hub that hangs reads later who it was.
fn end(state: &Path, marks: &BTreeSet<String>) {
    marks.iter().for_each(|mark| halts::say(state, mark));
    scope(|scope| {
        for mark in marks {
            let reap = move || drop(tree::reap_within(mark, Duration::ZERO));
            if Builder::new().spawn_scoped(scope, reap).is_err() {
                reap();
            }
        }
    });
}
