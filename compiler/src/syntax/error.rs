//! What the parser reports, kept small: the grammar makes and drops one of these at almost every token. Expectations are
//! bits, one for each kind of token and each name of a rule.

use chumsky::DefaultExpected;
use chumsky::error::{Error, LabelError};
use chumsky::input::Input;
use chumsky::util::MaybeRef;

use super::token::Kind;
use crate::diagnostic::{Diagnostic, Place, codes};
use crate::source::SourceId;
use crate::span::Span;

mod reason;
mod slips;

pub(super) use reason::{Reason, meant};
pub(super) use slips::{Slip, slip};

/// Names of rules, for "expected an expression".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Rule {
    Expression,
    Type,
    Name,
    Key,
    Declaration,
    ItemEnd,
    Callee,
    Operator,
    Gate,
    Template,
}

impl Rule {
    const ALL: [Self; 10] = [
        Self::Expression,
        Self::Type,
        Self::Name,
        Self::Key,
        Self::Declaration,
        Self::ItemEnd,
        Self::Callee,
        Self::Operator,
        Self::Gate,
        Self::Template,
    ];

    const fn describe(self) -> &'static str {
        match self {
            Self::Expression => "a value",
            Self::Type => "a type",
            Self::Name => "a name",
            Self::Key => "a field",
            Self::Declaration => "a declaration",
            Self::ItemEnd => "the end of the line",
            Self::Callee => "what the action calls, as `run { … }`",
            Self::Operator => "an operator",
            Self::Gate => "a rule, as `aws.deployment_window { … }`",
            Self::Template => "a template, as `ship { … }`",
        }
    }
}

/// A syntax error.
#[derive(Clone, Copy, Debug)]
pub(super) struct SyntaxError {
    pub(super) span: Span,
    pub(super) found: Option<Kind>,
    kinds: u128,
    rules: u16,
    pub(super) reason: Option<Reason>,
}

const fn kind_bit(kind: Kind) -> u128 {
    1 << kind as u8
}

/// Tokens that continue an expression: named together, since nobody wants to read the list.
const OPERATORS: u128 = kind_bit(Kind::EqualEqual)
    | kind_bit(Kind::NotEqual)
    | kind_bit(Kind::Less)
    | kind_bit(Kind::LessEqual)
    | kind_bit(Kind::Greater)
    | kind_bit(Kind::GreaterEqual)
    | kind_bit(Kind::In)
    | kind_bit(Kind::And)
    | kind_bit(Kind::Or)
    | kind_bit(Kind::Coalesce)
    | kind_bit(Kind::Dot)
    | kind_bit(Kind::Slash)
    | kind_bit(Kind::Question);

impl SyntaxError {
    pub(super) fn new(span: Span, reason: Reason) -> Self {
        Self { span, found: None, kinds: 0, rules: 0, reason: Some(reason) }
    }

    fn expect(&mut self, expected: &DefaultExpected<'_, Kind>) {
        if let DefaultExpected::Token(kind) = expected {
            self.kinds |= kind_bit(**kind);
        }
    }

    fn expects(&self, kind: Kind) -> bool {
        self.kinds & kind_bit(kind) != 0
    }

    fn expects_rule(&self, rule: Rule) -> bool {
        self.rules & (1 << rule as u8) != 0
    }

    /// What was expected, in words: rules first, then tokens; brackets that would continue an expression left out.
    fn expectations(&self) -> String {
        let mut words: Vec<&str> =
            Rule::ALL.iter().filter(|r| self.expects_rule(**r)).map(|r| r.describe()).collect();
        let mut kinds = self.kinds;
        // Where three can stand, all can.
        if (kinds & OPERATORS).count_ones() > 2 {
            kinds &= !(OPERATORS | kind_bit(Kind::LeftBracket) | kind_bit(Kind::LeftParen));
            if words.is_empty() && kinds == 0 {
                words.push(Rule::Operator.describe());
            }
        }
        if self.expects_rule(Rule::Expression) {
            kinds &= !kind_bit(Kind::Bang);
        }
        // What may stand before the mark that has to come is noise.
        if kinds & (kind_bit(Kind::LeftBrace) | kind_bit(Kind::Equals)) != 0 {
            kinds &= !(kind_bit(Kind::If)
                | kind_bit(Kind::For)
                | kind_bit(Kind::LeftParen)
                | kind_bit(Kind::Newline));
        }
        // A range only says how many artifacts a callee takes.
        kinds &= !kind_bit(Kind::DotDot);
        if self.expects_rule(Rule::ItemEnd) {
            kinds &= !(kind_bit(Kind::Newline) | kind_bit(Kind::Comma));
        }
        words.extend(Kind::ALL.iter().filter(|k| kinds & kind_bit(**k) != 0).map(|k| k.describe()));
        match words.as_slice() {
            [] => "something else".to_owned(),
            [one] => (*one).to_owned(),
            [most @ .., last] => format!("{} or {last}", most.join(", ")),
        }
    }

    pub(super) fn diagnostic(&self, source: SourceId, text: &str) -> Diagnostic {
        let place = Place { source, span: self.span };
        let word = text.get(self.span.range()).unwrap_or_default();
        match self.reason {
            Some(reason) => reason.diagnostic(place, word, text),
            None => self.unexpected(place, word),
        }
    }

    fn unexpected(&self, place: Place, word: &str) -> Diagnostic {
        let found = match self.found {
            None => "the end of the file".to_owned(),
            Some(Kind::Name | Kind::Int | Kind::Duration | Kind::BadNumber) => format!("`{word}`"),
            Some(kind) => kind.describe().to_owned(),
        };
        let expected = self.expectations();
        let diagnostic = codes::UNEXPECTED_TOKEN
            .at(place, format!("expected {expected}, found {found}"))
            .label(format!("expected {expected}"));
        let value = matches!(
            self.found,
            Some(
                Kind::Name
                    | Kind::Str
                    | Kind::StrOpen
                    | Kind::Block
                    | Kind::Int
                    | Kind::Duration
                    | Kind::LeftBracket
            )
        );
        if value && self.expects(Kind::Equals) && !self.expects(Kind::LeftBrace) {
            let before = Place { span: Span::at(place.span.start), ..place };
            return diagnostic.help("`=` stands between a name and what it means").fix(
                "insert `=`",
                before,
                "= ",
            );
        }
        match self.advice() {
            Some(advice) => diagnostic.help(advice),
            None => diagnostic,
        }
    }

    /// How what was expected is written.
    fn advice(&self) -> Option<&'static str> {
        if self.expects(Kind::Then) || self.expects(Kind::Else) {
            Some("a choice is written `if condition then value else other`")
        } else if self.expects(Kind::LeftBrace)
            && self.found == Some(Kind::Name)
            && !self.expects(Kind::Dot)
            && !self.expects(Kind::Str)
        {
            Some("a name is one word, as `one-word`; all else that is to say stands in the body, in `{ … }`")
        } else if self.expects(Kind::Equals) && self.found == Some(Kind::LeftBrace) {
            Some("what it is stands before the `{`, as `action build = run { … }`")
        } else if self.expects_rule(Rule::ItemEnd)
            && matches!(self.found, Some(Kind::If | Kind::Else | Kind::Question | Kind::Then))
        {
            Some(
                "a choice is written `if condition then value else other`; an action is left out by `action name if condition = …`",
            )
        } else if self.expects(Kind::LeftBrace)
            || (self.expects_rule(Rule::ItemEnd) && self.found == Some(Kind::RightBrace))
        {
            Some("a body stands in `{ … }`; it is `{}` where there is nothing to say")
        } else if self.expects_rule(Rule::Declaration) {
            Some("a field is written `name: value`; declarations begin with `let`, `stage`, `action`, …")
        } else if self.expects(Kind::Colon) && !self.expects(Kind::Equals) {
            Some("a field is written `name: value`")
        } else if self.expects_rule(Rule::ItemEnd)
            && matches!(self.found, Some(Kind::StrOpen | Kind::Name | Kind::Str | Kind::Int))
        {
            Some("items stand on lines of their own, or have a comma between them")
        } else {
            None
        }
    }
}

impl<'t, I: Input<'t, Token = Kind, Span = Span>> Error<'t, I> for SyntaxError {
    fn merge(mut self, other: Self) -> Self {
        self.kinds |= other.kinds;
        self.rules |= other.rules;
        self.reason = self.reason.or(other.reason);
        self
    }
}

impl<'t, I: Input<'t, Token = Kind, Span = Span>> LabelError<'t, I, DefaultExpected<'t, Kind>>
    for SyntaxError
{
    fn expected_found<E: IntoIterator<Item = DefaultExpected<'t, Kind>>>(
        expected: E,
        found: Option<MaybeRef<'t, Kind>>,
        span: Span,
    ) -> Self {
        let mut error = Self { span, found: found.map(|kind| *kind), kinds: 0, rules: 0, reason: None };
        for expected in expected {
            error.expect(&expected);
        }
        error
    }

    fn merge_expected_found<E: IntoIterator<Item = DefaultExpected<'t, Kind>>>(
        mut self,
        expected: E,
        _: Option<MaybeRef<'t, Kind>>,
        _: Span,
    ) -> Self {
        for expected in expected {
            self.expect(&expected);
        }
        self
    }
}

impl<'t, I: Input<'t, Token = Kind, Span = Span>> LabelError<'t, I, Rule> for SyntaxError {
    fn expected_found<E: IntoIterator<Item = Rule>>(
        expected: E,
        found: Option<MaybeRef<'t, Kind>>,
        span: Span,
    ) -> Self {
        let rules = expected.into_iter().fold(0, |bits, rule| bits | 1 << rule as u8);
        Self { span, found: found.map(|kind| *kind), kinds: 0, rules, reason: None }
    }

    fn label_with(&mut self, label: Rule) {
        self.kinds = 0;
        self.rules = 1 << label as u8;
    }
}
