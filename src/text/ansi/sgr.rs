//! Select Graphic Rendition: how a piece of output looks.

/// A colour as a tool asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Color {
    /// One of the 256: 0 to 15 are the terminal's own.
    Indexed(u8),
    /// Red, green, blue.
    Rgb(u8, u8, u8),
}

/// How a piece of output looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[expect(clippy::struct_excessive_bools, reason = "SGR attributes are independent switches")]
pub struct Style {
    /// The colour of the text.
    pub fg: Option<Color>,
    /// The colour behind it.
    pub bg: Option<Color>,
    /// Heavier.
    pub bold: bool,
    /// Fainter.
    pub dim: bool,
    /// Slanted.
    pub italic: bool,
    /// With a line below.
    pub underline: bool,
    /// Text and background swapped.
    pub reverse: bool,
    /// With a line through it.
    pub strike: bool,
}

/// The style after one SGR sequence. What is unknown is skipped; *conceal* hides nothing here.
pub(super) fn apply<'a>(mut style: Style, params: impl Iterator<Item = &'a [u16]>) -> Style {
    let mut params = params.peekable();
    if params.peek().is_none() {
        return Style::default();
    }
    while let Some(param) = params.next() {
        let (code, rest) = param.split_first().map_or((0, &[][..]), |(code, rest)| (*code, rest));
        match code {
            0 => style = Style::default(),
            1 => style.bold = true,
            2 => style.dim = true,
            3 => style.italic = true,
            // `4:0` is none, `4:3` a curly one.
            4 => style.underline = rest.first() != Some(&0),
            7 => style.reverse = true,
            9 => style.strike = true,
            21 => style.underline = true,
            22 => (style.bold, style.dim) = (false, false),
            23 => style.italic = false,
            24 => style.underline = false,
            27 => style.reverse = false,
            29 => style.strike = false,
            30..=37 => style.fg = indexed(code - 30),
            39 => style.fg = None,
            40..=47 => style.bg = indexed(code - 40),
            49 => style.bg = None,
            90..=97 => style.fg = indexed(code - 90 + 8),
            100..=107 => style.bg = indexed(code - 100 + 8),
            38 | 48 | 58 => {
                let color = if rest.is_empty() { spread(&mut params) } else { packed(rest) };
                match code {
                    38 => style.fg = color.or(style.fg),
                    48 => style.bg = color.or(style.bg),
                    _ => {}
                }
            }
            _ => {}
        }
    }
    style
}

/// `38;5;N` or `38;2;R;G;B`: the values are parameters of their own.
fn spread<'a>(params: &mut impl Iterator<Item = &'a [u16]>) -> Option<Color> {
    let mut value = || params.next().and_then(|param| param.first()).copied();
    match value()? {
        5 => indexed(value()?),
        2 => rgb(value()?, value()?, value()?),
        _ => None,
    }
}

/// `38:5:N`, `38:2:R:G:B` or `38:2:SPACE:R:G:B`: the values are parts of the parameter.
fn packed(values: &[u16]) -> Option<Color> {
    match *values {
        [5, index, ..] => indexed(index),
        [2, _, red, green, blue, ..] | [2, red, green, blue] => rgb(red, green, blue),
        _ => None,
    }
}

fn indexed(index: u16) -> Option<Color> {
    u8::try_from(index).ok().map(Color::Indexed)
}

fn rgb(red: u16, green: u16, blue: u16) -> Option<Color> {
    Some(Color::Rgb(u8::try_from(red).ok()?, u8::try_from(green).ok()?, u8::try_from(blue).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn style(params: &[&[u16]]) -> Style {
        apply(Style { bold: true, ..Style::default() }, params.iter().copied())
    }

    #[test]
    fn colours_of_every_depth() {
        assert_eq!(style(&[&[31]]).fg, Some(Color::Indexed(1)));
        assert_eq!(style(&[&[97]]).fg, Some(Color::Indexed(15)));
        assert_eq!(style(&[&[48], &[5], &[200]]).bg, Some(Color::Indexed(200)));
        assert_eq!(
            style(&[&[38], &[2], &[1], &[2], &[3], &[4]]),
            Style { fg: Some(Color::Rgb(1, 2, 3)), bold: true, underline: true, ..Style::default() }
        );
        assert_eq!(style(&[&[38, 2, 0, 1, 2, 3]]).fg, Some(Color::Rgb(1, 2, 3)));
        assert_eq!(style(&[&[38, 2, 1, 2, 3]]).fg, Some(Color::Rgb(1, 2, 3)));
    }

    #[test]
    fn what_makes_no_sense_changes_nothing() {
        assert_eq!(style(&[&[38], &[5], &[999]]).fg, None);
        assert_eq!(style(&[&[38]]).fg, None);
        assert!(style(&[&[8], &[999]]).bold);
    }

    #[test]
    fn no_parameter_resets() {
        assert_eq!(style(&[]), Style::default());
        assert_eq!(style(&[&[0]]), Style::default());
    }
}
