//! The facts about callees: fields, artifacts, variables, and how a service names them. One table, in the form that
//! `callee` declarations of the language will have, so that it can move there.

mod aws;
mod portable;

/// An action type that a pipeline can call.
#[derive(Debug)]
pub struct Callee {
    /// As written: `run`, `aws.codebuild`.
    pub name: &'static str,
    /// What it does, for hover and the reference.
    pub doc: &'static str,
    /// Where the facts are from.
    pub sources: &'static [&'static str],
    /// The action type of AWS CodePipeline; none for portable callees, which each engine expresses in its own way.
    pub service: Option<Service>,
    /// How many input artifacts.
    pub inputs: Count,
    /// How many output artifacts.
    pub outputs: Count,
    /// Whether its outputs are globs over a working directory.
    pub globs: bool,
    /// Its output variables.
    pub variables: Variables,
    /// Whether it takes `env`, and where a service keeps that.
    pub environment: Environment,
    /// Its own fields. Those that imply inputs (`Type::Artifact`, `Type::File`) do so in this order.
    pub fields: &'static [Field],
}

/// An action type of AWS CodePipeline.
#[derive(Debug)]
pub struct Service {
    /// Categories under which it exists; the first is the default. More than one adds the field `category`.
    pub categories: &'static [&'static str],
    /// `AWS`, `ThirdParty` or `Custom`.
    pub owner: &'static str,
    /// The provider's name.
    pub provider: &'static str,
    /// The version, a text on the wire.
    pub version: &'static str,
}

/// How many of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// At least.
    pub min: usize,
    /// At most.
    pub max: usize,
}

/// What output variables a callee has.
#[derive(Debug)]
pub enum Variables {
    /// None.
    None,
    /// Exactly these.
    Fixed(&'static [Variable]),
    /// Those that the action lists in `variables`.
    Declared,
    /// Those that the action lists in `variables`; without a list any name, known only when it runs.
    Open,
}

/// An output variable.
#[derive(Debug)]
pub struct Variable {
    /// The name in Pipe.
    pub name: &'static str,
    /// The service's key.
    pub key: &'static str,
    /// What it holds.
    pub doc: &'static str,
}

/// Where environment variables go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// The callee has none.
    None,
    /// The process that it starts.
    Process,
    /// A configuration key of the service that holds them as JSON text.
    Key(&'static str),
}

/// A field of a callee.
#[derive(Debug)]
pub struct Field {
    /// The name in Pipe.
    pub name: &'static str,
    /// The service's configuration key; empty where the field is not configuration.
    pub key: &'static str,
    /// What it may be.
    pub ty: Type,
    /// Whether it must be given.
    pub required: Required,
    /// The service's own default, for hover; empty where there is none.
    pub default: &'static str,
    /// What it means.
    pub doc: &'static str,
}

/// Whether a field must be given.
#[derive(Clone, Copy, Debug)]
pub enum Required {
    /// Always.
    Yes,
    /// Never.
    No,
    /// When another field has one of these values (a bool is written `true`/`false`).
    When(&'static str, &'static [&'static str]),
    /// When the action has more than one input artifact.
    SeveralInputs,
}

/// What a field may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// A text; parts of it may be known only at run.
    String,
    /// A text that must be known while compiling.
    ConstString,
    /// A script: constant, never interpolated.
    Script,
    /// A whole number.
    Int,
    /// `true` or `false`.
    Bool,
    /// A duration.
    Duration,
    /// One of these texts.
    Enum(&'static [&'static str]),
    /// A list of these texts; joined with commas for a service.
    EnumList(&'static [&'static str]),
    /// An artifact that becomes an input.
    Artifact,
    /// A file of an artifact that becomes an input.
    File,
    /// Anything that JSON can hold; encoded as JSON text for a service.
    Json,
    /// A record whose values are texts.
    StringMap,
    /// A glob or a list of globs.
    Globs,
}

/// All callees, by name.
pub static CALLEES: &[&Callee] = &[
    &portable::APPROVE,
    &aws::ACTION,
    &aws::CLOUDFORMATION,
    &aws::CODEBUILD,
    &aws::S3_DEPLOY,
    &portable::GIT,
    &portable::RUN,
];

/// Callees that belong to the language and are not in this table yet.
pub static LATER: &[&str] = &[
    "aws.app_config",
    "aws.codecommit",
    "aws.codedeploy",
    "aws.commands",
    "aws.connection",
    "aws.device_farm",
    "aws.ec2",
    "aws.ecr",
    "aws.ecr_build",
    "aws.ecs",
    "aws.ecs_blue_green",
    "aws.eks",
    "aws.elastic_beanstalk",
    "aws.inspector_scan",
    "aws.lambda",
    "aws.lambda_deploy",
    "aws.opsworks",
    "aws.pipeline",
    "aws.s3_source",
    "aws.service_catalog",
    "aws.stack_instances",
    "aws.stack_set",
    "aws.step_functions",
    "github_v1",
    "jenkins",
];

/// The callee with this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Callee> {
    CALLEES.iter().copied().find(|callee| callee.name == name)
}

impl Callee {
    /// The callee's own field with this name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Whether actions of it are sources: they read no artifact and stand in the first stage.
    #[must_use]
    pub fn is_source(&self) -> bool {
        self.name == "git" || self.service.as_ref().is_some_and(|service| service.categories == ["Source"])
    }
}

const fn field(
    name: &'static str,
    key: &'static str,
    ty: Type,
    required: Required,
    doc: &'static str,
) -> Field {
    Field { name, key, ty, required, default: "", doc }
}

const fn exactly(n: usize) -> Count {
    Count { min: n, max: n }
}

const fn between(min: usize, max: usize) -> Count {
    Count { min, max }
}

impl Count {
    /// Whether `n` is not too few and not too many.
    #[must_use]
    pub const fn contains(self, n: usize) -> bool {
        self.min <= n && n <= self.max
    }
}

impl std::fmt::Display for Count {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.min, self.max) {
            (0, 0) => f.write_str("no"),
            (min, max) if min == max => write!(f, "exactly {min}"),
            (min, usize::MAX) => write!(f, "at least {min}"),
            (min, max) => write!(f, "{min} to {max}"),
        }
    }
}

/// The field that every callee of an engine has: the service's own keys, unchecked, merged last.
pub const CONFIGURATION: Field = field(
    "configuration",
    "*",
    Type::StringMap,
    Required::No,
    "Configuration keys of the service, exactly as it writes them; they are not checked.",
);
