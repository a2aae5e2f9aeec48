//! Families and conditions: which stages and actions exist, and what they are called.

use std::collections::HashMap;
use std::rc::Rc;

use smol_str::SmolStr;

use super::values::{and_list, bare_word};
use super::{ActionMember, Binding, Bound, Check, Context, Scope, SignatureState, StageMember};
use crate::diagnostic::{Diagnostic, Place, codes};
use crate::span::Span;
use crate::syntax::ast::{Element, Expr, ExprKind, For};
use crate::types::{ActionId, StageId, Ty, Val};

/// How many stages and actions a pipeline may expand to; far above every engine's limit, so that evaluation stays bounded.
const MAX_MEMBERS: usize = 100_000;
/// How many elements that are in a list twice a message shows.
const MAX_SHOWN: usize = 8;

/// One member: the text of its key, none outside a family, and what its `for` binds.
struct Member {
    key: Option<SmolStr>,
    bindings: Vec<Binding>,
}

impl<'a> Check<'a> {
    /// Expands all stages and actions of the pipeline.
    pub(super) fn expand(&mut self) {
        self.expanding = true;
        for written in 0..self.stages.len() {
            let (name, each, condition) =
                (self.stages[written].name, self.stages[written].each, self.stages[written].condition);
            // The head stands outside the body, and sees none of its names.
            let context = self.pipeline_context();
            let members = self.members(each, &context);
            let mut ids = Vec::new();
            for member in members {
                if self.stage_members.len() >= MAX_MEMBERS {
                    self.error(
                        &codes::TOO_MANY,
                        name.span,
                        format!("the pipeline has more than {MAX_MEMBERS} stages"),
                    );
                    break;
                }
                let outer = context.bind(&member.bindings);
                let removed = self.removed(condition, &outer);
                let id = StageId(u32::try_from(self.stage_members.len()).unwrap_or(u32::MAX));
                ids.push((member.key.clone().unwrap_or_default(), id));
                let inner = self.body_context(written, id, &outer);
                self.stage_members.push(StageMember {
                    written,
                    id: member_name(&name.text, member.key.as_deref()),
                    outer,
                    inner,
                    removed,
                    actions: HashMap::new(),
                });
            }
            self.stages[written].members = Rc::new(ids.clone());
            for (_, id) in ids {
                self.expand_actions(written, id);
            }
        }
        self.expanding = false;
        self.forget_values();
    }

    /// Where the body of a stage stands: in the pipeline, or in its template with the arguments of the instance.
    fn body_context(&mut self, written: usize, id: StageId, outer: &Context) -> Context {
        let (stage, written_stage) = (Some(id), Some(written));
        let Some(instance) = self.stages[written].instance else {
            return Context { stage, written_stage, ..outer.clone() };
        };
        let (ast, template) = (instance.ast, instance.template);
        let named = (ast.name.text.as_str(), self.stage_place(written));
        let here = self.instance(template, named, "stage", outer.here.instance);
        let bindings = self.bind_arguments(template, &ast.body, ast.template.span, outer, here);
        Context { here, scope: Scope::Template, stage, written_stage, bindings, records: false }
    }

    fn expand_actions(&mut self, written_stage: usize, stage: StageId) {
        let here = self.stage(stage).inner.here;
        self.within(here, |check| check.expand_actions_of(written_stage, stage));
    }

    fn expand_actions_of(&mut self, written_stage: usize, stage: StageId) {
        for written in self.stages[written_stage].order.clone() {
            let ast = self.actions[written].ast;
            let context = self.stage_context(stage);
            let members = self.members(ast.each.as_ref(), &context);
            let mut ids = Vec::new();
            for member in members {
                if self.action_members.len() >= MAX_MEMBERS {
                    self.error(
                        &codes::TOO_MANY,
                        ast.name.span,
                        format!("the pipeline has more than {MAX_MEMBERS} actions"),
                    );
                    return;
                }
                let member_context = context.bind(&member.bindings);
                let removed =
                    self.stage(stage).removed.or(self.removed(ast.condition.as_ref(), &member_context));
                let id = ActionId(u32::try_from(self.action_members.len()).unwrap_or(u32::MAX));
                ids.push((member.key.clone().unwrap_or_default(), id));
                let name = member_name(&ast.name.text, member.key.as_deref());
                self.action_members.push(ActionMember {
                    written,
                    stage,
                    id: format!("{}.{name}", self.stage(stage).id),
                    bindings: member_context.bindings,
                    removed,
                    signature: SignatureState::Unknown,
                    resolved: None,
                });
            }
            self.stage_members[stage.index()].actions.insert(written, Rc::new(ids));
        }
    }

    /// The members that a `for` makes; one without a key where there is none.
    fn members(&mut self, each: Option<&'a For>, context: &Context) -> Vec<Member> {
        let Some(each) = each else { return vec![Member { key: None, bindings: Vec::new() }] };
        let Some(rounds) = self.rounds(each, &context.without_uses()) else { return Vec::new() };
        if self.probing && rounds.iter().flatten().any(|b| matches!(b.value, Bound::Value(Val::Unknown(_)))) {
            // Which members there are only an instance knows: one stands for them.
            let bindings = rounds.into_iter().next().unwrap_or_default();
            return vec![Member { key: None, bindings }];
        }
        let mut seen = HashMap::new();
        let mut again: Vec<(SmolStr, Span, Span)> = Vec::new();
        let mut members = Vec::new();
        let spans = element_spans(&each.list, rounds.len());
        for (at, bindings) in rounds.into_iter().enumerate() {
            let span = spans.get(at).copied().unwrap_or(each.list.span);
            let first = bindings.first().map(|binding| self.bound(binding));
            let Some(key) = first.and_then(|value| self.key(&value, span)) else { continue };
            if let Some(first) = seen.insert(key.clone(), span) {
                again.push((key, span, first));
                continue;
            }
            members.push(Member { key: Some(key), bindings });
        }
        self.twice(&again);
        members
    }

    /// Reports the elements of a family's list that it has already: their keys, and where each stands and stood before.
    fn twice(&mut self, again: &[(SmolStr, Span, Span)]) {
        let Some((_, span, first)) = again.first() else { return };
        let mut keys: Vec<&str> = Vec::new();
        for (key, ..) in again {
            if !keys.contains(&key.as_str()) && keys.len() < MAX_SHOWN {
                keys.push(key);
            }
        }
        let (are, these) =
            if keys.len() == 1 { ("is", "this one") } else { ("are", "those that come again") };
        let (place, first) = (self.place(*span), self.place(*first));
        let mut diagnostic = codes::BAD_FAMILY
            .at(place, format!("{} {are} in this list twice", and_list(keys.into_iter())))
            .label("would be a second member of this name")
            .help(format!("each element makes one member and is part of its name; remove {these}"));
        if first != place {
            diagnostic = diagnostic.also(first, "the first one");
        }
        for (_, span, _) in again.iter().take(MAX_SHOWN).skip(1) {
            let other = self.place(*span);
            if other != place {
                diagnostic = diagnostic.also(other, "another one");
            }
        }
        self.report(diagnostic);
    }

    /// `for x in x`, where no list is called so: that it is what the `for` itself binds helps more than that texts stand in
    /// quotes.
    fn walks_itself(&mut self, said: usize, list: &str) {
        let unknown = |d: &&mut Diagnostic| d.code == &codes::UNKNOWN_NAME && d.fix.is_none();
        if let Some(diagnostic) = self.diagnostics.get_mut(said).filter(unknown) {
            let help = format!(
                "`for` gives `{list}` a meaning behind it only: name a list, as `for {list} in [\"a\", \"b\"]`"
            );
            diagnostic.help = vec![help];
        }
    }

    /// The text of a family's key.
    fn key(&mut self, value: &Val, span: Span) -> Option<SmolStr> {
        let key: SmolStr = match value {
            Val::Text(text) => (&**text).into(),
            Val::Int(number) => number.to_string().into(),
            Val::Error => return None,
            value if value.is_deploy_time() => {
                self.deploy_time(span, "name the members of a family");
                return None;
            }
            Val::Run(_) | Val::Unknown(_) => {
                self.not_constant(span, "what names the members of a family");
                return None;
            }
            other => {
                let found = other.describe();
                let place = self.place(span);
                self.report(
                    codes::BAD_FAMILY
                        .at(
                            place,
                            format!("a family is made from strings or ints, and this list holds {found}"),
                        )
                        .help("each element names one member"),
                );
                return None;
            }
        };
        let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '@');
        if key.is_empty() || !key.chars().all(legal) {
            let place = self.place(span);
            self.report(
                codes::BAD_FAMILY
                    .at(place, format!("`{key}` cannot be part of a name"))
                    .help("the elements name the members: letters, digits, `_`, `-`, `.` and `@`"),
            );
            return None;
        }
        Some(key)
    }

    /// Where the `if` stands when it says no.
    fn removed(&mut self, condition: Option<&'a Expr>, context: &Context) -> Option<Place> {
        let condition = condition?;
        let value = self.constant_bool(condition, &context.without_uses());
        (value == Some(false)).then(|| self.place(condition.span))
    }

    /// What each round of a `for` binds; `None` when that was reported.
    pub(super) fn rounds(&mut self, each: &'a For, context: &Context) -> Option<Vec<Vec<Binding>>> {
        let said = self.diagnostics.len();
        let value = self.eval(&each.list, context);
        let names: Vec<_> = each.names.iter().collect();
        let own = bare_word(&each.list).filter(|list| names.iter().any(|name| name.text == **list));
        if let Some(list) = own {
            self.walks_itself(said, list);
        }
        for name in &names {
            self.define(crate::index::EntityKind::Binding, name.span);
            let hides = self.no_shadow(name, context);
            // That the two are the same name is all that is wrong.
            if hides && own.is_some() && !matches!(value, Val::List(_) | Val::Record(_) | Val::Family(_)) {
                return None;
            }
        }
        let rows: Vec<Vec<Val>> = match (&value, names.len()) {
            (Val::Error, _) => return None,
            (Val::List(items), 1) => items.iter().map(|item| vec![item.clone()]).collect(),
            (Val::Family(members), 1) => members.iter().map(|(_, id)| vec![Val::Action(*id)]).collect(),
            (Val::Record(fields), 2) => {
                fields.iter().map(|(key, value)| vec![Val::text(key), value.clone()]).collect()
            }
            (Val::Unknown(Ty::List(inner)), 1) => vec![vec![Val::Unknown((**inner).clone())]],
            (Val::Unknown(Ty::Map(inner)), 2) => {
                vec![vec![Val::Unknown(Ty::String), Val::Unknown((**inner).clone())]]
            }
            (Val::Unknown(_), n) => vec![vec![Val::Unknown(Ty::Any); n]],
            (other, n) => {
                let found = other.describe();
                let place = self.place(each.list.span);
                let (form, wanted) =
                    if n == 2 { ("for key, value in …", "a record") } else { ("for x in …", "a list") };
                let diagnostic = codes::NOT_ITERABLE
                    .at(place, format!("`{form}` walks {wanted}, and this is {found}"))
                    .label(found);
                let source = self.text(each.list.span);
                self.report(match other {
                    Val::Record(_) => diagnostic.help("a record is walked by `for key, value in record`"),
                    Val::List(_) => diagnostic.help("a list is walked by `for x in list`"),
                    Val::Text(_) | Val::Int(_) if n == 1 => {
                        diagnostic.fix("put it in a list", place, format!("[{source}]"))
                    }
                    _ => diagnostic,
                });
                return None;
            }
        };
        let places: Vec<_> = names.iter().map(|name| (name.text.clone(), self.place(name.span))).collect();
        let bind = |row: Vec<Val>| {
            let pairs = places.iter().zip(row);
            pairs
                .map(|((name, place), value)| Binding {
                    name: name.clone(),
                    value: Bound::Value(value),
                    place: *place,
                })
                .collect()
        };
        Some(rows.into_iter().map(bind).collect())
    }
}

/// Where the elements of a list stand that was written out.
fn element_spans(list: &Expr, count: usize) -> Vec<Span> {
    match &list.kind {
        ExprKind::List(elements)
            if elements.len() == count && elements.iter().all(|e| matches!(e, Element::Value(_))) =>
        {
            elements.iter().map(super::values::element_span).collect()
        }
        _ => Vec::new(),
    }
}

/// `test`, `test-20`
fn member_name(name: &str, key: Option<&str>) -> String {
    key.map_or_else(|| name.to_owned(), |key| format!("{name}-{key}"))
}
