//! How many artifacts a callee takes and makes.

use super::super::{Check, Signature};
use super::Resolved;
use crate::catalog::{Callee, Count};
use crate::diagnostic::codes;
use crate::plan;

impl<'a> Check<'a> {
    pub(super) fn check_counts(
        &mut self,
        callee: &Callee,
        resolved: &Resolved<'a>,
        action: &plan::Action,
        signature: &Signature<'a>,
        complete: bool,
    ) {
        self.count_inputs(callee, resolved, action, complete);
        if !callee.outputs.contains(signature.outputs.len()) && !signature.broken {
            self.count("makes", "output", callee, callee.outputs, resolved, signature.outputs.len(), None);
        }
    }

    pub(in super::super) fn count_inputs(
        &mut self,
        callee: &Callee,
        resolved: &Resolved<'a>,
        action: &plan::Action,
        complete: bool,
    ) {
        if complete && !callee.inputs.contains(action.inputs.len()) && !resolved.is_broken() {
            let help = "inputs are artifacts of other actions: `inputs: [app]`, `inputs: [build.dist]`";
            self.count("takes", "input", callee, callee.inputs, resolved, action.inputs.len(), Some(help));
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one sentence is made of all of these")]
    fn count(
        &mut self,
        verb: &str,
        what: &str,
        callee: &Callee,
        wanted: Count,
        resolved: &Resolved<'a>,
        found: usize,
        help: Option<&str>,
    ) {
        let plural = if wanted.max == 1 { "" } else { "s" };
        let has = if found == 0 { "none".to_owned() } else { found.to_string() };
        let message =
            format!("`{}` {verb} {wanted} {what} artifact{plural}, and this has {has}", callee.name);
        self.within(resolved.callee_here, |check| {
            let place = check.place(resolved.callee_span);
            let diagnostic = codes::ARTIFACT_COUNT.at(place, message);
            check.report(match help {
                Some(help) => diagnostic.help(help),
                None => diagnostic,
            });
        });
    }
}
