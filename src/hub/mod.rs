//! hub

pub mod config;
