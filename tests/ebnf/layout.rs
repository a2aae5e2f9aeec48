//! Writes sentences down: white space, comments, and ends of lines by the rule of the grammar.

use std::collections::BTreeSet;

use super::reader::Grammar;
use super::sentences::{Random, Word};

/// Where the grammar says that lines go on.
pub(super) struct Layout {
    behind: BTreeSet<String>,
    before: BTreeSet<String>,
}

/// A text, and the tokens that it must have: their texts, NEWLINE's is a line feed.
pub(super) struct Written {
    pub(super) text: String,
    pub(super) tokens: Vec<String>,
}

impl Layout {
    pub(super) fn new(grammar: &Grammar) -> Self {
        let set = |rule| grammar.texts(rule).into_iter().collect();
        Self { behind: set("goes_on_behind"), before: set("goes_on_before") }
    }

    /// Whether an end of line between two tokens is NEWLINE.
    fn ends_item(&self, brackets: &[String], last: Option<&Word>, next: Option<&Word>) -> bool {
        let (Some(last), Some(next)) = (last, next) else { return false };
        let mark = |word: &Word| word.rule.is_empty();
        let between = !matches!(brackets.last().map(String::as_str), Some("(" | "#{"));
        let goes_on = (mark(last) && self.behind.contains(&last.text))
            || (mark(next) && (self.before.contains(&next.text) || matches!(next.text.as_str(), "}" | "]")));
        between && !goes_on
    }

    /// Writes a sentence. A NEWLINE that the rule makes impossible is written as a comma where it separates items, and
    /// as a mere end of line where it does not.
    pub(super) fn write(&self, sentence: &[Word], random: &mut Random) -> Written {
        let mut written = Written { text: String::new(), tokens: Vec::new() };
        let mut brackets: Vec<String> = Vec::new();
        let mut last: Option<&Word> = None;
        let is_separator = |word: &Word| word.rule == "NEWLINE" || (word.rule.is_empty() && word.text == ",");
        let comma = Word { rule: "", text: ",".to_owned() };
        let mut at = 0;
        while at < sentence.len() {
            let mut lines = 0;
            while sentence.get(at).is_some_and(|word| word.rule == "NEWLINE") {
                (lines, at) = (lines + 1, at + 1);
            }
            let next = sentence.get(at);
            let inside = brackets.iter().any(|open| open == "#{");
            let possible = self.ends_item(&brackets, last, next);
            if lines > 0 && !possible {
                let between = last.is_some_and(|word| !is_separator(word) && !is_open(word))
                    && next.is_some_and(|word| !is_separator(word) && !is_close(word));
                if between {
                    written.push(" ", &comma);
                    last = Some(&comma);
                }
            }
            let Some(next) = next else { break };
            let generic = last.is_some_and(|word| word.rule.is_empty() && word.text == ">");
            let free = !inside && !possible && !joins(next) && !generic && random.one_in(6);
            let depth = brackets.len() - usize::from(is_close(next) && !brackets.is_empty());
            let gap = if !inside && (lines > 0 && (possible || !generic) || free) && !joins(next) {
                if lines > 0 && possible && last.is_some() {
                    written.tokens.push("\n".to_owned());
                }
                end_of_line(lines.max(1), depth, random)
            } else {
                space(last, next, random).to_owned()
            };
            written.push(&gap, next);
            if is_open(next) {
                brackets.push(next.text.clone());
            } else if is_close(next) || next.rule == "INTERPOLATION_END" {
                brackets.pop();
            }
            last = Some(next);
            at += 1;
        }
        written.text.push_str(["", "\n", " // the end", "\n\n\t"][random.below(4)]);
        written
    }
}

impl Written {
    fn push(&mut self, gap: &str, word: &Word) {
        self.text.push_str(gap);
        self.text.push_str(&word.text);
        self.tokens.push(word.text.clone());
    }
}

fn is_open(word: &Word) -> bool {
    word.rule.is_empty() && matches!(word.text.as_str(), "{" | "[" | "(" | "#{")
}

fn is_close(word: &Word) -> bool {
    word.rule.is_empty() && matches!(word.text.as_str(), "}" | "]" | ")")
}

/// Parts of a string touch each other.
fn joins(word: &Word) -> bool {
    matches!(word.rule, "STRING_TEXT" | "STRING_END") || (word.rule.is_empty() && word.text == "#{")
}

/// Ends of lines, perhaps with comments before them; the next line stands further in than the bracket around it.
fn end_of_line(lines: usize, depth: usize, random: &mut Random) -> String {
    let mut text = String::new();
    for _ in 0..lines {
        text.push_str(["", "", " ", " // a comment", " /// \"# {", "\t//\u{fc}"][random.below(6)]);
        text.push_str(["\n", "\r\n"][random.below(2)]);
    }
    text + &"  ".repeat(depth)
}

fn space(last: Option<&Word>, next: &Word, random: &mut Random) -> &'static str {
    // A body whose first line stands further in than the next looks to the parser as if it were not closed.
    if last.is_none() || joins(next) {
        return "";
    }
    let alone = |word: &Word| {
        word.rule.is_empty() && matches!(word.text.as_str(), "{" | "}" | "[" | "]" | "(" | ")" | "," | ":")
    };
    if last.is_none_or(|last| alone(last) || alone(next)) && random.one_in(2) {
        return "";
    }
    [" ", " ", "  ", "\t", " \u{c}", "\r "][random.below(6)]
}
