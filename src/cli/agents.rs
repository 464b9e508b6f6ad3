//! `taut agents`: which agents are known, whether they are here, and what a decision can do with each.

use super::CliError;
use super::args::Agents;
use super::out::Out;
use super::setup::Setup;
use super::version::versions;
use crate::agent::presets::{Ability, Driver, Face, Launch, Missing, PRESETS, Preset, Search, preset, resolve};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::ExitCode;

/// An agent, found or not.
pub(super) struct Known {
    /// Its name.
    pub name: String,
    /// How it is started, or why it can't be.
    pub launch: Result<Launch, Missing>,
}

/// All agents: presets and those of the configuration.
#[must_use]
pub(super) fn known(setup: &Setup) -> Vec<Known> {
    let agents = &setup.settings.config.agents;
    let mut names: Vec<String> = PRESETS.iter().map(|preset| preset.name.to_owned()).collect();
    let more: BTreeSet<&String> = agents.keys().filter(|name| !names.contains(name)).collect();
    names.extend(more.into_iter().cloned());
    names.into_iter().map(|name| Known { launch: launch(setup, &name), name }).collect()
}

/// What an *always* covers with each agent, by all of its names: for the card.
#[must_use]
pub(super) fn always() -> BTreeMap<String, String> {
    let names = |preset: &'static Preset| std::iter::once(preset.name).chain(preset.also.iter().copied());
    let said = |preset: &'static Preset| names(preset).map(|name| (name.to_owned(), preset.face.scoped.to_owned()));
    PRESETS.iter().flat_map(said).collect()
}

/// Agents that can begin with a copy of a conversation.
#[must_use]
pub(super) fn forks() -> BTreeSet<String> {
    let forks = PRESETS.iter().filter(|preset| Driver::of(preset.name, &[]).forks());
    forks.map(|preset| preset.name.to_owned()).collect()
}

/// How the agent of a name is started.
///
/// # Errors
/// Nobody knows the name, or its program is not here.
pub(super) fn launch(setup: &Setup, name: &str) -> Result<Launch, Missing> {
    let path = std::env::var("PATH").unwrap_or_default();
    let own = setup.program.to_string_lossy().into_owned();
    resolve(name, &setup.settings.config.agents, Search { path: &path, own: &own }, is_program)
}

/// Lists them.
///
/// # Errors
/// Stdout can't be written.
pub(super) fn list(setup: &Setup, args: &Agents) -> Result<ExitCode, CliError> {
    setup.warn();
    let known = known(setup);
    let asked = known.iter().map(|agent| agent.launch.as_ref().ok().and_then(|launch| launch.version.clone()));
    let versions = versions(&asked.collect::<Vec<_>>());
    let mut out = Out::new();
    if args.json {
        known.iter().zip(versions).try_for_each(|(agent, version)| out.json(&object(agent, version.as_deref())))?;
        return out.done();
    }
    for (agent, version) in known.iter().zip(&versions) {
        if let Ok(launch) = &agent.launch {
            found(&agent.name, launch, version.as_deref(), &mut out)?;
        }
    }
    let missing: Vec<_> = known.iter().filter_map(|it| Some((it.name.as_str(), it.launch.as_ref().err()?))).collect();
    if !missing.is_empty() {
        out.line("not found")?;
    }
    let widest = missing.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    for (name, why) in missing {
        let why = why.to_string();
        let why = why.strip_prefix(&format!("{name} is ")).unwrap_or(&why);
        out.line(&format!("  {name:<widest$}  {why}"))?;
    }
    out.done()
}

fn found(name: &str, launch: &Launch, version: Option<&str>, out: &mut Out) -> Result<(), CliError> {
    out.line(name)?;
    let driver = Driver::of(name, &launch.command);
    let mut facts = vec![
        ("title", launch.title.clone()),
        ("version", version.unwrap_or("not known").to_owned()),
        ("driven", format!("over {}, by {}", driver.word(), launch.command.join(" "))),
        ("asks about", launch.face.asks.to_owned()),
    ];
    facts.extend(launch.face.decisions(driver).map(|(what, ability)| {
        let how = match ability {
            Ability::Yes(how) => format!("yes: {how}"),
            Ability::No(why) => format!("no: {why}"),
        };
        (what, how)
    }));
    if let Some(preset) = preset(name) {
        facts.push(("log in", preset.login.to_owned()));
    }
    let widest = facts.iter().map(|(label, _)| label.len()).max().unwrap_or(0);
    facts.iter().try_for_each(|(label, value)| out.line(&format!("  {label:<widest$}  {value}")))?;
    out.line("")
}

fn object(agent: &Known, version: Option<&str>) -> serde_json::Value {
    let launch = agent.launch.as_ref().ok();
    let preset = preset(&agent.name);
    let face = launch.map_or_else(|| preset.map_or(Face::UNKNOWN, |preset| preset.face), |launch| launch.face);
    let driver = Driver::of(&agent.name, launch.map_or(&[], |launch| &launch.command));
    let decisions: serde_json::Map<String, serde_json::Value> = face
        .decisions(driver)
        .into_iter()
        .map(|(what, ability)| {
            let (can, how) = match ability {
                Ability::Yes(how) => (true, how),
                Ability::No(why) => (false, why),
            };
            (what.replace(',', "").replace(' ', "_"), json!({ "can": can, "how": how }))
        })
        .collect();
    json!({
        "name": agent.name, "title": preset.map(|preset| preset.title), "found": launch.is_some(),
        "command": launch.map(|launch| &launch.command), "version": version, "driver": driver.word(),
        "mode": launch.and_then(|launch| launch.mode.as_ref()), "asks": face.asks, "decisions": decisions,
        "login": preset.map(|preset| preset.login), "missing": agent.launch.as_ref().err().map(ToString::to_string),
    })
}

/// Whether a program stands at a path.
#[must_use]
pub(super) fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}
