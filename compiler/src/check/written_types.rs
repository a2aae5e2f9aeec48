//! Types as the user writes them.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use indexmap::IndexMap;
use smol_str::SmolStr;

use super::collect::unread_names;
use super::link::{declares, private};
use super::modules::{Found, ModuleId, Modules};
use super::values::and_list;
use super::{Check, bounds};
use crate::catalog;
use crate::diagnostic::{Diagnostic, codes, nearest};
use crate::index::{EntityKind, Index};
use crate::span::Span;
use crate::syntax::ast::{Element, Entry, Expr, ExprKind, TypeExpr, TypeKind, TypedField};
use crate::types::{FieldTy, Ty, Val};

/// What other languages call the types.
const FOREIGN_TYPES: &[(&str, &str)] =
    &[("boolean", "bool"), ("integer", "int"), ("number", "int"), ("str", "string"), ("text", "string")];

/// The types that have a name of their own.
const NAMES: &[(&str, Ty)] = &[
    ("string", Ty::String),
    ("int", Ty::Int),
    ("bool", Ty::Bool),
    ("duration", Ty::Duration),
    ("null", Ty::Null),
    ("artifact", Ty::Artifact),
    ("file", Ty::File),
    ("action", Ty::Action),
    ("secret", Ty::Secret),
];

/// The names of the types that every file has.
pub(crate) fn type_names() -> impl Iterator<Item = &'static str> {
    NAMES.iter().map(|(name, _)| *name).chain(["list", "map"])
}

/// Looks types up, and collects what is wrong with them.
pub(super) struct Types<'m, 'a> {
    modules: &'m Modules<'a>,
    module: ModuleId,
    /// The declared types under way, which must not come up again.
    open: Vec<usize>,
    /// The declared type that is checked itself.
    own: Option<usize>,
    /// The declared types that hold themselves through it.
    circle: Vec<usize>,
    /// The declared types that are known, so that those which name others twice do not double at each step.
    known: HashMap<usize, Ty>,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) index: Index,
}

impl<'a> Modules<'a> {
    /// A type that is written in a file.
    pub(super) fn type_of(&self, module: ModuleId, ty: &TypeExpr) -> (Ty, Types<'_, 'a>) {
        let (diagnostics, index) = (Vec::new(), Index::default());
        let known = HashMap::new();
        let mut types = Types {
            modules: self,
            module,
            open: Vec::new(),
            own: None,
            circle: Vec::new(),
            known,
            diagnostics,
            index,
        };
        let ty = types.ty(ty);
        (ty, types)
    }

    /// Checks all declared types, used or not.
    pub(super) fn check_types(&mut self) {
        // A circle of types is one mistake, whichever of them is looked at first.
        let mut circles: HashSet<usize> = HashSet::new();
        for at in 0..self.types.len() {
            if circles.contains(&at) {
                continue;
            }
            let owned = self.types[at];
            let (diagnostics, index) = (Vec::new(), Index::default());
            let (module, open, own, known) = (owned.module, vec![at], Some(at), HashMap::new());
            let circle = Vec::new();
            let mut types = Types { modules: self, module, open, own, circle, known, diagnostics, index };
            types.ty(&owned.ast.ty);
            let Types { diagnostics, mut index, circle, .. } = types;
            circles.extend(circle);
            self.diagnostics.extend(diagnostics);
            self.index.append(&mut index);
        }
    }

    /// Reads the callees and rules that users declared, now that all types are known.
    pub(super) fn read_callees(&mut self) {
        self.check_types();
        for at in 0..self.callees.len() {
            let (module, ast) = (self.callees[at].module, self.callees[at].ast);
            let name = self.callee_name(at);
            let mut found = Vec::new();
            let source = self.module(module).source;
            let this = &*self;
            let mut named = |ty: &TypeExpr| {
                let (ty, types) = this.type_of(module, ty);
                found.extend(types.diagnostics);
                Some(ty)
            };
            let (callee, problems) = catalog::read(source, ast, name, &mut named);
            self.diagnostics.extend(problems);
            self.diagnostics.extend(found);
            self.callees[at].callee = Some(callee);
        }
    }

    /// The name of a user's callee in plans: its file's stem and its own name, with a number where another has that.
    fn callee_name(&self, at: usize) -> String {
        let callee = &self.callees[at];
        let file = self.module(callee.module).name;
        let base = format!("{}.{}", super::link::stem(file), callee.ast.name.text);
        let taken = |name: &str| {
            let earlier = self.callees[..at].iter().filter(|other| other.ast.is_rule == callee.ast.is_rule);
            earlier.filter_map(|other| other.callee.as_ref()).any(|other| other.name == name)
                || catalog::find(name).is_some()
                || catalog::find_rule(name).is_some()
        };
        let mut name = base.clone();
        let mut number = 2;
        while taken(&name) {
            name = format!("{base}_{number}");
            number += 1;
        }
        name
    }
}

impl Types<'_, '_> {
    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn ty(&mut self, ty: &TypeExpr) -> Ty {
        match &ty.kind {
            TypeKind::Error => Ty::Any,
            TypeKind::Literal(text) => Ty::Literals(Rc::new(vec![text.clone()])),
            TypeKind::Optional(inner) => Ty::Optional(Box::new(self.ty(inner))),
            TypeKind::Union(parts) => self.union(parts, ty.span),
            TypeKind::Generic(name, inner) => {
                let inner = Box::new(self.ty(inner));
                match name.as_str() {
                    "list" => Ty::List(inner),
                    "map" => Ty::Map(inner),
                    _ => {
                        let place = self.modules.place(self.module, ty.span);
                        let message = format!("`{name}` takes no type; `list<T>` and `map<T>` do");
                        self.report(codes::UNKNOWN_TYPE.at(place, message));
                        Ty::Any
                    }
                }
            }
            TypeKind::Record(fields, _) => self.record(fields),
            TypeKind::Name(name) => self.named(name, ty.span),
        }
    }

    fn union(&mut self, parts: &[TypeExpr], span: Span) -> Ty {
        let text = |part: &TypeExpr| match &part.kind {
            TypeKind::Literal(text) => Some(text.clone()),
            _ => None,
        };
        if let Some(texts) = parts.iter().map(text).collect::<Option<Vec<_>>>() {
            return Ty::Literals(Rc::new(texts));
        }
        let place = self.modules.place(self.module, span);
        let diagnostic = codes::UNKNOWN_TYPE.at(place, "only texts can be alternatives: `\"a\" | \"b\"`");
        let optional = parts.iter().find(|part| matches!(part.kind, TypeKind::Optional(_)));
        self.report(match optional {
            Some(_) => diagnostic
                .help("what may be left out is a type of its own: `type T = \"a\" | \"b\"`, then `T?`"),
            None => diagnostic,
        });
        Ty::Any
    }

    fn record(&mut self, fields: &[TypedField]) -> Ty {
        let mut known: IndexMap<SmolStr, FieldTy> = IndexMap::new();
        if let Some(one_too_many) = fields.get(bounds::MAX_FIELDS) {
            let place = self.modules.place(self.module, one_too_many.name.span);
            let message = format!("a record has more than {} fields", bounds::MAX_FIELDS);
            self.report(
                codes::TOO_MANY
                    .at(place, message)
                    .help("put what belongs together into records of their own"),
            );
        }
        for (at, field) in fields.iter().take(bounds::MAX_FIELDS).enumerate() {
            let ty = self.ty(&field.ty);
            let place = self.modules.place(self.module, field.name.span);
            if let Some(first) = fields[..at].iter().find(|other| other.name.text == field.name.text) {
                let first = self.modules.place(self.module, first.name.span);
                let message = format!("the field `{}` is declared twice", field.name.text);
                self.report(codes::DUPLICATE_FIELD.at(place, message).also(first, "first declared here"));
                continue;
            }
            let default = field.default.as_ref().and_then(|default| self.default(default, &ty));
            known.insert(field.name.text.clone(), FieldTy { ty, default });
        }
        Ty::Record(Rc::new(known))
    }

    /// The default of a record's field is written out: a type computes nothing.
    fn default(&mut self, expr: &Expr, ty: &Ty) -> Option<Val> {
        let place = self.modules.place(self.module, expr.span);
        match literal(expr, 0) {
            Some(value) if ty.accepts(&value) => {
                let value = ty.complete(value);
                if value.size() <= bounds::MAX_SIZE {
                    return Some(value);
                }
                self.report(
                    codes::TOO_MANY
                        .at(
                            place,
                            format!("with its defaults this has more than {} elements", bounds::MAX_SIZE),
                        )
                        .help("types that hold others twice double at each step"),
                );
                Some(Val::Error)
            }
            Some(value) => {
                let (wanted, found) = (ty.describe(), value.describe());
                self.report(
                    codes::TYPE_MISMATCH
                        .at(place, format!("the default is {wanted}, and this is {found}"))
                        .label(format!("{found}, where {wanted} is wanted")),
                );
                None
            }
            None if matches!(expr.kind, ExprKind::Error) => None,
            None => {
                self.report(
                    codes::NOT_CONSTANT
                        .at(place, "the default of a type's field is written out")
                        .help("a text, a number, a bool, or a list or record of them"),
                );
                None
            }
        }
    }

    fn named(&mut self, name: &str, span: Span) -> Ty {
        if let Some((_, ty)) = NAMES.iter().find(|(n, _)| *n == name) {
            return ty.clone();
        }
        if name.is_empty() {
            return Ty::Any;
        }
        let place = self.modules.place(self.module, span);
        if let Some((length, definition)) = self.modules.head(self.module, name) {
            let end = span.start + u32::try_from(length).unwrap_or(0);
            let head = self.modules.place(self.module, Span { end, ..span });
            self.index.record(EntityKind::Module, head, definition);
        }
        match self.modules.type_named(self.module, name) {
            Found::Yes(declared) => {
                self.index.record(EntityKind::Type, place, declared.place);
                if self.open.contains(&declared.what) {
                    if self.own == Some(declared.what) {
                        self.circle.clone_from(&self.open);
                        self.recursive(name, place, declared.place);
                    }
                    return Ty::Any;
                }
                if let Some(ty) = self.known.get(&declared.what) {
                    return ty.clone();
                }
                let owned = self.modules.types[declared.what];
                let outer = std::mem::replace(&mut self.module, owned.module);
                self.open.push(declared.what);
                let before = self.diagnostics.len();
                let ty =
                    if self.open.len() > bounds::MAX_TYPE_DEPTH { Ty::Any } else { self.ty(&owned.ast.ty) };
                self.open.pop();
                // What is wrong with a declared type is said where it is declared; that it holds itself, where it begins.
                let mut found = self.diagnostics.split_off(before);
                found.retain(|d| self.own.is_some() && d.code == &codes::RECURSION);
                self.diagnostics.extend(found);
                self.module = outer;
                self.known.insert(declared.what, ty.clone());
                return ty;
            }
            Found::Private(hidden) => self.report(private(place, name, hidden)),
            Found::Unread => {}
            Found::NotIn(module) => {
                let file = self.modules.module(module).name;
                let own = name.rsplit('.').next().unwrap_or(name);
                let names = self.modules.visible(module, |m| &m.types);
                let diagnostic =
                    codes::UNKNOWN_TYPE.at(place, format!("`{file}` does not declare a type `{own}`"));
                self.report(match nearest(own, names.iter().map(String::as_str)) {
                    Some(near) => {
                        let head = name.strip_suffix(own).unwrap_or_default();
                        diagnostic.did_you_mean(&format!("{head}{near}"))
                    }
                    None => diagnostic.help(declares(&names)),
                });
            }
            Found::No => self.unknown(name, span),
        }
        Ty::Any
    }

    fn recursive(
        &mut self,
        name: &str,
        place: crate::diagnostic::Place,
        definition: crate::diagnostic::Place,
    ) {
        self.report(
            codes::RECURSION
                .at(place, format!("the type `{name}` holds itself"))
                .label("comes up again here")
                .also(definition, "declared here")
                .help("values are finite: use `list<…>` of another type, or leave it out"),
        );
    }

    fn unknown(&mut self, name: &str, span: Span) {
        let place = self.modules.place(self.module, span);
        let diagnostic = codes::UNKNOWN_TYPE.at(place, format!("there is no type `{name}`"));
        let own = self.modules.written(self.module, |m| &m.types);
        let mut known: Vec<&str> =
            NAMES.iter().map(|(n, _)| *n).chain(own.iter().map(String::as_str)).collect();
        known.sort_unstable();
        let foreign = FOREIGN_TYPES.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, ours)| *ours);
        self.report(match foreign.or_else(|| nearest(name, known.iter().copied())) {
            Some(near) => diagnostic.did_you_mean(near),
            None => diagnostic
                .help(format!("the types are {}", and_list(known.into_iter().chain(["list<T>", "map<T>"])))),
        });
    }
}

/// A value that is written out without computing anything.
fn literal(expr: &Expr, depth: usize) -> Option<Val> {
    if depth > bounds::MAX_TYPE_DEPTH {
        return None;
    }
    Some(match &expr.kind {
        ExprKind::Null => Val::Null,
        ExprKind::Bool(value) => Val::Bool(*value),
        ExprKind::Int(value) => Val::Int(*value),
        ExprKind::Duration(seconds) => Val::Duration(*seconds),
        ExprKind::String(text) | ExprKind::Block(text) => Val::text(text),
        ExprKind::Paren(inner) => literal(inner, depth + 1)?,
        ExprKind::List(elements) => {
            let items = elements.iter().map(|element| match element {
                Element::Value(expr) => literal(expr, depth + 1),
                Element::Spread(_) => None,
            });
            Val::list(items.collect::<Option<_>>()?)
        }
        ExprKind::Record(entries) => {
            let fields = entries.iter().map(|entry| match entry {
                Entry::Field(field) => Some((field.key.text.clone(), literal(&field.value, depth + 1)?)),
                _ => None,
            });
            Val::record(fields.collect::<Option<_>>()?)
        }
        _ => return None,
    })
}

impl<'a> Check<'a> {
    /// A type that is written where checking stands. Looked up once for each place.
    pub(super) fn type_of(&mut self, ty: &'a TypeExpr) -> Ty {
        let key = std::ptr::from_ref(ty) as usize;
        if let Some(ty) = self.type_cache.get(&key) {
            return ty.clone();
        }
        let modules = self.modules;
        let (found, types) = modules.type_of(self.here.module, ty);
        let (diagnostics, mut index) = (types.diagnostics, types.index);
        diagnostics.into_iter().for_each(|diagnostic| self.report(diagnostic));
        self.index.append(&mut index);
        self.type_cache.insert(key, found.clone());
        found
    }

    /// Names that what could not be read would bring are known, without a meaning.
    pub(super) fn unread(&mut self, span: Span) {
        let names = unread_names(self.modules.module(self.here.module), span);
        self.opaque.extend(names);
    }
}
