//! Names as numbers: of many messages their names need not be kept.

use crate::domain::Digest;

/// A name as a number: a uuid as it stands, anything else by its digest.
pub(super) fn key(name: &str) -> u128 {
    let digits = || name.bytes().filter(|byte| *byte != b'-');
    let is_uuid = name.len() == 36 && digits().count() == 32 && digits().all(|byte| byte.is_ascii_hexdigit());
    if is_uuid {
        let digit = |byte: u8| u128::from(char::from(byte).to_digit(16).unwrap_or(0));
        return digits().fold(0, |sum, byte| sum << 4 | digit(byte));
    }
    let digest = Digest::of(name.as_bytes()).0;
    digest.iter().take(16).fold(0, |sum, byte| sum << 8 | u128::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_numbers_of_their_own() {
        assert_eq!(key("00000000-0000-0000-0000-0000000000ff"), 255);
        let all = ["", "a", "msg_1", "00000000-0000-0000-0000-0000000000fg", "255"].map(key);
        assert!((1..all.len()).all(|n| !all[..n].contains(&all[n])));
    }
}
