//! What no pipeline uses is checked by itself.

use super::context::{Bindings, Context, Here, Scope};
use super::modules::TemplateBody;
use super::pipelines::{Shared, Who};
use super::{Check, LetId};
use crate::syntax::ast::{Action, Block};

impl<'a> Check<'a> {
    /// What no pipeline uses is checked by itself, in the file and in all that it uses: constants, functions, and templates
    /// whose parameters may be anything of their types.
    pub(super) fn rest_of_files(&mut self, shared: &mut Shared) {
        for at in 0..self.modules.lets.len() {
            drop(self.let_value(LetId::File(at), None));
        }
        for at in 0..self.modules.functions.len() {
            self.probe_function(at);
        }
        self.unread_arguments();
        for at in (0..self.modules.templates.len()).filter(|at| !shared.used.contains(at)) {
            self.probe(at);
        }
    }

    /// A stage template as the only stage of a pipeline that nobody runs.
    fn probe_stage(&mut self, block: &'a Block, here: Here, bindings: Bindings) {
        self.here = here;
        self.pipeline = Context { scope: Scope::Template, bindings, ..Context::file(here) };
        let stage = self.new_stage(&block.name, None);
        self.collect_stage(stage, block);
        self.expand();
        self.check_lets();
        self.check_actions();
        self.check_stages();
        self.unread_arguments();
    }

    fn probe_action(&mut self, action: &'a Action, here: Here, bindings: Bindings) {
        self.here = here;
        self.pipeline = Context { scope: Scope::Template, bindings, ..Context::file(here) };
        let stage = self.new_stage(&action.name, None);
        self.declare_action(action, stage);
        self.expand();
        self.check_actions();
        self.unread_arguments();
    }

    fn probe(&mut self, at: usize) {
        let template = self.modules.templates[at];
        let mut shared =
            Shared { seen: std::mem::take(&mut self.seen), budget: self.budget, ..Shared::default() };
        let mut check = Check::new(self.modules, self.loader, &mut shared);
        check.probing = true;
        let here = Here { module: template.module, instance: None };
        let bindings = check.unknown_arguments(template.params, here);
        match template.body {
            TemplateBody::Pipeline(block) => {
                check.run(block, Who { name: &block.name, doc: None }, bindings, None);
            }
            TemplateBody::Stage(block) => check.probe_stage(block, here, bindings),
            TemplateBody::Action(action) => check.probe_action(action, here, bindings),
        }
        check.count_instances();
        self.diagnostics.append(&mut check.diagnostics);
        self.index.append(&mut check.index);
        self.seen = std::mem::take(&mut check.seen);
        self.budget = check.budget;
    }
}
