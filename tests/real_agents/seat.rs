//! A person's seat at the hub of a run: a console that knows what the hub knows, keys that are pressed there, and what they
//! send carried to the hub, as the loop of the program does it.

use super::bench::Bench;
use taut::domain::{At, Command, Reply, SessionId};
use taut::keymap;
use taut::ui::update::update;
use taut::ui::{App, Chord, Effect, Focus, Msg, Press, Setup};

/// Milliseconds between two keys of somebody who looks.
const LOOKS: i64 = 1_000;

/// A console, on the pane of a session.
pub(crate) struct Seat {
    pub(crate) app: App,
    now: At,
}

impl Seat {
    /// It sits down: all that is known is there.
    pub(crate) fn at(bench: &Bench, session: SessionId) -> Self {
        let mut app = App::new(Setup { size: (120, 36), ..Setup::default() });
        let now = bench.session().at;
        update(&mut app, Msg::Known(Box::new(bench.hub.state.clone())), now);
        (app.selected, app.focus) = (Some(session), Focus::Pane);
        Self { app, now }
    }

    /// Keys, pressed one after the other; the replies of the hub to what they send.
    #[track_caller]
    pub(crate) fn press(&mut self, bench: &mut Bench, keys: &str) -> Vec<Reply> {
        let mut replies = Vec::new();
        for key in keys.split_whitespace() {
            self.now = At(self.now.0 + LOOKS);
            let chord: Chord = key.parse().unwrap();
            let msg = match keymap::lookup(&self.app, chord.into()) {
                Some(action) => Msg::Did(action, Press::Alone),
                None => Msg::Typed(chord.into()),
            };
            for effect in update(&mut self.app, msg, self.now) {
                let Effect::Send(id, mut command) = effect else { continue };
                if let Command::Fork { env, .. } = &mut command {
                    *env = std::env::vars().collect();
                }
                let reply = bench.hub.command(command);
                replies.push(reply.clone());
                update(&mut self.app, Msg::Replied(id, reply), self.now);
            }
        }
        replies
    }

    /// What the console said last.
    pub(crate) fn said(&self) -> &str {
        self.app.toast.as_ref().map_or("", |toast| toast.text.as_str())
    }
}
