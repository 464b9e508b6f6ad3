//! Every decoder reads what nobody would write, for a while: nothing panics, nothing takes for ever, nothing grows without end.
//!
//! `TAUT_FUZZ_SECONDS` says for how long each (`.ci/run`: a minute), `TAUT_FUZZ` which ones by a part of their names; without
//! them each reads a few hundred inputs. What fails is printed with its seed and its input, cut down to the lines that it
//! takes; `TAUT_FUZZ_SEED` begins at that seed again.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "a test")]

mod chance;
mod decoders;
mod mutate;
mod pool;

use chance::Chance;
use decoders::Decoder;
use std::cell::{Cell, RefCell};
use std::fmt::Write as _;
use std::io::Write as _;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, Once};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use taut::domain::At;
use taut::transcript::{Beside, Format, Line, LineText, Out, Reader, Sniff};

/// Without a time: inputs for each.
const FEW: u64 = 300;
/// Decoders that run at a time.
const AT_A_TIME: usize = 2;
/// No input takes longer, also where the machine is busy: they are some kilobytes.
const LONGEST: Duration = Duration::from_secs(30);
/// Memory of this process, with the lines that all inputs are made of.
const LARGEST: u64 = 1_500 << 20;

thread_local! {
    /// A decoder reads in this thread.
    static READS: Cell<bool> = const { Cell::new(false) };
    /// What the last panic of this thread said.
    static SAID: RefCell<String> = const { RefCell::new(String::new()) };
}

/// What a thread reads now: the decoder, the seed, the input, since when.
type Now = Mutex<Option<(String, u64, Vec<u8>, Instant)>>;

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is no number: {text}")))
}

#[test]
fn no_decoder_panics_hangs_or_grows_whatever_it_reads() {
    let seconds = number("TAUT_FUZZ_SECONDS").map(Duration::from_secs);
    let from_clock = || u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos()).unwrap();
    // The few of every run are always the same: only what is looked for longer is new every time.
    let seed = number("TAUT_FUZZ_SEED").unwrap_or_else(|| seconds.map_or(1, |_| from_clock()));
    let only = std::env::var("TAUT_FUZZ").unwrap_or_default();
    let decoders: Vec<Decoder> = decoders::all().into_iter().filter(|one| one.name.contains(&only)).collect();
    let (next, over, failures) = (AtomicUsize::new(0), AtomicBool::new(false), Mutex::new(Vec::new()));
    let now: [Now; AT_A_TIME] = Default::default();
    hush();
    std::thread::scope(|scope| {
        let work = |now| {
            while let Some(decoder) = decoders.get(next.fetch_add(1, Ordering::Relaxed)) {
                failures.lock().unwrap().extend(fuzz(decoder, seed, seconds, now));
            }
        };
        scope.spawn(|| watch(&now, &over));
        let threads: Vec<_> = now.iter().map(|now| scope.spawn(move || work(now))).collect();
        threads.into_iter().for_each(|thread| drop(thread.join()));
        over.store(true, Ordering::Relaxed);
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

/// What panics while a decoder reads is kept, and not printed: of thousands that are tried to cut an input down, one is told.
fn hush() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |what| match READS.get() {
            true => SAID.with_borrow_mut(|said| *said = what.to_string()),
            false => before(what),
        }));
    });
}

/// Lets a decoder read until its time is up, or something fails: what.
fn fuzz(decoder: &Decoder, seed: u64, seconds: Option<Duration>, now: &Now) -> Option<String> {
    let (began, mut cases, mut bytes) = (Instant::now(), 0, 0);
    loop {
        let seed = seed.wrapping_add(cases);
        let input = mutate::input(&mut Chance::of(seed), &decoder.pool);
        *now.lock().unwrap() = Some((decoder.name.clone(), seed, input.clone(), Instant::now()));
        let failed = fails(decoder, &input, seed);
        *now.lock().unwrap() = None;
        if let Some(why) = failed {
            return Some(report(&decoder.name, seed, &smallest(decoder, &input, seed), &why));
        }
        (cases, bytes) = (cases + 1, bytes + input.len());
        if seconds.map_or(cases >= FEW, |time| began.elapsed() >= time) {
            let (kilobytes, took) = (bytes >> 10, began.elapsed().as_secs_f64());
            println!(
                "{:<22} {:>5} lines, {cases:>7} inputs, {kilobytes:>8} kB, {took:.1} s",
                decoder.name,
                decoder.pool.len()
            );
            return None;
        }
    }
}

/// Why reading it fails, where it does.
fn fails(decoder: &Decoder, input: &[u8], seed: u64) -> Option<String> {
    let read = || decoder.run(input, &mut Chance::of(!seed));
    READS.set(true);
    let read = panic::catch_unwind(AssertUnwindSafe(read));
    READS.set(false);
    read.err().map(|_| SAID.with_borrow(Clone::clone))
}

/// The input without the lines that it does not take to fail.
fn smallest(decoder: &Decoder, input: &[u8], seed: u64) -> Vec<u8> {
    let mut lines: Vec<&[u8]> = input.split_inclusive(|byte| *byte == b'\n').collect();
    let mut at = 0;
    while at < lines.len() {
        let mut without = lines.clone();
        without.remove(at);
        match fails(decoder, &without.concat(), seed) {
            Some(_) => lines = without,
            None => at += 1,
        }
    }
    lines.concat()
}

fn report(name: &str, seed: u64, input: &[u8], why: &str) -> String {
    let mut text =
        format!("{name} fails at TAUT_FUZZ_SEED={seed} TAUT_FUZZ='{name}': {why}\ninput, {} bytes:\n", input.len());
    // A giant would hide what is said of it.
    let shown = &input[..input.len().min(16 << 10)];
    write!(text, "{}", shown.escape_ascii()).unwrap();
    text
}

/// Ends everything where an input takes too long, or too much: there is no way back from either.
fn watch(now: &[Now], over: &AtomicBool) {
    while !over.load(Ordering::Relaxed) {
        std::thread::sleep(Duration::from_millis(100));
        let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
        let pages: u64 = pages.split(' ').nth(1).and_then(|pages| pages.parse().ok()).unwrap_or(0);
        let grown = pages * 4096 > LARGEST;
        for one in now {
            let one = one.lock().unwrap();
            let Some((name, seed, input, since)) = &*one else { continue };
            if grown || since.elapsed() > LONGEST {
                let why = format!("after {:?} this process holds {} MB", since.elapsed(), (pages * 4096) >> 20);
                // Past what the harness keeps back: it never comes to tell it.
                drop(writeln!(std::io::stderr(), "{}", report(name, *seed, input, &why)));
                std::process::exit(101);
            }
        }
    }
}

/// A format that can't stand one word: what is looked for is found, and told by what it takes.
#[test]
fn what_fails_is_found_and_cut_down_to_what_it_takes() {
    struct Trap;
    impl Format for Trap {
        fn name(&self) -> &'static str {
            "trap"
        }
        fn tool(&self) -> &'static str {
            "Trap"
        }
        fn sniff(&self, _: &[u8]) -> Sniff {
            Sniff::Mine
        }
        fn beside(&self, _: &Path) -> Vec<Beside> {
            Vec::new()
        }
        fn when(&self, _: &[u8]) -> Option<At> {
            None
        }
        fn reader(&self, _: &str, _: &[Beside]) -> Box<dyn Reader> {
            Box::new(Self)
        }
    }
    impl Reader for Trap {
        fn line(&mut self, _: usize, line: Line<'_>, _: &mut Out) {
            assert_ne!(line.text, LineText::Bytes(b"snap"), "the trap");
        }
        fn end(&mut self, _: &mut Out) {}
    }
    hush();
    let pool = ["one", "two", "snap", "three"].map(|line| line.as_bytes().to_vec()).to_vec();
    let told = fuzz(&Decoder::of("trap", pool, &Trap), 1, None, &Now::default()).unwrap();
    assert!(told.starts_with("trap fails at TAUT_FUZZ_SEED="), "{told}");
    assert!(told.contains("the trap"), "{told}");
    let input = told.lines().last().unwrap();
    assert!(matches!(input, "snap" | "snap\\n"), "{told}");
}
