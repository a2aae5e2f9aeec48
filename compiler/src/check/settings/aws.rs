//! `aws { … }`: the settings of AWS CodePipeline.

use std::sync::OnceLock;

use indexmap::IndexMap;

use super::super::values::{and_list, meant};
use super::super::{Check, Context};
use super::fields;
use crate::catalog::{Field, Limits, Required, Type};
use crate::diagnostic::{Place, codes, nearest};
use crate::plan::Location;
use crate::plan::{
    ArtifactStore, ArtifactStores, Aws, Azure, ExecutionMode, ParallelStages, PipelineType, RunAs,
};
use crate::span::Span;
use crate::syntax::ast::{Engine, Entry, ExprKind};
use crate::typed;
use crate::value::{Reference, Text, Value};

/// What can stand in `aws { }`: name, type, whether it must be there.
pub(crate) fn settings() -> &'static [Field] {
    static SETTINGS: OnceLock<Vec<Field>> = OnceLock::new();
    let field = |name: &str, ty: Type, required: Required, doc: &str| Field {
        name: name.to_owned(),
        key: String::new(),
        ty,
        required,
        default: String::new(),
        doc: doc.to_owned(),
        limits: Limits::default(),
    };
    let words = |words: &[&str]| Type::Enum(words.iter().map(|word| (*word).to_owned()).collect());
    SETTINGS.get_or_init(|| {
        vec![
            field("role", Type::ConstString, Required::Yes, "The role that the pipeline assumes."),
            field("artifact_bucket", Type::ConstString, Required::No, "The bucket that keeps the artifacts; `artifact_stores` where actions run in several regions."),
            field("encryption_key", Type::ConstString, Required::No, "The key that encrypts the artifacts."),
            field("artifact_stores", Type::Json, Required::No, "A bucket for each region in which actions run."),
            field("mode", words(&["superseded", "queued", "parallel"]), Required::No, "What happens to a run that starts while another one goes on."),
            field("type", words(&["v1", "v2"]), Required::No, "The type of the pipeline."),
            field("run", words(&["commands", "codebuild"]), Required::No, "What `run` becomes: an action of CodeBuild, or one that runs commands."),
            field("parallel_stages", words(&["serialize", "merge"]), Required::No, "What becomes of stages that do not wait for each other, which CodePipeline does not have."),
            field("tags", Type::StringMap, Required::No, "Tags of the pipeline."),
            field("disabled", Type::StringMap, Required::No, "Stages that nothing may enter, each with the reason."),
        ]
    })
}

impl<'a> Check<'a> {
    /// The settings, and where each stands.
    pub(super) fn aws(
        &mut self,
        context: &Context,
        stages: &[typed::Stage],
    ) -> (Option<Aws>, IndexMap<String, Place>) {
        let mut places = IndexMap::new();
        let engines: Vec<&'a Engine> = self.engines.clone();
        let mut found: Option<&'a Engine> = None;
        for engine in engines {
            if engine.name.text == "azure" {
                // Kept as it is, see `azure`.
            } else if let Some(first) = found {
                let (place, first) = (self.place(engine.name.span), self.place(first.name.span));
                self.report(
                    codes::DUPLICATE_NAME
                        .at(place, "`aws` is declared twice")
                        .also(first, "first declared here"),
                );
            } else {
                found = Some(engine);
            }
        }
        let Some(engine) = found else { return (None, places) };
        places.insert(String::new(), self.place(engine.name.span));
        self.written_out(&engine.body, "`aws`");
        let mut values = IndexMap::new();
        for field in fields(&engine.body) {
            let name = field.key.text.as_str();
            let Some(setting) = settings().iter().find(|s| s.name == name) else {
                self.unknown_setting(name, field.key.span);
                continue;
            };
            match self.field_value(setting, &field.value, context) {
                Some(value) => drop(values.insert(name, value)),
                // As if it had not been written.
                None if self.is_null(&field.value, context) => continue,
                None => {}
            }
            places.insert(name.to_owned(), self.place(field.value.span));
        }
        let given = |name: &str| places.contains_key(name);
        self.required_settings(engine, &given);
        let aws = self.build(&mut values, &given, stages, &places);
        (aws, places)
    }

    fn unknown_setting(&mut self, name: &str, span: Span) {
        let place = self.place(span);
        let diagnostic = codes::UNKNOWN_FIELD.at(place, format!("`aws` has no field `{name}`"));
        let known = settings().iter().map(|s| s.name.as_str());
        self.report(match nearest(name, known.clone()) {
            Some(near) => diagnostic.did_you_mean(near),
            None => diagnostic.help(format!("its fields are {}", and_list(known))),
        });
    }

    fn required_settings(&mut self, engine: &Engine, given: &impl Fn(&str) -> bool) {
        let place = self.place(engine.name.span);
        let entries = engine.body.entries();
        let known: Vec<&str> = settings().iter().map(|setting| setting.name.as_str()).collect();
        let meant = meant(entries, &known);
        let broken = !matches!(engine.body.kind, ExprKind::Record(_))
            || entries.iter().any(|entry| !matches!(entry, Entry::Field(_)));
        let absent = |name: &str| !broken && !given(name) && !meant.contains(&name);
        if absent("role") {
            self.report(
                codes::MISSING_FIELD
                    .at(place, "`aws` needs `role`")
                    .help("the ARN of the role that CodePipeline assumes: `role: \"arn:aws:iam::111122223333:role/pipeline\"`"),
            );
        }
        match (given("artifact_bucket"), given("artifact_stores")) {
            (false, false) if absent("artifact_bucket") && absent("artifact_stores") => self.report(
                codes::MISSING_FIELD
                    .at(place, "`aws` needs `artifact_bucket` or `artifact_stores`")
                    .help("the bucket keeps the artifacts between actions; several Regions need a store each"),
            ),
            (true, true) => self.report(
                codes::CONFLICTING_FIELDS
                    .at(place, "`artifact_bucket` and `artifact_stores` exclude each other")
                    .help("keep `artifact_stores` where actions run in several Regions, otherwise `artifact_bucket`"),
            ),
            _ => {}
        }
        if given("encryption_key") && !given("artifact_bucket") && given("artifact_stores") {
            self.report(
                codes::CONFLICTING_FIELDS.at(place, "`encryption_key` goes with `artifact_bucket`").help(
                    "each of `artifact_stores` has its own: `{ bucket: \"…\", encryption_key: \"…\" }`",
                ),
            );
        }
    }

    fn build(
        &mut self,
        values: &mut IndexMap<&str, Value>,
        given: &impl Fn(&str) -> bool,
        stages: &[typed::Stage],
        places: &IndexMap<String, Place>,
    ) -> Option<Aws> {
        let text = |name: &str| values.get(name).and_then(Value::as_str).map(str::to_owned);
        let mode = text("mode").map(|mode| match mode.as_str() {
            "queued" => ExecutionMode::Queued,
            "parallel" => ExecutionMode::Parallel,
            _ => ExecutionMode::Superseded,
        });
        let pipeline_type =
            text("type").map(|ty| if ty == "v1" { PipelineType::V1 } else { PipelineType::V2 });
        let run =
            if text("run").as_deref() == Some("codebuild") { RunAs::Codebuild } else { RunAs::Commands };
        let merge = text("parallel_stages").as_deref() == Some("merge");
        let parallel_stages = if merge { ParallelStages::Merge } else { ParallelStages::Serialize };
        let whole = |name: &str| match values.get(name) {
            Some(Value::Text(text)) => Some(text.clone()),
            _ => None,
        };
        let (role, bucket, encryption_key) =
            (whole("role"), whole("artifact_bucket"), whole("encryption_key"));
        let artifacts = if given("artifact_bucket") {
            ArtifactStores::One(ArtifactStore { bucket: bucket?, encryption_key })
        } else {
            ArtifactStores::PerRegion(
                self.stores(values.get("artifact_stores")?, places.get("artifact_stores").copied()?)?,
            )
        };
        let at = |name: &str| places.get(name).map(|p| p.span).unwrap_or_default();
        let tags = self.constant_map(values.get("tags"), "tags", at("tags"));
        let disabled = self.constant_map(values.get("disabled"), "disabled", at("disabled"));
        for stage in disabled.keys() {
            if stages.iter().all(|s| s.plan.id != *stage) {
                self.error(&codes::UNKNOWN_STAGE, at("disabled"), format!("there is no stage `{stage}`"));
            }
        }
        Some(Aws {
            role: role?,
            artifacts,
            mode,
            pipeline_type,
            run,
            parallel_stages,
            tags,
            disabled,
            source: Location::default(),
        })
    }

    fn stores(&mut self, value: &Value, place: Place) -> Option<IndexMap<String, ArtifactStore>> {
        let span = place.span;
        let Value::Record(regions) = value else {
            self.error(
                &codes::TYPE_MISMATCH,
                span,
                "`artifact_stores` is a record with a store for each Region",
            );
            return None;
        };
        let mut stores = IndexMap::new();
        for (region, store) in regions {
            let Value::Record(fields) = store else {
                self.error(
                    &codes::TYPE_MISMATCH,
                    span,
                    format!("the store of `{region}` is a record: `{{ bucket: \"…\" }}`"),
                );
                continue;
            };
            for key in fields.keys().filter(|key| !["bucket", "encryption_key"].contains(&key.as_str())) {
                let message =
                    format!("a store has no field `{key}`; its fields are `bucket` and `encryption_key`");
                self.error(&codes::UNKNOWN_FIELD, span, message);
            }
            if fields.get("bucket").is_none_or(|bucket| *bucket == Value::Null) {
                self.error(&codes::MISSING_FIELD, span, format!("the store of `{region}` needs a `bucket`"));
                continue;
            }
            let bucket = self.store_text(fields.get("bucket"), region, "bucket", span);
            let encryption_key =
                self.store_text(fields.get("encryption_key"), region, "encryption_key", span);
            if let Some(bucket) = bucket {
                stores.insert(region.clone(), ArtifactStore { bucket, encryption_key });
            }
        }
        Some(stores)
    }
}

impl<'a> Check<'a> {
    /// `azure { }`: kept for an exporter to come, and not looked into.
    pub(super) fn azure(&mut self, context: &Context) -> Option<(Azure, Place)> {
        let engines: Vec<&'a Engine> =
            self.engines.iter().copied().filter(|engine| engine.name.text == "azure").collect();
        let (first, rest) = engines.split_first()?;
        let place = self.place(first.name.span);
        if let Some(second) = rest.first() {
            let again = self.place(second.name.span);
            let diagnostic = codes::DUPLICATE_NAME.at(again, "`azure` is declared twice");
            self.report(diagnostic.also(place, "first declared here"));
        }
        self.written_out(&first.body, "`azure`");
        let mut kept = IndexMap::new();
        for field in fields(&first.body) {
            let setting = Field { ty: Type::Json, ..crate::catalog::configuration() };
            if let Some(value) = self.field_value(&setting, &field.value, context) {
                kept.insert(field.key.text.to_string(), value);
            }
        }
        Some((Azure { settings: kept, source: Location::default() }, place))
    }

    /// A text of a store that no run has to tell; `None` when it is not there or was reported.
    fn store_text(&mut self, value: Option<&Value>, region: &str, name: &str, span: Span) -> Option<Text> {
        match value? {
            Value::Null => None,
            Value::Text(text) if text.references().all(|r| matches!(r, Reference::Deploy { .. })) => {
                Some(text.clone())
            }
            Value::Text(_) => {
                self.not_constant(span, &format!("`{name}`"));
                None
            }
            _ => {
                let message = format!("`{name}` of the store of `{region}` is a string");
                self.error(&codes::TYPE_MISMATCH, span, message);
                None
            }
        }
    }

    /// A record of constant texts.
    fn constant_map(&mut self, value: Option<&Value>, name: &str, span: Span) -> IndexMap<String, String> {
        let Some(Value::Record(fields)) = value else { return IndexMap::new() };
        if fields.values().any(|value| value.as_str().is_none()) {
            self.not_constant(span, &format!("each value of `{name}`"));
        }
        fields.iter().filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
    }
}
