//! `taut doctor`: each thing that taut needs, whether it is there, and what to do where it is not.

use super::setup::Setup;
use super::{CliError, agents};
use crate::store::{self, Opened, Store, StoreError};
use std::io::IsTerminal;
use std::path::Path;
use std::process::{Command, ExitCode};

/// One check: its name, whether it is well, what was found or what to do.
struct Check {
    name: &'static str,
    well: Well,
    found: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Well {
    Yes,
    Partly,
    No,
}

/// Checks everything. Exit code 1 where something that taut needs is missing.
///
/// # Errors
/// None of its own.
pub(super) fn check(setup: &Setup) -> Result<ExitCode, CliError> {
    let checks = [
        terminal(),
        colours(),
        state(setup),
        log(setup),
        configuration(setup),
        git(),
        processes(),
        boundary(),
        installed(setup),
    ];
    for check in &checks {
        let mark = match check.well {
            Well::Yes => "✓ well   ",
            Well::Partly => "! partly ",
            Well::No => "✗ missing",
        };
        println!("{mark}  {:<14} {}", check.name, check.found);
    }
    let broken = checks.iter().any(|check| check.well == Well::No);
    Ok(if broken { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn terminal() -> Check {
    let (well, found) = match (std::io::stdout().is_terminal(), crossterm::terminal::size()) {
        (false, _) => (Well::Partly, "stdout is no terminal: the console needs one, other commands do not".to_owned()),
        (true, Ok((columns, rows))) if columns < 80 || rows < 24 => {
            (Well::Partly, format!("{columns}x{rows}: make it 80x24 or larger for rail and pane side by side"))
        }
        (true, Ok((columns, rows))) => (Well::Yes, format!("{columns}x{rows}")),
        (true, Err(error)) => (Well::No, format!("its size is unknown ({error}): use another terminal")),
    };
    Check { name: "terminal", well, found }
}

fn colours() -> Check {
    let var = |key: &str| std::env::var(key).unwrap_or_default();
    let found = if !var("NO_COLOR").is_empty() {
        "none, by NO_COLOR: state is told by marks, words and weight".to_owned()
    } else if var("COLORTERM").contains("truecolor") || var("COLORTERM").contains("24bit") {
        "16 million".to_owned()
    } else if var("TERM").contains("256") {
        "256; set COLORTERM=truecolor where the terminal has more".to_owned()
    } else {
        format!("16, by TERM={:?}", var("TERM"))
    };
    Check { name: "colours", well: Well::Yes, found }
}

fn state(setup: &Setup) -> Check {
    let place = setup.places.state.display();
    let (well, found) = match Store::open(&setup.places.state) {
        Ok(Opened::Writer(store)) => {
            let disputed = store.disputed();
            drop(store.close());
            if disputed {
                (Well::No, format!("{place}: records were lost or changed behind taut's back; run `taut verify`"))
            } else {
                (Well::Yes, format!("{place}"))
            }
        }
        Ok(Opened::ReadOnly { why, .. }) => (Well::Partly, why),
        Err(error) => (Well::No, error.to_string()),
    };
    Check { name: "state folder", well, found }
}

fn log(setup: &Setup) -> Check {
    let (well, found) = match setup.reader().and_then(|reader| Ok(store::verify(&reader, None, None)?)) {
        Ok(verified) if verified.is_sound() => (Well::Yes, format!("{} records, all as written", verified.records)),
        Ok(verified) => {
            let first = verified.faults.first().map(ToString::to_string).unwrap_or_default();
            (Well::No, format!("{first}; `taut verify` lists every fault"))
        }
        Err(CliError::Store(StoreError::Missing(_))) => (Well::Yes, "empty".to_owned()),
        Err(error) => (Well::No, error.to_string()),
    };
    Check { name: "log", well, found }
}

fn configuration(setup: &Setup) -> Check {
    let (well, found) = match setup.settings.error() {
        Some(error) => (Well::No, error),
        None if setup.places.config.exists() => (Well::Yes, setup.places.config.display().to_string()),
        None => (Well::Yes, format!("none at {}: the defaults are in force", setup.places.config.display())),
    };
    Check { name: "configuration", well, found }
}

fn git() -> Check {
    let said = Command::new("git").arg("--version").output();
    match said {
        Ok(output) if output.status.success() => {
            Check { name: "git", well: Well::Yes, found: String::from_utf8_lossy(&output.stdout).trim().to_owned() }
        }
        _ => Check {
            name: "git",
            well: Well::Partly,
            found: "not found: install git for the demo's repository".to_owned(),
        },
    }
}

fn processes() -> Check {
    let linux = Path::new("/proc/self/environ").exists();
    let (well, found) = if linux {
        (Well::Yes, "process trees are found by parent and mark, and end with taut".to_owned())
    } else {
        (Well::Partly, "no /proc: a process that an agent detaches can't be found; end it yourself".to_owned())
    };
    Check { name: "processes", well, found }
}

fn boundary() -> Check {
    Check {
        name: "boundary",
        well: Well::Partly,
        found: "agents run as you, with no sandbox: one that means harm could change taut's own files; \
                calls that name them are top risk and always ask"
            .to_owned(),
    }
}

fn installed(setup: &Setup) -> Check {
    let known = agents::known(setup);
    let here: Vec<&str> = known.iter().filter(|agent| agent.launch.is_ok()).map(|agent| agent.name.as_str()).collect();
    let demo_only = here == [crate::agent::presets::DEMO];
    if demo_only {
        let found = "only the demo: `taut agents` says how to get others".to_owned();
        return Check { name: "agents", well: Well::Partly, found };
    }
    Check { name: "agents", well: Well::Yes, found: here.join(", ") }
}
