//! The stable codes of everything that a run can report: inputs (P071x), the environment and failed actions (P08xx).
//! Append only: a number is never given a second meaning. Unaware of where a code is raised.

/// A code with the text of its page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// `P0801`.
    pub code: &'static str,
    /// What happened, in one line.
    pub summary: &'static str,
    /// Why it happens.
    pub cause: &'static str,
    /// What to do about it.
    pub fix: &'static str,
}

macro_rules! codes {
    ($($name:ident $code:literal $summary:literal, $cause:literal, $fix:literal;)*) => {
        $(pub(crate) const $name: &str = $code;)*
        /// Every code that this crate raises, in order.
        pub const CODES: &[Code] =
            &[$(Code { code: $code, summary: $summary, cause: $cause, fix: $fix }),*];
    };
}

codes! {
    UNKNOWN_ONLY "P0710" "`--only` names nothing of the plan",
        "The name is neither an action's id (`stage.action`) nor a stage's name.",
        "Use an id or a stage name as `run --dry-run` shows them.";
    UNKNOWN_VARIABLE "P0711" "a value was given for a variable that the pipeline does not have",
        "The name is misspelt, or the pipeline no longer declares it.",
        "Use the name of a declared `variable`.";
    MISSING_VARIABLE "P0712" "a variable without default got no value",
        "The pipeline declares a `variable` without default, so every run must give it.",
        "Give it on the command line, or add a default to the declaration.";
    BAD_VARIABLE "P0713" "a variable's value does not fit its type",
        "A bool is `true` or `false`, an int is a whole number, an enumeration is one of its texts.",
        "Give a value of the declared type.";
    UNKNOWN_SOURCE "P0714" "`--source` names no source action",
        "The name before `=` is no action of the plan, or the action does not make exactly one artifact from nothing.",
        "Use the id or the name of a source action.";
    BAD_SOURCE_PATH "P0715" "the path of `--source` is no folder",
        "The path after `=` does not exist or is a file.",
        "Give the folder that the source action shall take.";
    BAD_PLAN "P0716" "the plan contradicts itself",
        "An id occurs twice, something refers to what is not there, or the order is a cycle. `compile` never writes such a plan.",
        "Compile the plan again.";
    ESCAPING_PATH "P0717" "a path of the plan leaves its artifact",
        "Paths and globs of artifacts are relative and hold no `..`, so that a plan can neither read nor write elsewhere.",
        "Write the path relative to the artifact's root.";
    BAD_GLOB "P0718" "a glob of an output is not valid",
        "For example a `[` or `{` that is never closed.",
        "Correct the glob; `*`, `**`, `?`, `[…]` and `{a,b}` are understood.";
    BAD_ENV_NAME "P0719" "a name cannot be an environment variable",
        "Names are not empty and hold neither `=` nor NUL; values hold no NUL.",
        "Rename the variable.";
    BAD_JOBS "P0720" "`--jobs` must be at least 1",
        "With no job nothing could ever run.",
        "Leave it out, or give 1 or more.";
    UNKNOWN_GATE "P0721" "`--simulate` names no gate of the plan",
        "The name is no gate's id (`stage.gate`), or the gate is misspelt.",
        "Use the id of a gate as `run --dry-run` shows it.";
    UNKNOWN_ALARM "P0722" "`--alarm` names no alarm of the plan",
        "No gate of the plan looks at an alarm of this name.",
        "Use the `alarm_name` of an `aws.alarm` gate.";
    BAD_CONDITION "P0723" "a condition or a gate of the plan cannot be decided",
        "A pattern is no regular expression, a `cron` means nothing, or a time zone or an operator is unknown.",
        "Correct what the message names.";
    STATE_UNWRITABLE "P0801" "the state folder cannot be written",
        "`.standpipe` beside the pipeline holds workspaces, artifacts, logs and history; this user may not write it, or it is on a read-only file system.",
        "Make the folder writable for this user, or run a copy of the project elsewhere.";
    DISK_FULL "P0802" "the disk is full",
        "There was no space (or quota) left for a workspace, an artifact or a log.",
        "Free space, for example by removing `.standpipe/store` and old folders of `.standpipe/runs`, and run again.";
    SHELL_MISSING "P0803" "a shell or tool that the plan needs is not installed",
        "Scripts are run by `sh`, or by what their `shell` names; it is not in `PATH`.",
        "Install it, or correct `shell` or `PATH`.";
    JOURNAL_UNUSABLE "P0804" "the history of runs cannot be opened",
        "`.standpipe/state.db` is damaged, locked for long, or was written by a newer version.",
        "Use the newer version, or move `.standpipe/state.db` away (it holds only history).";
    STORE_DAMAGED "P0805" "an artifact in the store is missing or damaged",
        "Something changed or removed files of `.standpipe/store`, or the machine lost power while they were written.",
        "Remove `.standpipe/store` and run again.";
    IO "P0806" "a file could not be read or written",
        "The operating system refused; the message says which file and why.",
        "Correct what the message names, and run again.";
    INTERRUPTED "P0807" "the run was interrupted",
        "Ctrl-C, or a signal that asks to end. All processes of the run were ended.",
        "Run again.";
    SPAWN "P0808" "a process could not be started",
        "The operating system refused: too many processes, no memory, or a program that cannot be executed.",
        "Lower `--jobs`, raise the limit, or correct `shell`.";
    SCRIPT_FAILED "P0820" "a script failed",
        "It ended with a status other than 0, or by a signal.",
        "Read its last lines and the full log.";
    TIMED_OUT "P0821" "an action took longer than its `timeout`",
        "Its processes were ended: first asked to, after 10 seconds forced.",
        "Raise `timeout`, or find out what it waits for.";
    NOTHING_MATCHED "P0822" "an output matches no file",
        "Globs are relative to the working directory, which is the first input; `*` does not cross `/`, `**` does.",
        "Correct the glob, or let the script make the file.";
    VARIABLE_MISSING "P0823" "a declared variable was not produced",
        "The script succeeded, but neither exported the variable nor wrote it to `$PIPE_VARIABLES`.",
        "`export NAME=…` in the script, or `echo \"NAME=…\" >> \"$PIPE_VARIABLES\"`.";
    NEEDS_CONTAINER "P0824" "an action asks for a container image",
        "Local runs do not start containers yet.",
        "Pass `--no-container` to run it on this machine, with the tools installed here.";
    REJECTED "P0825" "an approval was rejected",
        "A person said no.",
        "Run again when it may go on.";
    NOBODY_TO_ASK "P0826" "an approval could not be asked for",
        "Standard input is no terminal and `--yes` was not given.",
        "Pass `--yes` to approve everything in an unattended run.";
    CONTRACT "P0827" "a file that a service will look for is not in the artifact",
        "The action's configuration names a file of an artifact that this run made, and the artifact does not hold it.",
        "Correct the path, or the globs of the output.";
    BAD_JSON "P0828" "a file that a service will read is not valid JSON",
        "The file is there, but does not parse.",
        "Correct what writes it.";
    UNREADABLE_ARTIFACT "P0829" "files of an output cannot be read",
        "A file that the globs match could not be read when the artifact was taken.",
        "Let the script make it readable, or exclude it from the globs.";
    BAD_VARIABLES_FILE "P0830" "`$PIPE_VARIABLES` cannot be understood",
        "Every line is `KEY=value`, or `KEY<<END`, lines, and `END`; the file is UTF-8 of at most 1 MiB.",
        "Correct what the script writes.";
    SOURCE_FAILED "P0831" "a source could not be taken",
        "git refused, or a file could not be read.",
        "Correct what the message names.";
    UNKNOWN_VALUE "P0832" "a value is not known",
        "The action refers to a variable that its producer did not make in this run.",
        "Let the producer make it, or remove the reference.";
    LEFT_OUT "P0833" "an action has nothing to run",
        "A `run` action without `script` in the plan.",
        "Give it a script.";
    SECRET_MISSING "P0834" "a secret is not there",
        "The environment variable that its `local` names is not set, or `.env` beside the pipeline file has no such line.",
        "Set the variable, or write the line into `.env`, and keep that file out of git.";
    SECRET_WITHOUT_LOCAL "P0835" "a secret cannot be found by a local run",
        "Its declaration says only where an engine finds it.",
        "Add `local: env(\"NAME\")`, `local: dotenv(\"NAME\")` or `local: command(\"…\")` to it.";
    SECRET_COMMAND "P0836" "the command that prints a secret failed",
        "It ended with another status than 0, printed nothing or more than 128 KiB, or took longer than a minute. What it prints is never shown.",
        "Run the command yourself in the folder of the pipeline file; it must not ask for anything.";
    SECRET_UNUSABLE "P0837" "a secret cannot be an environment variable",
        "Scripts get secrets as environment variables, which are UTF-8 here and hold no NUL.",
        "Keep the secret as text, for example in base64.";
    GATE_REFUSED "P0838" "a gate did not pass",
        "What its rule looks at is not as the rule wants it; the message says what was found.",
        "Run again when it is, or decide otherwise for this run with `--simulate STAGE.GATE=pass`.";
    DEPLOY_TIME "P0839" "a value is known to CloudFormation only",
        "`aws.cfn(…)` gets its value when CloudFormation deploys the pipeline; a local run has none.",
        "Give the action a `local` script that does without it.";
}

#[cfg(test)]
mod tests {
    use super::CODES;

    #[test]
    fn codes_ascend() {
        assert!(CODES.windows(2).all(|pair| pair[0].code < pair[1].code));
    }
}
