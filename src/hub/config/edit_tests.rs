//! Changing one setting: what is kept, what is refused, where it is written.

use super::super::Given;
use super::*;
use proptest::prelude::*;

const FILE: &str = "# mine\n\ntheme   =  \"dark\"   # because\nmouse = true\n\n# agents\n[agents.mine]\ncommand = \"mine\"  # here\n\n[keys]\n# a is near\nallow = \"a\" # yes\n# the rest\ndown = [\"j\", \"down\"]\n";

fn desk(text: Option<&str>) -> (tempfile::TempDir, Places) {
    let dir = tempfile::tempdir().unwrap();
    let given = Given { config: Some(dir.path().join("conf/config.toml")), state: Some(dir.path().into()) };
    let places = Places::find(&given, |_| None).unwrap();
    if let Some(text) = text {
        fs::create_dir(dir.path().join("conf")).unwrap();
        fs::write(&places.config, text).unwrap();
    }
    (dir, places)
}

fn none(_: &Config, _: &Places) -> Vec<Fault> {
    Vec::new()
}

fn apply(places: &Places, path: &[&str], to: Option<Value>, shown: Option<&str>) -> Result<String, String> {
    let one = Edit { path, to, shown: shown.map(str::to_owned) };
    edit(places, &one, none).map_err(|error| error.to_string())?;
    Ok(fs::read_to_string(&places.config).unwrap())
}

#[test]
fn a_value_changes_and_everything_around_it_stays() {
    let (_dir, places) = desk(Some(FILE));
    let text = apply(&places, &["theme"], Some("light".into()), Some("dark")).unwrap();
    assert_eq!(text, FILE.replace("\"dark\"", "\"light\""));
    let text = apply(&places, &["keys", "allow"], Some("y".into()), Some("a")).unwrap();
    assert_eq!(text, FILE.replace("\"dark\"", "\"light\"").replace("\"a\"", "\"y\""));
}

#[test]
fn what_is_new_stands_where_it_belongs() {
    let (_dir, places) = desk(Some(FILE));
    let text = apply(&places, &["marks"], Some("ascii".into()), None).unwrap();
    assert_eq!(text, FILE.replace("mouse = true\n", "mouse = true\nmarks = \"ascii\"\n"));
    let text = apply(&places, &["keys", "zoom"], Some(Value::Array(toml_edit::Array::new())), None).unwrap();
    assert!(text.ends_with("down = [\"j\", \"down\"]\nzoom = []\n"), "{text}");

    let (_dir, places) = desk(None);
    assert_eq!(apply(&places, &["mouse"], Some(false.into()), None).unwrap(), "mouse = false\n");
    assert_eq!(
        apply(&places, &["keys", "zoom"], Some("Z".into()), None).unwrap(),
        "mouse = false\n\n[keys]\nzoom = \"Z\"\n"
    );
    let (_dir, places) = desk(Some("# only words\n"));
    assert_eq!(apply(&places, &["mouse"], Some(false.into()), None).unwrap(), "# only words\nmouse = false\n");
    let (_dir, places) = desk(Some("mouse = true\n# the end"));
    assert_eq!(
        apply(&places, &["keys", "zoom"], Some("Z".into()), None).unwrap(),
        "mouse = true\n# the end\n\n[keys]\nzoom = \"Z\"\n"
    );
}

#[test]
fn a_line_is_taken_out_and_the_comments_beside_it_stay() {
    let (_dir, places) = desk(Some(FILE));
    let text = apply(&places, &["keys", "allow"], None, Some("a")).unwrap();
    assert_eq!(text, FILE.replace("allow = \"a\" # yes\n", ""));
    let (_dir, places) = desk(Some("keys = { allow = \"y\", zoom = \"Z\" }\n"));
    assert_eq!(apply(&places, &["keys", "allow"], None, Some("y")).unwrap().replace(' ', ""), "keys={zoom=\"Z\"}\n");
}

#[test]
fn line_ends_and_a_mark_at_the_begin_stay() {
    let text = format!("\u{feff}{}", FILE.replace('\n', "\r\n"));
    let (_dir, places) = desk(Some(&text));
    // toml itself wants no mark: then the file has faults, and is left alone.
    if Config::parse(&text, "x").is_ok() {
        let after = apply(&places, &["theme"], Some("light".into()), Some("dark")).unwrap();
        assert_eq!(after, text.replace("\"dark\"", "\"light\""));
    }
    let text = FILE.replace('\n', "\r\n");
    let (_dir, places) = desk(Some(&text));
    let after = apply(&places, &["marks"], Some("ascii".into()), None).unwrap();
    assert_eq!(after, text.replace("mouse = true\r\n", "mouse = true\r\nmarks = \"ascii\"\r\n"));
}

#[test]
fn what_another_program_wrote_is_never_lost() {
    let (_dir, places) = desk(Some(FILE));
    // Another setting was changed: both changes are there afterwards.
    fs::write(&places.config, FILE.replace("mouse = true", "mouse = false")).unwrap();
    let text = apply(&places, &["theme"], Some("light".into()), Some("dark")).unwrap();
    assert!(text.contains("mouse = false") && text.contains("\"light\""), "{text}");
    // The very setting was changed: nothing is written.
    let error = apply(&places, &["theme"], Some("tide".into()), Some("dark")).unwrap_err();
    assert_eq!(error, "config.toml was changed meanwhile: `theme` is light there; look again, then change it");
    assert_eq!(fs::read_to_string(&places.config).unwrap(), text);
    let error = apply(&places, &["deadline"], Some("1h".into()), Some("10m")).unwrap_err();
    assert!(error.contains("`deadline` is no longer there"), "{error}");
}

#[test]
fn a_file_with_faults_is_left_alone_and_none_is_made() {
    for broken in ["theme = ", "them = 1\n"] {
        let (_dir, places) = desk(Some(broken));
        let error = apply(&places, &["mouse"], Some(false.into()), None).unwrap_err();
        assert!(error.starts_with("config.toml has faults, so nothing is written to it; mend it first: "), "{error}");
        assert_eq!(fs::read_to_string(&places.config).unwrap(), broken);
    }
    let (_dir, places) = desk(Some(FILE));
    let error = apply(&places, &["deadline"], Some("soon".into()), None).unwrap_err();
    assert!(error.starts_with("not written: config.toml:") && error.contains("takes a length of time"), "{error}");
    assert_eq!(fs::read_to_string(&places.config).unwrap(), FILE);
    let wrong = |config: &Config, _: &Places| match config.mouse {
        true => Vec::new(),
        false => vec![Fault { file: "config.toml".into(), line: 0, what: "no mouse here".into() }],
    };
    let one = Edit { path: &["mouse"], to: Some(false.into()), shown: Some("true".into()) };
    assert_eq!(edit(&places, &one, wrong).unwrap_err().to_string(), "not written: config.toml: no mouse here");
    assert_eq!(fs::read_to_string(&places.config).unwrap(), FILE);
}

#[test]
fn a_link_is_written_through_and_modes_are_kept() {
    let (dir, places) = desk(None);
    apply(&places, &["mouse"], Some(false.into()), None).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&places.config), mode(places.config.parent().unwrap())), (0o600, 0o700));

    let real = dir.path().join("dotfiles.toml");
    fs::write(&real, FILE).unwrap();
    fs::set_permissions(&real, Permissions::from_mode(0o640)).unwrap();
    fs::remove_file(&places.config).unwrap();
    std::os::unix::fs::symlink("../dotfiles.toml", &places.config).unwrap();
    apply(&places, &["mouse"], Some(false.into()), Some("true")).unwrap();
    assert!(fs::symlink_metadata(&places.config).unwrap().is_symlink());
    assert_eq!(mode(&real), 0o640);
    assert!(fs::read_to_string(&real).unwrap().contains("mouse = false"));
    let left: Vec<_> = fs::read_dir(places.config.parent().unwrap()).unwrap().collect();
    assert_eq!(left.len(), 1, "nothing is left beside it: {left:?}");

    // A link that leads nowhere yet: the file is made where it leads.
    fs::remove_file(&real).unwrap();
    apply(&places, &["mouse"], Some(false.into()), None).unwrap();
    assert_eq!(fs::read_to_string(&real).unwrap(), "mouse = false\n");
}

#[test]
fn where_nothing_can_be_written_the_reason_is_said() {
    let (_dir, places) = desk(None);
    fs::write(places.config.parent().unwrap(), "a file in the place of the folder").unwrap();
    let error = apply(&places, &["mouse"], Some(false.into()), None).unwrap_err();
    assert!(error.contains("can't be written, so the setting stays as it was: "), "{error}");
}

proptest! {
    /// Whatever else is in the file: one value changes, all others stay, and so do all comments.
    #[test]
    fn one_value_changes_and_nothing_else(comments in prop::collection::vec("[ a-z#]{0,12}", 6), deadline in 1u32..5000, blank in 0usize..4) {
        let gap = "\n".repeat(blank);
        let text = format!(
            "#{}\n{gap}theme = \"dark\" #{}\n#{}\ndeadline = {deadline}\n{gap}#{}\n[keys] #{}\nzoom = \"Z\"\n#{}\n",
            comments[0], comments[1], comments[2], comments[3], comments[4], comments[5]
        );
        let after = changed(&text, &["deadline"], Some(&"9m".into())).unwrap();
        prop_assert_eq!(&after, &text.replace(&format!("deadline = {deadline}"), "deadline = \"9m\""));
        let after = changed(&text, &["keys", "zoom"], None).unwrap();
        prop_assert_eq!(after, text.replace("zoom = \"Z\"\n", ""));
    }
}
