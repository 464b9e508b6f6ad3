//! cli
pub mod agent_parent;
pub mod demo_agent;
pub mod demo_repo;
