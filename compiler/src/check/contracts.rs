//! What a consumer needs in an artifact, held against what the artifact can hold: its declared globs are its contract, and
//! that of a source is the working tree.

use super::Check;
use super::actions::Fields;
use crate::catalog::Callee;
use crate::diagnostic::{Severity, codes};
use crate::plan;
use crate::types::ActionId;
use crate::value::{ArtifactRef, Value};

/// Files that an action type looks for at the root of an artifact: which callee, the field that names another file, the
/// file, and where that is documented.
const NEEDED: &[Need] = &[
    Need { callee: "aws.ecs", field: Some("file_name"), file: "imagedefinitions.json" },
    Need { callee: "aws.codedeploy", field: None, file: "appspec.yml" },
];

/// <https://docs.aws.amazon.com/codepipeline/latest/userguide/file-reference.html>
struct Need {
    callee: &'static str,
    field: Option<&'static str>,
    file: &'static str,
}

impl<'a> Check<'a> {
    /// Checks the files of artifacts that an action names, or that its type needs.
    pub(super) fn contracts(&mut self, callee: &Callee, action: &plan::Action, fields: &Fields<'a>) {
        for (name, value) in &action.config {
            let Value::File(file) = value else { continue };
            let Some((expr, context)) = fields.get(name) else { continue };
            let here = context.here;
            if let Some(why) = self.cannot_hold(&file.artifact, &file.path) {
                self.within(here, |check| check.no_such_file(expr.span, &file.path, &why));
            }
        }
        for need in NEEDED.iter().filter(|need| need.callee == callee.name) {
            let named = need.field.and_then(|field| action.config.get(field));
            let file = match named {
                Some(value) => value.as_str(),
                None => Some(need.file),
            };
            let (Some(file), Some(input)) = (file, action.inputs.first()) else { continue };
            let Some((expr, context)) = fields.get("inputs") else { continue };
            let here = context.here;
            if let Some(why) = self.cannot_hold(&input.artifact, file) {
                self.within(here, |check| check.no_such_file(expr.span, file, &why));
            }
        }
    }

    fn no_such_file(&mut self, span: crate::span::Span, file: &str, why: &Why) {
        let place = self.place(span);
        match why {
            Why::Globs(declared, globs) => self.report(
                codes::CONTRACT
                    .at(place, format!("the artifact cannot hold `{file}`"))
                    .also(*declared, "its files are declared here")
                    .help(format!("its globs are {globs}; add one that takes `{file}`")),
            ),
            Why::Tree => {
                let message = format!("the working tree has no file `{file}`");
                let mut diagnostic = codes::CONTRACT.at(place, message);
                // The source may be another repository than the one that the pipeline is in.
                diagnostic.severity = Severity::Warning;
                self.report(
                    diagnostic.help("is it spelt as there? paths are relative to the repository's top"),
                );
            }
        }
    }

    /// Why an artifact cannot hold a file; none where it can, or where that is not known.
    fn cannot_hold(&mut self, artifact: &ArtifactRef, path: &str) -> Option<Why> {
        let at = self.action_members.iter().position(|member| member.id == artifact.action)?;
        let id = ActionId(u32::try_from(at).ok()?);
        let signature = self.signature(id, crate::span::Span::default())?;
        let output = signature.outputs.iter().find(|o| o.id.as_deref() == artifact.output.as_deref())?;
        if output.files.is_empty() {
            // Which repository the working tree is of, nobody says where there are several.
            let is_git = |action: &&super::WrittenAction<'a>| action.ast.callee.text == "git";
            let only = self.actions.iter().filter(is_git).count() == 1;
            let git = self.resolved(id).callee.is_some_and(|callee| callee.name == "git");
            let name = self.modules.module(self.pipeline.here.module).name;
            let absent = only && git && self.loader.in_working_tree(name, path) == Some(false);
            return absent.then_some(Why::Tree);
        }
        let matches = |glob: &String| {
            globset::GlobBuilder::new(glob)
                .literal_separator(true)
                .build()
                .is_ok_and(|glob| glob.compile_matcher().is_match(path))
        };
        // A folder's name takes all that is in it.
        let inside =
            |glob: &String| path.strip_prefix(glob.trim_end_matches('/')).is_some_and(|r| r.starts_with('/'));
        if output.files.iter().any(|glob| matches(glob) || inside(glob)) {
            return None;
        }
        let globs = output.files.iter().map(|glob| format!("`{glob}`")).collect::<Vec<_>>().join(", ");
        Some(Why::Globs(output.place, globs))
    }
}

enum Why {
    /// The place of the declaration, and its globs.
    Globs(crate::diagnostic::Place, String),
    /// The working tree has no such file.
    Tree,
}
