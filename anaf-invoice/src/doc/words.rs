//! Bytes, eight at a time: an invoice's names and texts are over before a vector search has begun.

use memchr::memchr;

const ONES: u64 = 0x0101_0101_0101_0101;
/// The highest bit of each byte, where the tests here leave their answers.
const FLAGS: u64 = ONES << 7;
/// Texts longer than so many words are searched otherwise.
const SHORT_WORDS: usize = 8;

/// Calls `visit` on each byte below `@`, with its place, until it answers `false`: in a name that is neither a letter
/// nor a `_`. The place where that was, or the length.
#[inline]
pub(super) fn each_mark(bytes: &[u8], mut visit: impl FnMut(usize, u8) -> bool) -> usize {
    let (words, rest) = bytes.as_chunks::<8>();
    let mut start = 0;
    for word in words {
        let word = u64::from_le_bytes(*word);
        let mut marks = !(word | (word << 1)) & FLAGS;
        while marks != 0 {
            let at = lowest(marks);
            if !visit(start + at, (word >> (8 * at)) as u8) {
                return start + at;
            }
            marks &= marks - 1;
        }
        start += 8;
    }
    let mut rest = (start..).zip(rest).filter(|(_, byte)| **byte < b'@');
    rest.find(|(at, byte)| !visit(*at, **byte))
        .map_or(bytes.len(), |(at, _)| at)
}

/// How many bytes stand before the next `<` (or in all), and whether none is above the blank.
#[inline]
pub(super) fn before_tag(bytes: &[u8]) -> (usize, bool) {
    let (words, _) = bytes.as_chunks::<8>();
    let (mut len, mut blank) = (0, true);
    for word in words.iter().take(SHORT_WORDS) {
        let word = u64::from_le_bytes(*word);
        let (tags, dark) = (equal(word, b'<'), above_blank(word));
        if tags != 0 {
            let before = (tags & tags.wrapping_neg()) - 1;
            return (len + lowest(tags), blank && dark & before == 0);
        }
        blank &= dark == 0;
        len += 8;
    }
    let rest = bytes.get(len..).unwrap_or(&[]);
    let rest_len = memchr(b'<', rest).unwrap_or(rest.len());
    blank = blank && rest.iter().take(rest_len).all(|byte| *byte <= b' ');
    (len + rest_len, blank)
}

/// `a == b`, mostly of names.
#[inline]
pub(super) fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    if let (Some(a_tail), Some(b_tail)) = (a.last_chunk::<8>(), b.last_chunk::<8>()) {
        let (a_words, b_words) = (a.as_chunks::<8>().0, b.as_chunks::<8>().0);
        return a_tail == b_tail && a_words.iter().zip(b_words).all(|(a, b)| a == b);
    }
    match (a.split_last_chunk::<4>(), b.split_last_chunk::<4>()) {
        (Some((a_head, a_tail)), Some((b_head, b_tail))) => {
            a_tail == b_tail && a_head.iter().eq(b_head)
        }
        _ => a.iter().eq(b),
    }
}

/// Where the lowest flag stands.
#[inline]
fn lowest(flags: u64) -> usize {
    flags.trailing_zeros() as usize / 8
}

/// Flags the bytes that equal this one; above the lowest there may be false ones.
#[inline]
fn equal(word: u64, byte: u8) -> u64 {
    let zeros = word ^ (ONES * u64::from(byte));
    zeros.wrapping_sub(ONES) & !zeros & FLAGS
}

/// Flags the bytes above the blank.
#[inline]
fn above_blank(word: u64) -> u64 {
    (((word & !FLAGS) + ONES * (0x7f - b' ' as u64)) | word) & FLAGS
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Bytes that matter, and any others.
    fn bytes() -> impl Strategy<Value = Vec<u8>> {
        let byte = prop_oneof![
            4 => proptest::sample::select(b"aZ_:@?<;= \t\n\r!\"\x7f\x80\xff".to_vec()),
            1 => any::<u8>()
        ];
        prop_oneof![
            proptest::collection::vec(byte, 0..40),
            "[a-zA-Z]{0,30}:[a-zA-Z]{0,30}>".prop_map(String::into_bytes),
            "[ \n]{0,90}[a<]?[ -~]{0,90}".prop_map(String::into_bytes),
        ]
    }

    proptest! {
        #[test]
        fn the_answers_are_those_of_plain_loops(bytes in bytes(), other in bytes()) {
            for stops in [b"".as_slice(), b":", b"<", b"?", b" >=\"'"] {
                let mut marks = Vec::new();
                let end = each_mark(&bytes, |at, byte| {
                    marks.push((at, byte));
                    !stops.contains(&byte)
                });
                let stop = bytes.iter().position(|b| stops.contains(b));
                prop_assert_eq!(end, stop.unwrap_or(bytes.len()));
                let seen = bytes.iter().copied().enumerate().filter(|(at, b)| *at <= end && *b < b'@');
                prop_assert_eq!(marks, seen.collect::<Vec<_>>());
            }
            let text: Vec<u8> = bytes.iter().copied().take_while(|b| *b != b'<').collect();
            prop_assert_eq!(before_tag(&bytes), (text.len(), text.iter().all(|b| *b <= b' ')));
            prop_assert_eq!(same(&bytes, &other), bytes == other);
            prop_assert!(same(&bytes, &bytes.clone()));
            for at in 0..bytes.len() {
                let mut changed = bytes.clone();
                changed[at] ^= 0x20;
                prop_assert!(!same(&bytes, &changed), "at {}", at);
            }
        }
    }
}
