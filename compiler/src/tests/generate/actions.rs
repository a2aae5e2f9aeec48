//! Actions, and the templates of actions and stages.

use super::program::{Flow, Writer};
use super::types::{Kind, Slot, SlotTy, Ty};

const BLOCK: &str = "\"\"\"\n    make \"$E1\" ${HOME} #{not} // verbatim\n      deeper\n\n    \"\"\"";

/// What templates take beside constants.
const FLOWS: &[(SlotTy, &str)] =
    &[(SlotTy::Artifact, "artifact"), (SlotTy::Secret, "secret"), (SlotTy::RunText, "string")];

impl Writer {
    /// An action: its text and its name. What it makes can be used from now on.
    pub(super) fn action(&mut self) -> (String, String) {
        let name = self.choices.name();
        let doc = self.choices.pick(&["", "", "/// Does it.\n"]);
        if self.choices.chance(1, 4)
            && let Some(text) = self.action_instance(&name)
        {
            return (format!("{doc}{text}"), name);
        }
        let mut head = format!("{doc}action {name}");
        let family = self.choices.chance(1, 5);
        let bound = self.choices.name();
        if family {
            let walked =
                self.choices.pick(&["[\"a\", \"b\"]", "[\"b\", ...[\"c\"]]", "[x for x in [\"b\", \"z\"]]"]);
            head += &format!(" for {bound} in {walked}");
            self.locals.push((bound, Ty::Text));
        }
        let conditional = self.choices.chance(1, 6);
        if conditional {
            head += &format!(" if {}", self.atom(&Ty::Bool, 2));
        }
        let (callee, artifact, text) = self.callee_and_body();
        if family {
            self.locals.pop();
        }
        let member = if family { format!("{name}[\"b\"]") } else { name.clone() };
        if !conditional {
            if let Some(artifact) = artifact {
                self.flow.artifacts.push((format!("{member}{artifact}"), name.clone()));
            }
            if text {
                self.flow.texts.push((format!("{member}.TAG"), name.clone()));
            }
        }
        self.flow.actions.push((name.clone(), name.clone()));
        let gap = self.choices.gap();
        (format!("{head} ={gap} {callee}"), name)
    }

    /// What is called with which fields; where its artifact is, and whether it gives `TAG`.
    fn callee_and_body(&mut self) -> (String, Option<String>, bool) {
        let takes = !self.flow.artifacts.is_empty();
        match self.choices.below(9) {
            5 => (self.approve(), None, false),
            6 if takes => (self.s3_deploy(), None, false),
            7 if takes => {
                let mut fields = vec!["project_name: \"p\"".to_owned(), "output: {}".to_owned()];
                fields.push(format!("inputs: [{}]", self.flow_of(|flow| &flow.artifacts)));
                fields.push(self.env());
                fields.push("variables: [\"TAG\"]".to_owned());
                (
                    format!("aws.codebuild {}", self.choices.items("{", &fields, "}")),
                    Some(String::new()),
                    true,
                )
            }
            8 => match self.own_callee() {
                Some(text) => (text, None, false),
                None => self.run(),
            },
            _ => self.run(),
        }
    }

    fn approve(&mut self) -> String {
        let mut fields = vec![format!("timeout: {}", self.atom(&Ty::Duration, 1))];
        if !self.flow.texts.is_empty() {
            fields.push(format!("message: \"Ship #{{{}}}?\"", self.flow_of(|flow| &flow.texts)));
        }
        format!("approve {}", self.choices.items("{", &fields, "}"))
    }

    fn s3_deploy(&mut self) -> String {
        let mut fields = vec![
            format!("inputs: [{}]", self.flow_of(|flow| &flow.artifacts)),
            "bucket_name: \"bucket\"".to_owned(),
            "extract: true".to_owned(),
        ];
        match self.choices.below(3) {
            1 => fields.push("local: \"simulate\"".to_owned()),
            2 => fields.push("local: { script: \"true\", env: { A: \"b\" } }".to_owned()),
            _ => {}
        }
        format!("aws.s3_deploy {}", self.choices.items("{", &fields, "}"))
    }

    fn own_callee(&mut self) -> Option<String> {
        let callees =
            self.scope.iter().filter(|(_, at)| matches!(self.program.declarations[*at].kind, Kind::Callee));
        let callees: Vec<(String, usize)> = callees.cloned().collect();
        if callees.is_empty() {
            return None;
        }
        let (path, at) = self.choices.pick(&callees).clone();
        self.used(at);
        let mut fields = vec![format!("text: {}", self.atom(&Ty::Text, 2))];
        if self.choices.chance(1, 2) {
            fields.push("level: \"high\"".to_owned());
        }
        Some(format!("{path} {}", self.choices.items("{", &fields, "}")))
    }

    fn run(&mut self) -> (String, Option<String>, bool) {
        let script = self.choices.pick(&["\"make\"", BLOCK, "\"echo \\\"$E1\\\"\""]);
        let mut fields = vec![format!("script: {script}")];
        if let Some(inputs) = self.inputs() {
            fields.push(inputs);
        }
        if self.choices.chance(2, 3) {
            fields.push(self.env());
        }
        if !self.flow.actions.is_empty() && self.choices.chance(1, 4) {
            fields.push(format!("after: [{}]", self.flow_of(|flow| &flow.actions)));
        }
        match self.choices.below(6) {
            1 => fields.push(format!("timeout: {}", self.atom(&Ty::Duration, 1))),
            2 => fields.push("retry: 2".to_owned()),
            3 => fields.push("shell: \"bash -eu\"".to_owned()),
            4 => fields.push(format!("cache: {}", self.atom(&Ty::Bool, 1))),
            _ => {}
        }
        let artifact = match self.choices.below(5) {
            1 => {
                fields.push("output: \"dist/**\"".to_owned());
                Some(String::new())
            }
            2 | 3 => {
                let id = self.choices.name();
                fields.push(format!("outputs: {{ {id}: [\"a\", \"b/**\"] }}"));
                Some(format!(".{id}"))
            }
            4 => {
                let id = self.choices.name();
                fields.push(format!("outputs: {{ {id}: {{ files: \"x\" }} }}"));
                Some(format!(".{id}"))
            }
            _ => None,
        };
        let text = self.choices.chance(1, 3);
        if text {
            fields.push("variables: [\"TAG\"]".to_owned());
        }
        let first = self.choices.below(fields.len());
        fields.swap(0, first);
        (format!("run {}", self.choices.items("{", &fields, "}")), artifact, text)
    }

    fn inputs(&mut self) -> Option<String> {
        if self.flow.artifacts.is_empty() || self.choices.chance(1, 4) {
            return None;
        }
        let one = self.flow_of(|flow| &flow.artifacts);
        if self.choices.chance(1, 2) {
            return Some(format!("inputs: [{one}]"));
        }
        let other = self.flow_of(|flow| &flow.artifacts);
        if other == one {
            return Some(format!("inputs: {{ one: {one} }}"));
        }
        let entries = [format!("one: {one}"), format!("other: {other}")];
        Some(format!("inputs: {}", self.choices.items("{", &entries, "}")))
    }

    fn env(&mut self) -> String {
        let mut entries = Vec::new();
        for at in 1..=1 + self.choices.below(4) {
            let value = match self.choices.below(4) {
                1 if !self.flow.texts.is_empty() => self.flow_of(|flow| &flow.texts),
                2 if !self.flow.texts.is_empty() => {
                    format!("\"v-#{{ {} }}\"", self.flow_of(|flow| &flow.texts))
                }
                3 if !self.flow.secrets.is_empty() => self.flow_of(|flow| &flow.secrets),
                _ => self.atom(&Ty::Text, 2),
            };
            entries.push(format!("E{at}: {value}"));
        }
        format!("env: {}", self.choices.items("{", &entries, "}"))
    }

    fn action_instance(&mut self, name: &str) -> Option<String> {
        let mut found = Vec::new();
        for (path, at) in &self.scope {
            if let Kind::ActionTemplate(params) = &self.program.declarations[*at].kind
                && self.can_give(params)
            {
                found.push((path.clone(), *at, params.clone()));
            }
        }
        if found.is_empty() {
            return None;
        }
        let (path, at, params) = self.choices.pick(&found).clone();
        self.used(at);
        let own = if self.choices.chance(1, 3) { vec!["timeout: 5m".to_owned()] } else { Vec::new() };
        let arguments = self.arguments(&params, &own);
        self.flow.artifacts.push((format!("{name}.made"), name.to_owned()));
        self.flow.texts.push((format!("{name}.TAG"), name.to_owned()));
        self.flow.actions.push((name.to_owned(), name.to_owned()));
        Some(format!("action {name} = {path} {arguments}"))
    }

    /// Parameters of a template, which are all that its body can use.
    fn template_params(&mut self) -> (Vec<Slot>, String) {
        let count = self.choices.below(4);
        let mut flows: Vec<(SlotTy, &str)> = (0..count).map(|_| self.choices.pick(FLOWS).clone()).collect();
        // Two could be given the same artifact, which no action takes twice.
        let mut artifacts = 0;
        flows.retain(|(ty, _)| {
            artifacts += usize::from(matches!(ty, SlotTy::Artifact));
            !matches!(ty, SlotTy::Artifact) || artifacts == 1
        });
        let (params, written) = self.params(&flows);
        self.locals_of(&params);
        for param in &params {
            let path = (param.name.clone(), param.name.clone());
            match param.ty {
                SlotTy::Constant(_) => {}
                SlotTy::Artifact => self.flow.artifacts.push(path),
                SlotTy::Secret => self.flow.secrets.push(path),
                SlotTy::RunText => self.flow.texts.push(path),
            }
        }
        (params, written)
    }

    pub(super) fn action_template(&mut self, name: &str) -> (Kind, String) {
        let (params, written) = self.template_params();
        let mut fields = vec!["script: \"make\"".to_owned(), self.env()];
        fields.extend(self.inputs());
        fields.push("outputs: { made: \"out/**\" }".to_owned());
        fields.push("variables: [\"TAG\"]".to_owned());
        let body = self.choices.items("{", &fields, "}");
        self.leave();
        (Kind::ActionTemplate(params), format!("action {name}{written} = run {body}"))
    }

    pub(super) fn stage_template(&mut self, name: &str) -> (Kind, String) {
        let (params, written) = self.template_params();
        let known = self.flow.artifacts.len();
        let mut items = Vec::new();
        for _ in 0..1 + self.choices.below(3) {
            items.push(self.action().0);
        }
        let made = self.flow.artifacts[known..].iter().map(|(path, _)| path.clone()).collect();
        let body = self.choices.items("{\n", &items, "\n}");
        self.leave();
        (Kind::StageTemplate(params, made), format!("stage {name}{written} {body}"))
    }

    /// Leaves a template: nothing of it is seen outside.
    fn leave(&mut self) {
        self.flow = Flow::default();
        self.locals.clear();
    }
}
