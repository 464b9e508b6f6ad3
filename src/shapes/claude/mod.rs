//! Claude Code: its tools, what comes back of them, its lists of things to do, and its tokens.

pub mod plans;
pub mod results;
pub mod tokens;
pub mod tools;
