//! The command line: what can be typed, and every command that needs no screen.
//!
//! `args` is what can be typed; one file a command does it. What comes of a command stands on stdout where it is what was
//! asked for, and else on stderr, in one sentence: exit code 1, 5 where it was refused, 2 for wrong usage; commands with
//! further ones list them in their help.

pub mod agent_parent;
mod agents;
mod args;
mod binary;
mod cast;
mod clock;
mod console;
mod daemon;
mod decide;
pub mod demo_agent;
pub mod demo_repo;
mod did;
mod doctor;
mod error;
mod export;
mod find;
mod grants;
mod halt;
mod holder;
mod hook;
mod hunks;
mod import;
mod input;
mod keys;
mod look;
mod ls;
mod onward;
mod out;
mod past;
mod plain;
mod policy;
mod print;
mod prune;
mod queue;
mod recorded;
mod remote;
mod restart;
mod script;
mod search;
mod setup;
mod shelf;
mod show;
mod sources;
mod stats;
mod story;
mod token;
mod undo;
mod usage;
mod verify;
mod version;
mod way;
mod words;
mod worktrees;

pub use args::{Args, Verb};
pub use error::CliError;
pub use show::to_text;

use std::io::Write;
use std::process::ExitCode;

/// Runs what was typed; the last error is one sentence.
#[must_use]
pub fn main() -> ExitCode {
    // The two small processes start before anything else is set up: there may be twenty of them.
    let mut words = std::env::args_os().skip(1);
    match words.next().as_deref().and_then(|word| word.to_str()) {
        Some("__agent") => return ExitCode::from(agent_parent::run(words)),
        Some("demo-agent") => return ExitCode::from(demo_agent::run(words)),
        _ => {}
    }
    let args = match usage::parse() {
        Ok(args) => args,
        Err(error) => return usage::say(&error),
    };
    match run(args) {
        Ok(code) => code,
        Err(CliError::Closed) => ExitCode::SUCCESS,
        Err(error) => {
            say(&error.to_string());
            ExitCode::from(error.code())
        }
    }
}

/// Says one sentence on stderr, with nothing hidden in it.
fn say(sentence: &str) {
    // Where stderr is gone there is nobody to tell.
    drop(writeln!(std::io::stderr(), "taut: {}", crate::text::visible(sentence).text));
}

fn run(args: Args) -> Result<ExitCode, CliError> {
    // It never ends with an error that its agent would take for an allowance.
    if let Some(Verb::Hook(args_of_hook)) = args.verb {
        return Ok(hook::run(args_of_hook, args.global.state));
    }
    let setup = match &args.verb {
        // The brake acts whatever the configuration says.
        Some(Verb::Halt) => setup::Setup::of_places(&args.global)?,
        _ => setup::Setup::of(&args.global)?,
    };
    match args.verb {
        None => console::open(&setup, Vec::new()),
        Some(Verb::Run(run)) => console::run(&setup, run),
        Some(Verb::Demo(demo)) => console::demo(&setup, &demo),
        Some(Verb::Replay(replay)) => print::replay(&setup, &replay),
        Some(Verb::Continue(args)) => onward::go_on(&setup, &args),
        Some(Verb::Import(args)) => import::import(&setup, &args),
        Some(Verb::Sources(args)) => sources::sources(&setup, &args),
        Some(Verb::Ls(ls)) => ls::list(&setup, &ls),
        Some(Verb::Search(args)) => search::search(&setup, &args),
        Some(Verb::Export(args)) => export::export(&setup, &args),
        Some(Verb::Stats(args)) => stats::stats(&setup, &args),
        Some(Verb::Worktrees(args)) => worktrees::list(&setup, &args),
        Some(Verb::Worktree(args)) => worktrees::one(&setup, &args),
        Some(Verb::Show(show)) => show::show(&setup, &show),
        Some(Verb::Rename(rename)) => shelf::rename(&setup, &rename),
        Some(Verb::Archive(archive)) => shelf::archive(&setup, &archive),
        Some(Verb::Pin(args)) => shelf::pin(&setup, &args),
        Some(Verb::Delete(delete)) => shelf::delete(&setup, &delete),
        Some(Verb::Verify(verify)) => verify::verify(&setup, &verify),
        Some(Verb::Agents(agents)) => agents::list(&setup, &agents),
        Some(Verb::Keys) => keys::list(&setup),
        Some(Verb::Themes) => keys::list_themes(&setup),
        Some(Verb::Doctor) => doctor::check(&setup),
        Some(Verb::Attach(attach)) => console::attach(&setup, &attach),
        Some(Verb::Daemon(args)) => daemon::daemon(&setup, &args),
        Some(Verb::Queue(args)) => queue::list(&setup, &args),
        Some(Verb::Allow(args)) => decide::allow(&setup, &args),
        Some(Verb::Deny(args)) => decide::deny(&setup, &args),
        Some(Verb::Edit(args)) => decide::edit(&setup, &args),
        Some(Verb::Hunks(args)) => hunks::hunks(&setup, &args),
        Some(Verb::Reply(args)) => decide::reply(&setup, &args),
        Some(Verb::Grants(args)) => grants::list(&setup, &args),
        Some(Verb::Revoke(args)) => grants::revoke(&setup, &args),
        Some(Verb::Undo(args)) => undo::undo(&setup, &args),
        Some(Verb::Checkpoints(args)) => undo::checkpoints(&setup, &args),
        Some(Verb::Diff(args)) => past::diff(&setup, &args),
        Some(Verb::Cat(args)) => past::cat(&setup, &args),
        Some(Verb::Prune(args)) => prune::prune(&setup, &args),
        Some(Verb::Send(args)) => script::send(&setup, &args),
        Some(Verb::Rewind(args)) => way::rewind(&setup, &args),
        Some(Verb::Fork(args)) => way::fork(&setup, &args),
        Some(Verb::Context(args)) => way::context(&setup, &args),
        Some(Verb::Model(args)) => way::model(&setup, &args),
        Some(Verb::Interrupt(args)) => script::interrupt(&setup, &args),
        Some(Verb::End(args)) => script::end(&setup, &args),
        Some(Verb::Halt) => halt::halt(&setup),
        Some(Verb::Policy(args)) => policy::policy(&setup, &args),
        Some(Verb::Token(args)) => token::token(&setup, &args),
        Some(Verb::Wait(args)) => script::wait(&setup, &args),
        Some(Verb::Events(args)) => script::events(&setup, &args),
        // Run above: it needs no configuration.
        Some(Verb::Hook(_)) => Ok(ExitCode::FAILURE),
    }
}
