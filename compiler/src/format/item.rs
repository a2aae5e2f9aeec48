//! Files, declarations and fields.

use super::writer::{Style, Writer};
use crate::span::Span;
use crate::syntax::Parsed;
use crate::syntax::ast::{Action, Block, Expr, Field, For, Item, Let, Path, Variable};

/// Pipelines and stages.
const BODY: Style = Style { open: "{", padding: "", close: "}", commas: false, broken: true };

/// The whole file.
pub(super) fn file(parsed: &Parsed, text: &str) -> Option<String> {
    let mut writer = Writer::new(parsed, text);
    let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
    writer.shebang();
    writer.elements(None, end, &parsed.file.items, |_, item| item.span(), Writer::item);
    writer.finish()
}

impl<'a> Writer<'a> {
    pub(super) fn item(&mut self, item: &'a Item) {
        match item {
            Item::Let(x) => self.let_(x),
            Item::Pipeline(x) => self.block("pipeline ", x),
            Item::Stage(x) => self.block("stage ", x),
            Item::Variable(x) => self.variable(x),
            Item::Trigger(x) => {
                self.doc.text("on ");
                self.atom(x.event.span);
                self.body(&x.body);
            }
            Item::OnFailure(x) => {
                self.doc.text("on failure ");
                self.atom(x.result.span);
                if let Some(mode) = &x.mode {
                    self.doc.text(" ");
                    self.atom(mode.span);
                }
            }
            Item::Engine(x) => {
                self.atom(x.name.span);
                self.body(&x.body);
            }
            Item::Defaults(x) => {
                self.doc.text("defaults");
                if let Some(callee) = &x.callee {
                    self.doc.text(" ");
                    self.path(callee);
                }
                self.body(&x.body);
            }
            Item::Action(x) => self.action(x),
            Item::Field(x) => self.field(x),
            Item::Error(span) => self.verbatim(*span),
            item => self.file_item(item),
        }
    }

    /// What the formatter does not know stays as it is.
    pub(super) fn verbatim(&mut self, span: Span) {
        self.reach(span.start);
        self.doc.verbatim(self.source(span));
        self.pass(span.end);
    }

    /// A callee's name without what may stand around its dots.
    pub(super) fn path(&mut self, path: &'a Path) {
        self.reach(path.span.end);
        self.doc.text(&path.text);
    }

    pub(super) fn body(&mut self, body: &'a Expr) {
        self.doc.text(" ");
        self.expr(body);
    }

    fn let_(&mut self, let_: &'a Let) {
        self.doc.text("let ");
        self.atom(let_.name.span);
        self.annotation(let_.ty.as_ref());
        self.doc.text(" = ");
        self.expr(&let_.value);
    }

    fn variable(&mut self, variable: &'a Variable) {
        self.doc.text("variable ");
        self.atom(variable.name.span);
        self.annotation(Some(&variable.ty));
        if let Some(default) = &variable.default {
            self.doc.text(" = ");
            self.expr(default);
        }
        if let Some(body) = &variable.body {
            self.body(body);
        }
    }

    fn block(&mut self, keyword: &'static str, block: &'a Block) {
        self.doc.text(keyword);
        self.atom(block.name.span);
        if let Some(params) = &block.params {
            self.params(params);
        }
        self.clauses(block.each.as_ref(), block.condition.as_ref());
        self.doc.text(" ");
        self.brackets(BODY, block.body, &block.items, |_, item| item.span(), Self::item);
    }

    fn action(&mut self, action: &'a Action) {
        self.doc.text("action ");
        self.atom(action.name.span);
        if let Some(params) = &action.params {
            self.params(params);
        }
        self.clauses(action.each.as_ref(), action.condition.as_ref());
        self.doc.text(" = ");
        self.path(&action.callee);
        self.body(&action.body);
    }

    pub(super) fn clauses(&mut self, each: Option<&'a For>, condition: Option<&'a Expr>) {
        if let Some(each) = each {
            self.doc.text(" ");
            self.for_(each);
        }
        if let Some(condition) = condition {
            self.doc.text(" if ");
            self.expr(condition);
        }
    }

    /// `for k, v in map`
    pub(super) fn for_(&mut self, each: &'a For) {
        self.doc.text("for ");
        for (i, name) in each.names.iter().enumerate() {
            if i > 0 {
                self.doc.text(", ");
            }
            self.atom(name.span);
        }
        self.doc.text(" in ");
        self.expr(&each.list);
    }

    /// `key: value`; the key with its quotes, if it has any.
    pub(super) fn field(&mut self, field: &'a Field) {
        self.atom(field.key.span);
        self.doc.text(": ");
        self.expr(&field.value);
    }
}
