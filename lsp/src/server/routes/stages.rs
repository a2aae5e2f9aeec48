//! The graph of stages and actions, as the hierarchy of calls that editors know how to show.

use std::rc::Rc;

use lsp_types::{
    CallHierarchyIncomingCall, CallHierarchyIncomingCallsParams, CallHierarchyItem,
    CallHierarchyOutgoingCall, CallHierarchyOutgoingCallsParams, CallHierarchyPrepareParams, SymbolKind,
};
use serde_json::{Value, json};

use super::super::{Failure, Server};
use super::{not_open, pointed_at};
use crate::analysis::Analysis;
use crate::features::stages::{Node, at, neighbours};

pub(super) fn prepare(
    server: &mut Server,
    params: &CallHierarchyPrepareParams,
) -> Result<Option<Vec<CallHierarchyItem>>, Failure> {
    let (analysis, offset) = pointed_at(server, &params.text_document_position_params)?;
    let seen_by = params.text_document_position_params.text_document.uri.as_str();
    let found = at(&analysis, offset);
    Ok(Some(found.iter().filter_map(|node| item(server, &analysis, node, seen_by)).collect()))
}

/// Who waits for it.
pub(super) fn incoming(
    server: &mut Server,
    params: &CallHierarchyIncomingCallsParams,
) -> Result<Option<Vec<CallHierarchyIncomingCall>>, Failure> {
    let found = related(server, &params.item, false)?.into_iter();
    Ok(Some(
        found
            .map(|from| CallHierarchyIncomingCall { from_ranges: vec![from.selection_range], from })
            .collect(),
    ))
}

/// What it waits for.
pub(super) fn outgoing(
    server: &mut Server,
    params: &CallHierarchyOutgoingCallsParams,
) -> Result<Option<Vec<CallHierarchyOutgoingCall>>, Failure> {
    let own = params.item.selection_range;
    let found = related(server, &params.item, true)?.into_iter();
    Ok(Some(found.map(|to| CallHierarchyOutgoingCall { to, from_ranges: vec![own] }).collect()))
}

fn related(
    server: &mut Server,
    item: &CallHierarchyItem,
    waits_for: bool,
) -> Result<Vec<CallHierarchyItem>, Failure> {
    let text = |key: &str| item.data.as_ref().and_then(|data| data[key].as_str()).unwrap_or_default();
    let (id, seen_by) = (text("id"), text("seenBy"));
    let analysis = server.analysis(seen_by).ok_or_else(|| not_open(&item.uri))?;
    let found = neighbours(&analysis, id, waits_for);
    Ok(found.iter().filter_map(|node| super::stages::item(server, &analysis, node, seen_by)).collect())
}

fn item(server: &Server, analysis: &Rc<Analysis>, node: &Node, seen_by: &str) -> Option<CallHierarchyItem> {
    let location = server.render(analysis).location(node.place)?;
    let data: Value = json!({ "id": node.id, "seenBy": seen_by });
    Some(CallHierarchyItem {
        name: node.id.clone(),
        kind: if node.detail.is_some() { SymbolKind::METHOD } else { SymbolKind::NAMESPACE },
        tags: None,
        detail: node.detail.clone(),
        uri: location.uri,
        range: location.range,
        selection_range: location.range,
        data: Some(data),
    })
}
