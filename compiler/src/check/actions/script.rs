//! Scripts are verbatim: a value reaches one only as an environment variable.

use super::super::{Check, Context};
use super::Fields;
use crate::diagnostic::{Edit, Fix, codes};
use crate::span::Span;
use crate::syntax::ast::{Expr, ExprKind, Part};
use crate::types::Val;

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
        let mut taken = self.env_names(fields);
        let place = self.place(expr.span);
        let mut edits = Vec::new();
        let mut added: Vec<(String, String)> = Vec::new();
        for value in values {
            // Looked up also so that it is not reported as unused.
            let found = self.eval(value, context);
            let source = self.text(value.span);
            let source = match found {
                Val::Int(_) | Val::Bool(_) | Val::Duration(_) => format!("\"#{{{source}}}\""),
                _ => source.to_owned(),
            };
            let known = added.iter().find(|(_, s)| *s == source).map(|(name, _)| name.clone());
            let name = known.unwrap_or_else(|| {
                let name = variable_name(value, &mut taken);
                added.push((name.clone(), source));
                name
            });
            edits.push(Edit { place: self.place(self.around(value.span)), text: format!("${{{name}}}") });
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

    /// The names in the `env`s that the script sees, and those that mean something to every shell.
    fn env_names(&mut self, fields: &Fields<'a>) -> Vec<String> {
        let mut names: Vec<String> = ["HOME", "IFS", "PATH", "PWD"].map(str::to_owned).to_vec();
        for (env, context) in fields.all("env") {
            if let Val::Record(record) = self.eval(env, &context) {
                names.extend(record.keys().map(ToString::to_string));
            }
        }
        names
    }

    /// The whole `#{ … }` around a value.
    fn around(&self, value: Span) -> Span {
        let before = &self.file_text_here()[..value.start as usize];
        let behind = &self.file_text_here()[value.end as usize..];
        let start = before.rfind("#{").unwrap_or(before.len());
        let end = value.end as usize + behind.find('}').map_or(0, |at| at + 1);
        Span::new(u32::try_from(start).unwrap_or(value.start), u32::try_from(end).unwrap_or(value.end))
    }

    /// Adds to the `env` beside the script, or writes one before it.
    fn env_edit(&self, script: &Expr, fields: &Fields<'a>, pairs: &str) -> Edit {
        let beside =
            |layer: &&super::Layer<'a>| layer.get("script").is_some_and(|expr| std::ptr::eq(expr, script));
        let env = fields.layers.iter().find(beside).and_then(|layer| layer.get("env"));
        if let Some(env) = env {
            let ExprKind::Record(entries) = &env.kind else {
                let others = match self.text(env.span) {
                    "null" => String::new(),
                    others => format!(", ...{others}"),
                };
                return Edit { place: self.place(env.span), text: format!("{{ {pairs}{others} }}") };
            };
            let place = self.place(Span::at(env.span.start + 1));
            let text = if entries.is_empty() { format!(" {pairs} ") } else { format!(" {pairs},") };
            return Edit { place, text };
        }
        let before = &self.file_text_here()[..script.span.start as usize];
        let key = before.rfind("script").unwrap_or(before.len());
        let line = before[..key].rfind('\n').map_or(0, |i| i + 1);
        let indent = &before[line..key];
        let separator = if indent.trim().is_empty() { format!("\n{indent}") } else { ", ".to_owned() };
        let at = u32::try_from(key).unwrap_or(script.span.start);
        Edit { place: self.place(Span::at(at)), text: format!("env: {{ {pairs} }}{separator}") }
    }
}

/// A name for a value, from its last member: `app.commit` is `COMMIT`.
fn variable_name(value: &Expr, taken: &mut Vec<String>) -> String {
    let last = match &value.kind {
        ExprKind::Name(name) => name.as_str(),
        ExprKind::Member(_, member) => member.text.as_str(),
        _ => "VALUE",
    };
    let base: String =
        last.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect();
    let mut name = base.clone();
    let mut number = 2;
    while taken.contains(&name) {
        name = format!("{base}_{number}");
        number += 1;
    }
    taken.push(name.clone());
    name
}
