//! Sentences of the grammar, made at random.

use std::collections::BTreeSet;

use super::reader::{Grammar, Id, Node, is_token};

/// A token of a sentence: the rule that made it, if one did, and its text. NEWLINE has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) rule: &'static str,
    pub(super) text: String,
}

/// Tokens that the grammar names in capitals; `""` are those that it writes out.
const TOKENS: &[&str] = &[
    "NAME",
    "INT",
    "DURATION",
    "STRING",
    "BLOCK",
    "STRING_START",
    "STRING_TEXT",
    "STRING_END",
    "INTERPOLATION_END",
    "NEWLINE",
];
/// Behind so many tokens a sentence comes to its end.
const LONG: usize = 250;

/// The same numbers for the same seed.
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn below(&mut self, end: usize) -> usize {
        // splitmix64
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % u64::try_from(end).expect("it fits")).expect("it fits")
    }

    pub(super) fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}

pub(super) struct Sentences<'g> {
    grammar: &'g Grammar,
    pub(super) random: Random,
    /// How many rules a part needs below each other, at least.
    heights: Vec<usize>,
    /// Which way of each choice was taken; of what is optional or repeated, 0 is without and 1 with.
    pub(super) taken: BTreeSet<(Id, usize)>,
    words: Vec<Word>,
    /// Between `#{` and its end.
    inside: bool,
    /// Words that are no NAME.
    words_taken: BTreeSet<String>,
}

/// A part that cannot be made where it stands.
struct Stuck;

impl<'g> Sentences<'g> {
    pub(super) fn new(grammar: &'g Grammar, seed: u64) -> Self {
        let words_taken =
            ["reserved", "declaration_word"].iter().flat_map(|rule| grammar.texts(rule)).collect();
        Self {
            grammar,
            random: Random(seed),
            heights: heights(grammar),
            taken: BTreeSet::new(),
            words: Vec::new(),
            inside: false,
            words_taken,
        }
    }

    /// A sentence of a rule. What was tried in vain counts as taken only in `taken` of what came out.
    pub(super) fn sentence(&mut self, rule: &str) -> Vec<Word> {
        loop {
            self.words.clear();
            self.inside = false;
            let before = self.taken.clone();
            let depth = 20 + self.random.below(60);
            if self.part(self.grammar.rules[rule], depth).is_ok() {
                return std::mem::take(&mut self.words);
            }
            self.taken = before;
        }
    }

    fn part(&mut self, node: Id, depth: usize) -> Result<(), Stuck> {
        let grammar = self.grammar;
        match &grammar.nodes[node] {
            Node::Text(text) => self.words.push(Word { rule: "", text: text.clone() }),
            Node::Rule(rule) if is_token(rule) => {
                let rule = TOKENS.iter().find(|token| *token == rule).expect("a known token");
                let text = self.token(rule);
                self.words.push(Word { rule, text });
            }
            Node::Rule(rule) => {
                let outside = self.inside;
                self.inside |= rule == "interpolation";
                let start = self.words.len();
                self.part(grammar.rules[rule], depth.saturating_sub(1))?;
                self.inside = outside;
                if rule == "stage_instance" && record_in_head(&self.words[start..]) {
                    return Err(Stuck);
                }
            }
            Node::Sequence(parts) => return self.sequence(parts, depth),
            Node::Choice(ways) => {
                let way = self.way(node, ways, depth).ok_or(Stuck)?;
                self.taken.insert((node, way));
                return self.part(ways[way], depth);
            }
            Node::Optional(inner) | Node::Repeated(inner) => {
                let repeated = matches!(grammar.nodes[node], Node::Repeated(_));
                let mut some = 0;
                let often = if self.taken.contains(&(node, 1)) { 3 } else { 2 };
                while (some == 0 || repeated) && self.fits(*inner, depth) && self.random.one_in(often) {
                    self.part(*inner, depth)?;
                    some = 1;
                }
                self.taken.insert((node, some));
            }
            Node::Look(..) => {}
            node => panic!("{node:?} is about characters"),
        }
        Ok(())
    }

    /// A sequence, until what it must or must not begin with is so.
    fn sequence(&mut self, parts: &[Id], depth: usize) -> Result<(), Stuck> {
        let (start, inside) = (self.words.len(), self.inside);
        let looks_around = parts.iter().any(|part| matches!(self.grammar.nodes[*part], Node::Look(..)));
        for _ in 0..200 {
            let before = looks_around.then(|| self.taken.clone());
            let mut looks = Vec::new();
            for part in parts {
                if let Node::Look(wanted, inner) = self.grammar.nodes[*part] {
                    looks.push((self.words.len(), wanted, inner));
                }
                self.part(*part, depth)?;
            }
            if looks.iter().all(|(at, wanted, inner)| self.follows(*inner, *at).is_some() == *wanted) {
                return Ok(());
            }
            self.words.truncate(start);
            self.inside = inside;
            self.taken = before.unwrap_or_default();
        }
        Err(Stuck)
    }

    /// Where a part of nothing but tokens ends, if it stands there.
    fn follows(&self, node: Id, at: usize) -> Option<usize> {
        let word = self.words.get(at);
        match &self.grammar.nodes[node] {
            Node::Text(text) => word
                .filter(|word| word.rule.is_empty() || word.rule == "NAME")
                .filter(|word| word.text == *text)
                .map(|_| at + 1),
            Node::Rule(rule) if is_token(rule) => word.filter(|word| word.rule == rule).map(|_| at + 1),
            Node::Sequence(parts) => parts.iter().try_fold(at, |at, part| self.follows(*part, at)),
            node => panic!("{node:?} cannot be looked for"),
        }
    }

    /// Whether a part may stand here, and comes to its end within `depth`.
    fn fits(&self, node: Id, depth: usize) -> bool {
        self.words.len() < LONG && self.heights[node] <= depth && self.allowed(node)
    }

    fn allowed(&self, node: Id) -> bool {
        let Node::Rule(rule) = &self.grammar.nodes[node] else { return true };
        !self.inside || !["BLOCK", "interpolated", "NEWLINE"].contains(&&**rule)
    }

    fn way(&mut self, node: Id, ways: &[Id], depth: usize) -> Option<usize> {
        let allowed: Vec<usize> = (0..ways.len()).filter(|way| self.allowed(ways[*way])).collect();
        let mut fitting: Vec<usize> =
            allowed.iter().copied().filter(|way| self.fits(ways[*way], depth)).collect();
        if fitting.is_empty() {
            let least = allowed.iter().map(|way| self.heights[ways[*way]]).min()?;
            fitting = allowed.into_iter().filter(|way| self.heights[ways[*way]] == least).collect();
        }
        // What was never taken is more interesting.
        let new: Vec<usize> =
            fitting.iter().copied().filter(|way| !self.taken.contains(&(node, *way))).collect();
        let fitting = if new.is_empty() || self.random.one_in(2) { fitting } else { new };
        Some(fitting[self.random.below(fitting.len())])
    }

    /// The text of a token.
    fn token(&mut self, rule: &str) -> String {
        if rule == "NEWLINE" {
            return String::new();
        }
        if rule == "BLOCK" {
            return self.block();
        }
        loop {
            let mut text = String::new();
            let (before, grammar) = (self.taken.clone(), self.grammar);
            self.characters(grammar.rules[rule], &mut text);
            let good = match rule {
                "NAME" => !self.words_taken.contains(&text),
                "INT" => text.parse::<i64>().is_ok(),
                "DURATION" => text.len() < 6,
                "STRING" | "STRING_TEXT" => escapes_are_characters(&text),
                _ => true,
            };
            if good {
                return text;
            }
            self.taken = before;
        }
    }

    fn characters(&mut self, node: Id, text: &mut String) {
        let grammar = self.grammar;
        match &grammar.nodes[node] {
            Node::Text(own) => text.push_str(own),
            Node::Between(from, to) => {
                let (from, to) = (u32::from(*from), u32::from(*to));
                let at = self.random.below(usize::try_from(to - from + 1).expect("it fits"));
                text.extend(char::from_u32(from + u32::try_from(at).expect("it fits")));
            }
            Node::Words(words) => {
                assert!(words.starts_with("any but `\"`, `\\`"), "? {words} ? is not known");
                let some =
                    ["a", "Z", "0", " ", "'", "{", "}", "$", "# ", "//", "ü", "🦀", "[", "(", ",", ":"];
                text.push_str(some[self.random.below(some.len())]);
            }
            Node::Rule(rule) => self.characters(grammar.rules[rule], text),
            Node::Sequence(parts) => parts.iter().for_each(|part| self.characters(*part, text)),
            Node::Choice(ways) => {
                let way = self.random.below(ways.len());
                self.taken.insert((node, way));
                self.characters(ways[way], text);
            }
            Node::Optional(inner) | Node::Repeated(inner) => {
                let repeated = matches!(grammar.nodes[node], Node::Repeated(_));
                let mut some = 0;
                while (some == 0 || repeated) && self.random.below(2) == 0 {
                    self.characters(*inner, text);
                    some = 1;
                }
                self.taken.insert((node, some));
            }
            node => panic!("{node:?} is about tokens"),
        }
    }

    /// A block string: by hand, since both its fences and all its lines have something in common.
    fn block(&mut self) -> String {
        let fence = "\"".repeat(3 + self.random.below(2));
        let indent = [" ", "", "\t", "      "][self.random.below(4)];
        let mut text = format!("{fence}{}\n", ["", " ", "\t"][self.random.below(3)]);
        for _ in 0..self.random.below(4) {
            let lines = ["x", "", "  \"#{y}\" \\q", "// z", "\"\"", "}", "a \"\"\" b"];
            let line = lines[self.random.below(lines.len())];
            if !line.is_empty() {
                text.push_str(indent);
            }
            text.push_str(line);
            text.push('\n');
        }
        text + indent + &fence
    }
}

fn escapes_are_characters(text: &str) -> bool {
    text.split("\\u{").skip(1).all(|rest| {
        let digits = rest.split('}').next().unwrap_or_default();
        digits.len() <= 6 && u32::from_str_radix(digits, 16).ok().and_then(char::from_u32).is_some()
    })
}

/// Whether a record stands before the `=` of a stage, neither in brackets nor directly behind `in`.
fn record_in_head(words: &[Word]) -> bool {
    let mut depth = 0_usize;
    let mut last = "";
    for word in words {
        match word.text.as_str() {
            "=" if depth == 0 && word.rule.is_empty() => return false,
            "{" if depth == 0 && last != "in" => return true,
            "{" | "[" | "(" if word.rule.is_empty() => depth += 1,
            "}" | "]" | ")" if word.rule.is_empty() => depth -= 1,
            _ => {}
        }
        last = &word.text;
    }
    false
}

/// How many rules each part needs below each other, at least.
fn heights(grammar: &Grammar) -> Vec<usize> {
    let mut heights = vec![usize::MAX; grammar.nodes.len()];
    loop {
        let mut changed = false;
        for (id, node) in grammar.nodes.iter().enumerate() {
            let height = match node {
                Node::Rule(rule) if is_token(rule) => 0,
                Node::Rule(rule) => heights[grammar.rules[rule]].saturating_add(1),
                Node::Sequence(parts) => parts.iter().map(|part| heights[*part]).max().unwrap_or(0),
                Node::Choice(ways) => ways.iter().map(|way| heights[*way]).min().unwrap_or(0),
                _ => 0,
            };
            changed |= heights[id] != height;
            heights[id] = height;
        }
        if !changed {
            return heights;
        }
    }
}
