//! What an open bracket belongs to, told by what stands before it.

use compiler::span::Span;
use compiler::syntax::token::{Kind, Token};

/// What a bracket belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Head {
    /// The body of a pipeline; where its name stands.
    Pipeline(Span),
    /// The body of a stage.
    Stage(Span),
    /// The fields of an action, gate or instance, by the word that it begins with, and what is called.
    Call(Kind, String),
    /// The fields of `defaults`, of a callee or of all.
    Defaults(Option<String>),
    /// The settings of an engine.
    Engine(Kind),
    /// Where a secret is found.
    Secret,
    /// The declaration of a callee or rule.
    Callee,
    /// The filter of an event.
    Trigger(String),
    /// The names that are taken from a file.
    Uses(String),
    /// The fields of a record's type, or of a callee.
    TypeRecord,
    /// What stands behind a variable.
    Variable,
    /// What stands behind the type of a callee's field.
    Attributes,
    /// The value of a field.
    Key(String),
    /// The parameters of a declaration.
    Params,
    /// The arguments of a function.
    Arguments(String),
    /// Anything else.
    Other,
}

/// What a bracket belongs to that stands behind these tokens of its item.
pub(crate) fn head(text: &str, bracket: Kind, item: &[Token]) -> Head {
    let item = declared(item);
    let of = |token: &Token| text.get(token.1.range()).unwrap_or_default().to_owned();
    match bracket {
        Kind::LeftParen => match item {
            [(Kind::Pipeline | Kind::Stage | Kind::Action | Kind::Fn, _), _] => Head::Params,
            _ => match path_at_end(text, item) {
                path if path.is_empty() => Head::Other,
                path => Head::Arguments(path),
            },
        },
        Kind::LeftBracket | Kind::LeftBrace => match item {
            [key, (Kind::Colon, _)] if key.0.is_name() || key.0 == Kind::Str => {
                Head::Key(of(key).trim_matches('"').to_owned())
            }
            _ if bracket == Kind::LeftBrace => braces(text, item),
            _ => Head::Other,
        },
        _ => Head::Other,
    }
}

fn braces(text: &str, item: &[Token]) -> Head {
    let Some((kind, _)) = item.first() else { return Head::Other };
    let name = item.get(1).map(|token| token.1).unwrap_or_default();
    let of = |span: Span| text.get(span.range()).unwrap_or_default().trim_matches('"').to_owned();
    let called = item.iter().rposition(|(kind, _)| *kind == Kind::Equals);
    match (kind, called) {
        (Kind::Pipeline | Kind::Stage | Kind::Action | Kind::Gate, Some(at)) => {
            Head::Call(*kind, path_at_end(text, &item[at + 1..]))
        }
        (Kind::Pipeline, None) => Head::Pipeline(name),
        (Kind::Stage, None) => Head::Stage(name),
        (Kind::Defaults, _) => {
            Head::Defaults(Some(path_at_end(text, &item[1..])).filter(|path| !path.is_empty()))
        }
        (Kind::Aws | Kind::Azure, _) if item.len() == 1 => Head::Engine(*kind),
        (Kind::Secret, _) => Head::Secret,
        (Kind::Callee | Kind::Rule, _) => Head::Callee,
        (Kind::On, _) => Head::Trigger(of(name)),
        (Kind::Use, _) => Head::Uses(of(name)),
        (Kind::Type, _) => Head::TypeRecord,
        (Kind::Variable, _) => Head::Variable,
        (kind, _) if kind.is_name() && item.get(1).is_some_and(|(kind, _)| *kind == Kind::Colon) => {
            Head::Attributes
        }
        _ => Head::Other,
    }
}

/// An item without the word that hides it.
pub(crate) fn declared(item: &[Token]) -> &[Token] {
    match item {
        [(Kind::Private, _), rest @ ..] if rest.first().is_some_and(|(kind, _)| kind.is_declaration()) => {
            rest
        }
        item => item,
    }
}

/// The dotted name at the end of tokens.
pub(crate) fn path_at_end(text: &str, tokens: &[Token]) -> String {
    let mut start = tokens.len();
    let mut wants_name = true;
    while start > 0 {
        let kind = tokens[start - 1].0;
        if !(if wants_name { kind.is_name() } else { kind == Kind::Dot }) {
            break;
        }
        wants_name = !wants_name;
        start -= 1;
    }
    tokens[start..].iter().filter_map(|token| text.get(token.1.range())).collect()
}
