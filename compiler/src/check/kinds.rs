//! Things that are called and are of another kind than what is wanted there.

use super::Check;
use super::modules::{Callable, Found, Value};
use crate::catalog;
use crate::diagnostic::{Label, Place, codes};
use crate::syntax::ast::{Expr, ExprKind, Name};

impl Check<'_> {
    /// Reports that `name` exists and is something else than `wanted`; false where nothing has that name.
    pub(super) fn of_another_kind(&mut self, name: &str, place: Place, wanted: &str) -> bool {
        let Some((kind, help)) = self.kind_of(name) else { return false };
        self.report(
            codes::NOT_CALLABLE.at(place, format!("`{name}` is {kind}, and {wanted} is wanted")).help(help),
        );
        true
    }

    /// A member that a value lacks and a file of the value's name has: whoever wrote it means the file. `said` is how many
    /// diagnostics there were before the member was looked up.
    pub(super) fn may_mean_a_file(&mut self, said: usize, base: &Expr, member: &Name) {
        let ExprKind::Name(name) = &base.kind else { return };
        let Some(used) = self.modules.module(self.here.module).modules.get(name) else { return };
        if !self.modules.module(used.what).values.contains_key(&member.text) {
            return;
        }
        let place = used.place;
        if let Some(diagnostic) = self.diagnostics.get_mut(said) {
            diagnostic.fix = None;
            diagnostic.help = vec![format!(
                "give the file another name, which nothing hides: `use \"…\" as other`, `other.{}`",
                member.text
            )];
            diagnostic
                .labels
                .push(Label { place, text: format!("this file is hidden by what is called `{name}`") });
        }
    }

    fn kind_of(&self, name: &str) -> Option<(&'static str, String)> {
        let here = self.here.module;
        let action = ("an action type", format!("actions call it: `action name = {name} {{ … }}`"));
        let rule = ("a rule", format!("gates ask it: `gate name on entry = {name} {{ … }} else fail`"));
        match self.modules.callable(here, name) {
            Found::Yes(declared) => match declared.what {
                Callable::Callee(_) => return Some(action),
                Callable::Template(at) => {
                    let kind = self.modules.templates[at].kind();
                    let word = kind.split(' ').next().unwrap_or(kind);
                    let kind = match word {
                        "action" => "an action template",
                        "stage" => "a stage template",
                        _ => "a pipeline template",
                    };
                    return Some((kind, format!("it makes a declaration: `{word} name = {name} {{ … }}`")));
                }
            },
            _ if catalog::find(name).is_some() => return Some(action),
            _ => {}
        }
        if matches!(self.modules.rule(here, name), Found::Yes(_)) || catalog::find_rule(name).is_some() {
            return Some(rule);
        }
        let module = self.modules.module(here);
        if let Some(used) = module.modules.get(name) {
            let names = self.modules.visible(used.what, |m| &m.callables);
            let example = names.first().map_or("…", String::as_str);
            return Some(("a file that is used", format!("name something in it, as `{name}.{example}`")));
        }
        let (file, word) = match name.split_once('.') {
            Some((file, word)) => (self.modules.module(module.modules.get(file)?.what), word),
            None => (module, name),
        };
        if file.types.contains_key(word) {
            return Some(("a type", "types stand behind `:`, as in `let x: Type = …`".to_owned()));
        }
        match file.values.get(word)?.what {
            Value::Function(_) => Some(("a function", format!("it gives a value: `{name}(…)`"))),
            Value::Let(_) => {
                Some(("a value", "what is called are action types, rules and templates".to_owned()))
            }
        }
    }
}
