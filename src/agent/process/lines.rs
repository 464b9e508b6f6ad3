//! Bytes in, lines out: what is longer than the limit is counted and not kept.

/// A line, or as much of one as was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line {
    /// All of it, without its newline.
    Whole(Vec<u8>),
    /// Its beginning, and how long it was.
    Cut { head: Vec<u8>, bytes: u64 },
}

/// Splits a stream at its newlines.
#[derive(Debug)]
pub(super) struct Splitter {
    limit: usize,
    head: usize,
    held: Vec<u8>,
    /// Bytes of the present line that were not kept.
    dropped: u64,
}

impl Splitter {
    /// Keeps lines of at most `limit` bytes, and the first `head` bytes of longer ones.
    pub(super) fn new(limit: usize, head: usize) -> Self {
        Self { limit, head: head.min(limit), held: Vec::new(), dropped: 0 }
    }

    /// Takes the next bytes of the stream, and gives the lines that they end.
    pub(super) fn push(&mut self, mut bytes: &[u8], lines: &mut Vec<Line>) {
        while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
            self.keep(&bytes[..end]);
            lines.push(self.cut());
            bytes = &bytes[end + 1..];
        }
        self.keep(bytes);
    }

    /// Gives what stands after the last newline.
    pub(super) fn rest(&mut self) -> Option<Line> {
        (!self.held.is_empty() || self.dropped > 0).then(|| self.cut())
    }

    fn keep(&mut self, bytes: &[u8]) {
        let fits = self.dropped == 0 && self.held.len() + bytes.len() <= self.limit;
        if fits {
            return self.held.extend_from_slice(bytes);
        }
        let room = self.head.saturating_sub(self.held.len()).min(bytes.len());
        self.held.extend_from_slice(&bytes[..room]);
        let over = self.held.len().saturating_sub(self.head);
        self.dropped += (over + bytes.len() - room) as u64;
        self.held.truncate(self.head);
        self.held.shrink_to_fit();
    }

    fn cut(&mut self) -> Line {
        let held = std::mem::take(&mut self.held);
        match std::mem::take(&mut self.dropped) {
            0 => Line::Whole(held),
            dropped => Line::Cut { bytes: held.len() as u64 + dropped, head: held },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn split(limit: usize, head: usize, pieces: &[&[u8]]) -> Vec<Line> {
        let (mut splitter, mut lines) = (Splitter::new(limit, head), Vec::new());
        for piece in pieces {
            splitter.push(piece, &mut lines);
        }
        lines.extend(splitter.rest());
        lines
    }

    #[test]
    fn a_line_may_come_in_pieces_and_the_last_needs_no_newline() {
        let lines = split(100, 10, &[b"ab", b"c\n\nd", b"e"]);
        assert_eq!(lines, [Line::Whole(b"abc".into()), Line::Whole(vec![]), Line::Whole(b"de".into())]);
    }

    #[test]
    fn a_line_past_the_limit_leaves_its_head_and_its_length() {
        let lines = split(8, 3, &[b"12345", b"6789", b"x\nshort\n"]);
        assert_eq!(lines, [Line::Cut { head: b"123".into(), bytes: 10 }, Line::Whole(b"short".into())]);
    }

    #[test]
    fn what_is_dropped_is_not_held() {
        let mut splitter = Splitter::new(1024, 16);
        for _ in 0..1000 {
            splitter.push(&[b'x'; 1000], &mut Vec::new());
            assert!(splitter.held.capacity() <= 2048);
        }
        assert_eq!(splitter.rest(), Some(Line::Cut { head: vec![b'x'; 16], bytes: 1_000_000 }));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn every_byte_is_kept_or_counted(
            pieces in proptest::collection::vec(proptest::collection::vec(prop_oneof![Just(b'\n'), any::<u8>()], 0..40), 0..12),
            limit in 0usize..30,
            head in 0usize..30,
        ) {
            let stream = pieces.concat();
            let lines = split(limit, head, &pieces.iter().map(Vec::as_slice).collect::<Vec<_>>());
            let mut expected: Vec<&[u8]> = stream.split(|byte| *byte == b'\n').collect();
            if expected.last().is_some_and(|last| last.is_empty()) {
                expected.pop();
            }
            prop_assert_eq!(lines.len(), expected.len());
            for (line, expected) in lines.iter().zip(expected) {
                match line {
                    Line::Whole(bytes) => prop_assert!(bytes == expected && bytes.len() <= limit),
                    Line::Cut { head: kept, bytes } => {
                        prop_assert!(expected.len() > limit && *bytes == expected.len() as u64);
                        prop_assert_eq!(&kept[..], &expected[..head.min(limit)]);
                    }
                }
            }
        }
    }
}
