//! Two sessions in the same file, and one beside them.

use super::check;
use super::support::frame::{NOW, Teller, app, draw, edit, golden};
use taut::domain::{CallStatus, Risk};
use taut::ui::App;
use taut::view::{Cache, layout, to_text};

fn begun(id: u32, name: &str, age: i64) -> Teller {
    let mut t = Teller::new(id, name, "claude", "/home/demo/wt/shop", age);
    t.open("default").prompt(1, "make the tests pass");
    t
}

fn colliding() -> App {
    let mut one = begun(1, "fix-auth", 90);
    for path in ["src/auth.rs", "src/token.rs", "README.md"] {
        one.call(edit(path, "a\n", "b\n")).ran(900, "", CallStatus::Done, None);
    }
    let mut two = begun(2, "rename-it", 60);
    two.call(edit("src/token.rs", "a\n", "b\n")).ran(900, "", CallStatus::Done, None);
    two.call(edit("/home/demo/wt/shop/src/auth.rs", "a\n", "c\n")).ask(Risk::Mid, "writes in src/", "ask");
    let mut three = begun(3, "docs", 30);
    three.call(edit("docs/guide.md", "a\n", "b\n")).ran(900, "", CallStatus::Done, None);
    app(&[one, two, three])
}

#[test]
fn a_collision_stands_in_both_rows_and_sharing_is_quiet() {
    let app = colliding();
    [(80, 24), (120, 36), (200, 50)].into_iter().for_each(|size| check("collides", &app, size));
    let shown = golden(&draw(&app, (200, 50)));
    assert_eq!(shown.matches('⇄').count(), 4, "two rows, a title, a sentence:\n{shown}");
    assert!(shown.contains("⇄ rename-it wrote them too: src/auth.rs and src/token.rs."), "{shown}");
    assert!(!shown.contains("docs wrote") && shown.contains("="), "who only works beside them is quiet:\n{shown}");
    let ascii = to_text(&layout(&app, &mut Cache::ascii(), (80, 24), NOW));
    assert!(ascii.contains('&') && !ascii.contains('⇄'), "{ascii}");
}
