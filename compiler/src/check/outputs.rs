//! What an action offers to others: artifacts and variables. Computed when first asked for, since any action may refer to
//! any other.

use std::rc::Rc;

use smol_str::SmolStr;

use super::actions::{Resolved, known_fields};
use super::collect::ACTION_FIELDS;
use super::values::meant;
use super::{Check, Context, SignatureState};
use crate::catalog::{self, Callee, Variables};
use crate::diagnostic::{Place, codes};
use crate::index::EntityKind;
use crate::span::Span;
use crate::syntax::ast::{Element, Entry, Expr, ExprKind, Name};
use crate::types::{ActionId, Ty, Val};
use crate::value::is_variable_name;

/// The fields that say what an action offers.
pub(super) const OFFERS: &[&str] = &["output", "outputs", "variables"];

/// What an action offers.
#[derive(Debug, Default)]
pub(super) struct Signature<'a> {
    pub(super) outputs: Vec<OutputDecl>,
    /// The variables that the action lists.
    pub(super) declared: Vec<(SmolStr, Place)>,
    /// The variables that its callee always has.
    fixed: &'a [catalog::Variable],
    /// Whether any other name is a variable, too.
    open: bool,
    /// What it offers could not be told; that was reported.
    pub(super) broken: bool,
}

/// An artifact that an action makes.
#[derive(Debug)]
pub(super) struct OutputDecl {
    /// Its id; none for the nameless one.
    pub(super) id: Option<SmolStr>,
    /// The exported name.
    pub(super) name: String,
    pub(super) files: Vec<String>,
    pub(super) place: Place,
}

impl Signature<'_> {
    /// Whether `name` is a variable, and where it is declared.
    pub(super) fn variable(&self, name: &str) -> Option<Option<Place>> {
        if let Some((_, place)) = self.declared.iter().find(|(n, _)| n == name) {
            return Some(Some(*place));
        }
        (self.open || self.fixed.iter().any(|v| v.name == name)).then_some(None)
    }

    /// The names of all artifacts and variables.
    pub(super) fn names(&self) -> Vec<String> {
        let artifacts = self.outputs.iter().filter_map(|o| o.id.as_ref().map(ToString::to_string));
        let declared = self.declared.iter().map(|(name, _)| name.to_string());
        artifacts.chain(declared).chain(self.fixed.iter().map(|v| v.name.clone())).collect()
    }
}

impl<'a> Check<'a> {
    /// What an action offers; `None` when it depends on itself, which is reported at `span`.
    pub(super) fn signature(&mut self, id: ActionId, span: Span) -> Option<Rc<Signature<'a>>> {
        match &self.action_members[id.index()].signature {
            SignatureState::Done(signature) => return Some(signature.clone()),
            SignatureState::InProgress => {
                let name = self.member(id).id.clone();
                self.error(&codes::CIRCULAR_LET, span, format!("what `{name}` offers depends on itself"));
                return None;
            }
            SignatureState::Unknown => {}
        }
        self.action_members[id.index()].signature = SignatureState::InProgress;
        let signature = Rc::new(self.compute_signature(id));
        self.action_members[id.index()].signature = SignatureState::Done(signature.clone());
        Some(signature)
    }

    fn compute_signature(&mut self, id: ActionId) -> Signature<'a> {
        let resolved = self.resolved(id);
        // What makes artifacts and variables is said where the callee is.
        let layer = resolved.layers.last().filter(|layer| !layer.instance);
        let (Some(callee), Some(layer)) = (resolved.callee, layer) else {
            // The unknown callee is reported where the action is checked.
            return Signature { broken: true, ..Signature::default() };
        };
        let (body, context) = (layer.body, layer.context.clone());
        let broken = resolved.is_broken() || self.misses_offers(&resolved, callee);
        let mut signature = Signature { broken, ..Signature::default() };
        let base = shell_name(&self.member(id).id);
        let name_place = self.action_place(self.member(id).written);
        self.within(context.here, |check| {
            let written = |check: &mut Self, name| {
                // What is worth `null` is as if it had not been written.
                written_field(body, name).filter(|(_, spec)| !check.is_null(spec, &context))
            };
            match (written(check, "output"), written(check, "outputs")) {
                (Some((key, spec)), None) => {
                    let place = check.place(key.span);
                    let output =
                        check.output(callee, spec, None, place, &base, &context, &mut signature.broken);
                    signature.outputs.push(output);
                }
                (None, Some((_, spec))) => check.outputs(callee, spec, &base, &context, &mut signature),
                (Some((key, _)), Some((other, _))) => {
                    signature.broken = true;
                    check.duplicate_key("output", other.span, key.span);
                }
                (None, None) if callee.outputs.min > 0 => {
                    signature.outputs.push(OutputDecl {
                        id: None,
                        name: base,
                        files: Vec::new(),
                        place: name_place,
                    });
                }
                (None, None) => {}
            }
            check.variables_of(callee, body, &context, &mut signature);
            check.disjoint(&signature);
        });
        signature
    }

    /// Whether what an action offers is said by a key that is none, or where it cannot be said: at an instance of a template.
    fn misses_offers(&self, resolved: &Resolved<'a>, callee: &Callee) -> bool {
        resolved.layers.iter().enumerate().any(|(at, layer)| {
            let entries = layer.body.entries();
            if !layer.instance {
                return meant(entries, &known_fields(callee)).iter().any(|field| OFFERS.contains(field));
            }
            let params = resolved.templates.get(at).map(|at| &self.modules.templates[*at].params.list);
            let params = params.into_iter().flatten().map(|param| param.name.text.as_str());
            let known: Vec<&str> = params.chain(ACTION_FIELDS.iter().copied()).collect();
            let all: Vec<&str> = known.iter().chain(OFFERS).copied().collect();
            let given = |name: &&str| !known.contains(name) && written_field(layer.body, name).is_some();
            OFFERS.iter().any(given) || meant(entries, &all).iter().any(|near| !known.contains(near))
        })
    }

    /// `a.x` is the artifact or the variable `x`, never both.
    fn disjoint(&mut self, signature: &Signature<'a>) {
        for output in &signature.outputs {
            let Some(id) = &output.id else { continue };
            let declared = signature.declared.iter().find(|(name, _)| name == id).map(|(_, span)| *span);
            let fixed = signature.fixed.iter().any(|variable| *id == variable.name);
            if declared.is_none() && !fixed {
                continue;
            }
            let mut diagnostic = codes::DUPLICATE_NAME
                .at(output.place, format!("`{id}` is an artifact and a variable of the same action"))
                .help("whoever names it could mean either; give the artifact another id");
            if let Some(place) = declared {
                diagnostic = diagnostic.also(place, "the variable");
            }
            self.report(diagnostic);
        }
    }

    pub(super) fn member_context(&self, id: ActionId) -> Context {
        let member = self.member(id);
        Context { bindings: member.bindings.clone(), ..self.stage(member.stage).inner.clone() }
    }

    fn variables_of(
        &mut self,
        callee: &'a Callee,
        body: &'a Expr,
        context: &Context,
        signature: &mut Signature<'a>,
    ) {
        let listed = written_field(body, "variables");
        match &callee.variables {
            Variables::None | Variables::Declared => {}
            Variables::Fixed(fixed) => signature.fixed = fixed,
            Variables::Open => signature.open = listed.is_none(),
        }
        let takes = matches!(callee.variables, Variables::Declared | Variables::Open);
        let Some((_, value)) = listed.filter(|_| takes) else { return };
        let result = self.eval(value, context);
        if matches!(result, Val::Null) {
            signature.open = matches!(callee.variables, Variables::Open);
            return;
        }
        let spans: Vec<Span> = match &value.kind {
            ExprKind::List(elements) => elements.iter().map(super::values::element_span).collect(),
            _ => Vec::new(),
        };
        let Val::List(items) = result else {
            signature.broken = true;
            if !matches!(result, Val::Error | Val::Unknown(_)) {
                self.mismatch(value.span, &Ty::List(Box::new(Ty::String)), &result, "`variables`");
            }
            return;
        };
        for (at, item) in items.iter().enumerate() {
            let span = spans.get(at).filter(|_| spans.len() == items.len()).copied().unwrap_or(value.span);
            match item {
                Val::Text(name) if is_variable_name(name) => {
                    if let Some((_, first)) = signature.declared.iter().find(|(n, _)| **n == **name).cloned()
                    {
                        self.duplicate_key(name, span, first.span);
                        continue;
                    }
                    self.define(EntityKind::Output, span);
                    signature.declared.push(((&**name).into(), self.place(span)));
                }
                Val::Text(name) => {
                    signature.broken = true;
                    let message =
                        format!("`{name}` cannot be the name of a variable: letters, digits and `_`");
                    self.error(&codes::BAD_VALUE, span, message);
                }
                Val::Error | Val::Unknown(_) => signature.broken = true,
                other => {
                    signature.broken = true;
                    self.mismatch(span, &Ty::String, other, "a variable's name");
                }
            }
        }
    }

    /// `outputs: { id: spec }` or `outputs: ["A", "B"]`
    fn outputs(
        &mut self,
        callee: &Callee,
        spec: &'a Expr,
        base: &str,
        context: &Context,
        signature: &mut Signature<'a>,
    ) {
        match &spec.kind {
            ExprKind::Record(entries) => {
                self.written_out(spec, "`outputs`");
                for entry in entries {
                    let Entry::Field(field) = entry else {
                        signature.broken = true;
                        continue;
                    };
                    let (id, span) = (Some(field.key.text.clone()), field.key.span);
                    if signature.outputs.iter().any(|o| o.id == id) {
                        continue;
                    }
                    self.define(EntityKind::Artifact, span);
                    let place = self.place(span);
                    let output =
                        self.output(callee, &field.value, id, place, base, context, &mut signature.broken);
                    signature.outputs.push(output);
                }
            }
            ExprKind::List(elements) => {
                for element in elements {
                    let span = super::values::element_span(element);
                    let id = match element {
                        Element::Value(expr) => self.eval(expr, context),
                        Element::Spread(_) => Val::Null,
                    };
                    let Val::Text(id) = id else {
                        signature.broken = true;
                        if !id.is_error() && !matches!(id, Val::Unknown(_)) {
                            let message = "the short form of `outputs` lists the ids one by one, as strings";
                            self.error(&codes::TYPE_MISMATCH, span, message);
                        }
                        continue;
                    };
                    self.define(EntityKind::Artifact, span);
                    let name = artifact_name(base, &id);
                    signature.outputs.push(OutputDecl {
                        id: Some((&*id).into()),
                        name,
                        files: Vec::new(),
                        place: self.place(span),
                    });
                }
            }
            ExprKind::Error => signature.broken = true,
            _ => {
                signature.broken = true;
                let place = self.place(spec.span);
                self.report(
                    codes::TYPE_MISMATCH
                        .at(place, "`outputs` is a record: an id and its files for each artifact")
                        .help("write `outputs: { site: \"dist/**\" }`; one artifact without a name is `output: \"dist/**\"`"),
                );
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one output is described by all of these")]
    fn output(
        &mut self,
        callee: &Callee,
        spec: &'a Expr,
        id: Option<SmolStr>,
        place: Place,
        base: &str,
        context: &Context,
        broken: &mut bool,
    ) -> OutputDecl {
        let name = id.as_ref().map_or_else(|| base.to_owned(), |id| artifact_name(base, id));
        let mut output = OutputDecl { id, name, files: Vec::new(), place };
        let value = self.eval(spec, context);
        let files = match value {
            Val::Record(fields) => {
                for (key, value) in fields.iter() {
                    match (key.as_str(), value) {
                        (_, Val::Error | Val::Unknown(_)) => *broken = true,
                        ("name", Val::Text(name)) => output.name = name.to_string(),
                        ("files", _) => {}
                        ("name", other) => drop(self.mismatch(spec.span, &Ty::String, other, "`name`")),
                        (other, _) => {
                            *broken = true;
                            self.unknown_key(spec.span, "an output", other, &["files", "name"]);
                        }
                    }
                }
                fields.get("files").cloned()
            }
            Val::Error | Val::Unknown(_) => {
                *broken = true;
                None
            }
            other => Some(other),
        };
        if let Some(files) = files {
            if callee.globs {
                output.files = self.globs(&files, spec.span).unwrap_or_default();
            } else {
                let place = self.place(spec.span);
                let name = &callee.name;
                self.report(
                    codes::BAD_VALUE
                        .at(place, format!("`{name}` decides itself which files its artifact holds"))
                        .help("its outputs take only a name: `output: { name: \"App\" }`"),
                );
            }
        } else if callee.globs && !*broken {
            let place = self.place(spec.span);
            self.report(
                codes::MISSING_FIELD
                    .at(place, "this output does not say which files it holds")
                    .help("give it globs: `\"dist/**\"`, or `{ files: [\"dist/**\"], name: \"Dist\" }`"),
            );
        }
        output
    }
}

/// The value of a field, as written.
fn written_field<'a>(body: &'a Expr, name: &str) -> Option<(&'a Name, &'a Expr)> {
    body.entries().iter().find_map(|entry| match entry {
        Entry::Field(field) if field.key.text == name => Some((&field.key, &field.value)),
        _ => None,
    })
}

/// Letters, digits and `_` only: CodeBuild makes a shell variable's name of an artifact's.
fn shell_name(text: &str) -> String {
    text.replace(|c: char| !c.is_ascii_alphanumeric(), "_")
}

/// The exported name of an output that the user did not name: it never depends on what else the pipeline has.
fn artifact_name(base: &str, id: &str) -> String {
    format!("{base}_{}", shell_name(id))
}
