//! cli
pub mod agent_parent;
