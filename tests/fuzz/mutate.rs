//! Lines that somebody really wrote, made into lines that nobody ever would.

use crate::chance::Chance;
use std::ops::Range;

/// What stands where something else should: of another kind, too great, too deep, invisible.
const ODD: &[&str] = &[
    "null",
    "true",
    "-1",
    "0",
    "1e400",
    "-1e-400",
    "18446744073709551616",
    "9223372036854775807",
    "-9223372036854775808",
    "\"\"",
    "{}",
    "[]",
    "[null]",
    "[[[[]]]]",
    "{\"type\":null}",
    "{\"\":{\"\":{}}}",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "\"\\u202e\\u200b\\u001b[31m\"",
    "\"é\\n\\r\\t\"",
    "\"9999-99-99T99:99:99Z\"",
    "\"-262144-01-01T00:00:00Z\"",
    "\"2026-01-02T03:04:05.999999999999Z\"",
    "\"../../../etc/passwd\"",
    "\"id\":\"id\",\"id\":3",
    ",",
    "}",
    "]",
    "\"",
    "\\",
    "\n",
    "\r\n",
    "\0\0\0",
    "\u{feff}",
    "\u{1e}",
];

/// An input of several lines.
pub(crate) fn input(chance: &mut Chance, pool: &[Vec<u8>]) -> Vec<u8> {
    match chance.below(100) {
        0..4 => bytes(chance),
        4..8 => soup(chance),
        _ => {
            let most = if chance.percent(10) { 60 } else { 12 };
            let lines = 1 + chance.below(most);
            let mut all = Vec::new();
            // Lines that stood beside each other speak of each other.
            let mut at = chance.below(pool.len());
            for _ in 0..lines {
                at = if chance.percent(30) { chance.below(pool.len()) } else { (at + 1) % pool.len().max(1) };
                let mut line = pool.get(at).cloned().unwrap_or_default();
                if chance.percent(55) {
                    for _ in 0..=chance.below(3) {
                        let other = chance.of_these(pool).clone();
                        line = mutated(chance, line, &other);
                    }
                }
                all.extend(line);
                if !chance.percent(3) {
                    all.push(b'\n');
                }
            }
            all
        }
    }
}

/// Bytes of nobody.
fn bytes(chance: &mut Chance) -> Vec<u8> {
    let count = chance.below(400);
    (0..count).map(|_| chance.number().to_le_bytes()[0]).collect()
}

/// Pieces of JSON in any order.
fn soup(chance: &mut Chance) -> Vec<u8> {
    const KEYS: [&str; 8] =
        ["\"type\":", "\"id\":", "\"message\":", "\"content\":", "\"payload\":", "\"params\":", "{", "["];
    let count = chance.below(60);
    (0..count)
        .flat_map(|_| if chance.percent(50) { chance.of_these(&KEYS) } else { chance.of_these(ODD) }.bytes())
        .collect()
}

/// One change to a line.
fn mutated(chance: &mut Chance, mut line: Vec<u8>, other: &[u8]) -> Vec<u8> {
    let span = span(chance, line.len(), 40);
    let with: Vec<u8> = match chance.below(12) {
        // A value becomes another one, or one of the other line: the commonest way to be wrong and still JSON.
        0..5 => {
            let (at, with) = (value(chance, &line), value(chance, other));
            let with = if chance.percent(50) { other[with].to_vec() } else { chance.of_these(ODD).as_bytes().to_vec() };
            line.splice(at, with);
            return line;
        }
        // A key is gone, or another.
        5 => b"\"x".to_vec(),
        6 => Vec::new(),
        7 => line[span.clone()].repeat(1 + chance.below(4)),
        8 => chance.of_these(ODD).as_bytes().to_vec(),
        9 => {
            line.truncate(span.start);
            return line;
        }
        10 if chance.percent(10) => match chance.below(3) {
            0 => b"[".repeat(2_000),
            1 => b"{\"a\":".repeat(2_000),
            _ => format!("\"{}\"", "long ".repeat(4_000)).into_bytes(),
        },
        _ => {
            line.iter_mut().skip(span.start).take(1).for_each(|byte| *byte ^= 1 << chance.below(8));
            return line;
        }
    };
    line.splice(span, with);
    line
}

fn span(chance: &mut Chance, length: usize, longest: usize) -> Range<usize> {
    let from = chance.below(length + 1);
    from..(from + chance.below(longest)).min(length)
}

/// Where a value of a line of JSON stands, about; its beginning where there is none.
fn value(chance: &mut Chance, line: &[u8]) -> Range<usize> {
    let from = chance.below(line.len());
    let Some(colon) = line[from..].windows(2).position(|pair| pair[0] == b':' && pair[1] != b'/') else { return 0..0 };
    let from = from + colon + 1;
    let mut values = serde_json::Deserializer::from_slice(&line[from..]).into_iter::<serde::de::IgnoredAny>();
    match values.next() {
        Some(Ok(_)) => from..from + values.byte_offset(),
        _ => from..from,
    }
}
