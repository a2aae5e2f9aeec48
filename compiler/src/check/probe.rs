//! What no pipeline uses is checked by itself.

use super::context::{Bindings, Context, Here, Scope};
use super::modules::{ModuleId, TemplateBody};
use super::pipelines::{Shared, Who};
use super::{Check, LetId};
use crate::syntax::ast::{Action, Block};

impl<'a> Check<'a> {
    /// What no pipeline uses is checked by itself: constants, functions, and templates whose parameters may be anything of
    /// their types. Of a template that is used the defaults are, which no instance may take.
    pub(super) fn rest_of_files(&mut self, shared: &mut Shared, own_only: bool) {
        let modules = self.modules;
        let is_ours = |module: ModuleId| !own_only || module == ModuleId::default();
        for (at, _) in modules.lets.iter().enumerate().filter(|(_, owned)| is_ours(owned.module)) {
            drop(self.let_value(LetId::File(at), None));
        }
        for (at, _) in modules.functions.iter().enumerate().filter(|(_, owned)| is_ours(owned.module)) {
            self.probe_function(at);
        }
        self.unread_arguments();
        for (at, template) in modules.templates.iter().enumerate().filter(|(_, t)| is_ours(t.module)) {
            let is_used = shared.used.contains(&at);
            if !is_used || template.params.list.iter().any(|param| param.default.is_some()) {
                self.probe(at, is_used);
            }
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

    /// Checks a template with any arguments, or only its defaults.
    fn probe(&mut self, at: usize, defaults_only: bool) {
        let template = self.modules.templates[at];
        let mut shared =
            Shared { seen: std::mem::take(&mut self.seen), budget: self.budget, ..Shared::default() };
        let mut check = Check::new(self.modules, self.loader, &mut shared);
        check.probing = true;
        let here = Here { module: template.module, instance: None };
        let bindings = check.unknown_arguments(template.params, here);
        match template.body {
            _ if defaults_only => {}
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
