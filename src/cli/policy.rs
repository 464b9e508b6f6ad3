//! `taut policy check`: what the judge says of a call, and why, without running anything.

use super::CliError;
use super::args::{Check, Policy, PolicyVerb};
use super::out::Out;
use super::setup::Setup;
use super::{daemon, remote};
use crate::agent::hook;
use crate::domain::{CallId, Completeness, Impact, Outcome, RuleRef, SettingsFile, Verdict, fields};
use crate::hub;
use crate::policy::{CallView, Context, Raised, judge, scopes};
use crate::shell::{self, How, Line, Touch};
use serde_json::{Map, Value, json};
use std::process::ExitCode;

/// You would be asked.
const ASKS: u8 = 10;
/// It would be denied.
const DENIES: u8 = 11;

/// A command line, taken apart.
struct Taken {
    line: Option<Line>,
    /// What it would do to files.
    hits: Option<shell::loss::Plan>,
}

/// Does what was asked.
///
/// # Errors
/// One sentence.
pub(super) fn policy(setup: &Setup, args: &Policy) -> Result<ExitCode, CliError> {
    match &args.verb {
        PolicyVerb::Check(check) => judged(setup, check),
    }
}

fn judged(setup: &Setup, args: &Check) -> Result<ExitCode, CliError> {
    setup.warn();
    let mut ctx = context(setup, args)?;
    let mut view = call(args, &ctx.workspace)?;
    hub::lead(&mut view, &mut ctx);
    let verdict = judge(&setup.settings.policy, &view, &ctx);
    let command = view.command.as_ref().and_then(|text| text.inline());
    let around = shell::loss::Around { folder: &ctx.workspace, home: &ctx.home };
    let line = Taken { line: command.map(shell::read), hits: command.map(|text| shell::loss::read(text, around)) };
    let scopes: Vec<String> = scopes(&view, &ctx).iter().map(crate::domain::Matcher::words).collect();
    let mut out = Out::new();
    let held = held_back(setup);
    if args.json {
        out.json(&as_json(&verdict, &line, &scopes, held.is_some()))?;
    } else {
        as_text(&mut out, &verdict, &line, &scopes)?;
        if let Some(held) = held {
            out.fact("but", &held)?;
        }
    }
    out.done()?;
    Ok(match verdict.outcome {
        Outcome::Allow => ExitCode::SUCCESS,
        Outcome::Ask => ExitCode::from(ASKS),
        Outcome::Deny => ExitCode::from(DENIES),
    })
}

/// That a hub with live agents holds to other rules than the file says: what was judged here is the file.
fn held_back(setup: &Setup) -> Option<String> {
    let (mut link, _) = daemon::at_once(setup, None).ok()?;
    let settings = remote::greeting(&mut link).ok()?.settings?;
    settings.waits.iter().any(|wait| wait.file == SettingsFile::Policy).then(|| {
        "this is what policy.toml says now; it was changed while agents run, and the hub holds to the one before until a \
         human takes it in the console"
            .to_owned()
    })
}

fn context(setup: &Setup, args: &Check) -> Result<Context, CliError> {
    let fault = |what: String| CliError::Config(what);
    let named = args.cwd.clone().unwrap_or_else(|| ".".into());
    let workspace = named.canonicalize().map_err(|error| {
        fault(format!(
            "the folder {} can't be opened: {}; name another with --cwd",
            named.display(),
            super::words::os(&error)
        ))
    })?;
    Ok(Context {
        workspace: workspace.to_string_lossy().into_owned(),
        home: setup.home.clone(),
        agent: args.agent.clone(),
        own: setup.places.own(&setup.program),
        ..Context::default()
    })
}

/// The call, as an agent would tell of it whose tool has these arguments.
fn call(args: &Check, workspace: &str) -> Result<CallView, CliError> {
    let whole = CallView { payload: Completeness::Whole, raised: Raised::ByAgent, ..CallView::default() };
    let Some(input) = &args.input else {
        let command = args.command.as_deref().map(Into::into);
        return Ok(CallView { impact: Impact::Execute, command, ..whole });
    };
    let given: Value = serde_json::from_str(input).map_err(|error| {
        CliError::Config(format!("--input is not JSON: {error}; give the tool's arguments as an object"))
    })?;
    let Value::Object(object) = given else {
        return Err(CliError::Config(
            "--input is no JSON object: give the tool's arguments as {\"name\": value}".into(),
        ));
    };
    if let Some(known) = known(args, &object, workspace) {
        return Ok(known);
    }
    let view = CallView { tool: args.tool.clone(), args: Some(input.as_str().into()), impact: Impact::Other, ..whole };
    let meant = fields::fields(input);
    let text = |meaning| meant.iter().find(|field| field.meaning == meaning).map(|field| field.text.clone());
    if let Some(command) = text(fields::Meaning::Command) {
        return Ok(CallView { impact: Impact::Execute, command: Some(command.as_str().into()), ..view });
    }
    let writes = text(fields::Meaning::Content).or_else(|| text(fields::Meaning::New)).is_some();
    let names = ["file_path", "path", "filePath", "absolute_path", "notebook_path", "file"];
    let path = names.iter().find_map(|name| object.get(*name)?.as_str());
    Ok(match path {
        Some(path) if writes => CallView { impact: Impact::Edit, writes: vec![path.into()], ..view },
        Some(path) => CallView { places: vec![path.into()], ..view },
        None => view,
    })
}

/// The call, where its tool is one that the agent is known to have.
fn known(args: &Check, input: &Map<String, Value>, workspace: &str) -> Option<CallView> {
    let kind = if args.agent == "codex" { hook::Kind::Codex } else { hook::Kind::Claude };
    let (tool, call) = (args.tool.clone()?, CallId("check".to_owned()));
    let asked = hook::Question { kind, thread: None, call, tool, input: Value::Object(input.clone()), cwd: None };
    let (patch, payload) = asked.call(workspace);
    let view = CallView::of(&patch, payload, Raised::ByAgent);
    (view.impact != Impact::Other).then_some(view)
}

fn as_text(out: &mut Out, verdict: &Verdict, taken: &Taken, scopes: &[String]) -> Result<(), CliError> {
    let outcome = match verdict.outcome {
        Outcome::Allow => "allow: it would run without a question",
        Outcome::Ask => "ask: it would wait for you",
        Outcome::Deny => "deny: it would not run",
    };
    out.fact("outcome", outcome)?;
    out.fact("rule", &rule(&verdict.rule))?;
    out.fact("risk", verdict.risk.word())?;
    out.fact("why", &verdict.reasons.join("\n"))?;
    if let Taken { line: Some(line), hits } = taken {
        let hits = hits.clone().unwrap_or_default();
        let commands: Vec<String> = line.commands.iter().map(command).collect();
        let runs = if commands.is_empty() { "nothing that is understood".to_owned() } else { commands.join("\n") };
        out.fact("runs", &runs)?;
        let sets: Vec<&str> = line.assigns.iter().map(|assign| assign.name.as_str()).collect();
        if !sets.is_empty() {
            out.fact("sets", &sets.join("\n"))?;
        }
        let changes: Vec<String> = line.touches().iter().map(change).collect();
        if !changes.is_empty() {
            out.fact("changes", &changes.join("\n"))?;
        }
        if !hits.is_empty() {
            let unknown = hits.unknown.iter().map(|why| format!("not known: {why}"));
            let hits: Vec<String> = hits.deeds.iter().map(shell::loss::Deed::shown).chain(unknown).collect();
            out.fact("hits", &hits.join("\n"))?;
        }
        if !line.doubts.is_empty() {
            out.fact("unclear", &line.doubts.join("\n"))?;
        }
    }
    if !scopes.is_empty() {
        out.fact("grants", &scopes.join("\n"))?;
    }
    Ok(())
}

fn rule(rule: &RuleRef) -> String {
    match rule.line {
        Some(line) => format!("{}:{line}: {}", rule.source, rule.text),
        None => format!("{}: {}", rule.source, rule.text),
    }
}

fn command(simple: &shell::Simple) -> String {
    let shown = simple.shown().replace(['\n', '\t'], " ");
    if simple.through.is_empty() { shown } else { format!("{shown}   (run by {})", simple.through.join(", ")) }
}

fn change(touch: &Touch) -> String {
    let how = match touch.how {
        How::Deletes => "deletes",
        How::Moves => "moves",
        How::Rewrites => "overwrites",
        How::Appends => "adds to",
    };
    format!("{how} {} ({})", touch.path.shown(), touch.by)
}

fn as_json(verdict: &Verdict, taken: &Taken, scopes: &[String], held: bool) -> Value {
    let (line, hits) = (taken.line.as_ref(), taken.hits.clone().unwrap_or_default());
    let commands: Vec<Value> = line.map_or_else(Vec::new, |line| {
        let words = |simple: &shell::Simple| simple.words.iter().map(shell::Word::shown).collect::<Vec<_>>();
        line.commands.iter().map(|simple| json!({ "words": words(simple), "through": simple.through })).collect()
    });
    let changes: Vec<Value> = line.map_or_else(Vec::new, |line| {
        let how = |how| match how {
            How::Deletes => "deletes",
            How::Moves => "moves",
            How::Rewrites => "rewrites",
            How::Appends => "appends",
        };
        line.touches().iter().map(|it| json!({ "how": how(it.how), "path": it.path.shown(), "by": it.by })).collect()
    });
    json!({
        "outcome": verdict.outcome,
        "rule": verdict.rule,
        "risk": verdict.risk,
        "reasons": verdict.reasons,
        "commands": commands,
        "sets": line.map_or_else(Vec::new, |line| line.assigns.iter().map(|assign| assign.name.clone()).collect()),
        "changes": changes,
        "hits": hits.deeds.iter().map(|deed| json!({ "what": deed.shown(), "by": deed.by, "folder": deed.folder })).collect::<Vec<_>>(),
        "hits_not_known": hits.unknown,
        "not_understood": line.map_or_else(Vec::new, |line| line.doubts.clone()),
        "scopes": scopes,
        "policy": verdict.policy,
        "in_force": !held,
    })
}
