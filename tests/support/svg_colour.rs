//! The colours of a pictured terminal.

use ratatui::style::Color;

/// The colours of the terminal that the picture shows.
pub(crate) struct Palette {
    /// Behind everything.
    pub(crate) ground: u32,
    /// Of text without a colour.
    pub(crate) ink: u32,
    /// The sixteen.
    pub(crate) ansi: [u32; 16],
}

/// A dark terminal.
pub(crate) const DARK: Palette = Palette {
    ground: 0x0016_181d,
    ink: 0x00d5_d8df,
    ansi: [
        0x0020_242c,
        0x00e5_7f77,
        0x0093_c48b,
        0x00e6_b566,
        0x008a_b8e8,
        0x00c3_a3e4,
        0x0084_c3c4,
        0x00c4_c8d0,
        0x006d_7483,
        0x00f2_9b94,
        0x00a9_d6a1,
        0x00f0_c684,
        0x00a4_c9f0,
        0x00d3_b9ee,
        0x009d_d5d6,
        0x00ff_ffff,
    ],
};

/// A light terminal.
pub(crate) const LIGHT: Palette = Palette {
    ground: 0x00fb_faf7,
    ink: 0x002a_2d34,
    ansi: [
        0x002a_2d34,
        0x00ab_2a24,
        0x002a_6b35,
        0x009a_6200,
        0x001f_5a9c,
        0x0072_38a6,
        0x0015_6469,
        0x00d8_d5cc,
        0x0087_8c96,
        0x00c4_3c35,
        0x003a_8446,
        0x00b0_7600,
        0x002f_71ba,
        0x008a_4dc0,
        0x0020_7c82,
        0x00ff_ffff,
    ],
};

/// The value of a colour in a palette.
pub(super) fn value(colour: Color, default: u32, palette: &Palette) -> u32 {
    let ansi = |index: usize| palette.ansi[index];
    match colour {
        Color::Reset => default,
        Color::Black => ansi(0),
        Color::Red => ansi(1),
        Color::Green => ansi(2),
        Color::Yellow => ansi(3),
        Color::Blue => ansi(4),
        Color::Magenta => ansi(5),
        Color::Cyan => ansi(6),
        Color::Gray => ansi(7),
        Color::DarkGray => ansi(8),
        Color::LightRed => ansi(9),
        Color::LightGreen => ansi(10),
        Color::LightYellow => ansi(11),
        Color::LightBlue => ansi(12),
        Color::LightMagenta => ansi(13),
        Color::LightCyan => ansi(14),
        Color::White => ansi(15),
        Color::Rgb(red, green, blue) => rgb(red, green, blue),
        Color::Indexed(index @ 0..=15) => ansi(usize::from(index)),
        Color::Indexed(index @ 16..=231) => {
            let part = |at: u8| [0, 95, 135, 175, 215, 255][usize::from(at % 6)];
            let at = index - 16;
            rgb(part(at / 36), part(at / 6), part(at))
        }
        Color::Indexed(index @ 232..=255) => {
            let grey = 8 + 10 * (index - 232);
            rgb(grey, grey, grey)
        }
    }
}

/// Six tenths of one colour, four of the other.
pub(super) fn mixed(ink: u32, ground: u32) -> u32 {
    let part = |shift: u32| ((ink >> shift & 0xff) * 6 + (ground >> shift & 0xff) * 4) / 10;
    part(16) << 16 | part(8) << 8 | part(0)
}

fn rgb(red: u8, green: u8, blue: u8) -> u32 {
    u32::from_be_bytes([0, red, green, blue])
}
