//! Golden frames: what a person sees, cell for cell. `UPDATE_GOLDEN=1 cargo test --test frames` writes them anew.

mod support;

use support::frame::{draw, fleet, golden};
use std::path::Path;
use taut::ui::{App, Focus};

fn check(name: &str, app: &App, size: (u16, u16)) {
    let shown = golden(&draw(app, size));
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/{name}-{}x{}.txt", size.0, size.1));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&file, &shown).unwrap();
    }
    let want = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(shown == want, "{} differs; it is now:\n{shown}", file.display());
}

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 36), (200, 50)];

#[test]
fn a_fleet_of_which_one_waits() {
    let app = fleet();
    SIZES.into_iter().for_each(|size| check("fleet", &app, size));
}

#[test]
fn a_pane_with_the_keys() {
    let mut app = fleet();
    app.focus = Focus::Pane;
    check("pane", &app, (80, 24));
}
