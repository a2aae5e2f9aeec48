//! What bounds the cost of checking, so that no file, however short, can make it run long or fill the memory. Far above
//! any use.

use super::{Check, Context};
use crate::diagnostic::codes;
use crate::span::Span;
use crate::syntax::ast::Expr;
use crate::types::Val;

/// How large a list or record may become: its elements all the way down, and an eighth of the bytes of its texts.
pub(super) const MAX_SIZE: usize = 1 << 20;
/// How many bytes a text may have.
pub(super) const MAX_TEXT: usize = 1 << 20;
/// How deep values may nest that are put together from others: a plan says each level in two of JSON, and readers of JSON
/// stop at 128.
const MAX_VALUE_DEPTH: usize = 50;
/// How many expressions may be under way, through `let`s and outputs: what bounds the stack.
const MAX_NESTING: usize = 250;
/// What all expressions of a file may cost together, in steps and elements.
pub(super) const BUDGET: usize = 1 << 24;
/// What an expression costs beside the size of its value.
const STEP: usize = 4;
/// What making a regular expression costs.
pub(super) const REGEX: usize = 512;
/// How deep declared types may build on each other.
pub(super) const MAX_TYPE_DEPTH: usize = 100;
/// How many fields a record's type may have, and how many parameters a template or function.
pub(super) const MAX_FIELDS: usize = 200;
/// How many arguments all instances may have together.
pub(super) const MAX_ARGUMENTS: usize = 1 << 20;
/// Among how many names the nearest is looked for.
pub(super) const MAX_CANDIDATES: usize = 2000;
/// How many instances around a mistake are shown.
pub(super) const MAX_INSTANCES_SHOWN: usize = 4;
/// How many errors of a pipeline are told; whoever has more has one cause, and will see the rest later.
pub(super) const MAX_ERRORS: usize = 1000;

impl<'a> Check<'a> {
    /// Begins an expression; `false` when that was refused.
    pub(super) fn enter(&mut self, span: Span) -> bool {
        if self.nesting >= MAX_NESTING {
            let place = self.place(span);
            self.report(
                codes::TOO_MANY
                    .at(place, format!("this is defined through more than {MAX_NESTING} steps"))
                    .help("write a part of it out"),
            );
            return false;
        }
        if !self.spend(STEP, span) {
            return false;
        }
        self.nesting += 1;
        true
    }

    /// Ends an expression: holds its value against the bounds.
    pub(super) fn leave(&mut self, value: Val, span: Span) -> Val {
        self.nesting -= 1;
        let size = value.size();
        let too_long = matches!(&value, Val::Text(text) if text.len() > MAX_TEXT);
        if too_long || size > MAX_SIZE || value.depth() > MAX_VALUE_DEPTH {
            return self.too_large(span);
        }
        if self.spend(size, span) { value } else { Val::Error }
    }

    /// An expression as part of a larger value, whose size it adds to.
    pub(super) fn measured(&mut self, expr: &'a Expr, context: &Context, size: &mut usize) -> Val {
        let value = self.eval(expr, context);
        *size = size.saturating_add(value.size());
        value
    }

    /// Takes from the budget; `false` when nothing is left, which is reported once.
    pub(super) fn spend(&mut self, cost: usize, span: Span) -> bool {
        if self.budget == 0 {
            return false;
        }
        self.budget = self.budget.saturating_sub(cost);
        if self.budget == 0 {
            // What grows too large takes many steps, too.
            if self.diagnostics.iter().any(|said| said.code.id == codes::TOO_MANY.id) {
                return false;
            }
            let place = self.place(span);
            self.report(
                codes::TOO_MANY
                    .at(place, "computing this file takes too many steps")
                    .label("given up here")
                    .help("write values out that are computed by walking lists in lists, or make them in a script"),
            );
            return false;
        }
        true
    }

    pub(super) fn too_large(&mut self, span: Span) -> Val {
        let place = self.place(span);
        self.report(
            codes::TOO_MANY
                .at(place, format!("this grows beyond {} MiB of text or {MAX_SIZE} elements", MAX_TEXT >> 20))
                .label("too large")
                .help("let a script make what is so large, or read it from a file that is an input"),
        );
        Val::Error
    }
}
