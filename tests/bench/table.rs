//! A table of figures, each with its ratio to the floor of its group.

use super::clock::Cost;
use std::time::Duration;

/// The figures that belong together.
pub struct Table {
    unit: &'static str,
    floor: Option<f64>,
}

impl Table {
    /// Begins a table; `unit` is what is counted.
    pub fn new(title: &str, unit: &'static str) -> Self {
        println!(
            "{title:<58} {:>11} {:>11} {:>11} {:>8} {:>11}",
            format!("CPU/{unit}"),
            "middle",
            "a second",
            "x floor",
            "wall"
        );
        Self { unit, floor: None }
    }

    /// What all others are compared with.
    pub fn floor(&mut self, name: &str, count: usize, cost: &Cost) {
        self.floor = Some(each(cost.least, count));
        self.row(name, count, cost);
    }

    /// A figure: what `count` units cost.
    pub fn row(&self, name: &str, count: usize, cost: &Cost) {
        let least = each(cost.least, count);
        let ratio = self.floor.map_or_else(|| "-".to_owned(), |floor| format!("{:.2}", least / floor));
        let (middle, wall) = (time(each(cost.middle, count)), time(each(cost.wall, count)));
        println!("  {name:<56} {:>11} {middle:>11} {:>11} {ratio:>8} {wall:>11}", time(least), number(1.0 / least));
    }

    /// A line of words.
    pub fn note(&self, words: &str) {
        let _ = self.unit;
        println!("  {words}");
    }
}

fn each(time: Duration, count: usize) -> f64 {
    (time.as_secs_f64() / count.max(1) as f64).max(1e-12)
}

fn time(seconds: f64) -> String {
    match seconds {
        s if s >= 1.0 => format!("{s:.2} s"),
        s if s >= 1e-3 => format!("{:.2} ms", s * 1e3),
        s if s >= 1e-6 => format!("{:.2} us", s * 1e6),
        s => format!("{:.0} ns", s * 1e9),
    }
}

fn number(n: f64) -> String {
    match n {
        n if n >= 1e6 => format!("{:.2} M", n / 1e6),
        n if n >= 1e3 => format!("{:.1} k", n / 1e3),
        n => format!("{n:.0}"),
    }
}

/// Bytes for people.
pub fn bytes(n: u64) -> String {
    format!("{:.1} MB", n as f64 / 1e6)
}
