//! What agents write, whichever way it comes: over a protocol to taut, or into a transcript of their own.
//!
//! [`look`] reads JSON that may be anything; a folder a vendor knows its tools and their results. Nothing here has a state
//! of a conversation: that is the business of those who read one.

pub mod claude;
pub mod codex;
pub mod gemini;
pub mod look;
pub mod tokens;
pub mod tools;
