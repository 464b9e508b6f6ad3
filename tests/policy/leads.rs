//! Where a command line leads: behind links, and in which folder.

use super::{ctx, granted, run};
use std::fs;
use std::os::unix::fs::symlink;
use taut::domain::Matcher;
use taut::domain::Outcome::{self, Allow, Ask, Deny};
use taut::hub::lead;
use taut::policy::{CallView, Context, Policy, judge, named};
use tempfile::TempDir;

const RULES: &str = r#"
[[rule]]
then = "deny"
path = ["secret/**", ".env", ".git/**", "Makefile"]

[[rule]]
then = "allow"
prefix = ["echo", "cp", "touch", "mv", "cd", "cat", "ls", "ln", "tee", "sort", "venv/bin/python", "tool"]
redirect = ["target/**"]
"#;

/// A workspace with links in it, and what stands around it.
struct Place {
    _folder: TempDir,
    policy: Policy,
    ctx: Context,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().canonicalize().unwrap().join("app");
        for inner in ["target", "src/target", "secret", ".git/hooks", "venv/bin", "../outside"] {
            fs::create_dir_all(at.join(inner)).unwrap();
        }
        for file in ["b", "secret/a", "src/a", ".env", "Makefile", "../outside/x", ".git/config"] {
            fs::write(at.join(file), "it\n").unwrap();
        }
        for (to, link) in [
            ("../outside", "lnk"),
            ("../../outside", "target/link"),
            ("../../outside/x", "target/b"),
            ("../.git/hooks/pre-commit", "target/pc"),
            ("secret", "sl"),
            (".env", "envlink"),
            (".git", "g"),
            ("src", "s"),
            ("round", "round"),
            ("/usr/bin/env", "venv/bin/python"),
        ] {
            symlink(to, at.join(link)).unwrap();
        }
        let ctx = Context { workspace: at.to_string_lossy().into_owned(), ..ctx() };
        Self { _folder: folder, policy: Policy::parse(RULES, "policy.toml").unwrap(), ctx }
    }

    fn says(&self, mut view: CallView) -> Outcome {
        let mut ctx = self.ctx.clone();
        lead(&mut view, &mut ctx);
        judge(&self.policy, &view, &ctx).outcome
    }

    fn of(&self, line: &str) -> Outcome {
        self.says(run(line))
    }

    fn at(&self, folder: &str, line: &str) -> Outcome {
        self.says(CallView { cwd: Some(folder.to_owned()), ..run(line) })
    }
}

#[test]
fn no_rule_lets_a_line_write_through_a_link_to_the_outside() {
    let place = Place::new();
    for line in [
        "echo x > target/link/new",
        "echo x >> target/b",
        "cp b lnk/a",
        "cp b lnk",
        "touch lnk/a",
        "mv b target/link/a",
        "cd lnk && echo x > target/a",
        "cd target/link && touch a",
        "cd target && cd link && touch a",
        "sort b | tee target/b",
        "sort -otarget/b b",
        // `b` comes to stand in the folder, where a link of that name leads elsewhere.
        "cp b target",
        "cp -t target b",
        "touch target/link/../a",
        "cat round",
        "tool lnk",
        "tool --file=lnk",
        "ln -s ../outside target/t && echo x > target/t/a",
        "ls; ln -s ../outside t; touch t/a",
    ] {
        assert_eq!(place.of(line), Ask, "{line}");
    }
    for line in
        ["echo x > target/new", "cp b src", "cat src/a s/a", "touch new", "venv/bin/python b", "cp src/a target"]
    {
        assert_eq!(place.of(line), Allow, "{line}");
    }
}

#[test]
fn what_a_rule_denies_is_denied_by_any_name_it_has() {
    let place = Place::new();
    for line in [
        "cat secret/a",
        "cat sl/a",
        "cat s/../sl/a",
        "ls sl",
        "cp -r sl b",
        "cp -r secret b",
        "cd secret && cat a",
        "cd sl && cat a",
        "(cd sl; cat a)",
        "cd src && cd ../secret && cat a",
        "cat envlink",
        "cat < envlink",
        "tool envlink",
        "cat g/config",
        "cp b target/pc",
        "cat Makefile",
        "tool Makefile.x && cat Makefile",
    ] {
        assert_eq!(place.of(line), Deny, "{line}");
    }
    assert_eq!(place.at("secret", "cat a"), Deny);
    assert_eq!(place.at("sl", "cat a"), Deny);
    assert_eq!(place.of("tool Makefile"), Allow, "a word that may mean anything is no file by its name alone");
}

#[test]
fn a_line_is_judged_in_the_folder_in_which_it_runs() {
    let place = Place::new();
    for (line, says) in [
        ("cd target && echo x > a", Allow),
        ("cd -- target && cd . && echo x > a", Allow),
        ("cd target && cat ../b", Ask),
        ("cd src && echo x > target/a", Ask),
        ("cd src && echo x > a", Ask),
        // It may not get there.
        ("cd target; echo x > a", Ask),
        ("cd target || echo x > a", Ask),
        ("cd target && ls || echo x > a", Ask),
        ("! cd target && echo x > a", Ask),
        ("cd target & echo x > a", Ask),
        ("cd target && ls; echo x > a", Ask),
        // And may not stay there.
        ("cd target && cd .. && echo x > a", Ask),
        ("cd target && echo x > a && cd src", Ask),
        ("CDPATH=/ cd target && echo x > a", Ask),
    ] {
        assert_eq!(place.of(line), says, "{line}");
    }
    assert_eq!(place.at("target", "echo x > a"), Allow);
    assert_eq!(place.at("src", "echo x > target/a"), Ask);
    assert_eq!(place.at("lnk", "touch a"), Ask, "its own folder lies outside, behind a link");
}

#[test]
fn exactly_this_call_is_the_one_in_this_folder() {
    let in_folder = |cwd: Option<&str>| CallView {
        tool: Some("Bash".into()),
        args: Some(r#"{"command":"rm -rf build"}"#.into()),
        cwd: cwd.map(str::to_owned),
        ..run("rm -rf build")
    };
    let exact = Matcher::Exact { tool: "Bash".into(), args: in_folder(None).exact_digest().unwrap() };
    let says = |cwd| judge(&Policy::default(), &in_folder(cwd), &granted(exact.clone(), None)).outcome;
    assert_eq!((says(None), says(Some("/w/app/src"))), (Allow, Ask));
}

#[test]
fn every_path_of_a_line_is_asked_of_the_disk_as_the_system_would_read_it() {
    let names = |line: &str| named(&run(line), &ctx()).join(" ");
    assert_eq!(names("cd a && cat b/../c > d"), "/w/app/a /w/app/a/b/../c /w/app/a/d");
    assert_eq!(names("cat ~/x /y"), "/home/ada/x /y");
    assert_eq!(names("echo only words"), "");
}

#[test]
fn a_patch_on_the_command_line_is_judged_by_the_files_that_it_names() {
    let rules = "[[rule]]\nthen = \"deny\"\npath = [\"**/.env\", \"kept/**\"]\n\n\
        [[rule]]\nthen = \"allow\"\nprefix = [\"apply_patch\", \"cat\", \"cd\"]\n";
    let place = Place { policy: Policy::parse(rules, "policy.toml").unwrap(), ..Place::new() };
    let patch = |body: &str| format!("apply_patch <<'EOF'\n*** Begin Patch\n{body}\n*** End Patch\nEOF");
    assert_eq!(place.of(&patch("*** Update File: src/a\n@@\n-it\n+other")), Allow);
    for (body, says) in [
        ("*** Update File: .env\n@@\n-it\n+other", Deny),
        ("*** Update File: envlink\n@@\n-it\n+other", Deny),
        ("*** Add File: new\n+x\n*** Delete File: kept/a", Deny),
        ("*** Update File: src/a\n*** Move to: kept/a\n@@\n-it\n+other", Deny),
        ("*** Add File: lnk/a\n+x", Ask),
        ("*** Add File: /etc/a\n+x", Ask),
        ("nothing that names a file", Ask),
    ] {
        assert_eq!(place.of(&patch(body)), says, "{body}");
    }
    assert_eq!(place.of(&format!("cd kept && {}", patch("*** Add File: a\n+x"))), Deny);
    assert_eq!(place.of("apply_patch '*** Begin Patch\n*** Update File: .env\n*** End Patch'"), Deny);
    for line in ["apply_patch", "apply_patch < b", "cat b | apply_patch", "apply_patch \"$(cat b)\""] {
        assert_eq!(place.of(line), Ask, "{line}");
    }
}
