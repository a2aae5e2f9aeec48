//! Hides secrets in what scripts write: a filter for bytes that come in pieces cut anywhere.
//! Unaware of where secrets come from and of what is done with the bytes.

use std::fmt;
use std::sync::Arc;

use aho_corasick::AhoCorasick;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use crate::codes;
use crate::error::{Error, Failure};

/// What stands in place of a secret.
pub(crate) const MASK: &str = "***";
/// Shorter texts occur everywhere: hiding them would hide nothing, and make output unreadable.
pub(crate) const SHORTEST: usize = 4;
/// The shortest encoded piece that is looked for.
const SHORTEST_ENCODED: usize = 8;

/// Knows what must not be seen. Cheap to clone; does nothing where there is no secret.
#[derive(Clone, Default)]
pub(crate) struct Masker(Option<Arc<Patterns>>);

struct Patterns {
    automaton: AhoCorasick,
    patterns: Vec<Pattern>,
}

/// One text, with the table that finds how much of its start a text ends with (Knuth, Morris and Pratt).
struct Pattern {
    bytes: Vec<u8>,
    /// For each length, less one: the longest shorter start that the start of this length ends with.
    borders: Vec<usize>,
}

impl fmt::Debug for Masker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Masker")
    }
}

impl Masker {
    /// Hides these secrets: each as a whole, each of its lines, and their usual encodings.
    pub(crate) fn new<'a>(secrets: impl Iterator<Item = &'a str>) -> Result<Self, Error> {
        let mut texts: Vec<Vec<u8>> = secrets.flat_map(faces).collect();
        texts.sort();
        texts.dedup();
        if texts.is_empty() {
            return Ok(Self(None));
        }
        let automaton = AhoCorasick::new(&texts).map_err(|error| {
            Error::environment(
                codes::IO,
                format!("the secrets cannot be hidden: {error}"),
                "use smaller secrets",
            )
        })?;
        let patterns = texts.into_iter().map(Pattern::new).collect();
        Ok(Self(Some(Arc::new(Patterns { automaton, patterns }))))
    }

    /// Whether there is nothing to hide.
    pub(crate) fn is_idle(&self) -> bool {
        self.0.is_none()
    }

    /// A whole text without secrets.
    pub(crate) fn text(&self, text: &str) -> String {
        let Some(patterns) = &self.0 else { return text.to_owned() };
        let mut filter = Filter::default();
        let mut out = filter.push(patterns, text.as_bytes());
        out.extend(filter.release(patterns, usize::MAX));
        // Both the secrets and the text are UTF-8, so that no character is cut.
        String::from_utf8_lossy(&out).into_owned()
    }

    /// The same for a failure.
    pub(crate) fn failure(&self, failure: &mut Failure) {
        if self.is_idle() {
            return;
        }
        let texts = failure.help.iter_mut().chain(&mut failure.tail);
        for text in std::iter::once(&mut failure.message).chain(texts) {
            *text = self.text(text);
        }
    }
}

/// Every form of a secret that is looked for.
fn faces(secret: &str) -> Vec<Vec<u8>> {
    let mut faces: Vec<Vec<u8>> = Vec::new();
    if secret.len() < SHORTEST {
        return faces;
    }
    faces.push(secret.into());
    let lines = secret.lines().filter(|line| line.len() >= SHORTEST && line.len() < secret.len());
    faces.extend(lines.map(Into::into));
    let trimmed = secret.trim();
    if trimmed.len() >= SHORTEST {
        faces.push(trimmed.into());
    }
    // In a longer text it may begin at any of three places of the encoding, and its edges mix with what is around it.
    for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
        for before in 0..3 {
            let mut bytes = vec![0; before];
            bytes.extend(secret.bytes());
            let encoded = engine.encode(&bytes);
            let from = (before * 8).div_ceil(6);
            let whole = bytes.len() * 8 / 6;
            if let Some(sure) = encoded.get(from..whole).filter(|sure| sure.len() >= SHORTEST_ENCODED) {
                faces.push(sure.into());
            }
            if before == 0 && encoded.len() >= SHORTEST_ENCODED {
                // With what `echo` adds, too.
                bytes.push(b'\n');
                faces.extend([encoded, engine.encode(&bytes)].map(String::into_bytes));
            }
        }
    }
    faces
}

impl Pattern {
    fn new(bytes: Vec<u8>) -> Self {
        let mut borders = vec![0; bytes.len()];
        let mut length = 0;
        for at in 1..bytes.len() {
            while length > 0 && bytes[length] != bytes[at] {
                length = borders[length - 1];
            }
            if bytes[length] == bytes[at] {
                length += 1;
            }
            borders[at] = length;
        }
        Self { bytes, borders }
    }

    /// How many of the last bytes may become this text with what follows.
    fn begun(&self, bytes: &[u8]) -> usize {
        let tail = &bytes[bytes.len() - bytes.len().min(self.bytes.len() - 1)..];
        let mut length = 0;
        for byte in tail {
            while length > 0 && self.bytes[length] != *byte {
                length = self.borders[length - 1];
            }
            if self.bytes[length] == *byte {
                length += 1;
            }
        }
        length
    }
}

/// One stream. Holds back only what may be the start of a secret, so never more than the longest of them.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    held: Vec<u8>,
    /// How many of the held bytes belong to a secret that began before them.
    covered: usize,
    /// Whether the last byte that was let through belongs to a secret, so that its end adds no second mask.
    is_masking: bool,
}

impl Filter {
    /// Takes a piece; gives what can be shown by now.
    pub(crate) fn write(&mut self, masker: &Masker, bytes: &[u8]) -> Vec<u8> {
        match &masker.0 {
            Some(patterns) => self.push(patterns, bytes),
            None => bytes.to_vec(),
        }
    }

    /// The stream has ended: nothing can follow any more.
    pub(crate) fn finish(&mut self, masker: &Masker) -> Vec<u8> {
        masker.0.as_ref().map(|patterns| self.release(patterns, usize::MAX)).unwrap_or_default()
    }

    /// Nothing has come for a while: gives what is held up to the last line's end. What follows it would not be shown
    /// before its line ends anyway, and must not be: the rest of a secret may still come.
    pub(crate) fn pause(&mut self, masker: &Masker) -> Vec<u8> {
        let end = self.held.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        masker.0.as_ref().map(|patterns| self.release(patterns, end)).unwrap_or_default()
    }

    /// Whether `pause` would give something.
    pub(crate) fn holds_line(&self) -> bool {
        self.held.contains(&b'\n')
    }

    fn push(&mut self, patterns: &Patterns, bytes: &[u8]) -> Vec<u8> {
        self.held.extend_from_slice(bytes);
        let begun = patterns.patterns.iter().map(|pattern| pattern.begun(&self.held)).max().unwrap_or(0);
        self.release(patterns, self.held.len() - begun)
    }

    /// Lets the first bytes through, with secrets in them replaced. Secrets that overlap or touch become one mask.
    fn release(&mut self, patterns: &Patterns, end: usize) -> Vec<u8> {
        let end = end.min(self.held.len());
        let found = patterns.automaton.find_overlapping_iter(&self.held);
        let mut spans: Vec<(usize, usize)> = found.map(|m| (m.start(), m.end())).collect();
        spans.push((0, self.covered));
        spans.sort_unstable();
        let mut out = Vec::with_capacity(end);
        let mut at = 0;
        let mut covered = 0;
        for (from, to) in spans {
            if from >= end || to <= covered {
                continue;
            }
            if from > at {
                out.extend_from_slice(&self.held[at..from]);
                self.is_masking = false;
            }
            if !std::mem::replace(&mut self.is_masking, true) {
                out.extend_from_slice(MASK.as_bytes());
            }
            covered = covered.max(to);
            at = at.max(to.min(end));
        }
        if at < end {
            out.extend_from_slice(&self.held[at..end]);
            self.is_masking = false;
        }
        self.held.drain(..end);
        self.covered = covered.saturating_sub(end);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through(secrets: &[&str], pieces: &[&str]) -> String {
        let masker = Masker::new(secrets.iter().copied()).unwrap();
        let mut filter = Filter::default();
        let mut out = Vec::new();
        for piece in pieces {
            out.extend(filter.write(&masker, piece.as_bytes()));
        }
        out.extend(filter.finish(&masker));
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn secrets_are_hidden_wherever_output_is_cut() {
        let text = "a hunter2 b hunterhunter2hunter2 c hunter";
        let wanted = "a *** b hunter*** c hunter";
        for first in 0..text.len() {
            for second in first..text.len() {
                let pieces = [&text[..first], &text[first..second], &text[second..]];
                assert_eq!(through(&["hunter2"], &pieces), wanted, "{first} {second}");
            }
        }
    }

    #[test]
    fn overlapping_secrets_leave_nothing_of_each_other() {
        for cut in 0..6 {
            assert_eq!(through(&["abcd", "cdxy"], &[&"abcdxy"[..cut], &"abcdxy"[cut..]]), "***", "{cut}");
        }
        assert_eq!(through(&["token", "token-long"], &["token-lo", "ng token-lo"]), "*** ***-lo");
        assert_eq!(through(&["aaaa"], &["aa", "aaa", "b", "aaa"]), "***baaa");
    }

    #[test]
    fn lines_of_a_secret_are_hidden_one_by_one_and_short_ones_not() {
        let key = "-----BEGIN-----\nabcdef\nxy\n-----END-----";
        assert_eq!(through(&[key], &[key]), "***");
        assert_eq!(through(&[key], &["> abcdef\n", "> xy\n> -----END-----\n"]), "> ***\n> xy\n> ***\n");
        assert_eq!(through(&["abc"], &["abc"]), "abc");
    }

    #[test]
    fn a_pause_gives_whole_lines_only() {
        let masker = Masker::new(["first\nsecond"].into_iter()).unwrap();
        let mut filter = Filter::default();
        assert_eq!(filter.write(&masker, b"a\nfirst\nsec"), b"a\n");
        assert!(filter.holds_line());
        assert_eq!(filter.pause(&masker), b"***\n");
        assert!(!filter.holds_line());
        assert_eq!(filter.pause(&masker), b"");
        assert_eq!(filter.write(&masker, b"ond\nb"), b"***\nb");
    }

    #[test]
    fn encodings_are_hidden() {
        let secret = "correct horse battery";
        for around in ["", "u:", "ü"] {
            let encoded = base64::engine::general_purpose::STANDARD.encode(format!("{around}{secret}\n"));
            let shown = through(&[secret], &[&encoded]);
            assert!(shown.contains(MASK) && shown.len() < 12, "{encoded}: {shown}");
        }
    }

    #[test]
    fn nothing_is_held_longer_than_needed() {
        let masker = Masker::new(["hunter2"].into_iter()).unwrap();
        let mut filter = Filter::default();
        assert_eq!(filter.write(&masker, b"password: "), b"password: ");
        assert_eq!(filter.write(&masker, b"hunt"), b"");
        assert_eq!(filter.write(&masker, b"ing"), b"hunting");
        assert_eq!(masker.text("ü hunter2 ü"), "ü *** ü");
        assert!(Masker::new(std::iter::empty()).unwrap().is_idle());
    }
}
