//! `defaults`: each is checked once, whether an action uses it or not.

use std::collections::HashMap;

use super::super::values::and_list;
use super::super::{Check, Context};
use super::{Called, known_fields};
use crate::catalog::{self, Callee};
use crate::diagnostic::{codes, nearest};
use crate::span::Span;
use crate::syntax::ast::{Defaults, Entry, Path};

/// What `defaults { }` without a callee can set.
pub(crate) const GENERAL: &[&str] = &["env", "region", "role"];

impl<'a> Check<'a> {
    /// Checks each `defaults` once, whether an action uses it or not.
    pub(super) fn check_defaults(&mut self) {
        let groups: Vec<(Option<usize>, &'a Defaults)> = self
            .defaults
            .iter()
            .map(|d| (None, *d))
            .chain(
                self.stages
                    .iter()
                    .enumerate()
                    .flat_map(|(i, s)| s.defaults.iter().map(move |d| (Some(i), *d))),
            )
            .collect();
        let mut seen: HashMap<(Option<usize>, Option<&str>), Span> = HashMap::new();
        for (stage, defaults) in groups {
            let context = match stage.and_then(|s| self.stages[s].members.first().map(|(_, id)| *id)) {
                Some(member) => self.stage_context(member),
                None => self.pipeline_context(),
            };
            let of = defaults.callee.as_ref().map(|path| path.text.as_str());
            let first = seen.insert((stage, of), defaults.span);
            self.within(context.here, |check| check.check_default(defaults, first, &context));
        }
    }

    fn check_default(&mut self, defaults: &'a Defaults, first: Option<Span>, context: &Context) {
        self.written_out(&defaults.body, "`defaults`");
        if let Some(first) = first {
            let (place, first) = (self.place(defaults.span), self.place(first));
            self.report(
                codes::DUPLICATE_NAME
                    .at(place, "these `defaults` are declared twice")
                    .also(first, "first declared here")
                    .help("put their fields into one"),
            );
        }
        let callee = match &defaults.callee {
            Some(path) => match self.default_callee(path) {
                Some(callee) => Some(callee),
                None => return,
            },
            None => None,
        };
        for entry in defaults.body.entries() {
            let Entry::Field(field) = entry else { continue };
            let name = field.key.text.as_str();
            let known = match callee {
                Some(callee) => known_fields(callee),
                None => GENERAL.to_vec(),
            };
            if known.contains(&name)
                && !["name", "output", "outputs", "inputs", "after", "variables"].contains(&name)
            {
                // Its type is checked for each action that it fills; here only its names are.
                self.eval(&field.value, context);
                continue;
            }
            self.unknown_default(field.key.span, name, callee, &known);
        }
    }

    /// The callee that `defaults` are for.
    fn default_callee(&mut self, path: &'a Path) -> Option<&'a Callee> {
        match self.called(path)? {
            Called::Callee(callee) => Some(callee),
            Called::Template(_) => {
                let place = self.place(path.span);
                self.report(
                    codes::NOT_CALLABLE
                        .at(
                            place,
                            format!("`{}` is a template, and has its defaults in its parameters", path.text),
                        )
                        .help("`defaults` are for an action type, as `defaults run { … }`"),
                );
                None
            }
        }
    }

    fn unknown_default(&mut self, span: Span, name: &str, callee: Option<&Callee>, known: &[&str]) {
        let place = self.place(span);
        let of = callee.map_or("all actions".to_owned(), |c| format!("`{}`", c.name));
        let diagnostic = codes::UNKNOWN_FIELD.at(place, format!("`{name}` cannot be a default of {of}"));
        self.report(match nearest(name, known.iter().copied()).filter(|near| *near != name) {
            Some(near) => diagnostic.did_you_mean(near),
            None if callee.is_none() && catalog::all().any(|c| c.field(name).is_some()) => diagnostic.help(
                "fields of one callee stand in `defaults callee { … }`, as `defaults run { image: \"…\" }`",
            ),
            None => diagnostic.help(format!("the fields are {}", and_list(known.iter().copied()))),
        });
    }
}
