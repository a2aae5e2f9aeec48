//! The script of a `run` as commands for the service, with the environment that scripts may rely on.
//!
//! Assumed of the service, as CodeBuild documents it for buildspecs of version 0.2: all commands run one after the other
//! in one shell (`sh`), which starts in the directory of the first input, `$CODEBUILD_SRC_DIR`; a command that fails ends
//! the action as failed; other inputs are in `$CODEBUILD_SRC_DIR_<artifact>`; output files are looked up in
//! `$CODEBUILD_SRC_DIR` and variables in the shell's environment when the commands are done.
//! <https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html>
//! <https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html>

use base64::prelude::{BASE64_STANDARD, Engine as _};

use super::shell;
use crate::value::is_variable_name;

/// What a script needs around it.
pub(super) struct Script<'a> {
    /// The script, verbatim.
    pub(super) text: &'a str,
    /// What runs it.
    pub(super) shell: &'a str,
    /// Names and artifacts of the inputs that the user wrote, the primary one first.
    pub(super) inputs: Vec<(&'a str, &'a str)>,
    /// Whether the action makes an artifact.
    pub(super) has_output: bool,
    /// The variables that it declares.
    pub(super) variables: &'a [String],
    /// Environment variables that only commands can set: the service takes no empty values, and expands `#{`.
    pub(super) exports: Vec<(&'a str, &'a str)>,
}

/// How the text of a script travels.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Carrier {
    /// As single-line commands of limited length.
    Commands,
    /// In a buildspec, which takes texts of many lines.
    Buildspec,
}

/// The longest command of a Commands action.
/// <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionDeclaration.html>
pub(super) const MAX_COMMAND: usize = 1_000;
/// The most commands of a Commands action, by the same page.
pub(super) const MAX_COMMANDS: usize = 50;

/// Room in a command beside the piece of a script that it carries.
const FRAME: usize = 60;

/// What a plain script gets anyway, so that it can run line by line.
const DEFAULT_SHELLS: &[&str] = &["sh -eu", "sh -e -u", "sh -ue", "/bin/sh -eu"];

/// Shells that understand the lines which bring back exported variables.
const POSIX_SHELLS: &[&str] = &["sh", "bash", "dash", "ash", "ksh", "mksh", "zsh"];

impl Script<'_> {
    /// The commands that do what a local run of the script does.
    pub(super) fn commands(&self, carrier: Carrier) -> Vec<String> {
        let wants_file = self.wants_variables_file();
        let mut commands = vec!["set -eu".to_owned()];
        let plain = self.plain(carrier, wants_file);
        let brings_back = plain.is_none() && !self.variables.is_empty() && self.is_posix();
        if plain.is_none() || wants_file {
            commands.push("pipe_dir=$(mktemp -d)".to_owned());
        }
        if plain.is_none() {
            commands.extend(self.carry(carrier));
        }
        if wants_file {
            commands
                .push("export PIPE_VARIABLES=\"$pipe_dir/variables\"; : > \"$PIPE_VARIABLES\"".to_owned());
        }
        commands.extend(self.places());
        commands.extend(self.exports.iter().map(|(name, value)| format!("export {name}={}", quote(value))));
        match plain {
            Some(lines) => commands.extend(lines.into_iter().map(str::to_owned)),
            None => commands.push(self.call()),
        }
        if brings_back {
            commands.push(self.import_environment());
        }
        if wants_file {
            commands.extend(self.import_file());
        }
        commands
    }

    /// The script's own lines, where the service can run them one by one.
    fn plain(&self, carrier: Carrier, wants_file: bool) -> Option<Vec<&str>> {
        if !DEFAULT_SHELLS.contains(&self.shell) {
            return None;
        }
        // In a buildspec of the project nothing expands `#{`; in an action everything does.
        if carrier == Carrier::Commands && self.text.contains("#{") {
            return None;
        }
        let lines = shell::lines(self.text, wants_file)?;
        let short = lines.iter().all(|line| line.chars().count() <= MAX_COMMAND);
        let around = 6 + self.inputs.len() + self.exports.len();
        (carrier == Carrier::Buildspec || short && lines.len() + around <= MAX_COMMANDS).then_some(lines)
    }

    fn is_posix(&self) -> bool {
        let program = self.shell.split_whitespace().next().unwrap_or("");
        POSIX_SHELLS.contains(&program.rsplit('/').next().unwrap_or(program))
    }

    /// Writes the script to `$pipe_dir/script`, byte for byte.
    fn carry(&self, carrier: Carrier) -> Vec<String> {
        if carrier == Carrier::Buildspec {
            let mut end = "PIPE_SCRIPT".to_owned();
            while self.text.lines().any(|line| line == end) {
                end.push('_');
            }
            let newline = if self.text.ends_with('\n') { "" } else { "\n" };
            return vec![format!("cat > \"$pipe_dir/script\" <<'{end}'\n{}{newline}{end}", self.text)];
        }
        let encoded = BASE64_STANDARD.encode(self.text);
        if encoded.len() <= MAX_COMMAND - FRAME {
            return vec![format!("printf %s '{encoded}' | base64 -d > \"$pipe_dir/script\"")];
        }
        let mut commands = Vec::new();
        let mut rest = encoded.as_str();
        while !rest.is_empty() {
            // Base64 is ASCII, so every offset is the start of a character.
            let (piece, after) = rest.split_at(rest.len().min(MAX_COMMAND - FRAME));
            commands.push(format!("printf %s '{piece}' >> \"$pipe_dir/base64\""));
            rest = after;
        }
        commands.push("base64 -d < \"$pipe_dir/base64\" > \"$pipe_dir/script\"".to_owned());
        commands
    }

    /// Runs the script that `carry` wrote.
    fn call(&self) -> String {
        let shell: Vec<String> = self.shell.split_whitespace().map(word).collect();
        let shell = shell.join(" ");
        if self.variables.is_empty() || !self.is_posix() {
            return format!("{shell} \"$pipe_dir/script\"");
        }
        // The script is read by a shell that also writes down what it exported: at its end, or where it exits itself. It
        // stands in its own file, so that `$0` and the line numbers of messages are its own.
        let names = self.variables.join(" ");
        format!(
            "{shell} -c 'pipe_save() {{ for pipe_name in {names}; do printenv \"$pipe_name\" > \
             \"${{0%/*}}/value.$pipe_name\" || rm -f \"${{0%/*}}/value.$pipe_name\"; done; }}; \
             trap pipe_save EXIT; . \"$0\"; pipe_save' \"$pipe_dir/script\""
        )
    }

    fn import_environment(&self) -> String {
        format!(
            "for pipe_name in {}; do if [ -f \"$pipe_dir/value.$pipe_name\" ]; then \
             export \"$pipe_name=$(cat \"$pipe_dir/value.$pipe_name\")\"; fi; done",
            self.variables.join(" ")
        )
    }

    /// Reads `KEY=value` lines and heredocs (`KEY<<END`) of `$PIPE_VARIABLES` into the environment.
    fn import_file(&self) -> Vec<String> {
        let read = "while IFS= read -r pipe_line || [ -n \"$pipe_line\" ]; do pipe_name=${pipe_line%%[=<]*}; \
                    case $pipe_line in \"$pipe_name=\"*) pipe_value=${pipe_line#*=};; \
                    \"$pipe_name<<\"*) pipe_end=${pipe_line#*<<}; pipe_value=; pipe_break=; \
                    while IFS= read -r pipe_line && [ \"$pipe_line\" != \"$pipe_end\" ]; do \
                    pipe_value=$pipe_value$pipe_break$pipe_line; pipe_break=$(printf '\\n_'); \
                    pipe_break=${pipe_break%_}; done;; *) continue;; esac; \
                    case \" $pipe_names \" in *\" $pipe_name \"*) export \"$pipe_name=$pipe_value\";; esac; \
                    done < \"$PIPE_VARIABLES\"";
        vec![format!("pipe_names='{}'", self.variables.join(" ")), read.to_owned()]
    }

    /// Whether the script, or a program that it starts, may write to `$PIPE_VARIABLES`.
    fn wants_variables_file(&self) -> bool {
        let named = |name: &String| self.text.contains(name.as_str());
        self.text.contains("PIPE_VARIABLES")
            || !self.variables.is_empty() && (!self.is_posix() || !self.variables.iter().all(named))
    }

    /// The working directory and the places of inputs, as far as the script can tell the difference.
    fn places(&self) -> Vec<String> {
        let Some((primary, others)) = self.inputs.split_first() else {
            // A local run starts in an empty directory; the service's holds the source that it needs as an input.
            return vec![if self.has_output {
                "find \"$CODEBUILD_SRC_DIR\" -mindepth 1 -delete".to_owned()
            } else {
                "cd \"$(mktemp -d)\"".to_owned()
            }];
        };
        // All of them, mentioned or not: a program that the script starts may look for its inputs.
        let mut commands = vec![format!("export PIPE_INPUT_{}=\"$CODEBUILD_SRC_DIR\"", primary.0)];
        let source = format!("CODEBUILD_SRC_DIR_{}", primary.1);
        if self.mentions(&source) {
            commands.push(format!("export {source}=\"$CODEBUILD_SRC_DIR\""));
        }
        commands.extend(others.iter().map(|(name, artifact)| match is_variable_name(artifact) {
            true => format!("export PIPE_INPUT_{name}=\"$CODEBUILD_SRC_DIR_{artifact}\""),
            // A shell has no name for such a variable, but the environment that it was started with holds it.
            false => format!(
                "export PIPE_INPUT_{name}=\"$(tr '\\0' '\\n' < /proc/$$/environ | sed -n 's|^CODEBUILD_SRC_DIR_{artifact}=||p')\""
            ),
        }));
        commands
    }

    fn mentions(&self, name: &str) -> bool {
        self.text.match_indices(name).any(|(at, _)| {
            let next = self.text[at + name.len()..].chars().next();
            !next.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_')
        })
    }
}

/// A text for a shell, in single quotes; `#{` is taken apart, so that the service does not see it.
pub(super) fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''").replace("#{", "#''{"))
}

fn word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./+=:,@%".contains(c);
    if text.chars().all(plain) { text.to_owned() } else { quote(text) }
}
