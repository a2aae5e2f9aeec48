//! Reads `grammar/pipe.ebnf`, in the notation that its head explains.

use std::collections::BTreeMap;

/// A part of the grammar, in `Grammar::nodes`.
pub(super) type Id = usize;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    /// `"x"`
    Text(String),
    /// `"a" … "z"`
    Between(char, char),
    /// `? x ?`
    Words(String),
    /// A rule, by its name; those in capitals are tokens.
    Rule(String),
    Sequence(Vec<Id>),
    Choice(Vec<Id>),
    Optional(Id),
    Repeated(Id),
    /// `& x`, `! x`
    Look(bool, Id),
}

#[derive(Debug, Default)]
pub(super) struct Grammar {
    pub(super) nodes: Vec<Node>,
    /// Where rules begin. Those with a part to fill in are here once for each filling: `body_of<entry>`.
    pub(super) rules: BTreeMap<String, Id>,
    sources: BTreeMap<String, Source>,
}

#[derive(Clone, Debug, Default)]
struct Source {
    parameter: Option<String>,
    symbols: Vec<Symbol>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Symbol {
    Word(String),
    Text(String),
    Words(String),
    Mark(char),
}

/// Whether a rule is a token of the sections above.
pub(super) fn is_token(rule: &str) -> bool {
    rule.chars().all(|c| c.is_ascii_uppercase() || c == '_')
}

impl Grammar {
    /// Reads a grammar; what is wrong with it is a mistake in the file.
    pub(super) fn read(text: &str) -> Self {
        let mut grammar = Self::default();
        for rule in symbols(text).split(|symbol| *symbol == Symbol::Mark(';')).filter(|rule| !rule.is_empty())
        {
            let at = rule.iter().position(|s| *s == Symbol::Mark('=')).expect("a rule has `=`");
            let (name, parameter) = match &rule[..at] {
                [Symbol::Word(name)] => (name, None),
                [Symbol::Word(name), Symbol::Mark('<'), Symbol::Word(part), Symbol::Mark('>')] => {
                    (name, Some(part.clone()))
                }
                head => panic!("{head:?} is no head of a rule"),
            };
            let source = Source { parameter, symbols: rule[at + 1..].to_vec() };
            assert!(grammar.sources.insert(name.clone(), source).is_none(), "`{name}` is there twice");
        }
        let plain = grammar.sources.iter().filter(|(_, source)| source.parameter.is_none());
        for name in plain.map(|(name, _)| name.clone()).collect::<Vec<_>>() {
            grammar.rule(&name, None);
        }
        grammar
    }

    fn add(&mut self, node: Node) -> Id {
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    /// Makes a rule, with its part filled in.
    fn rule(&mut self, name: &str, filling: Option<&str>) -> String {
        let whole = filling.map_or_else(|| name.to_owned(), |filling| format!("{name}<{filling}>"));
        if self.rules.contains_key(&whole) || name == "NEWLINE" {
            return whole;
        }
        let Some(Source { parameter, mut symbols }) = self.sources.get(name).cloned() else {
            panic!("there is no rule `{name}`")
        };
        assert_eq!(parameter.is_some(), filling.is_some(), "`{whole}`");
        for symbol in &mut symbols {
            if let (Symbol::Word(word), Some(filling)) = (&mut *symbol, filling)
                && Some(&*word) == parameter.as_ref()
            {
                filling.clone_into(word);
            }
        }
        self.rules.insert(whole.clone(), usize::MAX);
        let mut rest = symbols.as_slice();
        let node = self.choice(&mut rest);
        assert!(rest.is_empty(), "`{whole}` cannot be read from {rest:?}");
        self.rules.insert(whole.clone(), node);
        whole
    }

    fn choice(&mut self, rest: &mut &[Symbol]) -> Id {
        let mut ways = vec![self.sequence(rest)];
        while rest.first() == Some(&Symbol::Mark('|')) {
            *rest = &rest[1..];
            ways.push(self.sequence(rest));
        }
        if ways.len() == 1 { ways[0] } else { self.add(Node::Choice(ways)) }
    }

    fn sequence(&mut self, rest: &mut &[Symbol]) -> Id {
        let mut parts = vec![self.part(rest)];
        while rest.first() == Some(&Symbol::Mark(',')) {
            *rest = &rest[1..];
            parts.push(self.part(rest));
        }
        if parts.len() == 1 { parts[0] } else { self.add(Node::Sequence(parts)) }
    }

    fn part(&mut self, rest: &mut &[Symbol]) -> Id {
        let (first, behind) = rest.split_first().expect("a rule goes on");
        *rest = behind;
        let node = match first {
            Symbol::Text(from) => match behind {
                [Symbol::Mark('…'), Symbol::Text(to), ..] => {
                    *rest = &behind[2..];
                    let one = |text: &str| text.chars().next().expect("a character");
                    Node::Between(one(from), one(to))
                }
                _ => Node::Text(from.clone()),
            },
            Symbol::Words(words) => Node::Words(words.clone()),
            Symbol::Word(name) => match behind {
                [Symbol::Mark('<'), Symbol::Word(filling), Symbol::Mark('>'), ..] => {
                    *rest = &behind[3..];
                    Node::Rule(self.rule(name, Some(filling)))
                }
                _ => Node::Rule(self.rule(name, None)),
            },
            Symbol::Mark(mark @ ('&' | '!')) => {
                let inner = self.part(rest);
                Node::Look(*mark == '&', inner)
            }
            Symbol::Mark(open @ ('[' | '{' | '(')) => {
                let inner = self.choice(rest);
                let close = match open {
                    '[' => ']',
                    '{' => '}',
                    _ => ')',
                };
                assert_eq!(rest.first(), Some(&Symbol::Mark(close)), "`{open}` is not closed");
                *rest = &rest[1..];
                match open {
                    '[' => Node::Optional(inner),
                    '{' => Node::Repeated(inner),
                    _ => return inner,
                }
            }
            Symbol::Mark(mark) => panic!("`{mark}` cannot stand there"),
        };
        self.add(node)
    }

    /// The texts that a rule of nothing but texts lists.
    pub(super) fn texts(&self, rule: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut open = vec![self.rules[rule]];
        while let Some(node) = open.pop() {
            match &self.nodes[node] {
                Node::Text(text) => found.push(text.clone()),
                Node::Rule(rule) => open.push(self.rules[rule]),
                Node::Choice(ways) => open.extend(ways),
                node => panic!("{node:?} is no text"),
            }
        }
        found
    }
}

fn symbols(text: &str) -> Vec<Symbol> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let up_to = |end: &str| rest[first.len_utf8()..].split_once(end).expect("it is closed").0;
        let width = if rest.starts_with("(*") {
            up_to("*)").len() + 3
        } else if first.is_whitespace() {
            first.len_utf8()
        } else if matches!(first, '"' | '\'') {
            let inner = up_to(&first.to_string());
            found.push(Symbol::Text(inner.to_owned()));
            inner.len() + 2
        } else if first == '?' {
            let inner = up_to("?");
            found.push(Symbol::Words(inner.trim().to_owned()));
            inner.len() + 2
        } else if first.is_ascii_alphabetic() {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
            found.push(Symbol::Word(rest[..end].to_owned()));
            end
        } else {
            found.push(Symbol::Mark(first));
            first.len_utf8()
        };
        rest = &rest[width..];
    }
    found
}
