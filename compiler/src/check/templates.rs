//! Templates: what their names mean, and what their parameters are worth in an instance.

use std::rc::Rc;

use super::bounds::{MAX_ARGUMENTS, MAX_FIELDS};
use super::collect::{ACTION_FIELDS, STAGE_FIELDS};
use super::context::{Binding, Bindings, Bound, Context, Here, InstanceId};
use super::link::{not_declared, private};
use super::modules::{Callable, Found, TemplateBody};
use super::outputs::OFFERS;
use super::values::{and_list, meant};
use super::{Check, InstanceInfo, ParamValue};
use crate::diagnostic::words::with_article;
use crate::diagnostic::{Place, codes, nearest};
use crate::index::EntityKind;
use crate::span::Span;
use crate::syntax::ast::{Entry, Expr, ExprKind, Params, Path};
use crate::types::{Ty, Val};

impl<'a> Check<'a> {
    /// What a path behind `=` names in the user's files; none where it names something of the catalog, or nothing, which is
    /// reported.
    pub(super) fn callable(&mut self, path: &Path) -> Option<Callable> {
        self.refer_head(&path.text, path.span);
        let place = self.place(path.span);
        match self.modules.callable(self.here.module, &path.text) {
            Found::Yes(declared) => {
                let kind = match declared.what {
                    Callable::Template(_) => EntityKind::Template,
                    Callable::Callee(_) => EntityKind::Callee,
                };
                self.index.record(kind, place, declared.place);
                Some(declared.what)
            }
            Found::Private(hidden) => {
                self.report(private(place, &path.text, hidden));
                None
            }
            Found::NotIn(module) => {
                if self.of_another_kind(&path.text, place, "an action type or a template") {
                    return None;
                }
                let file = self.modules.module(module).name;
                let names = self.modules.visible(module, |m| &m.callables);
                self.report(not_declared(place, file, "", &path.text, &names));
                None
            }
            Found::Unread => None,
            Found::No => {
                self.unknown_callable(path);
                None
            }
        }
    }

    /// The template that a path names; otherwise that is reported.
    pub(super) fn template_of(&mut self, path: &Path, wanted: &str) -> Option<usize> {
        match self.callable(path)? {
            Callable::Template(at) => {
                let template = self.modules.templates[at];
                let fits = match template.body {
                    TemplateBody::Pipeline(_) => wanted == "pipeline",
                    TemplateBody::Stage(_) => wanted == "stage",
                    TemplateBody::Action(_) => wanted == "action",
                };
                if fits {
                    return Some(at);
                }
                let place = self.place(path.span);
                let definition = self.modules.place(template.module, template.name().span);
                self.report(
                    codes::NOT_CALLABLE
                        .at(
                            place,
                            format!(
                                "`{}` is {} and makes no {wanted}",
                                path.text,
                                with_article(template.kind())
                            ),
                        )
                        .also(definition, "declared here"),
                );
                None
            }
            Callable::Callee(_) => {
                let place = self.place(path.span);
                self.report(
                    codes::NOT_CALLABLE
                        .at(place, format!("`{}` is an action type and makes no {wanted}", path.text))
                        .help(format!("actions call it: `action name = {} {{ … }}`", path.text)),
                );
                None
            }
        }
    }

    fn unknown_callable(&mut self, path: &Path) {
        let name = path.text.as_str();
        let head = name.split('.').next().unwrap_or(name);
        if name.is_empty() || self.opaque.contains(head) {
            return;
        }
        let place = self.place(path.span);
        if self.of_another_kind(name, place, "a template") {
            return;
        }
        let own = self.modules.written(self.here.module, |m| &m.callables);
        let diagnostic = codes::UNKNOWN_CALLEE.at(place, format!("there is no template `{name}`"));
        self.report(match nearest(name, own.iter().map(String::as_str)) {
            Some(near) => diagnostic.did_you_mean(near),
            None => diagnostic
                .help("templates have parameters: `stage ship(env: string) { … }`, at the top of this file or of one that it uses"),
        });
    }

    /// Enters an instance of a template: where its body stands from now on.
    pub(super) fn instance(
        &mut self,
        template: usize,
        (name, place): (&str, Place),
        kind: &str,
        outer: Option<InstanceId>,
    ) -> Here {
        let of = &self.modules.templates[template].name().text;
        let what = format!("the {kind} `{name}`, an instance of `{of}`");
        self.instances.push(InstanceInfo { place, what, outer });
        let id = InstanceId(u32::try_from(self.instances.len() - 1).unwrap_or(u32::MAX));
        Here { module: self.modules.templates[template].module, instance: Some(id) }
    }

    /// What the parameters of a template are in an instance: its arguments, which are computed in `context` when they are
    /// asked for, or the defaults.
    pub(super) fn bind_arguments(
        &mut self,
        at: usize,
        body: &'a Expr,
        span: Span,
        context: &Context,
        here: Here,
    ) -> Bindings {
        let template = self.modules.templates[at];
        let mut bindings: Vec<Binding> = Vec::new();
        let mut missing: Vec<&str> = Vec::new();
        let broken = !matches!(body.kind, ExprKind::Record(_))
            || body.entries().iter().any(|entry| !matches!(entry, Entry::Field(_)));
        if self.params.len() > MAX_ARGUMENTS {
            let place = self.place(span);
            self.report(
                codes::TOO_MANY
                    .at(place, format!("all instances together have more than {MAX_ARGUMENTS} arguments"))
                    .help("pass records of what belongs together"),
            );
            return Rc::default();
        }
        for param in template.params.list.iter().take(MAX_FIELDS) {
            let place = self.modules.place(template.module, param.name.span);
            let argument = body.entries().iter().find_map(|entry| match entry {
                Entry::Field(field) if field.key.text == param.name.text => Some(field),
                _ => None,
            });
            let source = match (argument, &param.default) {
                (Some(field), _) => {
                    self.refer(EntityKind::Param, field.key.span, place);
                    Some((&field.value, context.without_uses()))
                }
                // A default sees the file of its template, and the parameters before it.
                (None, Some(default)) => {
                    let bindings = Rc::new(bindings.clone());
                    Some((default, Context { bindings, ..Context::file(here) }))
                }
                (None, None) => {
                    let optional = matches!(param.ty.kind, crate::syntax::ast::TypeKind::Optional(_));
                    if !optional {
                        missing.push(&param.name.text);
                    }
                    None
                }
            };
            let absent =
                source.is_none() && matches!(param.ty.kind, crate::syntax::ast::TypeKind::Optional(_));
            let state = absent.then_some(super::LetState::Done(Val::Null));
            self.params.push(ParamValue {
                name: &param.name,
                source,
                ty: &param.ty,
                home: Here { module: template.module, instance: None },
                place,
                state,
                fixed: absent,
            });
            let value = Bound::Param(self.params.len() - 1);
            bindings.push(Binding { name: param.name.text.clone(), value, place });
        }
        self.check_arguments(at, body);
        if !missing.is_empty() && !broken {
            self.missing_arguments(at, span, &missing, body);
        }
        Rc::new(bindings)
    }

    fn missing_arguments(&mut self, at: usize, span: Span, missing: &[&str], body: &Expr) {
        // A misspelt argument was reported as that.
        let known: Vec<&str> =
            self.modules.templates[at].params.list.iter().map(|p| p.name.text.as_str()).collect();
        let misspelt = meant(body.entries(), &known);
        let missing: Vec<&str> = missing.iter().copied().filter(|name| !misspelt.contains(name)).collect();
        if missing.is_empty() {
            return;
        }
        let template = self.modules.templates[at];
        let list = and_list(missing.iter().copied());
        let place = self.place(span);
        let mut diagnostic =
            codes::MISSING_FIELD.at(place, format!("the template `{}` needs {list}", template.name().text));
        for param in template.params.list.iter().filter(|p| missing.contains(&p.name.text.as_str())) {
            let declared = self.modules.place(template.module, param.span);
            diagnostic = diagnostic.also(declared, "the parameter is declared here");
        }
        self.report(diagnostic);
    }

    /// Reports arguments that are neither parameters nor fields that every instance has, and double ones.
    fn check_arguments(&mut self, at: usize, body: &'a Expr) {
        let template = self.modules.templates[at];
        let common = match template.body {
            TemplateBody::Action(_) => ACTION_FIELDS,
            TemplateBody::Stage(_) => STAGE_FIELDS,
            TemplateBody::Pipeline(_) => &STAGE_FIELDS[..1],
        };
        self.written_out(body, "the arguments of a template");
        for entry in body.entries() {
            let Entry::Field(field) = entry else { continue };
            let name = field.key.text.as_str();
            let params = template.params.list.iter().map(|param| param.name.text.as_str());
            if params.clone().any(|param| param == name) || common.contains(&name) {
                continue;
            }
            let place = self.place(field.key.span);
            let of = &template.name().text;
            let diagnostic =
                codes::UNKNOWN_FIELD.at(place, format!("the template `{of}` has no parameter `{name}`"));
            let definition = self.modules.place(template.module, template.name().span);
            let diagnostic = diagnostic.also(definition, "the template is declared here");
            self.report(match nearest(name, params.clone().chain(common.iter().copied())) {
                Some(near) => diagnostic.did_you_mean(near),
                None => {
                    let list: Vec<&str> = params.collect();
                    diagnostic.help(match list.len() {
                        _ if OFFERS.contains(&name) => {
                            "what an action makes is said where its action type is: in the template"
                                .to_owned()
                        }
                        0 => "it has none".to_owned(),
                        1 => format!("its only parameter is `{}`", list[0]),
                        _ => format!("its parameters are {}", and_list(list.into_iter())),
                    })
                }
            });
        }
    }

    /// Parameters that may be anything of their types. Defaults are held against those even where no instance takes them.
    pub(super) fn unknown_arguments(&mut self, params: &'a Params, home: Here) -> Bindings {
        let mut bindings: Vec<Binding> = Vec::new();
        for param in &params.list {
            let place = self.modules.place(home.module, param.name.span);
            let (name, ty) = (&param.name, &param.ty);
            let wanted = self.within(home, |check| check.type_of(ty));
            if let Some(default) = &param.default {
                let context = Context { bindings: Rc::new(bindings.clone()), ..Context::file(home) };
                let value = self.eval(default, &context);
                self.within(home, |check| {
                    check.conform(value, &wanted, default.span, &format!("`{}`", name.text))
                });
            }
            self.params.push(ParamValue { name, source: None, ty, home, place, state: None, fixed: false });
            let value = Bound::Param(self.params.len() - 1);
            bindings.push(Binding { name: name.text.clone(), value, place });
        }
        Rc::new(bindings)
    }

    /// Looks up the names in arguments that belong to nothing.
    pub(super) fn look_up(&mut self, entries: &'a [Entry], context: &Context) {
        for entry in entries {
            match entry {
                Entry::Field(field) => drop(self.eval(&field.value, context)),
                Entry::Spread(expr) => drop(self.eval(expr, context)),
                Entry::Error(_) => {}
            }
        }
    }
}

/// The value that a text from the command line stands for.
pub(super) fn from_text(text: &str, ty: &Ty) -> Option<Val> {
    match ty {
        Ty::String | Ty::Any => Some(Val::text(text)),
        Ty::Literals(texts) => texts.iter().any(|t| t == text).then(|| Val::text(text)),
        Ty::Int => text.parse().ok().map(Val::Int),
        Ty::Bool => text.parse().ok().map(Val::Bool),
        Ty::Duration => crate::syntax::duration(text).map(Val::Duration),
        Ty::Optional(_) if text == "null" => Some(Val::Null),
        Ty::Optional(inner) => from_text(text, inner),
        Ty::List(inner) => {
            let parts = text.split(',').filter(|part| !part.is_empty());
            parts.map(|part| from_text(part, inner)).collect::<Option<Vec<_>>>().map(Val::list)
        }
        _ => None,
    }
}
