//! Declarations of files: modules, types, functions, callees, secrets and gates.

use super::writer::{Style, Writer};
use crate::span::Span;
use crate::syntax::ast::{
    Callee, CalleeEntry, Documented, Function, Gate, Group, Instance, Item, Params, Private, Secret,
    Selected, TypeDecl, TypeExpr, TypeKind, TypedField, Use,
};

const PARAMS: Style = Style { open: "(", padding: "", close: ")", commas: true, broken: false };
const NAMES: Style = Style { open: "{", padding: " ", close: "}", commas: false, broken: false };
const CALLEE: Style = Style { open: "{", padding: "", close: "}", commas: false, broken: true };

impl<'a> Writer<'a> {
    /// What stands at the top of a file, but for pipelines and `let`s.
    pub(super) fn file_item(&mut self, item: &'a Item) {
        match item {
            Item::Edition(x) => {
                self.doc.text("edition ");
                self.atom(x.year.span);
            }
            Item::Use(x) => self.use_(x),
            Item::Private(x) => self.private(x),
            Item::Type(x) => self.type_decl(x),
            Item::Function(x) => self.function(x),
            Item::Callee(x) => self.callee(x),
            Item::Secret(x) => self.secret(x),
            Item::Gate(x) => self.gate(x),
            Item::StageInstance(x) => self.instance("stage ", x),
            Item::PipelineInstance(x) => self.instance("pipeline ", x),
            item => self.verbatim(item.span()),
        }
    }

    fn use_(&mut self, use_: &'a Use) {
        self.doc.text("use ");
        self.atom(use_.path.span);
        if let Some(alias) = &use_.alias {
            self.doc.text(" as ");
            self.atom(alias.span);
        }
        if let Some(selected) = &use_.selected {
            self.doc.text(" ");
            self.brackets(NAMES, selected.span, &selected.names, |_, name| name.span, Self::selected);
        }
    }

    fn selected(&mut self, selected: &'a Selected) {
        self.atom(selected.name.span);
        if let Some(alias) = &selected.alias {
            self.doc.text(" as ");
            self.atom(alias.span);
        }
    }

    fn private(&mut self, private: &'a Private) {
        self.doc.text("private ");
        self.item(&private.item);
    }

    fn type_decl(&mut self, decl: &'a TypeDecl) {
        self.doc.text("type ");
        self.atom(decl.name.span);
        self.doc.text(" = ");
        self.type_(&decl.ty);
    }

    fn function(&mut self, function: &'a Function) {
        self.doc.text("fn ");
        self.atom(function.name.span);
        self.params(&function.params);
        self.annotation(function.result.as_ref());
        self.doc.text(" = ");
        self.expr(&function.value);
    }

    pub(super) fn params(&mut self, params: &'a Params) {
        self.brackets(PARAMS, params.span, &params.list, |_, param| param.span, Self::typed_field);
    }

    fn typed_field(&mut self, field: &'a TypedField) {
        self.atom(field.name.span);
        self.annotation(Some(&field.ty));
        if let Some(default) = &field.default {
            self.doc.text(" = ");
            self.expr(default);
        }
        if let Some(body) = &field.body {
            self.body(body);
        }
    }

    fn callee(&mut self, callee: &'a Callee) {
        self.doc.text(if callee.is_rule { "rule " } else { "callee " });
        self.atom(callee.name.span);
        self.doc.text(" ");
        self.brackets(CALLEE, callee.body, &callee.entries, |_, entry| entry_span(entry), Self::callee_entry);
    }

    fn callee_entry(&mut self, entry: &'a CalleeEntry) {
        match entry {
            CalleeEntry::Field(field) => self.field(field),
            CalleeEntry::Fields(group) => self.group(group, |field| field.span, Self::typed_field),
            CalleeEntry::Variables(group) => self.group(group, documented_span, |writer, documented| {
                writer.field(&documented.field);
            }),
            CalleeEntry::Error(span) => self.verbatim(*span),
        }
    }

    fn group<T>(&mut self, group: &'a Group<T>, span: impl Fn(&T) -> Span, write: impl Fn(&mut Self, &'a T)) {
        self.atom(group.key.span);
        self.doc.text(": ");
        self.brackets(
            CALLEE,
            group.body,
            &group.list,
            // Broken entries are only in files that are not formatted.
            |_, entry| entry.as_ref().map(&span).unwrap_or_default(),
            |writer, entry| {
                if let Some(entry) = entry {
                    write(writer, entry);
                }
            },
        );
    }

    fn secret(&mut self, secret: &'a Secret) {
        self.doc.text("secret ");
        self.atom(secret.name.span);
        self.body(&secret.body);
    }

    fn gate(&mut self, gate: &'a Gate) {
        self.doc.text("gate ");
        self.atom(gate.name.span);
        self.doc.text(" on ");
        self.atom(gate.point.span);
        self.clauses(None, gate.condition.as_ref());
        self.doc.text(" = ");
        self.path(&gate.rule);
        self.body(&gate.body);
        if let Some(otherwise) = &gate.otherwise {
            self.doc.text(" else ");
            self.atom(otherwise.span);
        }
    }

    fn instance(&mut self, keyword: &'static str, instance: &'a Instance) {
        self.doc.text(keyword);
        self.atom(instance.name.span);
        self.clauses(instance.each.as_ref(), instance.condition.as_ref());
        self.doc.text(" = ");
        self.path(&instance.template);
        self.body(&instance.body);
    }

    /// `: type`
    pub(super) fn annotation(&mut self, ty: Option<&'a TypeExpr>) {
        if let Some(ty) = ty {
            self.doc.text(": ");
            self.type_(ty);
        }
    }

    fn type_(&mut self, ty: &'a TypeExpr) {
        match &ty.kind {
            TypeKind::Literal(_) | TypeKind::Error => self.atom(ty.span),
            TypeKind::Name(name) => {
                // Without what may stand around its dots.
                self.reach(ty.span.end);
                self.doc.text(name);
            }
            TypeKind::Generic(name, argument) => {
                self.reach(argument.span.start);
                self.doc.text(name);
                self.doc.text("<");
                self.type_(argument);
                self.doc.text(">");
            }
            TypeKind::Optional(inner) => {
                self.type_(inner);
                self.doc.text("?");
            }
            TypeKind::Record(fields, span) => {
                self.brackets(NAMES, *span, fields, |_, field| field.span, Self::typed_field);
            }
            TypeKind::Union(types) => {
                self.doc.open();
                self.doc.indent();
                for (i, ty) in types.iter().enumerate() {
                    if i > 0 {
                        self.doc.line(" ", false);
                        self.doc.text("| ");
                    }
                    self.type_(ty);
                }
                self.doc.dedent();
                self.doc.close();
            }
        }
    }
}

fn entry_span(entry: &CalleeEntry) -> Span {
    match entry {
        CalleeEntry::Field(field) => field.span,
        CalleeEntry::Fields(group) => group.span,
        CalleeEntry::Variables(group) => group.span,
        CalleeEntry::Error(span) => *span,
    }
}

fn documented_span(documented: &Documented) -> Span {
    documented.field.span
}
