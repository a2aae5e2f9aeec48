//! Scripts are verbatim: a value reaches one only as an environment variable.

use super::super::{Check, Context};
use super::Fields;
use crate::diagnostic::{Edit, Fix, codes};
use crate::span::Span;
use crate::syntax::ast::{Expr, ExprKind, Part};

impl<'a> Check<'a> {
    /// Reports an interpolated script, with the fix that moves its values into `env`.
    pub(super) fn interpolated_script(
        &mut self,
        expr: &'a Expr,
        parts: &'a [Part],
        fields: &Fields<'a>,
        context: &Context,
    ) {
        let values: Vec<&Expr> = parts
            .iter()
            .filter_map(|part| if let Part::Value(value) = part { Some(value) } else { None })
            .collect();
        for value in &values {
            // Looked up, so that it is not reported as unused.
            self.eval(value, context);
        }
        let place = self.place(expr.span);
        let mut edits = Vec::new();
        let mut added: Vec<(String, String)> = Vec::new();
        for value in values {
            let source = self.text[value.span.range()].to_owned();
            let known = added.iter().find(|(_, s)| *s == source).map(|(name, _)| name.clone());
            let name = known.unwrap_or_else(|| {
                let name = variable_name(value, &added);
                added.push((name.clone(), source));
                name
            });
            let around = Span::new(value.span.start.saturating_sub(2), value.span.end + 1);
            edits.push(Edit { place: self.place(around), text: format!("${{{name}}}") });
        }
        let pairs =
            added.iter().map(|(name, source)| format!("{name}: {source}")).collect::<Vec<_>>().join(", ");
        edits.insert(0, self.env_edit(expr, fields, &pairs));
        let mut diagnostic = codes::INTERPOLATED_SCRIPT
            .at(place, "nothing is substituted into a script")
            .label("values reach a script only through `env`")
            .help("the shell expands `$NAME` itself, and no value can be mistaken for code");
        diagnostic.fix = Some(Fix { title: "pass the values through `env`".to_owned(), edits });
        self.report(diagnostic);
    }

    /// Adds to the action's `env`, or writes one before the script.
    fn env_edit(&self, script: &Expr, fields: &Fields<'a>, pairs: &str) -> Edit {
        let own = fields.layers.first().and_then(|layer| super::entry(layer, "env"));
        if let Some(env) = own
            && let ExprKind::Record(entries) = &env.kind
        {
            let place = self.place(Span::at(env.span.start + 1));
            let text = if entries.is_empty() { format!(" {pairs} ") } else { format!(" {pairs},") };
            return Edit { place, text };
        }
        let before = &self.text[..script.span.start as usize];
        let key = before.rfind("script").unwrap_or(before.len());
        let line = before[..key].rfind('\n').map_or(0, |i| i + 1);
        let indent = &before[line..key];
        let separator = if indent.trim().is_empty() { format!("\n{indent}") } else { ", ".to_owned() };
        let at = u32::try_from(key).unwrap_or(script.span.start);
        Edit { place: self.place(Span::at(at)), text: format!("env: {{ {pairs} }}{separator}") }
    }
}

/// A name for a value, from its last member: `app.commit` is `COMMIT`.
fn variable_name(value: &Expr, taken: &[(String, String)]) -> String {
    let last = match &value.kind {
        ExprKind::Name(name) => name.as_str(),
        ExprKind::Member(_, member) => member.text.as_str(),
        _ => "VALUE",
    };
    let base: String =
        last.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect();
    let mut name = base.clone();
    let mut number = 2;
    while taken.iter().any(|(n, _)| *n == name) {
        name = format!("{base}_{number}");
        number += 1;
    }
    name
}
