//! The pipeline of a program: what starts it, its settings, its stages.

use super::program::{Flow, Writer};
use super::types::{Key, Kind, Piece, Slot, SlotTy, Ty};

fn fixed(text: impl Into<String>) -> Piece {
    Piece { text: text.into(), declares: None }
}

impl Writer {
    pub(super) fn pipeline(&mut self, pieces: &mut Vec<Piece>) {
        let name = self.choices.name();
        let template = self.choices.chance(1, 4);
        let mut params = Vec::new();
        let mut head = format!("\npipeline {name}");
        if template {
            let (list, written) = self.params(&[]);
            head += &written;
            self.locals_of(&list);
            params = list;
        }
        pieces.push(fixed(head + " {\n"));
        self.pipeline_items(pieces);
        pieces.push(fixed("}\n"));
        self.locals.clear();
        if template {
            let instance = self.choices.name();
            let arguments = self.arguments(&params, &[]);
            pieces.push(fixed(format!("pipeline {instance} = {name} {arguments}\n")));
        }
    }

    fn pipeline_items(&mut self, pieces: &mut Vec<Piece>) {
        for _ in 0..self.choices.below(3) {
            let name = self.choices.name();
            let value = self.value(&Ty::Text, 2);
            self.item(pieces, format!("let {name} = {value}"), Some(&name));
            self.locals.push((name, Ty::Text));
        }
        for _ in 0..self.choices.below(3) {
            self.variable(pieces);
        }
        for _ in 0..self.choices.below(3) {
            self.secret(pieces);
        }
        let sources = 1 + self.choices.below(2);
        let names: Vec<String> = (0..sources).map(|_| self.choices.name()).collect();
        self.triggers(pieces, &names);
        self.settings(pieces);
        self.sources(pieces, &names);
        for _ in 0..1 + self.choices.below(4) {
            self.stage(pieces);
        }
    }

    /// An item of a body, with the separator behind it.
    fn item(&mut self, pieces: &mut Vec<Piece>, text: String, declares: Option<&str>) {
        let text = text + self.choices.separator();
        pieces.push(Piece { text, declares: declares.map(|name| Key::Inner(name.to_owned())) });
    }

    fn variable(&mut self, pieces: &mut Vec<Piece>) {
        let name = self.choices.name();
        let types =
            ["string = \"x\"", "string", "\"debug\" | \"info\" = \"info\"", "int = 3", "bool = false"];
        let ty = *self.choices.pick(&types);
        let body = self.choices.pick(&["", "", " { name: \"Exported\" }"]);
        let exported = if self.flow.variables.is_empty() { body } else { "" };
        self.item(pieces, format!("/// Given.\nvariable {name}: {ty}{exported}"), Some(&name));
        self.flow.texts.push((name.clone(), name.clone()));
        if ty.starts_with("string") {
            self.flow.variables.push(name);
        }
    }

    fn secret(&mut self, pieces: &mut Vec<Piece>) {
        let name = self.choices.name();
        let local = self.choices.pick(&["env(\"TOKEN\")", "dotenv(\"TOKEN\")", "command(\"pass x\")"]);
        let aws =
            self.choices.pick(&["secrets_manager(\"prod/npm:token\")", "secrets_manager(\"x\")", "masked"]);
        let entries = [format!("local: {local}"), format!("aws: {aws}")];
        let body = self.choices.items("{", &entries, "}");
        self.item(pieces, format!("secret {name} {body}"), Some(&name));
        self.flow.secrets.push((name.clone(), name));
    }

    fn triggers(&mut self, pieces: &mut Vec<Piece>, sources: &[String]) {
        for _ in 0..self.choices.below(3) {
            let source = sources[self.choices.below(sources.len())].clone();
            let texts = [
                format!("on push {{ source: {source}, branches: [\"main\"] }}"),
                format!(
                    "on push {{ source: {source}, branches: {{ include: [\"r/**\"], exclude: [\"r/x\"] }}, paths: [\"src/**\"] }}"
                ),
                format!("on tag {{ source: {source}, tags: [\"v*\"] }}"),
                format!(
                    "on pull_request {{ source: {source}, events: [\"opened\", \"closed\"], branches: [\"main\"] }}"
                ),
                "on schedule \"cron(0 3 * * ? *)\"".to_owned(),
            ];
            let text = self.choices.pick(&texts).clone();
            if text.contains("source:") {
                self.program.used.insert(Key::Inner(source));
            }
            self.item(pieces, text, None);
        }
    }

    fn settings(&mut self, pieces: &mut Vec<Piece>) {
        if self.choices.chance(3, 4) {
            let role = "role: \"arn:aws:iam::111122223333:role/p\"".to_owned();
            let mode = format!("mode: \"{}\"", self.choices.pick(&["queued", "superseded", "parallel"]));
            let run = format!("run: \"{}\"", self.choices.pick(&["commands", "codebuild"]));
            let stores = self.choices.pick(&[
                "artifact_bucket: \"acme-bucket\"",
                "artifact_stores: { \"eu-west-1\": { bucket: \"acme-bucket\" } }",
            ]);
            let mut entries = vec![role, (*stores).to_owned(), mode, run];
            entries.truncate(2 + self.choices.below(3));
            if self.choices.chance(1, 3) {
                entries.push(format!("tags: {{ team: {} }}", self.atom(&Ty::Text, 1)));
            }
            let body = self.choices.items("{", &entries, "}");
            self.item(pieces, format!("aws {body}"), None);
        }
        if self.choices.chance(1, 2) {
            let image = self.atom(&Ty::Text, 1);
            self.item(pieces, format!("defaults run {{ image: {image}, timeout: 20m }}"), None);
        }
        if self.choices.chance(1, 3) {
            let text = self.atom(&Ty::Text, 1);
            self.item(
                pieces,
                format!("defaults {{ region: \"eu-west-1\", env: {{ FROM_DEFAULTS: {text} }} }}"),
                None,
            );
        }
    }

    fn sources(&mut self, pieces: &mut Vec<Piece>, names: &[String]) {
        let stage = self.choices.name();
        pieces.push(fixed(format!("stage {stage} {{\n")));
        for name in names {
            let connection = "arn:aws:codeconnections:eu-west-1:111122223333:connection/0f1e";
            let fields = [
                format!("repository: \"acme/{name}\""),
                "branch: \"main\"".to_owned(),
                format!("connection: \"{connection}\""),
            ];
            let body = self.choices.items("{", &fields, "}");
            self.item(pieces, format!("action {name} = git {body}"), Some(name));
            self.flow.artifacts.push((name.clone(), name.clone()));
            self.flow.texts.push((format!("{name}.commit"), name.clone()));
            self.flow.texts.push((format!("{stage}.{name}.branch"), name.clone()));
            self.flow.actions.push((name.clone(), name.clone()));
        }
        pieces.push(fixed("}\n"));
        self.flow.stages.push(stage);
    }

    fn stage(&mut self, pieces: &mut Vec<Piece>) {
        let name = self.choices.name();
        if self.choices.chance(1, 3)
            && let Some(text) = self.stage_instance(&name)
        {
            self.item(pieces, text, None);
            self.flow.stages.push(name);
            return;
        }
        let before = self.flow.clone();
        let mut head = format!("stage {name}");
        let family = self.choices.chance(1, 5);
        let bound = self.choices.name();
        if family {
            head += &format!(" for {bound} in [\"a\", \"b\"]");
            self.locals.push((bound, Ty::Text));
        }
        let conditional = self.choices.chance(1, 5);
        if conditional {
            head += &format!(" if {}", self.atom(&Ty::Bool, 2));
        }
        pieces.push(fixed(head + " {\n"));
        for line in self.stage_fields() {
            self.item(pieces, line, None);
        }
        for _ in 0..1 + self.choices.below(3) {
            let (text, action) = self.action();
            self.item(pieces, text, Some(&action));
        }
        pieces.push(fixed("}\n"));
        if family {
            self.locals.pop();
        }
        let inner = std::mem::replace(&mut self.flow, before);
        if !conditional {
            let prefix = if family { format!("{name}[\"b\"].") } else { String::new() };
            let outer = |paths: &[(String, String)], known: usize| -> Vec<(String, String)> {
                paths[known..]
                    .iter()
                    .map(|(path, action)| (format!("{prefix}{path}"), action.clone()))
                    .collect()
            };
            let (artifacts, texts) = (self.flow.artifacts.len(), self.flow.texts.len());
            self.flow.artifacts.extend(outer(&inner.artifacts, artifacts));
            self.flow.texts.extend(outer(&inner.texts, texts));
        }
        self.flow.stages.push(name);
    }

    fn stage_fields(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        if self.choices.chance(1, 4) {
            let stage = self.choices.pick(&self.flow.stages.clone()).clone();
            lines.push(format!("needs: [{stage}]"));
        }
        if !self.flow.variables.is_empty() && self.choices.chance(1, 3) {
            let variable = self.choices.pick(&self.flow.variables.clone()).clone();
            let text = self.atom(&Ty::Text, 1);
            let tests = [
                format!("{variable} == {text}"),
                format!("{variable} != \"x\" && !(contains({variable}, \"a\"))"),
                format!("{variable} in [\"a\", \"b\"] || matches({variable}, \"^v\")"),
            ];
            lines.push(format!("when: {}", self.choices.pick(&tests)));
            self.program.used.insert(Key::Inner(variable));
        }
        match self.choices.below(8) {
            4 => lines.push("on failure retry failed_actions".to_owned()),
            5 => lines.push("on failure skip".to_owned()),
            6 => {
                let otherwise = self.choices.pick(&["fail", "skip"]);
                let name = self.choices.name();
                let condition = self.atom(&Ty::Bool, 1);
                lines.push(format!(
                    "gate {name} on entry if {condition} = aws.deployment_window {{ cron: \"* * 9-16 ? * MON-FRI *\" }}\n else {otherwise}"
                ));
            }
            7 => {
                let name = self.choices.name();
                lines.push(format!(
                    "gate {name} on success = aws.alarm {{ alarm_name: \"x\" }} else rollback"
                ));
            }
            _ => {}
        }
        lines
    }

    /// What an instance gives to a template; fields of its own stand beside them.
    pub(super) fn arguments(&mut self, params: &[Slot], own: &[String]) -> String {
        let mut entries = own.to_vec();
        for param in params {
            if param.optional && self.choices.chance(1, 2) {
                continue;
            }
            let value = match &param.ty {
                SlotTy::Constant(ty) => self.atom(ty, 2),
                SlotTy::Artifact => self.flow_of(|flow| &flow.artifacts),
                SlotTy::Secret => self.flow_of(|flow| &flow.secrets),
                SlotTy::RunText => self.flow_of(|flow| &flow.texts),
            };
            entries.push(format!("{}: {value}", param.name));
        }
        self.choices.items("{ ", &entries, " }")
    }

    /// One of what can flow here.
    pub(super) fn flow_of(&mut self, of: impl Fn(&Flow) -> &Vec<(String, String)>) -> String {
        let (path, name) = self.choices.pick(of(&self.flow)).clone();
        self.program.used.insert(Key::Inner(name));
        path
    }

    /// Whether a template with these parameters can be used here.
    pub(super) fn can_give(&self, params: &[Slot]) -> bool {
        params.iter().all(|param| match param.ty {
            SlotTy::Constant(_) => true,
            SlotTy::Artifact => !self.flow.artifacts.is_empty(),
            SlotTy::Secret => !self.flow.secrets.is_empty(),
            SlotTy::RunText => !self.flow.texts.is_empty(),
        })
    }

    fn stage_instance(&mut self, name: &str) -> Option<String> {
        let mut found = Vec::new();
        for (path, at) in &self.scope {
            if let Kind::StageTemplate(params, made) = &self.program.declarations[*at].kind
                && self.can_give(params)
            {
                found.push((path.clone(), *at, params.clone(), made.clone()));
            }
        }
        if found.is_empty() {
            return None;
        }
        let (path, at, params, made) = self.choices.pick(&found).clone();
        self.used(at);
        let arguments = self.arguments(&params, &[]);
        for artifact in made {
            self.flow.artifacts.push((format!("{name}.{artifact}"), name.to_owned()));
        }
        Some(format!("stage {name} = {path} {arguments}"))
    }
}
