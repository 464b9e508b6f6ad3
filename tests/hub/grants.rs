//! Grants: a revoked one asks again at the next call; what the agent keeps itself is not taut's to take back.

use super::support::hub::{Bench, HEAR, question, turn_end};
use super::{idle, repo, scratch};
use taut::domain::{At, By, Command, Decision, Event, GrantId, Matcher, OfferKind, Reply, RequestId, Seq, SessionId};
use taut::state::Standing;

/// A question whether call `n` may run `ls a`.
fn asks(n: u32) -> String {
    question(n, r#""title":"ls a","kind":"execute","status":"pending","rawInput":{"command":"ls a"}"#)
        .replace(r#""toolCallId":"c""#, &format!(r#""toolCallId":"c{n}""#))
}

fn grant(bench: &mut Bench, request: RequestId, until: Option<At>) -> GrantId {
    let known = bench.state.request(request).unwrap();
    let is_exact = |scope: &&Matcher| matches!(scope, Matcher::Exact { .. });
    let matcher = known.how.scopes.iter().find(is_exact).unwrap().clone();
    let decision = Decision::AllowFor { offer: "y".into(), matcher, until };
    let command = Command::Decide { request, digest: known.digest, decision, overridden: false };
    assert_eq!(bench.command(command), Reply::Done);
    bench.until("the grant", |bench| bench.state.session(request.session).is_some_and(|s| !s.ledger.is_empty()));
    bench.state.session(request.session).unwrap().ledger.iter().next_back().unwrap().0
}

#[test]
fn a_grant_is_used_until_it_is_revoked_and_then_it_asks_again() {
    let folder = scratch();
    let mut bench = Bench::new(folder.path());
    let lines = [HEAR, &asks(11), HEAR, &asks(12), HEAR, &turn_end(3, "end_turn"), HEAR, &asks(13), HEAR];
    let id = bench.script(&repo(&folder), &lines, Some("go"));
    let first = bench.waiting();
    let grant = grant(&mut bench, first, None);
    bench.until("the end of the turn", |bench| idle(bench, id));
    let (_, given) = bench.state.grant(grant).unwrap();
    assert_eq!((given.uses, given.by.as_ref(), given.grant.origin), (1, Some(&By::Human), Some(first)));
    assert!(given.last.is_some());

    assert_eq!(bench.command(Command::Revoke { grant }), Reply::Done);
    let revoked =
        |event: &Event| matches!(event, Event::Revoked { grant: other, by: Some(By::Human) } if *other == grant);
    assert!(bench.position(revoked).is_some(), "it is on record, with who did it");
    let prompt = Command::Prompt { session: id, text: "again".into(), steer: false };
    assert_eq!(bench.command(prompt), Reply::Done);
    let again = bench.waiting();
    assert_ne!(again, first);
    let (_, given) = bench.state.grant(grant).unwrap();
    assert_eq!((given.uses, given.standing(true, At(0))), (1, Standing::Revoked));
    let Reply::Refused { why } = bench.command(Command::Revoke { grant }) else { panic!("revoked twice") };
    assert!(why.contains("was revoked before"), "{why}");
    bench.leave();
}

#[test]
fn what_can_not_be_revoked_says_why_and_what_to_do() {
    let folder = scratch();
    let mut bench = Bench::new(folder.path());
    let always = asks(11).replace(
        r#""kind":"allow_once"}"#,
        r#""kind":"allow_once"},{"optionId":"all","name":"Always","kind":"allow_always"}"#,
    );
    let id = bench.script(&repo(&folder), &[HEAR, &always, HEAR], Some("go"));
    let request = bench.waiting();
    assert_eq!(bench.answer(request, OfferKind::AllowAlways), Reply::Done);
    bench.until("the grant", |bench| bench.state.session(id).is_some_and(|session| !session.ledger.is_empty()));
    let (grant, given) = bench.state.session(id).unwrap().ledger.iter().next().unwrap();
    assert!(given.is_agents_own());
    let Reply::Refused { why } = bench.command(Command::Revoke { grant }) else { panic!("it is the agent's") };
    assert!(why.contains("the agent's own always") && why.contains("end go"), "{why}");
    assert!(bench.state.session(id).unwrap().grants.contains_key(&grant));
    let nowhere = GrantId { session: SessionId(9), seq: Seq(9) };
    let Reply::Refused { why } = bench.command(Command::Revoke { grant: nowhere }) else { panic!("there is none") };
    assert!(why.contains("there is no grant") && why.contains("taut grants"), "{why}");
    assert_eq!(bench.command(Command::End { session: id }), Reply::Done);
    bench.until("its end", |bench| !bench.state.session(id).unwrap().is_live());
    let Reply::Refused { why } = bench.command(Command::Revoke { grant }) else { panic!("it is over") };
    assert!(why.contains("has ended"), "{why}");
    bench.leave();
}

#[test]
fn a_batch_is_one_decision_each_and_each_is_on_record_alone() {
    let folder = scratch();
    let mut bench = Bench::new(folder.path());
    let id = bench.demo(&repo(&folder), Some("ask 3"));
    bench.until("three", |bench| bench.state.waiting() == 3);
    let waiting: Vec<_> = bench.state.queue().iter().map(|waiting| waiting.request.clone()).collect();
    let mut commands = Vec::new();
    for request in &waiting {
        let offer = request.offers.iter().find(|offer| offer.kind == OfferKind::AllowOnce).unwrap().id.clone();
        let decision = Decision::Allow { offer };
        commands.push(Command::Decide { request: request.id, digest: request.digest, decision, overridden: false });
    }
    // All at once, as a console sends them.
    for command in commands {
        bench.send(command);
    }
    bench.until("the end of the turn", |bench| idle(bench, id));
    for request in &waiting {
        let decided = |event: &Event| matches!(event, Event::Decided { request: other, digest, .. } if *other == request.id && *digest == request.digest);
        assert_eq!(bench.records.iter().filter(|record| decided(&record.event)).count(), 1, "{}", request.id);
    }
    bench.leave();
}
