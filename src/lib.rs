//! `taut`: a supervision console for AI agents.

pub mod agent;
pub mod cli;
pub mod diff;
pub mod domain;
pub mod hub;
pub mod keymap;
pub mod policy;
pub mod state;
pub mod store;
pub mod text;
pub mod theme;
pub mod tui;
pub mod ui;
pub mod view;
