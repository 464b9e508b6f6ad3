use super::*;

/// The commands of a line as one text each, with what runs them before.
fn commands(text: &str) -> Vec<String> {
    read(text).commands.iter().map(Simple::shown).collect()
}

#[test]
fn every_command_is_found_wherever_it_stands() {
    for (text, expected) in [
        ("a b | c && d || e; f & g", &["a b", "c", "d", "e", "f", "g"][..]),
        ("a \"$(b \"$(c)\")\" `d`", &["a $(b \"$(c)\") `d`", "b $(c)", "c", "d"]),
        (
            "sudo -u x env A=b nice -n 3 a b",
            &["sudo -u x env A=b nice -n 3 a b", "env A=b nice -n 3 a b", "nice -n 3 a b", "a b"],
        ),
        ("bash -c 'a; b \"c d\"' x", &["bash -c 'a; b \"c d\"' x", "a", "b 'c d'"]),
        ("find . -exec a {} \\; -execdir b {} +", &["find . -exec a '{}' ';' -execdir b '{}' +", "a {}", "b {}"]),
        ("for f in *.rs; do wc -l \"$f\"; done", &["wc -l $f"]),
        ("if a; then b; elif c; then d; else e; fi", &["a", "b", "c", "d", "e"]),
        ("while a; do b; done < c", &["a", "b"]),
        ("case $x in a) b;; *) c;; esac", &["b", "c"]),
        ("(a; { b; })", &["a", "b"]),
        ("! a", &["a"]),
        ("a <(b) > >(c)", &["a <(b)", "b", "c"]),
        ("a <<E\n$(b)\nE\nc", &["a", "b", "c"]),
        ("ssh h 'a | b'", &["ssh h 'a | b'", "a", "b"]),
        ("a 'b c' \"d e\" f\\ g $'h\\ti' j''k", &["a 'b c' 'd e' 'f g' 'h\ti' jk"]),
        ("[[ -f a ]] && b", &["b"]),
        ("", &[]),
        ("# only a comment", &[]),
    ] {
        let found = commands(text);
        assert_eq!(
            found.iter().map(|it| it.replace("'{}'", "{}")).collect::<Vec<_>>(),
            expected.iter().map(|it| it.replace("'{}'", "{}")).collect::<Vec<_>>(),
            "{text}"
        );
    }
}

#[test]
fn what_is_plain_is_not_doubted() {
    for text in [
        "cargo test",
        "cd x && cargo test 2>&1 | tail -20",
        "git commit -m 'a `b` $(c)'",
        "for f in *.rs; do wc -l \"$f\"; done",
        "git commit -m \"$(cat <<'EOF'\nfix `x` and $(y)\nEOF\n)\"",
        "cat > a.txt <<'EOF'\nhello $(x)\nEOF",
        "cat <<EOF\nhello $name\nEOF",
        "[ -f x ] && echo \"done $?\"",
        "[[ $x == a* ]] || exit 1",
        "i=$((i + 1))",
        "(cd sub; make)",
        "echo {} '*' \"a b\"",
        "grep -E '^(a|b)$' src",
        "sed -n '1,20p' src/a.rs",
        "awk '{print $1}' x",
        "find . -name '*.rs' -exec wc -l {} +",
        "python3 -m pytest -q",
        "npm run build -- --watch",
        "RUST_LOG=debug ./target/debug/x --flag=a",
        "set -e; cargo test",
        "echo \"a $x b\"",
        "test -f x",
        "export A=b",
        "a | b |& c",
        "ls ~/x",
        "git log --oneline -5 main..HEAD",
    ] {
        let doubts = read(text).doubts;
        // `set` changes what a shell does at a fault, and no more; it is doubted all the same.
        assert!(doubts.is_empty() || text.starts_with("set"), "{text}: {doubts:?}");
    }
}

#[test]
fn files_that_would_be_deleted_or_rewritten_are_told() {
    let of = |text: &str| -> Vec<String> {
        read(text)
            .touches()
            .iter()
            .map(|touch| format!("{:?} {} by {}", touch.how, touch.path.shown(), touch.by))
            .collect()
    };
    for (text, expected) in [
        ("rm -rf a 'b c' *.o", &["Deletes a by rm", "Deletes 'b c' by rm", "Deletes *.o by rm"][..]),
        ("git clean -fdx", &["Deletes ** by git clean"]),
        ("git checkout -- src a.rs", &["Rewrites src by git checkout", "Rewrites a.rs by git checkout"]),
        ("git restore .", &["Rewrites . by git restore"]),
        ("git reset --hard HEAD~1", &["Rewrites ** by git reset"]),
        ("git rm x", &["Deletes x by git rm"]),
        ("mv a b", &["Moves a by mv", "Rewrites b by mv"]),
        ("cp a b c/", &["Rewrites c/ by cp"]),
        ("cp -t src a/Makefile b", &["Rewrites src/Makefile by cp", "Rewrites src/b by cp"]),
        ("install --target-directory=bin *.sh", &["Rewrites bin by install"]),
        ("patch -p1 -i x.patch", &[]),
        ("patch a.rs x.patch", &["Rewrites a.rs by patch"]),
        ("patch -o out a.rs", &["Rewrites out by patch"]),
        ("ruff check --fix", &["Rewrites . by ruff"]),
        ("ruff check --fix a.py", &["Rewrites a.py by ruff"]),
        ("git checkout HEAD~1 a.rs", &["Rewrites a.rs by git checkout"]),
        ("git checkout HEAD@{1} a.rs b", &["Rewrites a.rs by git checkout", "Rewrites b by git checkout"]),
        ("git checkout HEADER a.rs", &["Rewrites HEADER by git checkout", "Rewrites a.rs by git checkout"]),
        ("git restore -s HEAD a.rs", &["Rewrites a.rs by git restore"]),
        ("git switch -f main", &["Rewrites ** by git switch"]),
        ("sed -i s/a/b/ x y", &["Rewrites x by sed -i", "Rewrites y by sed -i"]),
        ("find build -name x -delete", &["Deletes build by find -delete", "Deletes {} by rm"]),
        ("a > b 2>> c < d", &["Rewrites b by a redirection", "Appends c by a redirection"]),
        ("sudo rm a; bash -c 'rm b'", &["Deletes a by rm", "Deletes b by rm"]),
        ("dd if=a of=b", &["Rewrites b by dd"]),
        ("tee a -a b", &["Appends a by tee", "Appends b by tee"]),
        ("truncate -s 0 a", &["Rewrites a by truncate"]),
        ("rm -rf $X", &["Deletes $X by rm"]),
        ("cat a b; git status; ls > /dev/null 2>&1", &[]),
    ] {
        assert_eq!(of(text), expected, "{text}");
    }
    let bases = |text: &str| -> Vec<Option<String>> {
        read(text).touches().iter().map(|it| it.base().map(str::to_owned)).collect()
    };
    let some = |path: &str| Some(path.to_owned());
    assert_eq!(bases("rm a/b a/*.o *.o /x* $Y"), [some("a/b"), some("a"), some("."), some("/"), None]);
}

#[test]
fn reading_is_total_for_any_size_and_depth() {
    let units = [
        "(",
        "$(",
        "{ ",
        "if ",
        "<<a ",
        "<<a\n",
        "'",
        "\"",
        "`",
        "$((",
        "\"$(",
        "a|",
        "a|<",
        "a=(",
        "|",
        "<",
        "?(|",
        "[[ ( ",
        "${a:-",
        "case a in ",
        "a() { ",
        "a[",
        "! ",
        "<(",
        "for ((",
        "#\n",
        "\\\n",
        "\\",
        "$'",
        "é",
        "&& ",
        "bash -c ",
        "sudo ",
        "find -exec ",
        "a;",
        "x=",
        "{a,",
        "\u{0}",
        "\t",
        "((",
        "a <<E\n$(b)\nE\n",
    ];
    for unit in units {
        for many in [100_000, 1_000_000] {
            assert!(!read(&unit.repeat(many / unit.len())).doubts.is_empty(), "{unit:?}");
        }
        for many in [100, 2_000] {
            drop(read(&unit.repeat(many / unit.len())).touches());
            drop(read(&format!("{}x", unit.repeat(many / unit.len()))).harms());
        }
    }
    // What is allowed in length is allowed in depth.
    let deep = LONGEST / 4 - 8;
    assert_eq!(read(&format!("{}a{}", "( ".repeat(deep), " )".repeat(deep))).commands.len(), 1);
    drop(read(&format!("echo {}a{}", "$(".repeat(deep / 2), ")".repeat(deep / 2))));
    drop(read(&format!("echo {}a{}", "\"$(".repeat(deep / 3), ")\"".repeat(deep / 3))));
    drop(read(&format!("echo {}a{}", "${a:-".repeat(deep / 4), "}".repeat(deep / 4))));
}

#[test]
fn shells_in_one_another_are_followed_and_then_doubted() {
    let mut text = "rm x".to_owned();
    for _ in 0..20 {
        text = format!("eval {text}");
    }
    let line = read(&text);
    assert!(line.doubts.iter().any(|doubt| doubt.contains("too deep")), "{:?}", line.doubts);
    let many = "a;".repeat(300);
    assert!(read(&many).doubts.iter().any(|doubt| doubt.contains("more commands")));
    assert_eq!(read(&many).commands.len(), MOST_COMMANDS);
}

#[test]
fn a_sign_that_would_end_the_scanner_is_never_shown_to_it() {
    for text in [
        "echo {\u{10ffff}}",
        "{\u{1f600}",
        "a{1..\u{10ffff}}",
        "bash -c 'echo {7\u{10ffff}'",
        "x \"${y}\" {..\u{e0100}",
    ] {
        let line = read(text);
        assert!(!line.doubts.is_empty(), "{text:?} is not understood, and nobody died of it");
    }
    for text in ["echo {\u{e9},a}", "echo '\u{1f600}'", "echo {1..3}\u{4e2d}"] {
        assert!(read(text).doubts.is_empty(), "{text:?}: {:?}", read(text).doubts);
    }
}

#[test]
fn a_dollar_that_stands_for_itself_is_no_fault() {
    for text in ["sed -i s/^5$/five/ f", "echo 5$/five", "sed s,a$,b, f", "echo $/ x", "grep -E a$:b f"] {
        assert!(read(text).doubts.is_empty(), "{text:?}: {:?}", read(text).doubts);
    }
    assert_eq!(
        read("sed -i s/^5$/five/ f").commands[0].words[2].fixed(),
        Some("s/^5$/five/"),
        "it is read as it is written"
    );
    assert_eq!(read("a$=b").assigns, [], "it sets nothing: it is a program");
    for text in ["echo $$/x", "echo ${x/$/y}", "echo $x/y"] {
        assert!(read(text).commands[0].words[1].fixed().is_none(), "{text:?} expands");
    }
}

#[test]
fn what_goes_on_in_the_background_is_left_running() {
    let left = |text: &str| read(text).left;
    assert_eq!(left("server --port 1 > log & echo x"), ["server --port 1 > log"]);
    assert_eq!(left("bash -c 'a & b' && (c | d) &"), ["bash -c 'a & b' && (c | d)", "a"]);
    assert!(left("a & wait; echo $((6 & 3)) 2>&1 && b &> log").is_empty());
    assert_eq!(left("a & wait; b &"), ["b"]);
}
