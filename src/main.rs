//! The program: parse arguments, run, print the last error.
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut args = std::env::args_os().skip(1);
    match args.next().as_ref().and_then(|word| word.to_str()) {
        Some("__agent") => ExitCode::from(taut::cli::agent_parent::run(args)),
        Some("demo-agent") => ExitCode::from(taut::cli::demo_agent::run(args)),
        _ => ExitCode::from(2),
    }
}
