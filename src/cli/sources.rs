//! `taut sources`: where sessions of other tools are looked for, and how much of them is kept.

use super::args::{Sources, SourcesVerb};
use super::out::Out;
use super::setup::Setup;
use super::{CliError, look, words};
use crate::hub::config::edit::{Edit, edit, written};
use crate::recordings::{Recordings, Sizes, places};
use crate::text::human;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use toml_edit::{Array, Value};

/// Where the folders stand in config.toml.
const KEY: [&str; 2] = ["recordings", "folders"];

/// Lists them, or changes them.
///
/// # Errors
/// What is kept can't be read; config.toml can't be written.
pub(super) fn sources(setup: &Setup, args: &Sources) -> Result<ExitCode, CliError> {
    match &args.verb {
        None => list(setup, args.json),
        Some(SourcesVerb::Add(folder)) => change(setup, &folder.folder, true),
        Some(SourcesVerb::Remove(folder)) => change(setup, &folder.folder, false),
    }
}

fn list(setup: &Setup, as_json: bool) -> Result<ExitCode, CliError> {
    let mut out = Out::new();
    let recordings = &setup.settings.config.recordings;
    let home = setup.places.home.as_deref();
    let all = places::all(home, &recordings.named(home), |key| std::env::var_os(key));
    let kept = Recordings::open_for_reading(&setup.places.state)?;
    let sizes = |below: Option<&Path>| kept.as_ref().map_or(Ok(Sizes::default()), |kept| kept.sizes(below));
    let mut rows = Vec::new();
    for place in &all {
        // What is kept is known by its real path.
        let there = place.folder.canonicalize().ok();
        let sizes = sizes(Some(there.as_deref().unwrap_or(&place.folder)))?;
        if as_json {
            out.json(&json!({
                "folder": place.folder.to_string_lossy(), "tool": place.tool, "there": there.is_some(),
                "sessions": sizes.sessions, "bytes": sizes.bytes, "packed": sizes.packed,
            }))?;
            continue;
        }
        let whose = place.tool.unwrap_or("named by you");
        let there = if there.is_some() { "" } else { ", and is not there" };
        rows.push(format!("{}  {whose}{there}: {}", place.folder.display(), said(sizes)));
    }
    if as_json {
        return out.done();
    }
    if all.is_empty() {
        out.line("No known tool has sessions on this machine: `taut sources add DIR` names a folder that has.")?;
    }
    rows.iter().try_for_each(|row| out.line(row))?;
    let whole = sizes(None)?;
    if whole.sessions > 0 {
        out.line(&format!("in all, with what was imported from elsewhere: {}", said(whole)))?;
    }
    let follows = match recordings.keep {
        true => {
            "A running hub follows these places and keeps what is written there (`[recordings] keep = false` turns it off)."
        }
        false => "`[recordings] keep` is false: nothing is looked for; `taut import` keeps what you name.",
    };
    out.line(follows)?;
    out.done()
}

fn said(sizes: Sizes) -> String {
    match sizes.sessions {
        0 => "nothing kept yet".to_owned(),
        sessions => format!(
            "{} kept, {} in {}",
            words::counted(usize::try_from(sessions).unwrap_or(usize::MAX), "session"),
            human::bytes(sizes.bytes),
            human::bytes(sizes.packed)
        ),
    }
}

fn change(setup: &Setup, folder: &Path, add: bool) -> Result<ExitCode, CliError> {
    let folder: PathBuf = std::path::absolute(folder).map_err(|error| wrong(folder, &words::os(&error)))?;
    if add && !folder.is_dir() {
        return Err(wrong(&folder, "it is no folder"));
    }
    let home = setup.places.home.as_deref();
    let before = &setup.settings.config.recordings;
    let is_it = |text: &&String| {
        let one = crate::hub::config::Recordings { folders: vec![(*text).clone()], ..before.clone() };
        one.named(home).first() == Some(&folder)
    };
    let known = before.folders.iter().any(|text| is_it(&text));
    if known == add {
        let how = if add { "is looked into already" } else { "is none of the folders that you named" };
        return Err(wrong(&folder, &format!("it {how}: `taut sources` lists them")));
    }
    let mut folders: Vec<String> = before.folders.iter().filter(|text| !is_it(text)).cloned().collect();
    if add {
        folders.push(folder.to_str().ok_or_else(|| wrong(&folder, "its name is not UTF-8 text"))?.to_owned());
    }
    let text = std::fs::read_to_string(&setup.places.config).unwrap_or_default();
    let shown = written(&text).into_iter().find(|(key, _)| *key == KEY.join(".")).map(|(_, value)| value);
    let to = (!folders.is_empty()).then(|| Value::Array(folders.iter().collect::<Array>()));
    let one = Edit { path: &KEY, to, shown };
    edit(&setup.places, &one, look::faults).map_err(|error| CliError::Config(error.to_string()))?;
    let mut out = Out::new();
    out.line(&match add {
        true => format!(
            "{} is looked into from now on, by the hub while it runs; `taut import {0}` reads it now",
            folder.display()
        ),
        false => format!("{} is looked into no more; what is kept of it stays", folder.display()),
    })?;
    out.done()
}

fn wrong(folder: &Path, why: &str) -> CliError {
    CliError::Config(format!("{}: {why}", folder.display()))
}
