//! The same files as git would take: any rules, any names.

use super::stage::{Stage, git_is_here};
use proptest::prelude::*;
use std::collections::BTreeSet;

const FILES: [&str; 14] = [
    "a",
    "b.log",
    "keep.log",
    "d/a",
    "d/b.log",
    "d/e/a",
    "d/e/f.txt",
    "build/out",
    "d/build/out",
    "x y",
    "#h",
    "!n",
    "d/[z]",
    "end ",
];
const RULES: [&str; 24] = [
    "*.log",
    "!keep.log",
    "build",
    "build/",
    "/build",
    "/build/",
    "d/",
    "d/*",
    "!d/e",
    "d/e/",
    "**/e/a",
    "d/**",
    "a",
    "/a",
    "!a",
    "*",
    "!*/",
    "x\\ y",
    "\\#h",
    "\\!n",
    "[bx]*",
    "d/**/f.txt",
    "end\\ ",
    "?",
];

fn check(top: &[usize], inner: &[usize], exclude: &[usize]) {
    let mut stage = Stage::new();
    stage.git(&["init", "-q"]);
    let text = |rules: &[usize]| rules.iter().map(|n| format!("{}\n", RULES[*n])).collect::<String>();
    FILES.iter().for_each(|name| stage.write(name, "x"));
    stage.write(".gitignore", text(top));
    stage.write("d/.gitignore", text(inner));
    stage.write(".git/info/exclude", text(exclude));
    let listed = stage.git(&["ls-files", "-z", "-o", "--exclude-standard"]);
    let listed: BTreeSet<String> = listed.split('\0').filter(|name| !name.is_empty()).map(str::to_owned).collect();
    let snap = stage.snap();
    let entries = stage.open().entries(snap.id).unwrap();
    let covered: BTreeSet<String> =
        entries.iter().filter(|(_, entry)| entry.blob().is_some()).map(|(path, _)| path.to_string()).collect();
    assert_eq!(covered, listed, "{:?} {:?} {:?}", text(top), text(inner), text(exclude));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn what_is_left_out_is_what_git_leaves_out(
        top in prop::collection::vec(0..RULES.len(), 0..5),
        inner in prop::collection::vec(0..RULES.len(), 0..3),
        exclude in prop::collection::vec(0..RULES.len(), 0..2),
    ) {
        if git_is_here() {
            check(&top, &inner, &exclude);
        }
    }
}

fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(48)
}
