use super::*;
use ratatui::style::{Color, Modifier};

fn luminance(color: Color) -> f64 {
    let Color::Rgb(red, green, blue) = color else { panic!("{color:?} has no value of its own") };
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

/// A part of a colour as light.
fn linear(value: u8) -> f64 {
    let value = f64::from(value) / 255.0;
    if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

/// The contrast of two colours, as WCAG counts it.
fn contrast(one: Color, other: Color) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn text_can_be_read_on_every_ground_that_it_may_stand_on() {
    let mut faint = Vec::new();
    for name in Theme::NAMES.into_iter().filter(|name| *name != "terminal") {
        let most = if name.starts_with("high-contrast") { 7.0 } else { 4.5 };
        let theme = Theme::built_in(name).unwrap();
        let lines = [Role::Text, Role::Added, Role::Removed, Role::Selection, Role::CursorLine];
        for role in Role::ALL {
            let style = theme.style(role);
            let Some(text) = style.fg else { continue };
            // Line numbers and rules are not text to be read, and may stand back.
            let (least, on): (f64, &[Role]) = match role {
                Role::Gutter => (3.0, &lines[..1]),
                Role::Rule => (1.5, &lines[..1]),
                _ if style.bg.is_some() => (most, &[role]),
                _ => (most, &lines),
            };
            for ground in on {
                let least = if *ground == Role::Text { least } else { least.min(4.5) };
                let found = contrast(text, theme.style(*ground).bg.unwrap());
                if found < least {
                    faint.push(format!("{name}: {} on {}: {found:.2} of {least}", role.name(), ground.name()));
                }
            }
        }
    }
    assert!(faint.is_empty(), "{}", faint.join("\n"));
}

/// How an eye sees colours: Machado, Oliveira and Fernandes (2009), at full severity, on linear light.
const EYES: [(&str, [[f64; 3]; 3]); 4] = [
    ("every eye", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
    (
        "protanopia",
        [[0.152_286, 1.052_583, -0.204_868], [0.114_503, 0.786_281, 0.099_216], [-0.003_882, -0.048_116, 1.051_998]],
    ),
    (
        "deuteranopia",
        [[0.367_322, 0.860_646, -0.227_968], [0.280_085, 0.672_501, 0.047_413], [-0.011_820, 0.042_940, 0.968_881]],
    ),
    (
        "tritanopia",
        [[1.255_528, -0.076_749, -0.178_779], [-0.078_411, 0.930_809, 0.147_602], [0.004_733, 0.691_367, 0.303_900]],
    ),
];

/// A colour as an eye sees it, in CIE L*a*b* (D65).
fn seen(color: Color, eye: &[[f64; 3]; 3]) -> [f64; 3] {
    let Color::Rgb(red, green, blue) = color else { panic!("{color:?} has no value of its own") };
    let light = [red, green, blue].map(linear);
    let eye = eye.map(|row| (row[0] * light[0] + row[1] * light[1] + row[2] * light[2]).clamp(0.0, 1.0));
    let of = |row: [f64; 3]| row[0] * eye[0] + row[1] * eye[1] + row[2] * eye[2];
    let curve = |t: f64| if t > 0.008_856 { t.cbrt() } else { 7.787 * t + 16.0 / 116.0 };
    let x = curve(of([0.412_456_4, 0.357_576_1, 0.180_437_5]) / 0.950_47);
    let y = curve(of([0.212_672_9, 0.715_152_2, 0.072_175]));
    let z = curve(of([0.019_333_9, 0.119_192, 0.950_304_1]) / 1.088_83);
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

fn apart(one: Color, other: Color, eye: &[[f64; 3]; 3]) -> f64 {
    let (one, other) = (seen(one, eye), seen(other, eye));
    one.iter().zip(other).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

#[test]
fn what_the_colour_blind_must_tell_apart_stays_apart_for_them() {
    // About 2.3 is the least that anybody sees; these are ten times as far and more.
    let safe: [(&str, &[usize]); 2] = [("red-green-safe", &[0, 1, 2]), ("blue-yellow-safe", &[0, 3])];
    let mut close = Vec::new();
    for (name, eyes) in safe {
        let theme = Theme::built_in(name).unwrap();
        let fg = |role: Role| (role.name(), theme.style(role).fg.unwrap());
        let bg = |role: Role| (role.name(), theme.style(role).bg.unwrap());
        let words = [Role::Accent, Role::Good, Role::Warn, Role::Danger].map(fg);
        let sets: [(&[(&str, Color)], f64); 5] = [
            (&words, 25.0),
            (&[Role::MeterLow, Role::MeterMid, Role::MeterHigh].map(fg), 25.0),
            (&[Role::Added, Role::Removed].map(fg), 20.0),
            (&[Role::Added, Role::Removed].map(bg), 15.0),
            (&[Role::AddedWord, Role::RemovedWord].map(bg), 30.0),
        ];
        for eye in eyes.iter().map(|at| &EYES[*at]) {
            for (set, least) in sets {
                for (n, one) in set.iter().enumerate() {
                    for other in &set[n + 1..] {
                        let found = apart(one.1, other.1, &eye.1);
                        if found < least {
                            let pair = format!("{} and {}", one.0, other.0);
                            close.push(format!("{name}, {}: {pair}: {found:.1} of {least}", eye.0));
                        }
                    }
                }
            }
        }
    }
    assert!(close.is_empty(), "{}", close.join("\n"));
}

#[test]
fn the_measure_finds_what_is_not_safe() {
    // The quiet dark theme is for eyes that tell red from green: the test above must be able to fail.
    let dark = Theme::built_in("dark").unwrap();
    let fg = |role| dark.style(role).fg.unwrap();
    assert!(apart(fg(Role::Good), fg(Role::Danger), &EYES[2].1) < 10.0);
    assert!(apart(fg(Role::Good), fg(Role::Danger), &EYES[0].1) > 40.0);
}

#[test]
fn every_built_in_theme_styles_every_role_but_may_leave_text_alone() {
    for name in Theme::NAMES {
        let theme = Theme::built_in(name).unwrap();
        let plain: Vec<_> =
            Role::ALL.into_iter().filter(|role| theme.style(*role) == Style::new()).map(Role::name).collect();
        let expected: &[&str] = if name == "terminal" { &["text", "syntax.variable", "syntax.operator"] } else { &[] };
        assert_eq!(plain, expected, "{name}");
    }
    assert_eq!(Theme::built_in("nonsense"), None);
}

#[test]
fn the_default_theme_has_only_the_sixteen_colours() {
    let theme = Theme::default();
    assert_eq!(theme.at(Depth::Ansi16), theme);
}

#[test]
fn what_must_be_told_apart_is_told_apart_without_colour() {
    for name in Theme::NAMES {
        let theme = Theme::built_in(name).unwrap().at(Depth::None);
        for role in Role::ALL {
            let style = theme.style(role);
            assert_eq!((style.fg, style.bg), (None, None), "{name}: {}", role.name());
        }
        for role in [
            Role::Accent,
            Role::Danger,
            Role::Selection,
            Role::Mark,
            Role::AddedWord,
            Role::RemovedWord,
            Role::Replay,
            Role::Muted,
            Role::EdgeFocused,
        ] {
            assert_ne!(theme.style(role), theme.style(Role::Text), "{name}: {}", role.name());
        }
        assert!(theme.style(Role::Selection).add_modifier.contains(Modifier::REVERSED));
    }
}

#[test]
fn colours_go_down_to_the_nearest() {
    let theme = Theme::read("t", "[roles]\ngood = \"#00ff01\"\nwarn = \"#808080\"\ndanger = 196\n").unwrap();
    let fg = |depth, role| theme.at(depth).style(role).fg;
    assert_eq!(fg(Depth::Ansi256, Role::Good), Some(Color::Indexed(46)));
    assert_eq!(fg(Depth::Ansi16, Role::Good), Some(Color::LightGreen));
    assert_eq!(fg(Depth::Ansi256, Role::Warn), Some(Color::Indexed(244)));
    assert_eq!(fg(Depth::Ansi16, Role::Danger), Some(Color::LightRed));
    assert_eq!(fg(Depth::True, Role::Danger), Some(Color::Indexed(196)));
}

#[test]
fn the_depth_is_known_by_the_environment() {
    let depth = |pairs: &[(&str, &str)]| {
        Depth::detect(|name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    };
    assert_eq!(depth(&[]), Depth::None);
    assert_eq!(depth(&[("TERM", "dumb"), ("COLORTERM", "truecolor")]), Depth::None);
    assert_eq!(depth(&[("TERM", "xterm-256color"), ("NO_COLOR", "1")]), Depth::None);
    assert_eq!(depth(&[("TERM", "xterm-256color"), ("NO_COLOR", "")]), Depth::Ansi256);
    assert_eq!(depth(&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")]), Depth::True);
    assert_eq!(depth(&[("TERM", "xterm-kitty")]), Depth::True);
    assert_eq!(depth(&[("TERM", "linux")]), Depth::Ansi16);
}

#[test]
fn every_fault_is_named_at_once_with_its_line() {
    let text = "[palette]\nsea = \"#12345\"\n\n[roles]\ntext = { fg = \"lagoon\", blink = true, bold = 1 }\nsyntax.sound = \"red\"\nwrong = {}\n\n[more]\n";
    let faults = Theme::read("my.toml", text).unwrap_err();
    let shown: Vec<_> = faults.0.iter().map(|fault| (fault.line, fault.key.as_str())).collect();
    assert_eq!(
        shown,
        [
            (2, "palette.sea"),
            (5, "text.blink"),
            (5, "text.bold"),
            (5, "text.fg"),
            (6, "syntax.sound"),
            (7, "wrong"),
            (9, "more"),
        ]
    );
    let all = faults.to_string();
    assert!(all.starts_with("my.toml:2: `palette.sea` is not a colour; a colour is \"#rrggbb\","), "{all}");
    assert!(all.contains("my.toml:5: `text.blink` is not known here; accepted are fg, bg, bold, dim,"), "{all}");
    assert!(all.contains("my.toml:7: `wrong` is not a role; accepted are text, muted, accent,"), "{all}");
    assert!(
        Theme::read("my.toml", "[roles\ntext = ").unwrap_err().to_string().starts_with("my.toml:1: this is not TOML: ")
    );
}

#[test]
fn styles_may_be_short_or_whole() {
    let theme = Theme::read(
        "t",
        "[palette]\nink = \"#fff\"\n[roles]\nmuted = \"ink\"\ninfo = { fg = 17, bg = \"default\", italic = true }\n",
    )
    .unwrap();
    assert_eq!(theme.style(Role::Muted), Style::new().fg(Color::Rgb(255, 255, 255)));
    assert_eq!(
        theme.style(Role::Info),
        Style::new().fg(Color::Indexed(17)).bg(Color::Reset).add_modifier(Modifier::ITALIC)
    );
    assert_eq!(theme.style(Role::Accent), Style::new());
}
