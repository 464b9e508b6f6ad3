//! The scripts of characters, as far as look-alikes need them.

/// A writing system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Script {
    /// Digits, hyphens, marks: of every script.
    Common,
    Latin,
    Greek,
    Cyrillic,
    Armenian,
    Hebrew,
    Arabic,
    Thai,
    Georgian,
    Cherokee,
    Hangul,
    Kana,
    Bopomofo,
    Han,
    /// Letters that imitate others by design: full-width, mathematical, enclosed.
    Styled,
    Other,
}

impl Script {
    pub(super) fn of(c: char) -> Self {
        match c {
            'a'..='z' | 'A'..='Z' | 'ª' | 'º' => Self::Latin,
            '\0'..='\u{bf}' | '×' | '÷' | '\u{2b0}'..='\u{36f}' => Self::Common,
            '\u{c0}'..='\u{2af}'
            | '\u{1d00}'..='\u{1d25}'
            | '\u{1e00}'..='\u{1eff}'
            | '\u{2c60}'..='\u{2c7f}'
            | '\u{a720}'..='\u{a7ff}' => Self::Latin,
            '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => Self::Greek,
            '\u{400}'..='\u{52f}' | '\u{1c80}'..='\u{1c8f}' | '\u{2de0}'..='\u{2dff}' | '\u{a640}'..='\u{a69f}' => {
                Self::Cyrillic
            }
            '\u{531}'..='\u{58f}' => Self::Armenian,
            '\u{590}'..='\u{5ff}' => Self::Hebrew,
            '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}' | '\u{8a0}'..='\u{8ff}' => Self::Arabic,
            '\u{e00}'..='\u{e7f}' => Self::Thai,
            '\u{10a0}'..='\u{10ff}' | '\u{1c90}'..='\u{1cbf}' => Self::Georgian,
            '\u{13a0}'..='\u{13ff}' | '\u{ab70}'..='\u{abbf}' => Self::Cherokee,
            '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{ac00}'..='\u{d7ff}' => Self::Hangul,
            '\u{3041}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' => Self::Kana,
            '\u{3105}'..='\u{312f}' => Self::Bopomofo,
            '\u{2e80}'..='\u{2fdf}'
            | '\u{3005}'
            | '\u{3400}'..='\u{4dbf}'
            | '\u{4e00}'..='\u{9fff}'
            | '\u{20000}'..='\u{3ffff}' => Self::Han,
            '\u{2100}'..='\u{218f}'
            | '\u{2460}'..='\u{24ff}'
            | '\u{ff00}'..='\u{ffef}'
            | '\u{1d400}'..='\u{1d7ff}'
            | '\u{1f100}'..='\u{1f1ff}' => Self::Styled,
            _ => Self::Other,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Common => "common",
            Self::Latin => "Latin",
            Self::Greek => "Greek",
            Self::Cyrillic => "Cyrillic",
            Self::Armenian => "Armenian",
            Self::Hebrew => "Hebrew",
            Self::Arabic => "Arabic",
            Self::Thai => "Thai",
            Self::Georgian => "Georgian",
            Self::Cherokee => "Cherokee",
            Self::Hangul => "Hangul",
            Self::Kana => "Kana",
            Self::Bopomofo => "Bopomofo",
            Self::Han => "Han",
            Self::Styled => "styled",
            Self::Other => "another script",
        }
    }
}

/// True for letters of other scripts that look like Latin ones.
pub(super) fn looks_latin(c: char) -> bool {
    matches!(
        c,
        // Cyrillic
        'а' | 'в' | 'е' | 'к' | 'м' | 'н' | 'о' | 'р' | 'с' | 'т' | 'у' | 'х' | 'ѕ' | 'і' | 'ї' | 'ј' | 'ԁ' | 'ԛ' | 'ԝ' | 'һ' | 'ӏ' | 'г' | 'п' | 'ь'
        | 'А' | 'В' | 'Е' | 'К' | 'М' | 'Н' | 'О' | 'Р' | 'С' | 'Т' | 'У' | 'Х' | 'Ѕ' | 'І' | 'Ј'
        // Greek
        | 'α' | 'γ' | 'ε' | 'ι' | 'κ' | 'ν' | 'ο' | 'ρ' | 'τ' | 'υ' | 'χ' | 'ω' | 'Α' | 'Β' | 'Ε' | 'Ζ' | 'Η' | 'Ι' | 'Κ' | 'Μ' | 'Ν' | 'Ο' | 'Ρ' | 'Τ'
        | 'Υ' | 'Χ'
        // Armenian
        | 'ո' | 'օ' | 'ս' | 'հ' | 'ց' | 'զ' | 'գ' | 'ն'
        // Cherokee
        | '\u{13a0}'..='\u{13ff}'
    )
}
