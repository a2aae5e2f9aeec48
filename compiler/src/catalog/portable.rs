//! Callees that every engine can express.

use super::{
    Callee, Count, Environment, Field, Required, Type, Variable, Variables, between, exactly, field,
};

const USER_GUIDE_CONNECTION: &str = "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodestarConnectionSource.html";
const USER_GUIDE_APPROVAL: &str =
    "https://docs.aws.amazon.com/codepipeline/latest/userguide/approvals-action-add.html";

pub(super) static GIT: Callee = Callee {
    name: "git",
    doc: "Reads a git repository. A local run takes the working tree that holds the pipeline file, uncommitted changes included.",
    sources: &[USER_GUIDE_CONNECTION],
    service: None,
    inputs: exactly(0),
    outputs: exactly(1),
    globs: false,
    variables: Variables::Fixed(&[
        Variable { name: "author_date", key: "AuthorDate", doc: "When the commit was authored." },
        Variable { name: "branch", key: "BranchName", doc: "The branch." },
        Variable { name: "commit", key: "CommitId", doc: "The commit's id." },
        Variable { name: "commit_message", key: "CommitMessage", doc: "The commit's message." },
        Variable { name: "repository", key: "FullRepositoryName", doc: "The repository, `owner/name`." },
    ]),
    environment: Environment::None,
    fields: &[
        field(
            "repository",
            "FullRepositoryId",
            Type::ConstString,
            Required::Yes,
            "`owner/name` at the host, or a path or URL.",
        ),
        field("branch", "BranchName", Type::ConstString, Required::No, "The branch to read."),
        field("tag", "", Type::ConstString, Required::No, "The tag to read."),
        field("commit", "", Type::ConstString, Required::No, "The commit to read."),
        field(
            "connection",
            "ConnectionArn",
            Type::ConstString,
            Required::No,
            "ARN of the connection to the host, for AWS.",
        ),
        Field {
            default: "false",
            ..field("submodules", "", Type::Bool, Required::No, "Whether submodules are checked out too.")
        },
        Field {
            default: "false",
            ..field(
                "full_clone",
                "",
                Type::Bool,
                Required::No,
                "Whether readers get a clone with its history.",
            )
        },
    ],
};

pub(super) static RUN: Callee = Callee {
    name: "run",
    doc: "Runs a script with `sh -eu` in a fresh working directory that holds the first input.",
    sources: &[],
    service: None,
    inputs: Count { min: 0, max: usize::MAX },
    outputs: Count { min: 0, max: usize::MAX },
    globs: true,
    variables: Variables::Declared,
    environment: Environment::Process,
    fields: &[
        field(
            "script",
            "",
            Type::Script,
            Required::Yes,
            "What to run, verbatim. Values reach it only through `env`.",
        ),
        Field {
            default: "sh -eu",
            ..field("shell", "", Type::ConstString, Required::No, "What runs the script.")
        },
        field("image", "", Type::ConstString, Required::No, "The container image that it runs in."),
        Field {
            default: "false",
            ..field(
                "cache",
                "",
                Type::Bool,
                Required::No,
                "Whether the same inputs may reuse an earlier result.",
            )
        },
    ],
};

pub(super) static APPROVE: Callee = Callee {
    name: "approve",
    doc: "Waits until a person approves or rejects.",
    sources: &[USER_GUIDE_APPROVAL],
    service: None,
    inputs: exactly(0),
    outputs: between(0, 0),
    globs: false,
    variables: Variables::None,
    environment: Environment::None,
    fields: &[
        field("message", "CustomData", Type::String, Required::No, "What the person is asked."),
        field("url", "ExternalEntityLink", Type::String, Required::No, "A page that helps to decide."),
        field(
            "notify",
            "NotificationArn",
            Type::ConstString,
            Required::No,
            "ARN of the SNS topic that is told.",
        ),
    ],
};
