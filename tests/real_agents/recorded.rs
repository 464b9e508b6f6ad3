//! What an agent writes down of its own session, read while it is still there: the prompts that it was given and the calls
//! that it made, all of it understood.

use crate::bench::Bench;
use std::collections::BTreeSet;
use taut::domain::{CallStatus, Event};
use taut::recordings::places;
use taut::state::Step;
use taut::transcript;

/// The session of a bench is found where its agent's are, and tells what the hub saw.
pub(crate) fn is_read(bench: &Bench) {
    let home = bench.home();
    let places = places::all(Some(&home), &[], |_| None);
    let (mut prompts, mut done) = (Vec::new(), BTreeSet::new());
    for path in places.iter().flat_map(|place| places::sessions(&place.folder).0) {
        let format = places::format_of(&path).unwrap();
        let tally = transcript::read(&path, format, &mut |record| match record.event {
            Event::PromptSent { text, .. } => prompts.push(text.inline().unwrap_or_default().to_owned()),
            Event::Called { call, patch } if patch.status == Some(CallStatus::Done) => drop(done.insert(call.0)),
            _ => {}
        })
        .unwrap();
        assert_eq!((tally.damaged, tally.places.as_slice()), (0, [].as_slice()), "{}", path.display());
        assert!(tally.records > 0);
    }
    let sent = bench.hub.records.iter().filter_map(|record| match &record.event {
        Event::PromptSent { text, .. } => text.inline(),
        _ => None,
    });
    let sent: Vec<&str> = sent.collect();
    assert!(!sent.is_empty());
    assert_eq!(prompts.iter().map(|text| text.trim()).collect::<Vec<_>>(), sent, "{places:?}");
    let steps = bench.steps();
    let missing = |step: &&&Step| step.status == CallStatus::Done && !done.contains(&step.call.0);
    let missing: Vec<_> = steps.iter().filter(missing).collect();
    assert!(missing.is_empty(), "{missing:?} of {done:?}");
}
