//! What `chmod` makes of a mode.

/// The new mode; `None` where that depends on what is not known here (the mask of who runs it, another file).
pub(super) fn changed(said: &str, old: u32, is_dir: bool) -> Option<u32> {
    if !said.is_empty() && said.chars().all(|c| c.is_digit(8)) {
        let bits = u32::from_str_radix(said, 8).ok().filter(|bits| *bits <= 0o7777)?;
        // On folders a short number leaves these bits alone.
        let kept = if is_dir && said.len() <= 4 { old & 0o6000 } else { 0 };
        return Some(bits | kept);
    }
    said.split(',').try_fold(old & 0o7777, |mode, clause| one(clause, mode, is_dir))
}

fn one(clause: &str, mut mode: u32, is_dir: bool) -> Option<u32> {
    let at = clause.find(['+', '-', '='])?;
    let (who, rest) = clause.split_at(at);
    let sign = rest.chars().next()?;
    let mut whom = 0;
    for c in who.chars() {
        whom |= match c {
            'u' => 0o4700,
            'g' => 0o2070,
            'o' => 0o1007,
            'a' => 0o7777,
            _ => return None,
        };
    }
    let mut bits = 0;
    for c in rest[1..].chars() {
        bits |= match c {
            'r' => 0o444,
            'w' => 0o222,
            'x' => 0o111,
            'X' if is_dir || mode & 0o111 != 0 => 0o111,
            'X' => 0,
            's' => 0o6000,
            't' => 0o1000,
            _ => return None,
        };
    }
    if who.is_empty() {
        // Without a name the mask has a word, which only ever takes away from writing.
        if bits & !0o555 != 0 || sign == '=' {
            return None;
        }
        whom = 0o7777;
    }
    let bits = bits & whom;
    match sign {
        '+' => mode |= bits,
        '-' => mode &= !bits,
        _ => {
            let kept = if is_dir { 0o6000 } else { 0 };
            mode = (mode & !(whom & !kept)) | bits;
        }
    }
    Some(mode)
}

#[cfg(test)]
mod tests {
    use super::changed;

    #[test]
    fn modes_are_reckoned_as_chmod_does() {
        assert_eq!(changed("644", 0o755, false), Some(0o644));
        assert_eq!(changed("u+x", 0o644, false), Some(0o744));
        assert_eq!(changed("go-rwx", 0o755, false), Some(0o700));
        assert_eq!(changed("a=r,u+w", 0o777, false), Some(0o644));
        assert_eq!(changed("a+X", 0o644, false), Some(0o644));
        assert_eq!(changed("a+X", 0o644, true), Some(0o755));
        assert_eq!(changed("+x", 0o644, false), Some(0o755));
        assert_eq!(changed("-x", 0o755, false), Some(0o644));
        assert_eq!(changed("+w", 0o444, false), None);
        assert_eq!(changed("u=g", 0o444, false), None);
    }
}
