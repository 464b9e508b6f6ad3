//! The program: parse arguments, run, print the last error.
fn main() {}
