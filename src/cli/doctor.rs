//! `taut doctor`: each thing that taut needs, whether it is there, and what to do where it is not.

use super::agents;
use super::clock::Clock;
use super::out::Out;
use super::setup::Setup;
use super::{CliError, words};
use crate::agent::process::group;
use crate::domain::{Digest, Event};
use crate::hub;
use crate::store::{self, Opened, Store, StoreError};
use crate::text::human;
use std::io::IsTerminal;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

/// Free space below which a log soon finds none.
const ROOM: u64 = 64 << 20;

/// One check: its name, whether it is well, and what was found with what to do.
struct Check {
    name: &'static str,
    well: Well,
    found: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Well {
    /// As it should be.
    Yes,
    /// taut works, and something is worth knowing.
    Partly,
    /// taut does not work until it is mended.
    No,
}

/// Checks everything.
///
/// # Errors
/// Something that taut needs is broken.
pub(super) fn check(setup: &Setup) -> Result<ExitCode, CliError> {
    let checks = [
        terminal(),
        colours(),
        state(setup),
        room(setup),
        log(setup),
        configuration(setup),
        rules(setup),
        git(),
        processes(),
        boundary(),
        installed(setup),
    ];
    let mut out = Out::new();
    for check in &checks {
        let word = match check.well {
            Well::Yes => "well",
            Well::Partly => "note",
            Well::No => "broken",
        };
        out.line(&format!("{word:<6}  {:<13}  {}", check.name, check.found))?;
    }
    let code = out.done()?;
    let broken: Vec<&str> = checks.iter().filter(|check| check.well == Well::No).map(|check| check.name).collect();
    if broken.is_empty() {
        return Ok(code);
    }
    let count = words::counted(broken.len(), "thing");
    let are = if broken.len() == 1 { "is" } else { "are" };
    Err(CliError::Broken(format!("{count} that taut needs {are} broken ({})", broken.join(", "))))
}

fn terminal() -> Check {
    let (well, found) = match (std::io::stdout().is_terminal(), crossterm::terminal::size()) {
        (false, _) => (Well::Partly, "stdout is no terminal: the console needs one, other commands do not".to_owned()),
        (true, Ok((columns, rows))) if columns < 80 || rows < 24 => (
            Well::Partly,
            format!("{columns}x{rows}: make it 80x24 or larger, so that rail and pane stand side by side"),
        ),
        (true, Ok((columns, rows))) => (Well::Yes, format!("{columns}x{rows}")),
        (true, Err(error)) => (Well::No, format!("its size is unknown ({error}): use another terminal")),
    };
    Check { name: "terminal", well, found }
}

fn colours() -> Check {
    use crate::theme::Depth;
    let var = |key: &str| std::env::var(key).ok();
    let found = match Depth::detect(var) {
        Depth::None if var("NO_COLOR").is_some_and(|value| !value.is_empty()) => {
            "none, by NO_COLOR: marks, words and weight tell everything".to_owned()
        }
        Depth::None => {
            format!("none, by TERM={:?}: marks, words and weight tell everything", var("TERM").unwrap_or_default())
        }
        Depth::Ansi16 => "16: set COLORTERM=truecolor where the terminal has more".to_owned(),
        Depth::Ansi256 => "256: set COLORTERM=truecolor where the terminal has more".to_owned(),
        Depth::True => "16 million".to_owned(),
    };
    Check { name: "colours", well: Well::Yes, found }
}

fn state(setup: &Setup) -> Check {
    let folder = &setup.places.state;
    let place = folder.display();
    let (well, found) = if folder.exists() {
        match Store::open(folder) {
            Ok(Opened::Writer(store)) => {
                let disputed = store.disputed();
                drop(store.close());
                match disputed {
                    true => (
                        Well::No,
                        format!("{place}: records were lost or changed behind taut's back; `taut verify` says which"),
                    ),
                    false => (Well::Yes, place.to_string()),
                }
            }
            Ok(Opened::ReadOnly { why, .. }) => (Well::Partly, why),
            Err(error) => (Well::No, error.to_string()),
        }
    } else {
        let above = folder.ancestors().skip(1).find(|above| above.exists()).unwrap_or(Path::new("/"));
        let can = match above.is_dir() {
            true => rustix::fs::access(above, rustix::fs::Access::WRITE_OK),
            false => Err(rustix::io::Errno::NOTDIR),
        };
        match can {
            Ok(()) => (Well::Yes, format!("{place}: not there yet, the first start makes it")),
            Err(error) => {
                let why = words::os(&error.into());
                let mend = "make it writable or name another folder with --state";
                (Well::No, format!("{place} can't be made in {}: {why}; {mend}", above.display()))
            }
        }
    };
    Check { name: "state folder", well, found }
}

fn room(setup: &Setup) -> Check {
    let there = setup.places.state.ancestors().find(|place| place.exists()).unwrap_or(Path::new("/"));
    let (well, found) = match rustix::fs::statvfs(there) {
        Ok(disk) => {
            let free = disk.f_bavail.saturating_mul(disk.f_frsize);
            let size = human::bytes(free);
            match free {
                0 => (Well::No, format!("none in {}: free some, nothing can be written", there.display())),
                1..ROOM => (Well::Partly, format!("{size} in {}: free some soon", there.display())),
                ROOM.. => (Well::Yes, format!("{size} in {}", there.display())),
            }
        }
        Err(error) => (Well::Partly, format!("not known for {}: {error}", there.display())),
    };
    Check { name: "free space", well, found }
}

fn log(setup: &Setup) -> Check {
    let verified = setup.reader().and_then(|reader| Ok(store::verify(&reader, None, None)?));
    let (well, found) = match verified {
        Ok(verified) if verified.is_sound() => (Well::Yes, format!("{} records, all as written", verified.records)),
        Ok(verified) => {
            let first = verified.faults.first().map(ToString::to_string).unwrap_or_default();
            (Well::No, format!("{first}; `taut verify` lists every fault and says what to do"))
        }
        Err(CliError::Store(StoreError::Missing(_))) => (Well::Yes, "empty".to_owned()),
        Err(error) => (Well::No, error.to_string()),
    };
    Check { name: "log", well, found }
}

fn configuration(setup: &Setup) -> Check {
    let here = |path: &Path| if path.exists() { "" } else { ", which is not there: the defaults are in force" };
    let (config, policy) = (&setup.places.config, &setup.places.policy);
    let (well, found) = match setup.settings.all_errors() {
        // The console works all the same, and says the first of it in its header.
        Some(errors) => (Well::Partly, errors),
        None if policy.exists() => (Well::Yes, format!("{}{}; policy.toml beside it", config.display(), here(config))),
        None => (Well::Yes, format!("{}{}", config.display(), here(config))),
    };
    Check { name: "configuration", well, found }
}

/// Rules that changed while agents ran: an agent could have written them.
fn rules(setup: &Setup) -> Check {
    let mut last = None;
    let read = setup.reader().and_then(|reader| {
        Ok(hub::each_of_hub(&reader, |record| {
            if let Event::RulesChanged { file, before, after } = &record.event {
                last = Some((record.at, file.clone(), *before, *after));
            }
        })?)
    });
    let asked = super::daemon::greeted(setup).map(|(_, _, status)| status);
    let waits = asked.ok().and_then(|status| status.settings).filter(|settings| !settings.waits.is_empty());
    if let Some(settings) = waits {
        let next = "`accept-settings` in the console (ctrl-y where no other key is given) shows what and takes it, the end of all agents as well";
        let found = format!("{} changed while agents run, and not in force: {next}", settings.words());
        return Check { name: "rules", well: Well::Partly, found };
    }
    let short = |digest: Option<Digest>| digest.map_or_else(|| "none".to_owned(), |digest| digest.short());
    let (well, found) = match (read, last) {
        (Err(CliError::Store(StoreError::Missing(_))) | Ok(()), None) => {
            (Well::Yes, "no settings changed while agents ran".to_owned())
        }
        (_, Some((at, file, before, after))) => (
            Well::Partly,
            format!(
                "{file} was changed while agents ran, last on {} ({} before, {} now): if that was not you, look at it",
                Clock::here().full(at),
                short(before),
                short(after)
            ),
        ),
        (Err(error), None) => (Well::No, error.to_string()),
    };
    Check { name: "rules", well, found }
}

fn git() -> Check {
    let said = Command::new("git").arg("--version").stdin(Stdio::null()).output();
    let (well, found) = match said {
        Ok(output) if output.status.success() => {
            (Well::Yes, String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or_default().trim().to_owned())
        }
        Ok(_) | Err(_) => (Well::Partly, "not found: install git, which the demo's repository is made with".to_owned()),
    };
    Check { name: "git", well, found }
}

fn processes() -> Check {
    let (well, found) = match Path::new("/proc/self/environ").exists() {
        true => match group::delegated() {
            Ok(_) => (
                Well::Yes,
                "what an agent starts is found by its control group, parent and mark, and ends with taut".to_owned(),
            ),
            Err(why) => (
                Well::Yes,
                format!(
                    "what an agent starts is found by its parent and its mark, and ends with taut; not by a control \
                     group, since {why}"
                ),
            ),
        },
        false => {
            (Well::Partly, "no /proc: a process that an agent detaches can't be found; end it yourself".to_owned())
        }
    };
    Check { name: "processes", well, found }
}

fn boundary() -> Check {
    let found = "agents run as you, with no sandbox: one that means harm could change taut's own files; calls that \
                 name them are top risk and always ask";
    Check { name: "boundary", well: Well::Partly, found: found.to_owned() }
}

fn installed(setup: &Setup) -> Check {
    let known = agents::known(setup);
    let here: Vec<&str> = known.iter().filter(|agent| agent.launch.is_ok()).map(|agent| agent.name.as_str()).collect();
    let (well, found) = match here == [crate::agent::presets::DEMO] {
        true => (Well::Partly, "only the demo: `taut agents` says how to get others".to_owned()),
        false => (Well::Yes, here.join(", ")),
    };
    Check { name: "agents", well, found }
}
