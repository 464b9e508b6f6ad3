//! The program: parse arguments, run, print the last error.

use std::process::ExitCode;

fn main() -> ExitCode {
    taut::cli::main()
}
