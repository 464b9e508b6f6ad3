//! Searching all sessions: taut's own, and the kept recordings of other tools.
//!
//! `query`: what is searched. `hit`: where in an entry it stands. `look`: everything is looked at, the newest session first.
//! [`Index`] knows in which entries something may stand, and keeps them; what it does not have yet is read. What is found is
//! the same with it and without it: each entry is looked at with the same eyes.

mod hit;
mod look;
mod query;
mod since;

pub use look::{Each, search};
pub use query::{About, Query};
pub use since::Since;
