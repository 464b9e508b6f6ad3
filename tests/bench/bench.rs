//! `cargo bench`: what the parts cost, each beside a floor that does the least that could be done with the same bytes.
//!
//! Figures are CPU time, the least of several runs, since a busy machine stretches the clock on the wall and not the work.
//! Nothing here passes or fails: compare the ratios of one run. A word after `--` runs only the groups that have it in
//! their name: `cargo bench -- store`.
#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::needless_for_each,
    clippy::cast_precision_loss,
    clippy::print_stdout,
    reason = "a bench is a test"
)]

mod clock;
mod codec;
mod diff;
mod everywhere;
mod find;
mod fold;
mod frame;
mod queue;
mod scrub;
mod store;
#[path = "../support/mod.rs"]
mod support;
mod table;

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let groups: [(&str, fn()); 11] = [
        // First: memory that was used and given back would hide what it measures.
        ("memory", fold::memory),
        ("fold", fold::fold),
        ("codec", codec::decode),
        ("store", store::append),
        ("seek and read", store::read),
        ("scrub", scrub::scrub),
        ("frame", frame::frame),
        ("diff", diff::diff),
        ("queue", queue::queue),
        ("search", find::find),
        ("everywhere", everywhere::everywhere),
    ];
    for (name, run) in groups {
        if wanted.is_empty() || wanted.iter().any(|word| name.contains(word.as_str())) {
            println!();
            run();
        }
    }
}
