//! Callees of AWS CodePipeline. Names, requiredness, enumerations and artifact counts are those of the action reference
//! of the service's user guide, read in November 2026.

use super::{Callee, Environment, Field, Required, Service, Type, Variables, between, exactly, field};

const GUIDE_CODEBUILD: &str =
    "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html";
const GUIDE_S3: &str =
    "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-S3Deploy.html";
const GUIDE_CLOUDFORMATION: &str =
    "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CloudFormation.html";
const GUIDE_ARTIFACTS: &str =
    "https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-action-artifacts.html";
const API_ACTION_TYPE: &str =
    "https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionTypeId.html";

pub(super) static CODEBUILD: Callee = Callee {
    name: "aws.codebuild",
    doc: "Builds or tests with a CodeBuild project.",
    sources: &[GUIDE_CODEBUILD, GUIDE_ARTIFACTS],
    service: Some(Service {
        categories: &["Build", "Test"],
        owner: "AWS",
        provider: "CodeBuild",
        version: "1",
    }),
    inputs: between(1, 5),
    outputs: between(0, 5),
    globs: false,
    variables: Variables::Open,
    environment: Environment::Key("EnvironmentVariables"),
    fields: &[
        field("project_name", "ProjectName", Type::String, Required::Yes, "The project's name."),
        field(
            "primary_source",
            "PrimarySource",
            Type::Artifact,
            Required::SeveralInputs,
            "Which input holds the buildspec; needed where there are several.",
        ),
        Field {
            default: "false",
            ..field(
                "batch_enabled",
                "BatchEnabled",
                Type::Bool,
                Required::No,
                "Whether the build is a batch build.",
            )
        },
        Field {
            default: "false",
            ..field(
                "combine_artifacts",
                "CombineArtifacts",
                Type::Bool,
                Required::No,
                "Whether the artifacts of a batch are combined; needs `batch_enabled: true`.",
            )
        },
        field(
            "buildspec_override",
            "BuildspecOverride",
            Type::String,
            Required::No,
            "An inline buildspec, a path in the source, or the ARN of an S3 object.",
        ),
        field(
            "service_role_arn_override",
            "ServiceRoleArnOverride",
            Type::String,
            Required::No,
            "ARN of the role that the build runs with.",
        ),
    ],
};

pub(super) static S3_DEPLOY: Callee = Callee {
    name: "aws.s3_deploy",
    doc: "Copies an artifact into an S3 bucket.",
    sources: &[GUIDE_S3, GUIDE_ARTIFACTS],
    service: Some(Service { categories: &["Deploy"], owner: "AWS", provider: "S3", version: "1" }),
    inputs: exactly(1),
    outputs: exactly(0),
    globs: false,
    variables: Variables::None,
    environment: Environment::None,
    fields: &[
        field("bucket_name", "BucketName", Type::String, Required::Yes, "The bucket to copy into."),
        field("extract", "Extract", Type::Bool, Required::Yes, "Whether the artifact's files are unpacked."),
        field(
            "object_key",
            "ObjectKey",
            Type::String,
            Required::When("extract", &["false"]),
            "The object's key; with `extract: true` an optional prefix.",
        ),
        field(
            "kms_encryption_key_arn",
            "KMSEncryptionKeyARN",
            Type::String,
            Required::No,
            "The key that encrypts the objects.",
        ),
        field(
            "canned_acl",
            "CannedACL",
            Type::Enum(&[
                "private",
                "public-read",
                "public-read-write",
                "authenticated-read",
                "aws-exec-read",
                "bucket-owner-read",
                "bucket-owner-full-control",
                "log-delivery-write",
            ]),
            Required::No,
            "Who may read the objects.",
        ),
        field(
            "cache_control",
            "CacheControl",
            Type::String,
            Required::No,
            "Cache-Control directives of the objects.",
        ),
    ],
};

/// Modes in which a template is read.
const WITH_TEMPLATE: &[&str] = &["CREATE_UPDATE", "REPLACE_ON_FAILURE", "CHANGE_SET_REPLACE"];
/// Modes in which a role is needed.
const WITH_ROLE: &[&str] = &["CREATE_UPDATE", "REPLACE_ON_FAILURE", "DELETE_ONLY", "CHANGE_SET_REPLACE"];
/// Modes that work on a change set.
const WITH_CHANGE_SET: &[&str] = &["CHANGE_SET_REPLACE", "CHANGE_SET_EXECUTE"];

pub(super) static CLOUDFORMATION: Callee = Callee {
    name: "aws.cloudformation",
    doc: "Creates, updates or deletes a CloudFormation stack, or prepares and executes a change set.",
    sources: &[GUIDE_CLOUDFORMATION, GUIDE_ARTIFACTS],
    service: Some(Service {
        categories: &["Deploy"],
        owner: "AWS",
        provider: "CloudFormation",
        version: "1",
    }),
    inputs: between(0, 10),
    outputs: between(0, 1),
    globs: false,
    variables: Variables::Open,
    environment: Environment::None,
    fields: &[
        field(
            "action_mode",
            "ActionMode",
            Type::Enum(&[
                "CREATE_UPDATE",
                "REPLACE_ON_FAILURE",
                "DELETE_ONLY",
                "CHANGE_SET_REPLACE",
                "CHANGE_SET_EXECUTE",
            ]),
            Required::Yes,
            "What is done to the stack.",
        ),
        field("stack_name", "StackName", Type::String, Required::Yes, "The stack's name."),
        field(
            "template_path",
            "TemplatePath",
            Type::File,
            Required::When("action_mode", WITH_TEMPLATE),
            "The template.",
        ),
        field(
            "role_arn",
            "RoleArn",
            Type::String,
            Required::When("action_mode", WITH_ROLE),
            "The role that CloudFormation assumes.",
        ),
        field(
            "change_set_name",
            "ChangeSetName",
            Type::String,
            Required::When("action_mode", WITH_CHANGE_SET),
            "The change set's name.",
        ),
        field(
            "capabilities",
            "Capabilities",
            Type::EnumList(&["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]),
            Required::No,
            "What the template is allowed to do; needed where it makes IAM resources or has macros.",
        ),
        field(
            "template_configuration",
            "TemplateConfiguration",
            Type::File,
            Required::No,
            "A file of parameters, tags and stack policy.",
        ),
        field(
            "output_file_name",
            "OutputFileName",
            Type::String,
            Required::No,
            "The file in the output artifact that gets the stack's outputs.",
        ),
        field(
            "parameter_overrides",
            "ParameterOverrides",
            Type::Json,
            Required::No,
            "Values of the template's parameters; as JSON at most 1024 bytes.",
        ),
    ],
};

pub(super) static ACTION: Callee = Callee {
    name: "aws.action",
    doc: "Any action type of AWS CodePipeline. Only its form is checked; `configuration` takes the service's own keys.",
    sources: &[API_ACTION_TYPE],
    service: None,
    inputs: between(0, usize::MAX),
    outputs: between(0, usize::MAX),
    globs: false,
    variables: Variables::Open,
    environment: Environment::None,
    fields: &[
        field(
            "category",
            "",
            Type::Enum(&["Source", "Build", "Deploy", "Test", "Invoke", "Approval", "Compute"]),
            Required::Yes,
            "The action type's category.",
        ),
        Field {
            default: "AWS",
            ..field(
                "owner",
                "",
                Type::Enum(&["AWS", "ThirdParty", "Custom"]),
                Required::No,
                "Who provides the action type.",
            )
        },
        field("provider", "", Type::ConstString, Required::Yes, "The action type's name."),
        Field {
            default: "1",
            ..field("version", "", Type::ConstString, Required::No, "The action type's version.")
        },
    ],
};
