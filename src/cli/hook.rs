//! `taut hook`: what an agent runs before a call. It asks the hub, waits for the human, and says the answer in the agent's
//! words. Where anything goes wrong for a call of a session, it is denied: exit code 2, which both agents take for that,
//! with the reason on stderr.

use super::args::Hook;
use crate::agent::hook::{Answer, Kind, Question};
use crate::hub::config::{Given, Places};
use crate::hub::socket::{self, SAID_MAX};
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

/// The call is denied.
const DENIED: u8 = 2;

/// Runs it. Whatever happens, a call of a session is answered before the agent gives up on its hook.
pub(super) fn run(args: Hook, state: Option<PathBuf>) -> ExitCode {
    let began = Instant::now();
    // A session's own hook says so; one in the user's own settings looks whether there is one.
    let Some(session) = args.session.clone().or_else(socket::own_mark) else { return ExitCode::SUCCESS };
    let within = Duration::from_secs(args.within);
    let wait = crate::hub::patience(within);
    // Half of what is left after the hub's own denial: if that is late, this one is not.
    let until = began.checked_add(wait + (within.saturating_sub(wait)) / 2).unwrap_or(began);
    let (say, heard) = std::sync::mpsc::channel();
    let kind = args.agent;
    let asking = move || drop(say.send(ask(&args, state, &session, wait, until)));
    if std::thread::Builder::new().name("hook".to_owned()).spawn(asking).is_err() {
        return denied("there is no thread to be had");
    }
    // A pipe or a hub that hangs must not let the agent go on either.
    match heard.recv_timeout(until.saturating_duration_since(Instant::now())) {
        Ok(Ok(answer)) => said(&answer, kind),
        Ok(Err(why)) => denied(&why),
        Err(RecvTimeoutError::Timeout) => denied("nobody answered in time"),
        Err(RecvTimeoutError::Disconnected) => denied("its hook broke"),
    }
}

/// Asks the hub.
fn ask(args: &Hook, state: Option<PathBuf>, session: &str, within: Duration, until: Instant) -> Result<Answer, String> {
    let said = heard()?;
    if Question::read(args.agent, said.as_bytes())
        .map_err(|why| format!("what the agent gave its hook is not understood: {why}"))?
        .is_none()
    {
        return Ok(Answer::Nothing);
    }
    let given = Given { config: None, state };
    let places = Places::find(&given, |key| std::env::var_os(key)).map_err(|error| error.to_string())?;
    let socket = args.socket.clone().unwrap_or_else(|| places.hooks());
    let question = socket::Question { session, kind: args.agent, said: &said, within };
    socket::ask_hub(&socket, &places.state, &question, until)
}

/// What the agent gives its hook. What is too long is read to its end all the same: the agent writes it first.
fn heard() -> Result<String, String> {
    let (mut bytes, most) = (Vec::new(), u64::try_from(SAID_MAX).unwrap_or(u64::MAX));
    let mut stdin = std::io::stdin().lock();
    let broken = |error| format!("the call can't be read ({error})");
    (&mut stdin).take(most).read_to_end(&mut bytes).map_err(broken)?;
    let more = std::io::copy(&mut stdin, &mut std::io::sink()).map_err(broken)?;
    if more > 0 {
        return Err(socket::too_long(bytes.len().saturating_add(usize::try_from(more).unwrap_or(usize::MAX))));
    }
    String::from_utf8(bytes).map_err(|_| "what the agent gave its hook is no text".to_owned())
}

/// Says an answer.
fn said(answer: &Answer, kind: Kind) -> ExitCode {
    let words = answer.words(kind);
    let Some(words) = words else { return ExitCode::SUCCESS };
    let mut out = std::io::stdout().lock();
    // Half an answer would be none.
    match writeln!(out, "{words}").and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => denied(&format!("its answer can't be written ({error})")),
    }
}

/// Denies the call: why is for the model, and for who reads its transcript.
fn denied(why: &str) -> ExitCode {
    let why = crate::text::visible(why).text;
    drop(writeln!(std::io::stderr(), "taut: the call was refused, since no human could answer it: {why}"));
    ExitCode::from(DENIED)
}
