//! Whether a terminal's ground is dark or light.

/// A terminal's ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// Light text on it.
    Dark,
    /// Dark text on it.
    Light,
}

impl Ground {
    /// By its colour, each part from 0 to 1: the halfway of what the eye sees is at about a fifth of the light.
    #[must_use]
    pub fn of([red, green, blue]: [f64; 3]) -> Self {
        let light = |part: f64| part.clamp(0.0, 1.0).powf(2.2);
        let seen = 0.2126 * light(red) + 0.7152 * light(green) + 0.0722 * light(blue);
        if seen > 0.18 { Self::Light } else { Self::Dark }
    }

    /// By what a terminal answers when it is asked for its ground: `rgb:1e1e/1e1e/2e2e`, one to four digits a part.
    #[must_use]
    pub fn answered(answer: &str) -> Option<Self> {
        let parts = answer.strip_prefix("rgb:").or_else(|| answer.strip_prefix("rgba:"))?;
        let mut parts = parts.split('/').map(|digits| {
            let most = 16u32.checked_pow(u32::try_from(digits.len()).ok()?).filter(|_| digits.len() <= 4)? - 1;
            Some(f64::from(u32::from_str_radix(digits, 16).ok()?) / f64::from(most.max(1)))
        });
        let mut next = || parts.next().flatten();
        Some(Self::of([next()?, next()?, next()?]))
    }

    /// By `COLORFGBG`, which some terminals set: the last number is the ground's, of the 16.
    #[must_use]
    pub fn by_variable(value: &str) -> Option<Self> {
        match value.rsplit(';').next()?.trim().parse::<u8>().ok()? {
            7 | 9..=15 => Some(Self::Light),
            0..=6 | 8 => Some(Self::Dark),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grounds_are_known_by_what_terminals_say() {
        for (answer, ground) in [
            ("rgb:1e1e/1e1e/2e2e", Some(Ground::Dark)),
            ("rgb:ff/ff/ff", Some(Ground::Light)),
            ("rgb:f/f/e", Some(Ground::Light)),
            ("rgba:0000/0000/0000/ffff", Some(Ground::Dark)),
            ("rgb:fdfd/f6f6/e3e3", Some(Ground::Light)),
            ("rgb:0000/2b2b/3636", Some(Ground::Dark)),
            ("rgb:ff/ff", None),
            ("rgb://", None),
            ("rgb:fffff/0/0", None),
            ("rgb:zz/zz/zz", None),
            ("#ffffff", None),
        ] {
            assert_eq!(Ground::answered(answer), ground, "{answer}");
        }
        for (value, ground) in [
            ("15;0", Some(Ground::Dark)),
            ("0;15", Some(Ground::Light)),
            ("0;default;15", Some(Ground::Light)),
            ("12;8", Some(Ground::Dark)),
            ("15;default", None),
            ("", None),
        ] {
            assert_eq!(Ground::by_variable(value), ground, "{value}");
        }
    }
}
