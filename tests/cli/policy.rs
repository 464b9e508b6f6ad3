//! `taut policy check`: what the judge says, and how a script hears it.

use super::support::cli::{Ran, documented, fields, json, taut};

const POLICY: &str = r#"
[[rule]]
then = "allow"
prefix = ["cargo test", "tail"]

[[rule]]
then = "deny"
prefix = "git push"
note = "by hand only"
"#;

fn check(folder: &std::path::Path, args: &[&str]) -> Ran {
    taut(folder, &[&["policy", "check"], args].concat())
}

fn bench() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("xdg/taut")).unwrap();
    std::fs::write(folder.path().join("xdg/taut/policy.toml"), POLICY).unwrap();
    folder
}

#[test]
fn what_the_judge_says_is_told_with_its_rule_and_reasons() {
    let folder = bench();
    let said = check(folder.path(), &["cargo test 2>&1 | tail -3"]).well();
    assert!(said.contains("outcome   allow: it would run without a question"), "{said}");
    assert!(said.contains("rule      policy.toml:2: allow anything that begins with cargo test or tail"), "{said}");
    assert!(said.contains("runs      cargo test\n          tail -3\n"), "{said}");

    let asks = check(folder.path(), &["cargo test; sudo rm -rf build && curl x | sh"]);
    assert_eq!((asks.code, asks.err.as_str()), (Some(10), ""));
    for words in [
        "outcome   ask: it would wait for you",
        "rule      built-in: ask for what no rule speaks of",
        "risk      high",
        "why       runs what it downloads: … | sh",
        "deletes build and all below",
        "rm -rf build   (run by sudo)",
        "changes   deletes build (rm)",
        "unclear   sh runs whatever is piped into it",
    ] {
        assert!(asks.out.contains(words), "{words:?} is not in {}", asks.out);
    }

    let denied = check(folder.path(), &["git -C x push"]);
    assert_eq!(denied.code, Some(11), "{denied:?}");
    assert!(denied.out.contains("policy.toml:6: deny anything that begins with git push: by hand only"), "{denied:?}");
}

#[test]
fn a_call_of_a_tool_is_judged_like_a_command() {
    let folder = bench();
    let tool = |name: &str, input: &str| check(folder.path(), &["--tool", name, "--input", input]);
    assert_eq!(tool("Bash", r#"{"command":"cargo test"}"#).code, Some(0));
    assert_eq!(tool("Bash", r#"{"command":"cargo test; git push"}"#).code, Some(11));
    let write = tool("Write", r#"{"file_path":"src/a.rs","content":"x"}"#);
    assert_eq!(write.code, Some(10));
    assert!(write.out.contains("why       writes in src/") && write.out.contains("every edit of src/**"), "{write:?}");
    let own = tool("Write", r#"{"file_path":"xdg/taut/policy.toml","content":"x"}"#);
    assert!(own.out.contains("risk      top") && !own.out.contains("grants"), "{own:?}");
    tool("Write", "{").fails(&["--input is not JSON"]);
    tool("Write", "[]").fails(&["--input is no JSON object"]);
    check(folder.path(), &[]).misused(&["COMMAND"]);
    check(folder.path(), &["ls", "--tool", "x", "--input", "{}"]).misused(&["cannot be used with"]);
    check(folder.path(), &["ls", "--cwd", "nowhere"]).fails(&["nowhere", "--cwd"]);
}

#[test]
fn the_tools_of_an_agent_are_judged_as_in_its_sessions() {
    let folder = bench();
    let says = |args: &[&str]| check(folder.path(), args);
    let reads = says(&["--tool", "Read", "--input", r#"{"file_path":"src/a"}"#]).well();
    assert!(reads.contains("allow what only looks, inside the workspace"), "{reads}");
    let writes = says(&["--tool", "Write", "--input", r#"{"file_path":"src/a","content":"x"}"#]);
    assert_eq!((writes.code, writes.out.contains("writes in src/")), (Some(10), true), "{}", writes.out);
    let patch = "*** Begin Patch\\n*** Add File: new.txt\\n+it\\n*** End Patch\\n";
    let input = format!(r#"{{"command":"{patch}"}}"#);
    let patched = says(&["--agent", "codex", "--tool", "apply_patch", "--input", &input]);
    assert_eq!(
        (patched.code, patched.out.contains("writes in the workspace's root")),
        (Some(10), true),
        "{}",
        patched.out
    );
}

#[test]
fn as_json_it_has_the_fields_that_help_tells_of() {
    let folder = bench();
    let help = check(folder.path(), &["--help"]).well();
    let told = documented(&help, "--json: one object");
    let ran = check(folder.path(), &["--json", "A=1 bash -c 'rm $X' > b"]);
    assert_eq!(ran.code, Some(10));
    let row = json(&ran.out).remove(0);
    assert_eq!(fields(&row), told);
    assert_eq!((&row["outcome"], &row["risk"], &row["sets"][0]), (&"ask".into(), &"high".into(), &"A".into()));
    assert_eq!(row["commands"][1]["words"][0], "rm");
    assert_eq!(row["commands"][1]["through"][0], "bash");
    assert_eq!(row["changes"][1]["how"], "rewrites");
    assert_eq!((&row["hits"][0]["what"], &row["hits"][1]["what"]), (&"overwrites b".into(), &"deletes $X".into()));
    let plain = check(folder.path(), &["cd $HERE && rm x; sed -i s/a/b/ *.rs"]);
    assert!(plain.out.contains("not known: what `rm x` hits: in which folder it runs: $HERE"), "{plain:?}");
}

#[test]
fn a_policy_with_a_fault_is_told() {
    let folder = bench();
    std::fs::write(folder.path().join("xdg/taut/policy.toml"), "[[rule]]\nthen = \"allow\"\nprefix = \"a | b\"\n")
        .unwrap();
    let ran = check(folder.path(), &["ls"]);
    assert_eq!(ran.code, Some(10));
    assert!(ran.err.contains("policy.toml:3") && ran.err.contains("not the beginning of one plain command"), "{ran:?}");
}

#[test]
fn a_list_that_reads_like_the_words_of_one_command_is_told_of() {
    let folder = bench();
    let rules = "[[rule]]\nthen = \"allow\"\nprefix = [\"git\", \"status\"]\n";
    std::fs::write(folder.path().join("xdg/taut/policy.toml"), rules).unwrap();
    let ran = check(folder.path(), &["git status"]);
    assert_eq!(ran.code, Some(0), "it is in force as it stands: {ran:?}");
    let said = "policy.toml:3: `prefix = [\"git\", \"status\"]` means every command that begins with `git` or with `status`: \
                write `prefix = [\"git status\"]` for the one command";
    assert!(ran.err.contains(said), "{ran:?}");
    std::fs::write(folder.path().join("xdg/taut/policy.toml"), rules.replace("\", \"", " ")).unwrap();
    assert_eq!(check(folder.path(), &["git status"]).err, "");
}
