//! `taut agents`: which agents are known, whether they are here, and what a decision can do with each.

use super::args::Agents;
use super::setup::Setup;
use super::{CliError, json};
use crate::agent::presets::{Ability, Launch, Missing, PRESETS, Search, resolve};
use serde_json::json;
use std::collections::BTreeSet;
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// An agent may take so long to tell its version.
const PATIENCE: Duration = Duration::from_secs(5);

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
    let path = std::env::var("PATH").unwrap_or_default();
    let own = setup.program.to_string_lossy().into_owned();
    let agents = &setup.settings.config.agents;
    let mut names: Vec<String> = PRESETS.iter().map(|preset| preset.name.to_owned()).collect();
    let more: BTreeSet<&String> = agents.keys().filter(|name| !names.contains(name)).collect();
    names.extend(more.into_iter().cloned());
    let search = Search { path: &path, own: &own };
    names.into_iter().map(|name| Known { launch: resolve(&name, agents, search, is_program), name }).collect()
}

/// Lists them.
///
/// # Errors
/// Stdout can't be written.
pub(super) fn list(setup: &Setup, args: &Agents) -> Result<ExitCode, CliError> {
    let mut out = BufWriter::new(io::stdout().lock());
    for agent in known(setup) {
        let launch = agent.launch.as_ref().ok();
        let version = launch.and_then(|launch| launch.version.as_deref()).and_then(version);
        let missing = agent.launch.as_ref().err().map(ToString::to_string);
        if args.json {
            let decisions: serde_json::Map<String, serde_json::Value> = launch
                .map(|launch| launch.face.decisions())
                .into_iter()
                .flatten()
                .map(|(what, ability)| (what.to_owned(), json!(word(ability))))
                .collect();
            json::line(
                &mut out,
                &json!({
                    "name": agent.name, "title": launch.map(|launch| &launch.title), "found": launch.is_some(),
                    "path": launch.and_then(|launch| launch.command.first()), "version": version, "driver": "acp",
                    "decisions": decisions, "install": missing,
                }),
            )?;
            continue;
        }
        match (launch, missing) {
            (Some(launch), _) => {
                let version = version.unwrap_or_else(|| "version unknown".to_owned());
                json::text_line(
                    &mut out,
                    &format!("✓ {:<13} {version}; driven over acp: {}", agent.name, launch.command.join(" ")),
                )?;
                json::text_line(&mut out, &format!("  {:<13} asks: {}", "", launch.face.asks))?;
                for (what, ability) in launch.face.decisions() {
                    json::text_line(&mut out, &format!("  {:<13} {what}: {}", "", word(ability)))?;
                }
            }
            (None, why) => {
                json::text_line(&mut out, &format!("✗ {:<13} {}", agent.name, why.unwrap_or_default()))?;
            }
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn word(ability: Ability) -> String {
    match ability {
        Ability::Yes(how) => how.to_owned(),
        Ability::No(why) => format!("no: {why}"),
    }
}

/// Whether a program stands at a path.
#[must_use]
pub(super) fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

/// The first line that a program tells of its version; nothing where it does not answer in time.
pub(super) fn version(command: &[String]) -> Option<String> {
    let (program, args) = command.split_first()?;
    let mut child = Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        match child.try_wait() {
            Ok(Some(_)) => {
                let mut said = String::new();
                child.stdout.take()?.take(4096).read_to_string(&mut said).ok()?;
                let line = said.lines().find(|line| !line.trim().is_empty())?.trim().to_owned();
                return Some(crate::text::visible(&line).text.into_owned());
            }
            Ok(None) => std::thread::sleep(Duration::from_millis(10)),
            Err(_) => break,
        }
    }
    drop(child.kill());
    drop(child.wait());
    None
}
