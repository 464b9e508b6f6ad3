//! One frame without a terminal: as text for `--print`, or as cells for tests and pictures.
//!
//! A frame is *settled* when what it lacked was loaded and where it came to stand no longer changes: then it is a
//! function of the records, the console's own state, the size and the clock (invariant 10).

use super::source::Source;
use crate::domain::{At, Query};
use crate::ui::update::update;
use crate::ui::{App, Effect, Msg};
use crate::view::{self, Cache, Scene};

/// Rounds after which a frame counts as settled whatever it still lacks.
const ROUNDS: usize = 64;

/// Lays out until nothing is lacking, and returns the settled scene. Nothing is sent: `source` answers queries only.
pub fn settle(app: &mut App, cache: &mut Cache, source: &Source, now: At) -> Scene {
    settle_by(app, cache, &mut |query| source.ask(query), now)
}

/// The same, where `ask` knows the answers.
pub fn settle_by(app: &mut App, cache: &mut Cache, ask: &mut dyn FnMut(Query) -> Option<Msg>, now: At) -> Scene {
    let mut scene = view::layout(app, cache, app.size, now);
    for _ in 0..ROUNDS {
        let before = scene.clone();
        let painted = Msg::Painted(Box::new(scene.painted.clone()));
        let mut effects = update(app, painted, now);
        while let Some(effect) = effects.pop() {
            if let Effect::Ask(query) = effect
                && let Some(answer) = ask(query)
            {
                effects.extend(update(app, answer, now));
            }
        }
        for wanted in cache.take_code_wanted() {
            cache.give_code(wanted.find());
        }
        scene = view::layout(app, cache, app.size, now);
        if scene == before {
            break;
        }
    }
    scene
}
