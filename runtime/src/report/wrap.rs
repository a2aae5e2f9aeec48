//! Breaks long lines between words, as a terminal would not.

use console::{measure_text_width, strip_ansi_codes};

/// How far the rest of a broken line is moved in, beyond its beginning.
const INDENT: usize = 4;

/// A text whose lines have at most `width` columns, where their words allow it. Lines of scripts stay as they are.
pub(super) fn wrapped(text: &str, width: usize) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let is_short = measure_text_width(line.trim_end()) <= width;
        if is_short || strip_ansi_codes(line).starts_with("  | ") {
            out.push_str(line);
        } else {
            break_line(line, width, &mut out);
        }
    }
    out
}

fn break_line(line: &str, width: usize, out: &mut String) {
    let spaces = line.len() - line.trim_start_matches(' ').len();
    let indent = spaces + INDENT;
    let mut used = spaces;
    out.push_str(&line[..spaces]);
    let mut is_first = true;
    for word in line[spaces..].split(' ') {
        let columns = measure_text_width(word.trim_end());
        if is_first {
            is_first = false;
        } else if used + 1 + columns > width && columns > 0 {
            while out.ends_with(' ') {
                out.pop();
            }
            out.push('\n');
            out.push_str(&" ".repeat(indent));
            used = indent;
        } else {
            out.push(' ');
            used += 1;
        }
        out.push_str(word);
        used += columns;
    }
}

#[cfg(test)]
mod tests {
    use super::wrapped;

    #[test]
    fn lines_are_broken_between_words() {
        assert_eq!(wrapped("short\n  one two three\n", 9), "short\n  one two\n      three\n");
        assert_eq!(wrapped("a b", 3), "a b");
        assert_eq!(wrapped("aaaa bbbbbbbbbb c", 6), "aaaa\n    bbbbbbbbbb\n    c");
        assert_eq!(wrapped("a   b   c", 6), "a   b\n    c");
        assert_eq!(wrapped("\u{1b}[1mone\u{1b}[0m two", 7), "\u{1b}[1mone\u{1b}[0m two");
        assert_eq!(wrapped("é 🚰 ab", 7), "é 🚰 ab");
    }

    #[test]
    fn lines_of_scripts_stay_as_they_are() {
        assert_eq!(wrapped("  | one two three four\n", 9), "  | one two three four\n");
        assert_eq!(wrapped("  \u{1b}[2m|\u{1b}[0m one two three", 9), "  \u{1b}[2m|\u{1b}[0m one two three");
    }
}
