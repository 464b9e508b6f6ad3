//! Searching all sessions: taut's own, and the kept recordings of other tools.
//!
//! `query`: what is searched; `facets`: what an entry is, beside its words. `hit`: where in an entry it stands. `plan`: which
//! sessions are searched, and how each. `look`: they are looked at, the newest first.
//! [`Index`] knows in which entries something may stand, and keeps them; what it does not have yet is read. What is found is
//! the same with it and without it: each entry is looked at with the same eyes.

mod facets;
mod hit;
mod index;
mod look;
mod plan;
mod query;
mod since;

pub use index::{Caught, Holds, Index};
pub use look::{Each, scan, search};
pub use query::{About, Query};
pub use since::Since;
