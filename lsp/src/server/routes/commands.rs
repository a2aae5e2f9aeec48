//! Commands of lenses. What needs a process or a window is the client's; what is only computed is here, too.

use std::collections::BTreeMap;
use std::str::FromStr as _;

use compiler::draw::{Form, draw};
use compiler::target;
use lsp_server::ErrorCode;
use lsp_types::{ExecuteCommandParams, Uri};
use serde_json::{Value, json};

use super::super::{Failure, Server};
use super::not_open;

/// Runs a pipeline: the URI, then arguments of `standpipe run`. Only a client can do this.
pub(super) const RUN: &str = "standpipe.run";
/// Draws a pipeline: the URI, its name, and `mermaid` (otherwise) or `svg`.
pub(super) const GRAPH: &str = "standpipe.graph";
/// Exports a pipeline: the URI, its name, and the target (otherwise CodePipeline).
pub(super) const PREVIEW: &str = "standpipe.preview";

/// Answers with `{ language, text }`. The commands are not announced: clients that show the result in a window of their
/// own have commands of these names already, and an announced one would be registered a second time.
pub(super) fn execute(server: &mut Server, params: &ExecuteCommandParams) -> Result<Option<Value>, Failure> {
    let invalid = |message: String| Failure::new(ErrorCode::InvalidParams, message);
    if ![GRAPH, PREVIEW].contains(&params.command.as_str()) {
        return Err(invalid(format!("there is no command `{}` here", params.command)));
    }
    let argument = |index: usize| params.arguments.get(index).and_then(Value::as_str);
    let uri = argument(0).and_then(|uri| Uri::from_str(uri).ok());
    let uri = uri.ok_or_else(|| invalid("the first argument must be a URI".to_owned()))?;
    let analysis = server.analysis(uri.as_str()).ok_or_else(|| not_open(&uri))?;
    let failed = |message: &str| Failure::new(ErrorCode::RequestFailed, message);
    let pipelines = analysis.compilation.as_ref().map_or(&[][..], |compilation| &compilation.pipelines);
    let found = match (argument(1), pipelines) {
        (None, [only]) => Some(only),
        (name, all) => all
            .iter()
            .find(|l| name.is_some_and(|name| l.places.declared == name || l.plan.pipeline.name == name)),
    };
    let lowered = found.ok_or_else(|| failed("there is no such pipeline without errors"))?;
    if params.command == GRAPH {
        let (language, form) = match argument(2) {
            None | Some("mermaid") => ("mermaid", Form::Mermaid),
            Some("svg") => ("svg", Form::Svg),
            Some(other) => return Err(invalid(format!("there is no form `{other}`"))),
        };
        let text = draw(&lowered.plan, &BTreeMap::new(), form);
        return Ok(Some(json!({ "language": language, "text": text })));
    }
    let name = argument(2).unwrap_or("codepipeline");
    let target = target::find(name).ok_or_else(|| invalid(format!("there is no target `{name}`")))?;
    let output = (target.export)(&lowered.plan, &lowered.places);
    let Some(text) = output.text else {
        let messages: Vec<&str> = output.diagnostics.iter().map(|d| d.message.as_str()).collect();
        return Err(failed(&format!("the pipeline cannot be exported: {}", messages.join("; "))));
    };
    Ok(Some(json!({ "language": "json", "text": text, "notes": output.notes })))
}
