//! view

pub mod highlight;
