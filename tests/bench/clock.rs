//! CPU time of a piece of work, the least and the middle of several runs.

use std::time::{Duration, Instant};

/// What a piece of work cost.
pub struct Cost {
    /// CPU time of the cheapest run.
    pub least: Duration,
    /// CPU time of the run in the middle.
    pub middle: Duration,
    /// Time on the wall of the run in the middle.
    pub wall: Duration,
}

/// Runs `work` several times on what `prepare` makes, which is not counted.
pub fn measure<T>(runs: usize, mut prepare: impl FnMut() -> T, mut work: impl FnMut(T)) -> Cost {
    let (mut cpu, mut wall) = (Vec::new(), Vec::new());
    for _ in 0..runs.max(1) {
        let given = prepare();
        let (began, clock) = (spent(), Instant::now());
        work(given);
        wall.push(clock.elapsed());
        cpu.push(began.zip(spent()).map_or_else(|| clock.elapsed(), |(from, to)| to.saturating_sub(from)));
    }
    cpu.sort();
    wall.sort();
    Cost { least: cpu[0], middle: cpu[cpu.len() / 2], wall: wall[wall.len() / 2] }
}

/// CPU time that this thread has spent; `None` where the kernel does not tell.
fn spent() -> Option<Duration> {
    // The kernel brings its count up to date when it looks whether somebody else may run.
    std::thread::yield_now();
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    told.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}
