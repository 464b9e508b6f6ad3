//! What the command of an open card would delete or rewrite: asked once for each time that the card is opened.

use super::super::app::App;
use super::super::msg::Want;
use crate::domain::{Previewed, RequestId};
use std::sync::Arc;

/// Files that are told for a card; all are counted.
pub(super) const TOLD: u32 = 64;
/// Requests of which it is kept.
const KEPT: usize = 32;

/// The next frame of the card asks again: the disk may have changed since.
pub(super) fn ask_anew(app: &mut App, request: RequestId) {
    app.wanted.remove(&Want::Losses(request));
}

/// It came.
pub(super) fn came(app: &mut App, Previewed { request, losses }: Previewed) {
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
