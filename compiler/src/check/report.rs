//! How mistakes are reported: each once, whichever members, instances and pipelines meet it.

use std::collections::HashSet;

use super::context::InstanceId;
use super::{Check, bounds};
use crate::diagnostic::{Code, Diagnostic, Place, Severity};
use crate::span::Span;
use crate::types::Val;

/// What instances that meet the same mistake have in common: its code and place, and whether it is an error.
pub(super) type Mistake = (&'static str, Place, bool);

/// A mistake in a template, which is the same one in whichever of its instances it is met.
pub(super) struct Met {
    first: InstanceId,
    /// The others that met it.
    others: HashSet<u32>,
    /// The label that names the first: which diagnostic, and which of its labels.
    label: Option<(usize, usize)>,
}

impl Check<'_> {
    /// Reports once: members of a family, instances of a template, and files with several pipelines, meet the same mistake
    /// again. A mistake in a template shows the first instance that met it, and says how many others did.
    pub(super) fn report(&mut self, mut diagnostic: Diagnostic) {
        if self.met_before(met_as(&diagnostic)) {
            return;
        }
        let key = (diagnostic.code.id, diagnostic.place, diagnostic.message.clone());
        if self.errors >= bounds::MAX_ERRORS || !self.seen.insert(key) {
            return;
        }
        let label = (self.diagnostics.len(), diagnostic.labels.len());
        if diagnostic.severity == Severity::Error {
            self.errors += 1;
        }
        let mut instance = self.here.instance;
        for _ in 0..bounds::MAX_INSTANCES_SHOWN {
            let Some(info) = instance.map(|id| &self.instances[id.index()]) else { break };
            if diagnostic.place != info.place {
                diagnostic = diagnostic.also(info.place, format!("in {}", info.what));
            }
            instance = info.outer;
        }
        if let Some(first) = self.here.instance {
            let label = (diagnostic.labels.len() > label.1).then_some(label);
            let met = Met { first, others: HashSet::new(), label };
            self.met.entry(met_as(&diagnostic)).or_insert(met);
        }
        self.diagnostics.push(diagnostic);
    }

    /// Whether another instance of the same template met this before. What messages say of it may differ: they can name
    /// what the instance makes.
    pub(super) fn met_before(&mut self, mistake: Mistake) -> bool {
        let Some(instance) = self.here.instance else { return false };
        let Some(met) = self.met.get_mut(&mistake) else { return false };
        if met.first == instance {
            return false;
        }
        met.others.insert(instance.0);
        true
    }

    /// Says of mistakes in templates how many instances met them.
    pub(super) fn count_instances(&mut self) {
        for met in self.met.values().filter(|met| !met.others.is_empty()) {
            let Some((at, label)) = met.label else { continue };
            let label = self.diagnostics.get_mut(at).and_then(|d| d.labels.get_mut(label));
            if let Some(label) = label {
                label.text = format!("{}, and in {} more", label.text, met.others.len());
            }
        }
    }

    /// Reports a mistake at `span` that needs no more than a message, and gives the value that stands for it.
    pub(super) fn error(&mut self, code: &'static Code, span: Span, message: impl Into<String>) -> Val {
        let place = self.place(span);
        self.report(code.at(place, message));
        Val::Error
    }
}

/// What instances that meet the mistake of a diagnostic have in common.
pub(super) fn met_as(diagnostic: &Diagnostic) -> Mistake {
    (diagnostic.code.id, diagnostic.place, diagnostic.severity == Severity::Error)
}
