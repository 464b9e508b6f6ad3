//! A question about a call: everything that its card shows, whole.

use super::super::clock::{Clock, now};
use super::super::out::Out;
use super::super::{CliError, words};
use super::{change, full, losses, step};
use crate::domain::{Gate, Question, Topic, fields};
use crate::state::{Entry, Request, Session, Step};
use crate::store::Reader;
use crate::ui::{face, made};

/// A request with all that it stands in.
pub(super) struct Shown<'a> {
    /// The log, for long texts.
    pub reader: &'a Reader,
    /// Its session.
    pub session: &'a Session,
    /// The entry of its call.
    pub entry: &'a Entry,
    /// Its call.
    pub step: &'a Step,
    /// The question.
    pub request: &'a Request,
}

/// Shows it.
pub(super) fn show(shown: &Shown<'_>, out: &mut Out) -> Result<(), CliError> {
    let Shown { reader, session, step, request, .. } = shown;
    let stage = match (request.waits(), session.is_live()) {
        (true, false) => "its session has ended".to_owned(),
        // Nobody writes the log, so no agent runs; the next hub puts on record what became of it.
        (true, true) if reader.writer().is_none() => {
            "its hub is gone, and its agent with it: it waits for nobody".to_owned()
        }
        _ => words::stage(session, step, request),
    };
    out.line(&format!("{}  {stage}", request.id))?;
    facts(shown, out)?;
    step::made(reader, step, "", out)?;
    for one in &made::since(step, request, |text| Some(full(reader, text))) {
        section(
            "changed since it was asked before",
            &change::unified(&|text| full(reader, text), one).join("\n"),
            out,
        )?;
    }
    for one in &made::on_disk(step, request) {
        section(
            "the file changed on disk since it was asked before",
            &change::unified(&|text| full(reader, text), one).join("\n"),
            out,
        )?;
    }
    if let Some(command) = &step.command {
        section("command", &full(reader, command), out)?;
    }
    if let Some(losses) = losses::look(shown) {
        losses::show(&losses, out)?;
    }
    for one in &made::against(&step.changes, request) {
        section("change", &change::unified(&|text| full(reader, text), one).join("\n"), out)?;
    }
    if let Some(args) = &step.args {
        section("arguments", &pretty(&full(reader, args)), out)?;
    }
    if !step.output.is_empty() {
        out.line("")?;
        out.line("output")?;
        step::output(reader, session.id, &step.output, "  ", out)?;
    }
    Ok(())
}

fn facts(shown: &Shown<'_>, out: &mut Out) -> Result<(), CliError> {
    let Shown { reader, session, entry, step, request } = shown;
    let (now, clock) = (now(), Clock::here());
    out.fact("step", &format!("{} {} {}", step.number, step.impact.word(), step.target()))?;
    out.fact("who", &session.path_of(request.lane).join(" › "))?;
    if let Some(title) = step.title.as_ref().map(|title| full(reader, title)).filter(|title| !title.is_empty()) {
        out.fact("says", &title)?;
    }
    if let Some(tool) = &step.tool {
        out.fact("tool", tool)?;
    }
    out.fact("folder", step.cwd.as_ref().unwrap_or(&session.cwd))?;
    for place in &step.places {
        let line = place.line.map(|line| format!(":{line}")).unwrap_or_default();
        out.fact("at", &format!("{}{line}", place.path))?;
    }
    if let Some(verdict) = &request.verdict {
        out.fact("risk", &words::risk(verdict))?;
        out.fact("rule", &words::rule(verdict))?;
    }
    if let Some(edited) = step.edited.as_ref().filter(|edited| edited.request == request.id) {
        out.fact("made", &format!("of it by a human: risk {}", words::risk(&edited.verdict)))?;
        out.fact("", &words::rule(&edited.verdict))?;
    }
    if step.gate != Gate::Unknown {
        out.fact("gate", &step.let_in())?;
    }
    let (asked, age) = (clock.full(request.asked), words::age(request.asked, now));
    out.fact("asked", &format!("{asked}, {age} ago, in turn {}; it shows {}", entry.turn.0, request.payload.word()))?;
    if let Some(before) = request.instead_of {
        out.fact("instead", &format!("of {before}"))?;
    }
    request.changed.iter().try_for_each(|changed| out.fact("changed", changed))?;
    if let Some(deadline) = request.deadline {
        out.fact("until", &format!("{}, then it is denied by itself", clock.full(deadline)))?;
    }
    for offer in &request.offers {
        out.fact("offer", &format!("{}: {} ({})", offer.id, offer.name, words::offer(offer.kind)))?;
    }
    how(shown, out)?;
    out.fact("seen", &seen(request))?;
    let answer = request
        .answered
        .as_ref()
        .map(|answered| format!("{}, {}", words::answer(request, answered), clock.full(answered.at)));
    out.fact("answer", answer.as_deref().unwrap_or("none yet"))?;
    out.fact("digest", &request.digest.to_string())
}

/// How it asks: about what, what of a decision the agent can carry, and what may be granted with it.
fn how(shown: &Shown<'_>, out: &mut Out) -> Result<(), CliError> {
    let how = &shown.request.how;
    match &how.topic {
        Topic::Call => {}
        Topic::Plan(plan) => out.fact("plan", &full(shown.reader, plan))?,
        Topic::Questions(questions) => questions.iter().try_for_each(|question| asks(question, out))?,
    }
    for scope in &how.scopes {
        out.fact("scope", &format!("{}: {}", words::scope(scope), scope.words()))?;
    }
    if how.topic.is_call() {
        let args = shown.step.args.as_ref().map(|args| full(shown.reader, args));
        match fields::carried(face::carries_edit(shown.request), args.as_deref()) {
            Ok(carrier) => out.fact("edited", words::carrier(carrier))?,
            Err(why) => out.fact("edited", &format!("not possible: {why}"))?,
        }
        if !shown.step.changes.is_empty() {
            out.fact("in part", words::carrier(how.carries.part))?;
        }
    }
    out.fact("denied", &format!("a reason {}", how.carries.reason.words()))
}

fn asks(question: &Question, out: &mut Out) -> Result<(), CliError> {
    let secret = if question.secret { " (a secret: answered in the console alone)" } else { "" };
    out.fact("asks", &format!("{}: {}{secret}", question.id, question.text))?;
    for choice in &question.choices {
        let about = if choice.about.is_empty() { String::new() } else { format!(": {}", choice.about) };
        out.fact("", &format!("- {}{about}", choice.label))?;
    }
    let takes = match (question.many, question.free || question.choices.is_empty()) {
        (true, true) => "one or more of them, or words of your own",
        (true, false) => "one or more of them",
        (false, true) => "one of them, or words of your own",
        (false, false) => "one of them",
    };
    out.fact("", takes)
}

fn seen(request: &Request) -> String {
    match (request.shown, request.seen.end) {
        (None, _) => "by nobody yet".to_owned(),
        (Some(_), true) => format!("to its end, {} lines", request.seen.of),
        (Some(_), false) => format!("{} of {} lines", request.seen.lines, request.seen.of),
    }
}

fn section(name: &str, text: &str, out: &mut Out) -> Result<(), CliError> {
    out.line("")?;
    out.line(name)?;
    text.trim_end_matches('\n').split('\n').try_for_each(|line| out.line(&format!("  {line}")))
}

/// JSON with one value a line. By its text and not by its meaning: nothing is dropped, put in order or rounded.
fn pretty(args: &str) -> String {
    let is_json = serde_json::from_str::<serde::de::IgnoredAny>(args).is_ok();
    if !is_json {
        return args.to_owned();
    }
    let (mut out, mut depth) = (String::with_capacity(args.len() + args.len() / 8), 0usize);
    let (mut in_string, mut escaped) = (false, false);
    let mut chars = args.chars().filter(|c| !c.is_control()).peekable();
    while let Some(c) = chars.next() {
        if in_string {
            out.push(c);
            in_string = c != '"' || escaped;
            escaped = c == '\\' && !escaped;
            continue;
        }
        match c {
            ' ' => {}
            '{' | '[' => {
                out.push(c);
                while chars.next_if_eq(&' ').is_some() {}
                if let Some(close) = chars.next_if(|next| matches!(next, '}' | ']')) {
                    out.push(close);
                } else {
                    depth += 1;
                    new_line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                new_line(&mut out, depth);
                out.push(c);
            }
            ',' => {
                out.push(c);
                new_line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            '"' => {
                in_string = true;
                out.push(c);
            }
            other => out.push(other),
        }
    }
    out
}

fn new_line(out: &mut String, depth: usize) {
    out.push('\n');
    out.push_str(&"  ".repeat(depth));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_keep_every_key_in_its_order_and_every_digit() {
        let args = r#"{"b":1.50,"a":[1,{}, []],"b":"{\"x\": [,\\\"]}","c":{"d":null}}"#;
        let shown = pretty(args);
        assert_eq!(shown.matches("\"b\": ").count(), 2, "{shown}");
        assert!(shown.contains("1.50"), "{shown}");
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!((lines[0], lines[1], lines.last()), ("{", "  \"b\": 1.50,", Some(&"}")));
        let blank = |text: &str| text.replace([' ', '\n'], "");
        assert_eq!(blank(&shown), blank(args));
        assert_eq!(pretty("rm -rf {"), "rm -rf {");
    }
}
