//! Options with which a program that looks harmless runs another one or writes a file, in every spelling. What GNU tar, sed, sort,
//! git, man, zip, split, diff3, strace and xxd take was tried with the programs themselves.

use super::{ctx, run};
use taut::domain::Outcome::{Allow, Ask};
use taut::policy::{Policy, judge, offers_prefix};

const LOOSE: &str = r#"
[[rule]]
then = "allow"
prefix = ["tar -tf", "tar tf", "tar tfF", "tar tfI", "sort", "rg", "man", "less", "zip -q", "zip -T", "split", "diff3", "sdiff", "strace",
  "true", "git grep", "git log", "git diff", "git clone", "git rebase", "wget", "curl", "gdb -q", "sqlite3", "dc", "ed", "gcc",
  "sed -n", "sed", "sed -e", "sed -Ei", "sed -zi", "sed -ni", "sed -i.bak", "sed -s", "yq", "perl x.pl", "perl -i", "awk", "xxd",
  "tree", "shuf", "eslint", "prettier", "ruff", "gofmt", "rustfmt", "go test", "go build", "python3 -m json.tool", "time", "npm test"]
"#;

fn outcome(rules: &str, line: &str) -> taut::domain::Outcome {
    judge(&Policy::parse(rules, "policy.toml").unwrap(), &run(line), &ctx()).outcome
}

#[test]
fn an_option_that_runs_a_program_asks_however_it_is_spelled() {
    let lines = [
        "tar -tf t.tar -M --new-volume-script ./evil",
        "tar -tf t.tar -M --new-volume-script=./evil",
        "tar -tf t.tar --new=./evil",
        "tar -tf t.tar --n ./evil",
        "tar -tf t.tar --inf ./evil",
        "tar -tf t.tar -F ./evil",
        "tar -tf t.tar -MF./evil",
        "tar tfF t.tar ./evil",
        "tar tfI t.tar ./evil",
        "tar -tf t.tar --use=./evil",
        "tar -tf t.tar -I./evil",
        "tar -tf t.tar --checkpoint=1 --checkpoint-a=exec=./evil",
        "tar -tf t.tar --to-c ./evil",
        "tar -tf t.tar --rsh=./evil",
        "tar -tf t.tar --rmt=./evil",
        "tar -tf h:x",
        "tar -tf t.tar --fil=h:x",
        "sort --compress=./evil a",
        "sort --c ./evil a",
        "rg --pre ./evil x",
        "rg --pre=./evil x",
        "man -P ./evil ls",
        "man --pag=./evil ls",
        "man -H./evil ls",
        "less '+!./evil' a",
        "less -k x a",
        "zip -q -TT ./evil z.zip a",
        "zip -T -TT ./evil z.zip a",
        "zip -T --unzip-c=./evil z.zip a",
        "split --fil=./evil a",
        "diff3 --diff-prog=./evil a b c",
        "sdiff --diff-p ./evil a b",
        "strace -o '|./evil' true",
        "git grep --op=./evil a",
        "git grep --open-files=./evil a",
        "git grep -nO./evil a",
        "git rebase --ex ./evil main",
        "git clone --templ=x . y",
        "git clone -c core.fsmonitor=./evil . y",
        "wget -e use_askpass=./evil x.y",
        "wget --exec=use_askpass=./evil x.y",
        "curl -sK x",
        "gdb -q -ex 'shell ./evil'",
        "gdb -q -iex 'shell ./evil'",
        "gdb -q -eval-c 'shell ./evil'",
        "sqlite3 a.db '.shell ./evil'",
        "dc -e '!./evil'",
        "ed a",
        "gcc -wrapper ./evil a.c",
        "gcc @x",
        "go test -ldflags=-extld=./evil",
        "eslint -c evil.js a.js",
        "npm test --node-options='--require ./evil.js'",
    ];
    let allowed: Vec<_> = lines.iter().filter(|line| outcome(LOOSE, line) == Allow).collect();
    assert_eq!(allowed, Vec::<&&str>::new());
}

/// A line, and the files that it writes.
const WRITES: [(&str, &[&str]); 66] = [
    ("sed -n -i p b", &["b"]),
    ("sed -n -i -e p b c", &["b", "c"]),
    ("sed -Ei p b", &["b"]),
    ("sed -zi p b", &["b"]),
    ("sed -ni p b", &["b"]),
    ("sed -i.bak p b", &["b", "b.bak"]),
    ("sed -n -i.bak p out/b", &["out/b", "out/b.bak"]),
    ("sed -n -i'old/*' p out/b", &["out/b", "old/b"]),
    ("sed -e p -i b", &["b"]),
    ("sed -n p b -i", &["b"]),
    ("sed -n --in-place p b", &["b"]),
    ("sed -n --in-pl=.x p b", &["b", "b.x"]),
    ("sed -n --i p b", &["b"]),
    ("sed -s -i p b", &["b"]),
    ("sed -n -i -- p b", &["b"]),
    ("sed -n -l 5 -i p b", &["b"]),
    ("yq -i .a=1 b", &["b"]),
    ("yq --inplace .a=1 b", &["b"]),
    ("perl -i x.pl b", &["b"]),
    ("perl x.pl b", &[]),
    ("sort -o b a", &["b"]),
    ("sort --outp=b a", &["b"]),
    ("shuf -o b a", &["b"]),
    ("tree -o b", &["b"]),
    ("tree -ao b", &["b"]),
    ("xxd a b", &["b"]),
    ("xxd -c 8 a b", &["b"]),
    ("xxd -c 8 a", &[]),
    ("curl -o b x.y", &["b"]),
    ("curl -sSob x.y", &["b"]),
    ("curl -D b x.y", &["b"]),
    ("curl -c b x.y", &["b"]),
    ("curl --outp b x.y", &["b"]),
    ("curl --dump-header=b x.y", &["b"]),
    ("curl -o - x.y", &[]),
    ("curl -d name=o x.y", &[]),
    ("wget -O b https://x.y/z", &["b"]),
    ("wget -qO- https://x.y/z", &[]),
    ("wget -o b -qO- https://x.y/z", &["b"]),
    ("wget https://x.y/z/b", &["b"]),
    ("wget -P out https://x.y/z/b", &["out/b"]),
    ("wget x.y", &["index.html"]),
    ("tar -tf t.tar -v --index-file=b", &["b"]),
    ("tar -tf t.tar --ind b", &["b"]),
    ("gcc -o b a.c", &["b"]),
    ("gcc -ob a.c", &["b"]),
    ("gcc -MF b a.c", &["b"]),
    ("strace -o b true", &["b"]),
    ("time -o b true", &["b"]),
    ("less -o b a", &["b"]),
    ("eslint --fix a.js", &["a.js"]),
    ("eslint -o b a.js", &["b"]),
    ("eslint --fix", &["."]),
    ("prettier --write a.js", &["a.js"]),
    ("prettier -w a.js", &["a.js"]),
    ("prettier --check a.js", &[]),
    ("ruff check --fix a.py", &["a.py"]),
    ("ruff format a.py", &["a.py"]),
    ("ruff format --check a.py", &[]),
    ("gofmt -w a.go", &["a.go"]),
    ("gofmt -l a.go", &[]),
    ("rustfmt a.rs", &["a.rs"]),
    ("rustfmt --check a.rs", &[]),
    ("go test -coverprofile=b ./x", &["b"]),
    ("go build -o b ./x", &["b"]),
    ("python3 -m json.tool a b", &["b"]),
];

#[test]
fn what_a_program_is_told_to_write_needs_a_place_as_a_redirection_does() {
    for (line, files) in WRITES {
        let mut found: Vec<String> = taut::shell::read(line).outputs().into_iter().map(|word| word.text).collect();
        found.dedup();
        assert!(files.iter().all(|file| found.iter().any(|it| it == file)), "{line} {found:?}");
        assert_eq!(found.is_empty(), files.is_empty(), "{line} {found:?}");
        if files.is_empty() {
            continue;
        }
        assert_eq!(outcome(LOOSE, line), Ask, "{line}");
        assert_eq!(offers_prefix(line), None, "{line}");
        let said = judge(&Policy::built_in(), &run(line), &ctx()).reasons;
        assert!(said.iter().any(|it| it.contains("overwrites")), "{line} {said:?}");
    }
    let named = LOOSE.trim_end().to_owned() + "\nredirect = [\"out/**\"]\n";
    for line in
        ["sed -n -i p out/b", "sed -i.bak p out/b", "sort -o out/b a", "yq -i .a=1 out/b", "prettier --write out/a.js"]
    {
        assert_eq!((outcome(&named, line), outcome(LOOSE, line)), (Allow, Ask), "{line}");
    }
    for line in [
        "sed -n p b",
        "sed -n 2,5p b",
        "sed -e s/a/b/ c",
        "tar -tf t.tar",
        "tar tf t.tar",
        "sort -k 2 a",
        "rg x",
        "git log --oneline",
        "git diff --stat",
        "less a",
        "man ls",
    ] {
        assert_eq!(outcome(LOOSE, line), Allow, "{line}");
    }
}

#[test]
fn a_script_of_sed_that_writes_is_found_behind_any_option() {
    for line in [
        "sed -n 'w out' b",
        "sed 's/a/b/w out' b",
        "sed -n -l 5 'w out' b",
        "sed -nl5 'w out' b",
        "sed -n --line 5 'w out' b",
        "sed --exp='w out' b",
        "sed -n --expression 'w out' b",
        "sed -n -f x b",
        "sed -n -i '' 'w out' b",
        "sed -n b -e 'w out'",
    ] {
        assert_eq!(outcome(LOOSE, line), Ask, "{line}");
    }
}
