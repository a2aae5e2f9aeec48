//! The fields that a callee declares, in the catalog's order.

use super::super::values::bare_word;
use super::super::{Check, Context};
use super::{Fields, allows};
use crate::catalog::{self, Callee, Field, Type};
use crate::diagnostic::{Severity, codes};
use crate::places::ActionPlaces;
use crate::plan;
use crate::syntax::ast::{Expr, ExprKind};
use crate::types::{Ty, Val};
use crate::value::Value;

impl<'a> Check<'a> {
    pub(super) fn own_fields(
        &mut self,
        callee: &'a Callee,
        fields: &Fields<'a>,
        action: &mut plan::Action,
        places: &mut ActionPlaces,
    ) {
        for field in &callee.fields {
            let Some((expr, context)) = fields.get(&field.name) else { continue };
            places.fields.push((field.name.clone(), self.modules.place(context.here.module, expr.span)));
            let value = self.within(context.here, |check| check.own_field(field, expr, fields, context));
            if let Some(value) = value {
                action.config.insert(field.name.clone(), value);
            }
        }
        if let Some(service) = callee.service.as_ref().filter(|s| s.categories.len() > 1)
            && let Some((expr, context)) = fields.get("category")
            && let Val::Text(category) = self.eval(expr, context)
            && self.within(context.here, |check| {
                check.one_of(&service.categories, &category, expr.span, "`category`")
            })
        {
            action.config.insert("category".to_owned(), Value::text(&*category));
        }
        if allows(callee, "configuration")
            && let Some((expr, context)) = fields.get("configuration")
        {
            places
                .fields
                .push(("configuration".to_owned(), self.modules.place(context.here.module, expr.span)));
            let field = catalog::configuration();
            let value = self.eval(expr, context);
            let value = self.within(context.here, |check| {
                check.not_checked(expr);
                check.typed(value, &field, expr.span)
            });
            if let Some(value) = value {
                action.config.insert(field.name.clone(), value);
            }
        }
    }

    /// What the catalog does not know is said once.
    fn not_checked(&mut self, expr: &Expr) {
        if matches!(&expr.kind, ExprKind::Record(entries) if entries.is_empty()) {
            return;
        }
        let place = self.place(expr.span);
        self.report(
            codes::NOT_CHECKED
                .at(place, "not checked: these keys go to the service as they are")
                .label("merged into the configuration last"),
        );
    }

    fn own_field(
        &mut self,
        field: &Field,
        expr: &'a Expr,
        fields: &Fields<'a>,
        context: &Context,
    ) -> Option<Value> {
        if field.ty == Type::Script
            && let ExprKind::Interpolated(parts) = &expr.kind
        {
            self.interpolated_script(expr, parts, fields, context);
            return None;
        }
        let value = self.field_value(field, expr, context)?;
        if field.name == "cache" && value == Value::Bool(true) {
            let place = self.place(expr.span);
            let mut diagnostic = codes::UNSUPPORTED
                .at(place, "`cache` has no effect in this version: a local run always runs the action")
                .help("remove it until it does something");
            diagnostic.severity = Severity::Warning;
            self.report(diagnostic);
        }
        Some(value)
    }

    /// The value of a field with a type of the catalog; `None` when it is `null` or was reported. A bare word where texts
    /// are listed is most likely one of them without its quotes.
    pub(in super::super) fn field_value(
        &mut self,
        field: &Field,
        expr: &'a Expr,
        context: &Context,
    ) -> Option<Value> {
        if let Type::Enum(words) = &field.ty
            && let Some(word) = bare_word(expr)
            && words.iter().any(|known| known == word)
            && !self.is_named(word, context)
        {
            self.add_quotes(word, expr);
            return None;
        }
        let value = self.eval(expr, context);
        self.typed(value, field, expr.span)
    }

    /// Whether a bare word stands where one of a few texts is wanted, and is one of them; that is reported.
    pub(in super::super) fn lacks_quotes(&mut self, expr: &'a Expr, wanted: &Ty, context: &Context) -> bool {
        if let Ty::Literals(texts) = wanted
            && let Some(word) = bare_word(expr)
            && texts.iter().any(|known| **known == *word)
            && !self.is_named(word, context)
        {
            self.within(context.here, |check| check.add_quotes(word, expr));
            return true;
        }
        false
    }

    fn add_quotes(&mut self, word: &str, expr: &Expr) {
        let place = self.place(expr.span);
        self.report(
            codes::BARE_WORD
                .at(place, format!("`{word}` is a text and stands in quotes"))
                .label("names a value, and there is none of this name")
                .fix("add the quotes", place, format!("\"{word}\"")),
        );
    }

    /// Whether a value of this name is in scope, so that a bare word is meant as one.
    pub(in super::super) fn is_named(&self, word: &str, context: &Context) -> bool {
        let of_stage = |stage: usize| {
            self.stages[stage].lets.contains_key(word) || self.stages[stage].actions.contains_key(word)
        };
        let in_pipeline = || {
            self.values.contains_key(word)
                || self.stage_names.contains_key(word)
                || self.action_names.contains_key(word)
        };
        context.bindings.iter().any(|b| b.name == word)
            || context.written_stage.is_some_and(of_stage)
            || self.modules.module(context.here.module).values.contains_key(word)
            || (context.scope == super::super::Scope::Pipeline && in_pipeline())
    }
}
