//! Numbers: what sessions came to, hour by hour and model by model, and what that costs by a list of prices.
//!
//! [`Numbers`] is a fold over the records of one session; those of many are added up. What an agent does not tell is not
//! guessed: a cost that nobody told is made of tokens and a dated list of prices, marked as such, and unknown for a model
//! that is not in it.

mod count;
mod group;
mod prices;

pub use count::{Counter, Hour, Numbers, Row, add_cost};
pub use group::{Counted, group};
pub use prices::{BadPrices, Price, Prices};
