//! What is told of commands whose words could mean two things, and of those that only mention something.

use super::{ctx, judge, run};
use taut::domain::{Grant, GrantId, Matcher, Outcome, Risk, Seq, SessionId};
use taut::policy::{CallView, Context, Led, Policy, Raised};

fn told(line: &str, ctx: &Context) -> (Outcome, Risk, Vec<String>) {
    let verdict = judge(&Policy::built_in(), &run(line), ctx);
    (verdict.outcome, verdict.risk, verdict.reasons)
}

fn with_file(path: &str) -> Context {
    let mut ctx = ctx();
    ctx.led.insert(path.to_owned(), Led { real: Some(path.to_owned()), stands: true });
    ctx
}

#[test]
fn a_checkout_of_what_is_a_file_loses_what_is_not_committed_and_no_grant_covers_it() {
    let (_, risk, reasons) = told("git checkout m.txt", &with_file("/w/app/m.txt"));
    assert!(risk >= Risk::High && reasons.iter().any(|it| it.contains("not committed")), "{risk:?} {reasons:?}");
    let (_, risk, reasons) = told("git checkout main", &ctx());
    assert!(risk < Risk::High, "{risk:?} {reasons:?}");
    let matcher = Matcher::Prefix(vec!["git".into(), "checkout".into()]);
    let grant = Grant { matcher, origin: None, call: None, until: None };
    let grants = vec![(GrantId { session: SessionId(7), seq: Seq(4) }, grant)];
    let with = |ctx: Context| Context { grants: grants.clone(), ..ctx };
    assert_eq!(told("git checkout main", &with(ctx())).0, Outcome::Allow);
    assert_eq!(told("git checkout m.txt", &with(with_file("/w/app/m.txt"))).0, Outcome::Ask);
    assert_eq!(told("git checkout .", &with(ctx())).0, Outcome::Ask);
}

#[test]
fn what_begins_like_something_harmless_is_not_granted_with_it() {
    for (granted, rider) in [
        ("git stash", "git stash drop"),
        ("git branch", "git branch -D x"),
        ("git tag", "git tag -d v1"),
        ("git commit", "git commit --amend"),
        ("git worktree", "git worktree remove --force x"),
        ("git remote", "git remote set-url origin x"),
        ("jq", "jq -n env"),
        ("jq", "jq -n '$ENV.AWS_SECRET_ACCESS_KEY'"),
    ] {
        let matcher = Matcher::Prefix(granted.split(' ').map(str::to_owned).collect());
        let grant = Grant { matcher, origin: None, call: None, until: None };
        let ctx = Context { grants: vec![(GrantId { session: SessionId(7), seq: Seq(4) }, grant)], ..ctx() };
        assert_eq!(told(rider, &ctx).0, Outcome::Ask, "{rider}");
    }
    let offered = |line: &str| taut::policy::offers_prefix(line).map(|words| words.join(" "));
    assert_eq!(offered("git stash list").as_deref(), Some("git stash list"));
    assert_eq!(offered("git apply a.patch"), None);
    assert_eq!(offered("cargo test --doc").as_deref(), Some("cargo test"));
}

#[test]
fn a_word_is_no_program_and_a_value_no_path_at_the_root() {
    for line in ["grep taut README.md", "ls taut", "cargo build -p taut", "cd taut"] {
        assert!(told(line, &ctx()).1 < Risk::Top, "{line} {:?}", told(line, &ctx()));
    }
    for line in ["taut ls", "./taut allow x", "cargo run -p taut", "grep x y; taut ls", "xargs taut", "cp taut x"] {
        assert_eq!(told(line, &ctx()).1, Risk::Top, "{line}");
    }
    for line in ["cargo test --manifest-path=sub/Cargo.toml", "git log --format=%h/%s", "pytest --cov=src/app"] {
        let (_, _, reasons) = told(line, &ctx());
        assert!(!reasons.iter().any(|it| it.contains("outside")), "{line} {reasons:?}");
    }
    for line in ["cargo test --manifest-path=/etc/Cargo.toml", "tar -xvzf/etc/x", "pytest --cov=../x"] {
        let (_, _, reasons) = told(line, &ctx());
        assert!(reasons.iter().any(|it| it.contains("outside")), "{line} {reasons:?}");
    }
}

#[test]
fn what_runs_another_program_is_covered_where_its_beginning_names_that() {
    let rules =
        |prefix: &str| Policy::parse(&format!("[[rule]]\nthen = \"allow\"\nprefix = [\"{prefix}\"]\n"), "p").unwrap();
    let outcome = |prefix: &str, line: &str| judge(&rules(prefix), &run(line), &ctx()).outcome;
    for (prefix, line, expected) in [
        ("uv run pytest", "uv run pytest -q", Outcome::Allow),
        ("uv run pytest", "uv run pytest", Outcome::Allow),
        ("uv run", "uv run pytest -q", Outcome::Ask),
        ("uv run pytest", "uv run rm -rf build", Outcome::Ask),
        ("timeout 5 cargo test", "timeout 5 cargo test --doc", Outcome::Allow),
        ("timeout 5", "timeout 5 cargo test", Outcome::Ask),
        ("uv run pytest", "uv run pytest; pytest", Outcome::Ask),
        ("bundle exec rspec", "bundle exec rspec a_spec.rb", Outcome::Allow),
        ("uv run env", "uv run env rm -rf build", Outcome::Ask),
    ] {
        assert_eq!(outcome(prefix, line), expected, "{prefix}: {line}");
    }
    let offered = |line: &str| taut::policy::offers_prefix(line).map(|words| words.join(" "));
    assert_eq!(offered("uv run pytest -q").as_deref(), Some("uv run pytest"));
    assert_eq!(offered("uv run rm x"), None);
    assert_eq!(offered("cargo test; ls"), None);
}

#[test]
fn what_shows_secrets_is_told_of() {
    for line in
        ["git credential fill", "echo \"$GITHUB_TOKEN\"", "printenv AWS_SECRET_ACCESS_KEY", "vault kv get secret/x"]
    {
        assert!(told(line, &ctx()).1 >= Risk::High, "{line} {:?}", told(line, &ctx()));
    }
    assert!(!told("set -e; ls", &ctx()).2.iter().any(|it| it.contains("secrets")));
}

#[test]
fn a_search_goes_where_its_pattern_of_names_leads() {
    let search = |tool: &str, input: serde_json::Value| {
        let known = taut::shapes::claude::tools::known(tool, &input, "/w/app");
        let patch = taut::domain::CallPatch {
            tool: Some(tool.into()),
            impact: Some(known.impact),
            places: Some(known.places),
            args: Some(input.to_string().into()),
            ..taut::domain::CallPatch::default()
        };
        let view = CallView::of(&patch, taut::domain::Completeness::Whole, Raised::ByAgent);
        judge(&Policy::built_in(), &view, &ctx()).outcome
    };
    let grep = |glob: &str| search("Grep", serde_json::json!({"pattern": "KEY", "glob": glob}));
    assert_eq!(grep("*.rs"), Outcome::Allow);
    assert_eq!(grep("src/**/*.rs"), Outcome::Allow);
    for glob in [".env", "**/.env", "/etc/**", "../**", "~/.ssh/*"] {
        assert_eq!(grep(glob), Outcome::Ask, "{glob}");
        assert_eq!(search("Glob", serde_json::json!({"pattern": glob})), Outcome::Ask, "{glob}");
    }
}

/// What is said of commands that look like others: not more than they do, and not less.
#[test]
fn words_say_what_a_command_does() {
    for (line, says, never) in [
        ("docker ps", "", "account"),
        ("docker run x", "works on the machine or an account: docker run x", ""),
        ("docker -H tcp://other ps", "works on the machine or an account", ""),
        ("kubectl get pods", "works on the machine or an account", ""),
        ("rsync -a a b", "overwrites b", "network"),
        ("rsync -a a host:b", "reaches the network", ""),
        ("rsync -a -e ssh a b", "reaches the network", ""),
        ("rsync -a $FROM b", "reaches the network", ""),
        ("openssl enc -in a -out f", "overwrites f", "network"),
        ("openssl s_client -connect a:443", "reaches the network", ""),
        ("git rm -rf old", "deletes old", "-rf"),
        ("ruff check --fix", "overwrites .", "overwrites check"),
        ("cp -t src Makefile", "overwrites src/Makefile", "overwrites Makefile"),
        ("node -v", "", "input"),
        ("python3 -v", "python3 runs what it reads from its input", ""),
        ("python3 -mpip install x", "installs or publishes", "what is in install"),
        ("git checkout HEAD f", "overwrites f", "overwrites HEAD"),
    ] {
        let (_, _, reasons) = told(line, &ctx());
        let all = reasons.join("\n");
        assert!(all.contains(says) && (never.is_empty() || !all.contains(never)), "{line}:\n{all}");
    }
}
