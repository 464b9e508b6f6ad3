//! What holds for any call and any policy.

use super::ctx;
use proptest::prelude::*;
use std::fmt::Write as _;
use taut::domain::Impact::{self, Delete, Edit, Execute, Fetch, Move, Other, Read, Think};
use taut::domain::Outcome::{self, Allow, Ask};
use taut::domain::{Completeness, Grant, GrantId, Matcher, Risk, Seq, SessionId};
use taut::policy::{CallView, Contest, Context, Policy, Raised, Touch, judge};

fn any_path() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::collection::vec(
            prop::sample::select(vec![
                "src", "vendor", "a.rs", ".env", "..", ".", "", ".git", "x", "~", "taut", ".config"
            ]),
            0..5
        )
        .prop_map(|parts| parts.join("/")),
        prop::sample::select(vec![
            "/w/app/src/a.rs",
            "/etc/hosts",
            "~/.ssh/id",
            "/home/ada/.config/taut/policy.toml",
            "/"
        ])
        .prop_map(str::to_owned),
        any::<String>(),
    ]
}

fn any_touch() -> impl Strategy<Value = Touch> {
    (any_path(), prop::option::weighted(0.2, any_path())).prop_map(|(path, real)| Touch { path, real })
}

fn any_impact() -> impl Strategy<Value = Impact> {
    prop::sample::select(vec![Read, Think, Edit, Delete, Move, Execute, Fetch, Other])
}

fn any_call() -> impl Strategy<Value = CallView> {
    let touches = || prop::collection::vec(any_touch(), 0..3);
    let word = prop::sample::select(vec!["Edit", "Bash", "todo_write", ""]);
    let command = prop_oneof![Just("make".to_owned()), Just("cargo test".into()), Just(String::new()), any::<String>()];
    let args = prop_oneof![Just("{}".to_owned()), Just(r#"{"p":"~/.config/taut"}"#.into()), any::<String>()];
    let payload = prop::sample::select(vec![Completeness::Whole, Completeness::Fragment, Completeness::TitleOnly]);
    let first = (any_impact(), prop::option::of(word), prop::option::of(command), prop::option::of(args), payload);
    let second = (touches(), touches(), touches(), prop::option::of(any_path()), any::<bool>());
    (first, second).prop_map(|((impact, tool, command, args, payload), (places, writes, removes, cwd, asked))| {
        CallView {
            print: taut::domain::Digest::default(),
            tool: tool.map(str::to_owned),
            title: None,
            impact,
            command: command.map(Into::into),
            cwd,
            args: args.map(Into::into),
            places,
            writes,
            moves: 0,
            removes,
            parent: None,
            payload,
            raised: if asked { Raised::ByAgent } else { Raised::Nobody },
        }
    })
}

fn any_rule(then: &'static [&'static str]) -> impl Strategy<Value = String> {
    let list = |items: Vec<&'static str>| prop::option::of(prop::sample::subsequence(items, 1..=2));
    (
        prop::sample::select(then.to_vec()),
        list(vec!["read", "edit", "delete", "run", "other"]),
        list(vec!["Edit", "Bash"]),
        list(vec!["src/**", "**/.env", "/etc/*", "~/**", "**"]),
        list(vec!["make", "cargo test"]),
    )
        .prop_map(|(then, impact, tool, path, command)| {
            let mut text = format!("[[rule]]\nthen = \"{then}\"\n");
            let plain = impact.is_none() && tool.is_none() && path.is_none() && command.is_none();
            let impact = if plain { Some(vec!["edit"]) } else { impact };
            for (key, items) in [("impact", impact), ("tool", tool), ("path", path), ("command", command)] {
                if let Some(items) = items {
                    writeln!(text, "{key} = {items:?}").unwrap();
                }
            }
            text
        })
}

fn any_grants() -> impl Strategy<Value = Vec<(GrantId, Grant)>> {
    let matcher = prop_oneof![
        any_impact().prop_map(Matcher::Impact),
        prop::sample::select(vec!["Edit", "Bash", ""]).prop_map(|tool| Matcher::Tool(tool.into())),
        prop::sample::select(vec!["**", "src/**", "["]).prop_map(|glob| Matcher::Path(glob.into())),
    ];
    prop::collection::vec(matcher, 0..3).prop_map(|all| {
        let grant = |(n, matcher)| {
            let id = GrantId { session: SessionId(1), seq: Seq(n) };
            (id, Grant { matcher, origin: None, call: None, until: None })
        };
        (0u64..).zip(all).map(grant).collect()
    })
}

const ANY: &[&str] = &["allow", "ask", "deny"];
const STRICT: &[&str] = &["ask", "deny"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_rule_that_holds_back_never_loosens(
        rules in prop::collection::vec(any_rule(ANY), 0..4), more in any_rule(STRICT), view in any_call(), grants in any_grants(),
    ) {
        let ctx = Context { grants, ..ctx() };
        // Under `default = "deny"` a rule that asks is the way to be asked at all.
        let default = if more.contains("deny") { "default = \"deny\"\n" } else { "" };
        let before = Policy::parse(&format!("{default}{}", rules.concat()), "p").unwrap();
        let after = Policy::parse(&format!("{default}{}{more}", rules.concat()), "p").unwrap();
        prop_assert!(judge(&after, &view, &ctx).outcome >= judge(&before, &view, &ctx).outcome);
    }

    #[test]
    fn beyond_the_budget_nothing_is_allowed_and_nothing_else_changes(
        rules in prop::collection::vec(any_rule(ANY), 0..4), view in any_call(), grants in any_grants(),
    ) {
        let within = Context { grants, ..ctx() };
        let beyond = Context { over_budget: Some("all is spent".to_owned()), ..within.clone() };
        let policy = Policy::parse(&rules.concat(), "p").unwrap();
        let [before, after] = [&within, &beyond].map(|ctx| judge(&policy, &view, ctx));
        prop_assert_eq!(after.outcome, before.outcome.max(Outcome::Ask));
        prop_assert_eq!(after.risk, before.risk);
        let said = after.reasons.iter().any(|reason| reason.starts_with("all is spent"));
        prop_assert_eq!(said, after.outcome == Outcome::Ask);
        prop_assert_eq!(after.rule == before.rule, before.outcome != Outcome::Allow);
    }

    #[test]
    fn what_another_session_writes_too_is_never_allowed_and_said_first(
        rules in prop::collection::vec(any_rule(ANY), 0..4), view in any_call(), grants in any_grants(),
    ) {
        let alone = Context { grants, ..ctx() };
        let contest = Contest { file: "src/a.rs".into(), with: "docs".into(), how: "wrote it too".into() };
        let contested = Context { contested: vec![contest], ..alone.clone() };
        let policy = Policy::parse(&rules.concat(), "p").unwrap();
        let [before, after] = [&alone, &contested].map(|ctx| judge(&policy, &view, ctx));
        prop_assert_eq!(after.outcome, before.outcome.max(Outcome::Ask));
        prop_assert_eq!(after.risk, before.risk);
        let said = after.reasons.first().is_some_and(|reason| reason == "docs wrote it too: src/a.rs");
        prop_assert_eq!(said, after.outcome == Outcome::Ask);
        prop_assert_eq!(after.rule == before.rule, before.outcome != Outcome::Allow);
    }

    #[test]
    fn the_order_of_rules_never_matters(
        rules in Just(()).prop_flat_map(|()| prop::collection::vec(any_rule(ANY), 0..5))
            .prop_flat_map(|rules| (Just(rules.clone()), Just(rules).prop_shuffle())),
        view in any_call(), grants in any_grants(),
    ) {
        let ctx = Context { grants, ..ctx() };
        let [one, two] = [rules.0, rules.1].map(|rules| judge(&Policy::parse(&rules.concat(), "p").unwrap(), &view, &ctx));
        prop_assert_eq!((one.outcome, one.risk, one.reasons), (two.outcome, two.risk, two.reasons));
    }

    #[test]
    fn a_rule_that_lets_run_changes_only_what_it_covers(
        rules in prop::collection::vec(any_rule(ANY), 0..4), more in any_rule(&["allow"]), view in any_call(),
    ) {
        let alone = judge(&Policy::parse(&more, "p").unwrap(), &view, &ctx()).outcome;
        let before = judge(&Policy::parse(&rules.concat(), "p").unwrap(), &view, &ctx()).outcome;
        let after = judge(&Policy::parse(&format!("{}{more}", rules.concat()), "p").unwrap(), &view, &ctx()).outcome;
        prop_assert_eq!(after, if alone == Allow && before == Ask && after == Allow { Allow } else { before });
    }

    #[test]
    fn nothing_allows_what_touches_taut(
        rules in prop::collection::vec(any_rule(ANY), 0..4), view in any_call(), grants in any_grants(), rest in any_path(),
    ) {
        let ctx = Context { grants, ..ctx() };
        let policy = Policy::parse(&rules.concat(), "p").unwrap();
        let mut view = view;
        view.writes.push(Touch::from(format!("/home/ada/.config/taut/{}", rest.replace("..", "")).as_str()));
        let verdict = judge(&policy, &view, &ctx);
        prop_assert!(verdict.outcome >= Ask);
        prop_assert_eq!(verdict.risk, Risk::Top);
    }

    #[test]
    fn judging_is_total_and_the_same_twice(
        view in any_call(), workspace in any_path(), home in any_path(), own in prop::collection::vec(any_path(), 0..3),
        rules in prop::collection::vec(any_rule(ANY), 0..3),
    ) {
        let ctx = Context { workspace, home, own, ..ctx() };
        let policy = Policy::parse(&rules.concat(), "p").unwrap();
        prop_assert_eq!(judge(&policy, &view, &ctx), judge(&policy, &view, &ctx));
    }

    #[test]
    fn reading_a_policy_is_total(text in any::<String>(), rule in any_rule(ANY)) {
        let _ = Policy::parse(&text, "p");
        let _ = Policy::parse(&format!("{rule}{text}"), "p");
    }
}
