//! Whether tokens can be derived from a rule of the grammar.

use std::collections::HashMap;
use std::rc::Rc;

use compiler::syntax::token::Kind;

use super::reader::{Grammar, Id, Node, is_token};

/// A token, as the compiler made it.
pub(super) type Word<'t> = (Kind, &'t str);

/// The kind of a token that the grammar names in capitals.
fn kind_of(token: &str) -> Kind {
    match token {
        "NAME" => Kind::Name,
        "INT" => Kind::Int,
        "DURATION" => Kind::Duration,
        "STRING" => Kind::Str,
        "BLOCK" => Kind::Block,
        "STRING_START" => Kind::StrOpen,
        "STRING_TEXT" => Kind::StrText,
        "STRING_END" => Kind::StrClose,
        "INTERPOLATION_END" => Kind::InterpolationClose,
        "NEWLINE" => Kind::Newline,
        _ => panic!("there is no token {token}"),
    }
}

/// Whether a token is a word or mark that the grammar writes out.
fn is_written(kind: Kind) -> bool {
    !matches!(
        kind,
        Kind::Str | Kind::Block | Kind::StrOpen | Kind::StrText | Kind::StrClose | Kind::InterpolationClose
    )
}

struct Derivation<'g, 't> {
    grammar: &'g Grammar,
    words: &'t [Word<'t>],
    /// For a part and where it begins, where it can end.
    ends: HashMap<(Id, usize), Rc<[usize]>>,
    /// How far any part reached.
    furthest: usize,
}

/// Derives all of the tokens from a rule.
///
/// # Errors
/// The number of the token at which no derivation goes on.
pub(super) fn derive(grammar: &Grammar, rule: &str, words: &[Word<'_>]) -> Result<(), usize> {
    let mut derivation = Derivation { grammar, words, ends: HashMap::new(), furthest: 0 };
    let ends = derivation.ends(grammar.rules[rule], 0);
    if ends.contains(&words.len()) { Ok(()) } else { Err(derivation.furthest) }
}

impl Derivation<'_, '_> {
    fn ends(&mut self, node: Id, start: usize) -> Rc<[usize]> {
        let grammar = self.grammar;
        match &grammar.nodes[node] {
            Node::Text(text) => {
                let found =
                    self.words.get(start).is_some_and(|(kind, word)| is_written(*kind) && word == text);
                return self.one(found, start);
            }
            Node::Rule(rule) if is_token(rule) => {
                let found = self.words.get(start).is_some_and(|(kind, _)| *kind == kind_of(rule));
                return self.one(found, start);
            }
            _ => {}
        }
        if let Some(ends) = self.ends.get(&(node, start)) {
            return ends.clone();
        }
        let mut ends = match &grammar.nodes[node] {
            Node::Rule(rule) => self.ends(grammar.rules[rule], start).to_vec(),
            Node::Choice(ways) => ways.iter().flat_map(|way| self.ends(*way, start).to_vec()).collect(),
            Node::Sequence(parts) => {
                let mut open = vec![start];
                for part in parts {
                    open = open.into_iter().flat_map(|at| self.ends(*part, at).to_vec()).collect();
                    open.sort_unstable();
                    open.dedup();
                }
                open
            }
            Node::Optional(inner) => [&[start], &*self.ends(*inner, start)].concat(),
            Node::Repeated(inner) => {
                let mut found = vec![start];
                let mut at = 0;
                while let Some(from) = found.get(at).copied() {
                    let more = self.ends(*inner, from);
                    found.extend(more.iter().copied().filter(|end| *end > from));
                    found[at + 1..].sort_unstable();
                    found.dedup();
                    at += 1;
                }
                found
            }
            Node::Look(wanted, inner) => {
                let follows = !self.ends(*inner, start).is_empty();
                if follows == *wanted { vec![start] } else { Vec::new() }
            }
            node => panic!("{node:?} is about characters"),
        };
        ends.sort_unstable();
        ends.dedup();
        let ends: Rc<[usize]> = ends.into();
        self.ends.insert((node, start), ends.clone());
        ends
    }

    fn one(&mut self, found: bool, start: usize) -> Rc<[usize]> {
        if found {
            self.furthest = self.furthest.max(start + 1);
            Rc::new([start + 1])
        } else {
            Rc::new([])
        }
    }
}
