//! What a pipeline variable is compared with: something that it can be.

use super::super::actions::Fields;
use super::never;
use crate::check::{Check, Context};
use crate::diagnostic::codes;
use crate::plan::Comparison;
use crate::span::Span;
use crate::types::{Segment, Test, TestForm, Ty, Val};

impl<'a> Check<'a> {
    /// What stands beside `other` in a comparison, as a text where that is a variable; none where the variable cannot be it.
    pub(super) fn compared(&mut self, other: &Val, span: Span, value: Val) -> Option<Val> {
        let Some((name, ty)) = other.variable() else { return Some(value) };
        match value {
            Val::List(items) => {
                let texts = items.iter().enumerate().map(|(at, item)| {
                    let at = self.written_element(span, at).unwrap_or(span);
                    self.compared_text(name, ty, at, item.clone())
                });
                texts.collect::<Option<Vec<Val>>>().map(Val::list)
            }
            value => self.compared_text(name, ty, span, value),
        }
    }

    fn compared_text(&mut self, name: &str, ty: &Ty, span: Span, value: Val) -> Option<Val> {
        let what = || format!("`{name}`");
        match (ty, value) {
            (Ty::Bool, Val::Bool(value)) => Some(Val::text(if value { "true" } else { "false" })),
            (Ty::Int, Val::Int(number)) => Some(Val::text(&number.to_string())),
            (Ty::Bool, Val::Text(text)) => {
                let values = ["true".to_owned(), "false".to_owned()];
                self.one_of(&values, &text, span, &what()).then_some(Val::Text(text))
            }
            (Ty::Literals(texts), Val::Text(text)) => {
                self.one_of(texts, &text, span, &what()).then_some(Val::Text(text))
            }
            (Ty::Int, Val::Text(text)) => {
                if text.parse().map(|number: i64| number.to_string()).as_deref() == Ok(&*text) {
                    return Some(Val::Text(text));
                }
                let place = self.place(span);
                self.report(
                    codes::BAD_CHOICE
                        .at(place, format!("{} cannot be `{text}`", what()))
                        .help("it is an int: compare it with a whole number, as `== 3`"),
                );
                None
            }
            (_, value) => Some(value),
        }
    }

    /// A gate that compares a variable as a condition does: it is given something that the variable can be.
    pub(in super::super) fn variable_check(&mut self, fields: &Fields<'a>) {
        let mut value = |name: &str| {
            let (expr, context) = fields.get(name)?;
            let context: &Context = &context.without_uses();
            Some((self.eval(expr, context), expr.span, context.here))
        };
        let (Some((variable, ..)), Some((Val::Text(operator), ..)), Some((operand, span, here))) =
            (value("variable"), value("operator"), value("value"))
        else {
            return;
        };
        let (Some(subject), Some(operator)) = (variable.segments(), Comparison::of_rule(&operator)) else {
            return;
        };
        self.within(here, |check| {
            if let (Comparison::Matches, Val::Text(pattern)) = (operator, &operand)
                && regex::Regex::new(pattern).is_err()
            {
                let message = format!("`{pattern}` is not a regular expression");
                check.error(&codes::BAD_VALUE, span, message);
                return;
            }
            let is_whole = matches!(operator, Comparison::Equal | Comparison::NotEqual);
            let operand = match operand {
                Val::Text(_) if is_whole => check.compared(&variable, span, operand),
                operand => Some(operand),
            };
            let Some(operand) = operand.as_ref().and_then(Val::segments) else { return };
            let is_run = |segments: &[Segment]| segments.iter().any(|s| !matches!(s, Segment::Literal(_)));
            if is_run(&subject)
                && never::holds(&Test::new(TestForm::Check(subject.into(), operator, operand.into())))
            {
                let place = check.place(span);
                check.report(
                    codes::RUN_CONDITION
                        .at(place, "this gate never passes")
                        .label("no value of the variable fulfils this"),
                );
            }
        });
    }
}
