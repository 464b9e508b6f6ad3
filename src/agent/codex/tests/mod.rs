//! The codec, by hand-written lines: what real runs do not show. What they show is in `tests/codex_wire`.
