//! What the command of an open card would delete or rewrite: asked once for each time that the card is opened.

use super::super::app::App;
use super::super::card::Menu;
use super::super::msg::Want;
use crate::domain::{Digest, Previewed, Query, RequestId};
use std::sync::Arc;

/// Files that are told for a card; all are counted.
const TOLD: u32 = 64;
/// Files that are told where they are listed: as many as are looked at.
const ALL: u32 = 10_000;
/// Files that stand on a card at the most where they are not listed.
const ON_CARD: usize = 3;
/// Requests of which it is kept.
const KEPT: usize = 32;

/// The next frame of the card asks again: the disk may have changed since.
pub(super) fn ask_anew(app: &mut App, request: RequestId) {
    app.wanted.remove(&Want::Losses(request));
}

/// How many files are told.
pub(super) fn most(app: &App, request: RequestId) -> u32 {
    let lists = app.card.as_ref().is_some_and(|card| card.request == request && card.all_hits);
    if lists { ALL } else { TOLD }
}

/// What policy would say of the changed call on the card.
pub(super) fn judge(app: &App, request: RequestId, of: Digest) -> Option<Query> {
    let card = app.card.as_ref().filter(|card| card.request == request && card.shows() == of)?;
    match &card.menu {
        Some(Menu::Sure { decision, .. } | Menu::Override { decision, .. }) => {
            Some(Query::Judge { request, decision: decision.clone(), of })
        }
        Some(_) | None => None,
    }
}

/// What the command of the changed call on the card would hit.
pub(super) fn ahead(app: &App, request: RequestId, of: Digest) -> Option<Query> {
    let face = app.card.as_ref().filter(|card| card.request == request)?.changed().filter(|face| face.digest == of)?;
    let command = app.here(face.step.command.as_ref()?)?.to_owned();
    Some(Query::Losses { request, most: TOLD, instead: Some((of, command)) })
}

/// Whether there is a list of files to unfold on the open card.
pub(super) fn can_unfold(app: &App) -> bool {
    let Some(card) = &app.card else { return false };
    let hits = app.losses.get(&card.request);
    let is_more = |losses: &Arc<crate::domain::Losses>| {
        losses.files.len() + losses.unknown.len() > ON_CARD || losses.folders() > 0
    };
    card.all_hits || hits.is_some_and(is_more)
}

/// Lists every file behind the payload, or no longer. Where that is far away the reader goes there.
pub(super) fn unfold(app: &mut App) {
    let tall = usize::from(app.size.1);
    let Some(card) = &mut app.card else { return };
    card.all_hits = !card.all_hits;
    if card.all_hits && card.of_rows > card.top + tall / 3 {
        card.delta = i64::try_from(card.of_rows - card.top).unwrap_or(i64::MAX);
    }
    let request = card.request;
    if card.all_hits {
        ask_anew(app, request);
    }
}

/// It came.
pub(super) fn came(app: &mut App, Previewed { request, losses, of }: Previewed) {
    if let Some(of) = of {
        if let Some(card) = app.card.as_mut().filter(|card| card.request == request && card.outlook.of == of) {
            card.outlook.losses = Some(Arc::new(losses));
        }
        return;
    }
    let state = &app.state;
    app.losses.retain(|request, _| state.waiting_request(*request).is_some());
    app.wanted.retain(|want| !matches!(want, Want::Losses(asked) if state.waiting_request(*asked).is_none()));
    if app.replay.is_none() && app.state.waiting_request(request).is_some() {
        app.losses.insert(request, Arc::new(losses));
    }
    while app.losses.len() > KEPT {
        app.losses.pop_first();
    }
}
