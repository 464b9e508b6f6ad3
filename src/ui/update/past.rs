//! What changed between two moments: what the hub told of it comes to whoever asked.

use super::super::app::App;
use super::super::msg::{Effect, Want};
use super::super::past::{Between, Seen};
use super::review;
use crate::domain::{Changes, Query};

/// The question for it.
pub(super) fn query(what: &Between) -> Query {
    Query::Changes { session: what.session, stretch: what.stretch, paths: what.paths.clone() }
}

/// It came.
pub(super) fn came(app: &mut App, changes: Changes) -> Vec<Effect> {
    let what = Between::of(&changes);
    let is_wanted = app.wanted.remove(&Want::Changes(what.clone()));
    if review::waits_for(app, &what) {
        if is_wanted {
            app.looked.keep(what, Ok(Seen::new(changes.clone())));
        }
        return review::came(app, changes);
    }
    app.looked.keep(what, Ok(Seen::new(changes)));
    Vec::new()
}

/// It can't be told.
pub(super) fn failed(app: &mut App, what: Between, why: String) {
    let is_wanted = app.wanted.remove(&Want::Changes(what.clone()));
    if review::waits_for(app, &what) {
        review::failed(app, &why);
        if !is_wanted {
            return;
        }
    }
    app.looked.keep(what, Err(why));
}
