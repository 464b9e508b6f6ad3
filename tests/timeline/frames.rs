//! Golden frames.

use crate::support::frame::{NOW, Teller, app, draw, edit, golden, run};
use std::path::Path;
use taut::domain::{CallId, CallPatch, CallStatus, Event, LaneId, PlanItem, PlanStatus, Risk, Speaker};
use taut::ui::{App, Focus};
use taut::view::{Cache, layout, to_text};

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 36), (200, 50)];

fn check(name: &str, app: &App, size: (u16, u16)) {
    let shown = golden(&draw(app, size));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/timeline");
    let file = folder.join(format!("{name}-{}x{}.txt", size.0, size.1));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(&file, &shown).unwrap();
    }
    let want = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(shown == want, "{} differs; it is now:\n{shown}", file.display());
}

fn of(teller: Teller) -> App {
    let mut app = app(&[teller]);
    app.focus = Focus::Pane;
    app
}

const MARKDOWN: &str = "# The plan

The comparison **leaks timing**, see [auth.rs](src/auth.rs) and [the docs](https://docs.example.org/timing).
It stops at the *first* byte that differs; `==` is to blame.

1. Replace `==`
   ```rust
   fn verify(token: &str) -> bool {
       ct_eq(token.as_bytes(), self.saved.as_bytes())
   }
   ```
2. Add a test
   - one that measures
   - one that does not
3. Ask a *reviewer*

> Never roll your own.
> - A proverb

- [x] read the code
- [ ] change it

## What it costs

| file | lines | why |
|:-----|------:|-----|
| src/auth.rs | 14 | the comparison itself, and what it needs |
| 試験.rs | 40 | shows that it is **constant** |

---

![the graph](graph.png) shows it.
";

#[test]
fn markdown() {
    let mut t = Teller::new(1, "docs", "claude", "/home/demo/docs", 60);
    t.open("default").prompt(1, "what do you plan?").say(Speaker::Agent, MARKDOWN).end_turn(1, 30_000, 10_000);
    let mut app = of(t);
    SIZES.into_iter().for_each(|size| check("markdown", &app, size));
    app.zoom = true;
    check("markdown-zoom", &app, (60, 60));
    let view = app.views.values_mut().next().unwrap();
    (view.follow, view.selected) = (false, Some(0));
    check("markdown-top", &app, (80, 24));
    let mut cache = Cache::ascii();
    let ascii = to_text(&layout(&app, &mut cache, (100, 60), NOW));
    assert!(ascii.chars().all(|c| c.is_ascii() || "試験…".contains(c)), "{ascii}");
}

const TABLE: &str = "| crate | version | licence | what it is for | and why not something else |
|---|---|:-:|---|---|
| pulldown-cmark | 0.13.6 | MIT | reads markdown | small, no tree, incremental enough for our blocks |
| 漢字かな交じり文 | 1.0 | MIT OR Apache-2.0 | wide characters in a column | because they are two cells each |
";

#[test]
fn tables_wide_and_narrow() {
    let mut t = Teller::new(1, "docs", "claude", "/home/demo/docs", 60);
    t.open("default").prompt(1, "which crates?").say(Speaker::Agent, TABLE);
    let mut app = of(t);
    SIZES.into_iter().for_each(|size| check("table", &app, size));
    app.zoom = true;
    check("table", &app, (40, 40));
}

#[test]
fn bars_and_colours_of_tools() {
    let mut t = Teller::new(1, "build", "claude", "/home/demo/app", 60);
    t.open("default").prompt(1, "build it").call(run("make all"));
    let mut output = String::from("\u{1b}[1mfetching\u{1b}[0m\n");
    for n in [1, 40, 100] {
        output += &format!(
            "\u{1b}[2K\rserde  [{:<10}] {n}%\n\u{1b}[2K\rtokio  [{:<10}] {n}%\n",
            "#".repeat(n / 10),
            "#".repeat(n / 10)
        );
        output += if n < 100 { "\u{1b}[2A" } else { "" };
    }
    output += "linking 1%\rlinking 99%\rlinking done\nab\u{8}\u{8}\u{1b}[32mok\u{1b}[0m\n";
    output.extend((0..60).map(|n| format!("note {n}: unused variable\n")));
    t.ran(2_000, &output, CallStatus::Done, Some(0));
    t.call(edit(
        "/home/demo/app/src/main.rs",
        "fn main() {\n    run()\n}\n",
        "fn main() {\n    run();\n    stop();\n}\n",
    ));
    t.ran(8, "", CallStatus::Done, None);
    t.tell(Event::Attached { who: Speaker::Agent, what: "image/png, 12 kB".into() });
    let mut app = of(t);
    app.views.values_mut().for_each(|view| view.unfolded = (0..9).collect());
    let shown = draw(&app, (120, 50));
    let text = to_text(&shown);
    assert!(
        text.contains("serde  [##########] 100%") && !text.contains("40%") && text.contains("linking done"),
        "{text}"
    );
    assert!(text.contains("… 45 more lines …") && text.contains("note 59") && !text.contains("note 20"), "{text}");
    check("bars", &app, (80, 36));
    check("bars", &app, (120, 50));
    check("bars", &app, (200, 50));
    app.views.values_mut().for_each(|view| view.whole = (0..9).collect());
    let text = to_text(&draw(&app, (120, 90)));
    assert!(text.contains("note 20") && !text.contains("more lines"), "{text}");
}

fn plan(done: usize, of: usize) -> Event {
    let status = |n: usize| match n {
        n if n < done => PlanStatus::Done,
        n if n == done => PlanStatus::Doing,
        _ => PlanStatus::Pending,
    };
    let texts = ["Find every comparison", "Replace it", "Add a test", "Run the tests", "Write it down"];
    let items = (0..of).map(|n| PlanItem { text: texts[n % texts.len()].into(), status: status(n) });
    Event::Planned { items: items.collect() }
}

#[test]
fn a_plan_changes_in_its_place() {
    let mut t = Teller::new(1, "fix", "claude", "/home/demo/app", 60);
    t.open("default").prompt(1, "fix it").tell(plan(0, 5));
    t.call(run("rg verify")).ran(20, "src/auth.rs\n", CallStatus::Done, Some(0)).tell(plan(3, 5));
    t.call(run("cargo test")).ran(900, "ok\n", CallStatus::Done, Some(0));
    let app = of(t);
    let text = to_text(&draw(&app, (80, 24)));
    assert_eq!(text.matches("Replace it").count(), 1, "{text}");
    assert!(text.contains("3 of 5") && text.contains("✓ Add a test") && text.contains("› Run the tests"), "{text}");
    SIZES.into_iter().for_each(|size| check("plan", &app, size));
}

/// A session with a lane, one within it, and another beside them.
pub fn lanes() -> Teller {
    let mut t = Teller::new(1, "fix", "claude", "/home/demo/app", 300);
    t.open("default").prompt(1, "review it with two others").say(Speaker::Agent, "I ask two others.");
    t.tell(Event::LaneOpened { opened: LaneId(1), native: None, name: "reviewer".into(), call: None });
    t.lane(1).say(Speaker::Agent, "I look at the change.");
    t.call(run("git diff HEAD~1")).ran(12, "+one\n-two\n", CallStatus::Done, Some(0));
    t.tell(Event::LaneOpened {
        opened: LaneId(2),
        native: None,
        name: "tester".into(),
        call: Some(CallId("x".into())),
    });
    t.lane(2).call(run("cargo test auth")).ran(3_000, "ok\n", CallStatus::Done, Some(0));
    t.say(Speaker::Agent, "All tests pass, also the new one, which is rather long to tell of.");
    t.lane(1).call(run("rg unsafe src")).ran(9, "", CallStatus::Done, Some(1));
    t.lane(0).tell(Event::LaneOpened { opened: LaneId(3), native: None, name: "writer".into(), call: None });
    t.lane(3).call(CallPatch { title: Some("Write notes".into()), ..edit("/home/demo/app/NOTES.md", "", "one\n") });
    t.lane(1).call(run("git push --force origin main"));
    t.ask(Risk::High, "rewrites remote history", "push needs a human");
    t.lane(0).say(Speaker::Agent, "The reviewer wants to push.");
    t
}

#[test]
fn lanes_are_nested_and_foldable() {
    let mut app = of(lanes());
    SIZES.into_iter().for_each(|size| check("lanes", &app, size));
    check("lanes", &app, (40, 24));
    app.views.values_mut().for_each(|view| view.lanes = [LaneId(1)].into());
    SIZES.into_iter().for_each(|size| check("lanes-folded", &app, size));
    check("lanes-folded", &app, (40, 24));
    let text = to_text(&draw(&app, (120, 36)));
    assert!(text.contains("? lane   reviewer") && text.contains("1 waiting"), "{text}");
    assert!(!text.contains("git diff") && !text.contains("cargo test auth") && text.contains("NOTES.md"), "{text}");
}
