//! Calls: of the built-in functions, of functions that files declare, and of `aws.cfn`.

use std::rc::Rc;

use super::super::{Binding, Bound, Check, Context, Here, modules};
use crate::diagnostic::{Place, codes, nearest};
use crate::index::EntityKind;
use crate::span::Span;
use crate::syntax::ast::{Expr, ExprKind, Name};
use crate::types::{Segment, Ty, Val};

/// How deep functions may call each other.
const MAX_CALLS: usize = 64;

impl<'a> Check<'a> {
    pub(super) fn call(
        &mut self,
        expr: &'a Expr,
        function: &'a Expr,
        arguments: &'a [Expr],
        context: &Context,
    ) -> Val {
        match &function.kind {
            ExprKind::Name(name) => {
                let module = self.modules.module(self.here.module);
                if let Some(declared) = module.values.get(name).copied()
                    && let modules::Value::Function(index) = declared.what
                {
                    self.refer(EntityKind::Function, function.span, declared.place);
                    return self.call_function(index, expr, arguments, context);
                }
                self.call_builtin(expr, name, function.span, arguments, context)
            }
            ExprKind::Member(base, member) => {
                if let ExprKind::Name(engine) = &base.kind
                    && engine == "aws"
                    && member.text == "cfn"
                {
                    return self.cloudformation(expr, arguments, context);
                }
                let ExprKind::Name(module) = &base.kind else {
                    return self.not_a_function(function, arguments, context);
                };
                match self.function_of(module, base.span, member) {
                    Some(Ok(index)) => self.call_function(index, expr, arguments, context),
                    Some(Err(())) => {
                        arguments.iter().for_each(|argument| drop(self.eval(argument, context)));
                        Val::Error
                    }
                    // The file is what is misspelt, or missing.
                    None if module != "aws" && !self.means_anything(module, context) => {
                        arguments.iter().for_each(|argument| drop(self.eval(argument, context)));
                        self.eval(base, context)
                    }
                    None => self.not_a_function(function, arguments, context),
                }
            }
            _ => self.not_a_function(function, arguments, context),
        }
    }

    /// Whether a name in front of a dot has any meaning, as a value or as a file.
    fn means_anything(&self, name: &str, context: &Context) -> bool {
        self.is_named(name, context) || self.modules.module(self.here.module).modules.contains_key(name)
    }

    fn not_a_function(&mut self, function: &'a Expr, arguments: &'a [Expr], context: &Context) -> Val {
        arguments.iter().for_each(|argument| drop(self.eval(argument, context)));
        if let ExprKind::Member(base, member) = &function.kind
            && matches!(&base.kind, ExprKind::Name(name) if name == "aws")
            && !member.text.is_empty()
        {
            let place = self.place(function.span);
            let diagnostic =
                codes::UNKNOWN_FUNCTION.at(place, format!("there is no function `aws.{}`", member.text));
            self.report(match nearest(&member.text, ["cfn"]) {
                Some(_) => diagnostic.did_you_mean("aws.cfn"),
                None => diagnostic.help("the only function of `aws` is `aws.cfn`"),
            });
            return Val::Error;
        }
        if let ExprKind::Member(base, _) = &function.kind
            && let ExprKind::Name(name) = &base.kind
            && self.modules.module(self.here.module).opaque.contains(name)
        {
            // A file that could not be used, which was reported.
            return Val::Error;
        }
        self.error(&codes::UNKNOWN_FUNCTION, function.span, "only functions can be called")
    }

    /// The function `module.name`; none where the first is no module, `Err` where that was reported.
    fn function_of(&mut self, module: &str, span: Span, member: &Name) -> Option<Result<usize, ()>> {
        let module = *self.modules.module(self.here.module).modules.get(module)?;
        self.refer(EntityKind::Module, span, module.place);
        let Some(declared) = self.value_in(module.what, member, "a function ") else { return Some(Err(())) };
        match declared.what {
            modules::Value::Function(index) => {
                self.refer(EntityKind::Function, member.span, declared.place);
                Some(Ok(index))
            }
            modules::Value::Let(_) => None,
        }
    }

    /// A function of a file: its value with the arguments in the place of its parameters.
    fn call_function(
        &mut self,
        index: usize,
        expr: &'a Expr,
        arguments: &'a [Expr],
        context: &Context,
    ) -> Val {
        let owned = self.modules.functions[index];
        let params = &owned.ast.params.list;
        let values: Vec<Val> = arguments.iter().map(|argument| self.eval(argument, context)).collect();
        let least = params.iter().rposition(|param| param.default.is_none()).map_or(0, |at| at + 1);
        if values.len() < least || values.len() > params.len() {
            return self.wrong_count(index, expr.span, least, values.len());
        }
        if let Some(from) = self.calls.iter().position(|(called, _)| *called == index) {
            return self.recursive_function(from, expr.span);
        }
        if self.calls.len() >= MAX_CALLS {
            return self.too_deep(expr.span);
        }
        let called = self.place(expr.span);
        let here = Here { module: owned.module, instance: self.here.instance };
        let mut bindings: Vec<Binding> = Vec::new();
        for (at, param) in params.iter().enumerate() {
            let wanted = self.within(here, |check| check.type_of(&param.ty));
            let what = format!("`{}`", param.name.text);
            let value = match (values.get(at), &param.default) {
                (Some(value), _) => self.conform(value.clone(), &wanted, arguments[at].span, &what),
                (None, Some(default)) => {
                    let inner = Context { bindings: Rc::new(bindings.clone()), ..Context::file(here) };
                    let value = self.eval(default, &inner);
                    self.within(here, |check| check.conform(value, &wanted, default.span, &what))
                }
                (None, None) => Val::Error,
            };
            let place = self.modules.place(owned.module, param.name.span);
            bindings.push(Binding { name: param.name.text.clone(), value: Bound::Value(value), place });
        }
        let inner = Context { bindings: Rc::new(bindings), ..Context::file(here) };
        self.function_value(index, called, &inner)
    }

    /// Reports functions that call each other in a circle, once: it is the same one wherever it is entered. `from` is where
    /// it begins in the calls that are under way, and `span` is the call that closes it.
    fn recursive_function(&mut self, from: usize, span: Span) -> Val {
        let mut circle = self.calls[from..].to_vec();
        circle[0].1 = self.place(span);
        let first = (0..circle.len()).min_by_key(|at| circle[*at].0).unwrap_or_default();
        circle.rotate_left(first);
        let name = |at: usize| self.modules.functions[circle[at % circle.len()].0].ast.name.text.as_str();
        let owned = self.modules.functions[circle[0].0];
        let definition = self.modules.place(owned.module, owned.ast.name.span);
        let message = if circle.len() == 1 {
            format!("the function `{}` calls itself", name(0))
        } else {
            let names: Vec<String> = (0..=circle.len()).map(|at| format!("`{}`", name(at))).collect();
            format!("these functions call each other: {}", names.join(" → "))
        };
        let calls = (1..=circle.len()).map(|at| {
            let (caller, called) = (name(at - 1), name(at));
            (circle[at % circle.len()].1, format!("`{caller}` calls `{called}` here"))
        });
        let calls: Vec<(Place, String)> = calls.collect();
        if !self.seen.insert((codes::RECURSION.id, definition, message.clone())) {
            return Val::Error;
        }
        let (place, mut label) = calls[0].clone();
        if circle.len() == 1 {
            label = "called again here".to_owned();
        }
        let mut diagnostic = codes::RECURSION.at(place, message).label(label);
        for (place, label) in calls.into_iter().skip(1) {
            diagnostic = diagnostic.also(place, label);
        }
        self.report(diagnostic.help("evaluation always ends: walk a list with `[… for x in list]` instead"));
        Val::Error
    }

    fn too_deep(&mut self, span: Span) -> Val {
        // What all calls of a chain meet is said at the first that meets it.
        if !self.diagnostics.iter().any(|said| said.code.id == codes::TOO_MANY.id) {
            let place = self.place(span);
            let message = format!("functions call each other more than {MAX_CALLS} deep");
            self.report(codes::TOO_MANY.at(place, message).help("write a part of the chain as one function"));
        }
        Val::Error
    }

    /// The value of a function whose parameters are bound, held against its type. `called` is where it is called.
    fn function_value(&mut self, index: usize, called: Place, inner: &Context) -> Val {
        let owned = self.modules.functions[index];
        self.calls.push((index, called));
        let value = self.eval(&owned.ast.value, inner);
        self.calls.pop();
        let Some(result) = &owned.ast.result else { return value };
        self.within(inner.here, |check| {
            let wanted = check.type_of(result);
            check.conform(
                value,
                &wanted,
                owned.ast.value.span,
                &format!("what `{}` gives", owned.ast.name.text),
            )
        })
    }

    fn wrong_count(&mut self, index: usize, span: Span, least: usize, given: usize) -> Val {
        let owned = self.modules.functions[index];
        let most = owned.ast.params.list.len();
        let takes = match (least, most) {
            (0, 0) => "no arguments".to_owned(),
            (1, 1) => "1 argument".to_owned(),
            (least, most) if least == most => format!("{most} arguments"),
            (least, most) => format!("{least} to {most} arguments"),
        };
        let names = owned.ast.params.list.iter().map(|param| param.name.text.as_str());
        let usage = format!("{}({})", owned.ast.name.text, names.collect::<Vec<_>>().join(", "));
        let definition = self.modules.place(owned.module, owned.ast.name.span);
        let given = match given {
            0 => "none is given".to_owned(),
            1 => "1 is given".to_owned(),
            _ => format!("{given} are given"),
        };
        let place = self.place(span);
        self.report(
            codes::WRONG_ARGUMENTS
                .at(place, format!("`{}` takes {takes}, and {given}", owned.ast.name.text))
                .also(definition, "declared here")
                .help(format!("it is called as `{usage}`")),
        );
        Val::Error
    }

    /// A function is checked by itself: its parameters may be anything of their types.
    pub(in super::super) fn probe_function(&mut self, index: usize) {
        let owned = self.modules.functions[index];
        let here = Here { module: owned.module, instance: None };
        let outer = std::mem::replace(&mut self.probing, true);
        let bindings = self.unknown_arguments(&owned.ast.params, here);
        let inner = Context { bindings, ..Context::file(here) };
        let declared = self.modules.place(owned.module, owned.ast.name.span);
        self.function_value(index, declared, &inner);
        self.probing = outer;
    }

    /// `aws.cfn({ "Ref": "Bucket" })`: a text that only CloudFormation knows.
    fn cloudformation(&mut self, expr: &'a Expr, arguments: &'a [Expr], context: &Context) -> Val {
        let values: Vec<Val> = arguments.iter().map(|argument| self.eval(argument, context)).collect();
        let [value] = values.as_slice() else {
            let place = self.place(expr.span);
            self.report(
                codes::WRONG_ARGUMENTS
                    .at(place, "`aws.cfn` takes 1 argument")
                    .help("it is called as `aws.cfn({ \"Ref\": \"Bucket\" })`"),
            );
            return Val::Error;
        };
        if value.is_error() {
            return Val::Error;
        }
        if value.holds(&|v| matches!(v, Val::Unknown(_))) {
            return Val::Unknown(Ty::String);
        }
        let Val::Record(fields) = value else {
            return self.mismatch(
                arguments[0].span,
                &Ty::Map(Box::new(Ty::Any)),
                value,
                "what `aws.cfn` takes",
            );
        };
        if fields.len() != 1 {
            let place = self.place(arguments[0].span);
            let found = if fields.is_empty() { "none".to_owned() } else { fields.len().to_string() };
            self.report(
                codes::WRONG_ARGUMENTS
                    .at(place, format!("an expression of CloudFormation has one key, and this has {found}"))
                    .help("the key is a function of CloudFormation: `aws.cfn({ \"Ref\": \"Bucket\" })`"),
            );
            return Val::Error;
        }
        match super::functions::to_json(value) {
            Some(json) => Val::Run(Rc::from([Segment::Deploy(json.to_string().into())])),
            None => {
                let place = self.place(arguments[0].span);
                self.report(
                    codes::DEPLOY_TIME
                        .at(place, "CloudFormation cannot know this: it is known only at run")
                        .help("an expression of CloudFormation holds constants: `aws.cfn({ \"Ref\": \"Bucket\" })`"),
                );
                Val::Error
            }
        }
    }
}
