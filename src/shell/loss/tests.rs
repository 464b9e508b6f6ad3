use super::*;

fn plan(text: &str) -> Plan {
    read(text, Around { folder: "/w", home: "/home/me" })
}

fn told(text: &str) -> Vec<String> {
    let plan = plan(text);
    let deeds = plan.deeds.iter().map(|deed| format!("{}: {}", deed.folder, deed.shown()));
    deeds.chain(plan.unknown.iter().map(|why| format!("? {why}"))).collect()
}

#[test]
fn words_become_what_bash_makes_of_them() {
    for (text, wanted) in [
        ("rm a 'b c' \"d\"e", "/w: deletes a 'b c' de"),
        ("rm x{1..3}.o {a,b{c,d}}", "/w: deletes x1.o x2.o x3.o a bc bd"),
        ("rm ~/x \"~/y\"", "/w: deletes /home/me/x ~/y"),
        ("d=build; rm -rf \"$d/out\" $d", "/w: deletes build/out build and all below"),
        ("d='a b'; rm $d", "/w: deletes a b"),
        ("rm *.o '*.c'", "/w: deletes *.o '*.c'"),
        ("cd sub && rm x; cd ..", "/w/sub: deletes x"),
        ("(cd sub); rm x", "/w: deletes x"),
        ("sudo -u me env A=b timeout 5 nohup rm x", "/w: deletes x"),
        ("bash -c 'cd a && rm x'", "/w/a: deletes x"),
        ("for f in a b; do echo $f; done; rm c", "/w: deletes c"),
        ("rm $'a\\nb'", "/w: deletes 'a\nb'"),
        ("cat <<E > out\n$x\nE", "/w: overwrites out"),
        ("git -C sub checkout -- x", "/w/sub: what git says: git -C sub checkout -- x"),
    ] {
        assert_eq!(told(text), [wanted], "{text}");
    }
    assert_eq!(told("for f in a *.o; do rm \"$f\"; done"), ["/w: deletes a", "/w: deletes *.o"]);
    assert_eq!(told("echo x >| a 2>/dev/null; echo y >> b; ls &> c"), ["/w: overwrites a", "/w: overwrites c"]);
}

#[test]
fn what_is_only_known_when_it_runs_is_told_and_never_left_out() {
    for (text, wanted) in [
        ("cd $X && rm a", "? what `rm a` hits: in which folder it runs: $X"),
        ("ssh host rm -rf x", "? what `rm -rf x` hits: it runs on another machine"),
        ("cat list | xargs rm", "? what cat prints for xargs (xargs rm)"),
        ("rm -i x", "? rm asks before it deletes: what is answered"),
        ("find . -newerXY 1 -delete", "? what find does with -newerXY"),
        ("gzip a", "? what gzip does to files"),
        ("rsync -a --delete a/ b", "? what rsync does to files"),
        ("sudo -D /x rm a", "? what `rm a` hits: sudo takes it to another folder"),
    ] {
        assert_eq!(told(text), [wanted], "{text}");
    }
    assert_eq!(told("rm $X"), ["/w: deletes $X"]);
    assert_eq!(told("if test -f a; then rm a; fi"), ["/w: deletes a", "? whether it comes to `rm a`"]);
    assert_eq!(told("make || rm -f a"), ["/w: deletes a", "? whether it comes to `rm -f a`"]);
    assert_eq!(plan("make && rm a").beside, ["make"]);
    for harmless in [
        "ls -la",
        "echo hi >> log",
        "git status",
        "git clean -n",
        "make",
        "sed s/a/b/ x",
        "tee -a x",
        "find . -name x",
        "rg x | xargs wc -l",
    ] {
        assert!(plan(harmless).is_empty(), "{harmless}: {:?}", plan(harmless));
    }
}

mod any {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn any_text_is_followed_to_its_end(text in ".{0,80}") {
            plan(&text);
        }

        #[test]
        fn any_line_of_signs_is_followed(parts in prop::collection::vec(prop::sample::select(vec![
            "rm ", "-rf ", "$x", "{a,b}", "{1..9}", "*", "~", "'", "\"", "(", ")", "; ", "&& ", "|| ", "| ", "xargs ", "find . ",
            "-exec ", "{} ", "\\;", "> ", "a ", "for f in ", "do ", "done", "git ", "checkout ", "-- ", "\n", "$(", "`", "cd ",
        ]), 0..24)) {
            plan(&parts.concat());
        }
    }
}
