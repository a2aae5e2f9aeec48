//! What the compiler reads and what the grammar for editors reads, in one form, to be compared.

use compiler::span::Span;
use compiler::syntax::Parsed;
use compiler::syntax::ast::{Block, Element, Entry, Expr, ExprKind, Item, Part};
use compiler::syntax::token::Kind;

use super::tree::Node;

/// What a token is: `name`, `string`, … or itself.
type Class = String;

/// A token: what it is, and where.
pub(super) type Leaf = (Class, usize, usize);

fn leaf(class: &str, start: usize, end: usize) -> Leaf {
    (class.to_owned(), start, end)
}

/// The compiler's tokens, but for the ends of lines.
pub(super) fn compiled_leaves(parsed: &Parsed, text: &str) -> Vec<Leaf> {
    let mut leaves: Vec<Leaf> = Vec::new();
    for (kind, span) in &parsed.tokens {
        let (start, end) = (span.range().start, span.range().end);
        let own = &text[span.range()];
        let class = match kind {
            Kind::Newline => continue,
            Kind::Int => "number",
            Kind::Duration => "duration",
            Kind::Str => "string",
            Kind::Block => "block",
            Kind::StrOpen => "string opens",
            Kind::StrText => "text",
            Kind::StrClose => "string closes",
            kind if kind.is_name() => "name",
            _ => own,
        };
        // Two dots of a range are one mark.
        if let (".", Some((last, _, last_end))) = (class, leaves.last_mut())
            && last == "."
            && *last_end == start
        {
            *last = "..".to_owned();
            *last_end = end;
            continue;
        }
        leaves.push(leaf(class, start, end));
    }
    leaves
}

/// The same from the tree.
pub(super) fn read_leaves(node: &Node, text: &str) -> Vec<Leaf> {
    let mut leaves = Vec::new();
    collect_leaves(node, text, &mut leaves);
    leaves
}

fn collect_leaves(node: &Node, text: &str, leaves: &mut Vec<Leaf>) {
    let own = &text[node.start..node.end];
    let class = match node.kind.as_str() {
        "comment" | "doc_comment" | "shebang" => return,
        "string" => return collect_string(node, text, leaves),
        "block_string" => "block",
        "integer" => "number",
        "duration" => "duration",
        "identifier" | "property_identifier" | "type_identifier" | "reference" | "function_name" => "name",
        _ if !node.children.is_empty() || own.is_empty() => {
            for child in &node.children {
                collect_leaves(child, text, leaves);
            }
            return;
        }
        // Words of declarations are names to the compiler's lexer.
        _ if own.starts_with(|c: char| c.is_ascii_alphabetic()) && !is_reserved(own) => "name",
        _ => own,
    };
    leaves.push(leaf(class, node.start, node.end));
}

/// A string in pieces, if it has an interpolation.
fn collect_string(node: &Node, text: &str, leaves: &mut Vec<Leaf>) {
    let pieces = node.children.iter().find(|child| child.kind == "string_content");
    let interpolations: Vec<_> = pieces
        .iter()
        .flat_map(|pieces| &pieces.children)
        .filter(|child| child.kind == "interpolation")
        .collect();
    if interpolations.is_empty() {
        leaves.push(leaf("string", node.start, node.end));
        return;
    }
    leaves.push(leaf("string opens", node.start, node.start + 1));
    let mut end = node.start + 1;
    for interpolation in interpolations {
        if end < interpolation.start {
            leaves.push(leaf("text", end, interpolation.start));
        }
        for child in &interpolation.children {
            collect_leaves(child, text, leaves);
        }
        end = interpolation.end;
    }
    if end < node.end - 1 {
        leaves.push(leaf("text", end, node.end - 1));
    }
    leaves.push(leaf("string closes", node.end - 1, node.end));
}

fn is_reserved(word: &str) -> bool {
    words(Kind::is_reserved).iter().any(|reserved| reserved == word)
}

/// The words of the kinds that are so.
pub(super) fn words(is: impl Fn(Kind) -> bool) -> Vec<String> {
    let kinds = Kind::ALL.iter().filter(|kind| is(**kind));
    kinds.map(|kind| kind.describe().trim_matches('`').to_owned()).collect()
}

/// Compares the items of a file, a pipeline or a stage: what they are and where they stand, and what stands in them.
pub(super) fn compare_items(items: &[Item], node: &Node, text: &str) -> Result<(), String> {
    let read: Vec<_> = node.children.iter().filter(|child| child.named && !child.extra).collect();
    let read: Vec<_> = read.into_iter().filter(|child| child.kind != "shebang").collect();
    if items.len() != read.len() {
        return Err(format!("{} items, but the tree has {}", items.len(), read.len()));
    }
    for (item, node) in items.iter().zip(read) {
        compare_item(item, node, text)?;
    }
    Ok(())
}

fn compare_item(item: &Item, outer: &Node, text: &str) -> Result<(), String> {
    let span = item.span();
    if span.range() != (outer.start..outer.end) {
        return Err(format!("{:?} at {span:?}, but the tree has {outer:?}", &text[span.range()]));
    }
    let (kind, body) = match item {
        Item::Let(_) => ("let_declaration", None),
        Item::Pipeline(block) => ("pipeline_declaration", Some(block)),
        Item::Stage(block) => ("stage_declaration", Some(block)),
        Item::Variable(_) => ("variable_declaration", None),
        Item::Trigger(_) => ("trigger", None),
        Item::OnFailure(_) => ("failure_handler", None),
        Item::Engine(_) => ("engine_settings", None),
        Item::Defaults(_) => ("defaults", None),
        Item::Action(_) => ("action_declaration", None),
        Item::Field(_) => ("field", None),
        Item::Error(_) => return Err(format!("{:?} is not read", &text[span.range()])),
        Item::Edition(_) => ("edition_declaration", None),
        Item::Use(_) => ("use_declaration", None),
        Item::Type(_) => ("type_declaration", None),
        Item::Function(_) => ("function_declaration", None),
        Item::Callee(callee) if callee.is_rule => ("rule_declaration", None),
        Item::Callee(_) => ("callee_declaration", None),
        Item::Secret(_) => ("secret_declaration", None),
        Item::Gate(_) => ("gate_declaration", None),
        Item::StageInstance(_) => ("stage_declaration", None),
        Item::PipelineInstance(_) => ("pipeline_declaration", None),
        Item::Private(private) => {
            let inner = outer.children.last().filter(|_| outer.kind == "private_declaration");
            let inner =
                inner.ok_or_else(|| format!("`private` at {span:?}, but the tree has {}", outer.kind))?;
            return compare_item(&private.item, inner, text);
        }
    };
    if outer.kind != kind {
        return Err(format!("{kind} at {span:?}, but the tree has {}", outer.kind));
    }
    body.map_or(Ok(()), |block| compare_block(block, outer, text))
}

fn compare_block(block: &Block, node: &Node, text: &str) -> Result<(), String> {
    let name = node.child("name").ok_or("a block has no name")?;
    if block.name.span != span(name) {
        return Err(format!("the name {:?} stands elsewhere in the tree", block.name));
    }
    let body = node.child("body").ok_or("a block has no body")?;
    if block.body != span(body) {
        return Err(format!("the body of {:?} stands elsewhere in the tree", block.name));
    }
    compare_items(&block.items, body, text)
}

fn span(node: &Node) -> Span {
    Span::from(node.start..node.end)
}

/// Every expression of the `let`s, fields and actions of a file: what it is and where, sorted.
pub(super) fn compiled_expressions(items: &[Item]) -> Vec<Leaf> {
    let mut found = Vec::new();
    for item in items {
        match item {
            Item::Let(item) => collect(&item.value, &mut found),
            Item::Field(item) => collect(&item.value, &mut found),
            // What uses the parameters of templates is not compared.
            Item::Action(item) if item.params.is_none() => collect(&item.body, &mut found),
            Item::Pipeline(block) | Item::Stage(block) if block.params.is_none() => {
                found.extend(compiled_expressions(&block.items));
            }
            _ => {}
        }
    }
    found.sort();
    found
}

fn collect(expr: &Expr, found: &mut Vec<Leaf>) {
    found.push(leaf(class(expr), expr.span.range().start, expr.span.range().end));
    for inner in inner(expr) {
        collect(inner, found);
    }
}

/// What the tree calls it.
fn class(expr: &Expr) -> &'static str {
    match &expr.kind {
        ExprKind::Null => "null",
        ExprKind::Bool(_) => "boolean",
        ExprKind::Int(_) => "integer",
        ExprKind::Duration(_) => "duration",
        ExprKind::String(_) | ExprKind::Interpolated(_) => "string",
        ExprKind::Block(_) => "block_string",
        ExprKind::Name(_) => "reference",
        ExprKind::Member(..) => "member_expression",
        ExprKind::Index(..) => "index_expression",
        ExprKind::Call(..) => "call_expression",
        ExprKind::File(..) => "file_expression",
        ExprKind::List(_) => "list",
        ExprKind::Record(_) => "record",
        ExprKind::ListFor(_) => "list_comprehension",
        ExprKind::RecordFor(_) => "record_comprehension",
        ExprKind::If(_) => "conditional_expression",
        ExprKind::Not(_) => "not_expression",
        ExprKind::Binary(..) => "binary_expression",
        ExprKind::Paren(_) => "parenthesized_expression",
        _ => "unknown",
    }
}

/// The expressions in it.
fn inner(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        ExprKind::Interpolated(parts) => {
            let values = parts.iter().filter_map(|part| match part {
                Part::Value(value) => Some(value),
                Part::Text(..) => None,
            });
            values.collect()
        }
        ExprKind::Member(value, _) | ExprKind::Not(value) | ExprKind::Paren(value) => vec![value],
        ExprKind::Index(value, index) => vec![value, index],
        ExprKind::File(artifact, path) => vec![artifact, path],
        ExprKind::Call(function, arguments) => {
            // A function's name is no value of its own in the tree.
            let function = (!matches!(function.kind, ExprKind::Name(_))).then_some(&**function);
            function.into_iter().chain(arguments).collect()
        }
        ExprKind::List(elements) => {
            let values = elements.iter().map(|element| match element {
                Element::Value(value) | Element::Spread(value) => value,
            });
            values.collect()
        }
        ExprKind::Record(entries) => {
            let values = entries.iter().filter_map(|entry| match entry {
                Entry::Field(field) => Some(&field.value),
                Entry::Spread(value) => Some(value),
                Entry::Error(_) => None,
            });
            values.collect()
        }
        ExprKind::ListFor(list) => {
            [&list.element, &*list.each.list].into_iter().chain(&list.condition).collect()
        }
        ExprKind::RecordFor(record) => {
            // A plain key is no value in the tree.
            let key = matches!(record.key.kind, ExprKind::Interpolated(_)).then_some(&record.key);
            let values = [&record.value, &*record.each.list];
            key.into_iter().chain(values).chain(&record.condition).collect()
        }
        ExprKind::If(parts) => parts.iter().collect(),
        ExprKind::Binary(_, sides) => sides.iter().collect(),
        _ => Vec::new(),
    }
}

/// The same from the tree.
pub(super) fn read_expressions(items: &Node) -> Vec<Leaf> {
    let mut found = Vec::new();
    for item in &items.children {
        let value = match item.kind.as_str() {
            "let_declaration" | "field" => item.child("value"),
            // Its template parameters are not compared, so neither is what uses them.
            "action_declaration" if item.child("parameters").is_none() => item.child("arguments"),
            "pipeline_declaration" | "stage_declaration" if item.child("parameters").is_none() => {
                found.extend(item.child("body").map(read_expressions).unwrap_or_default());
                None
            }
            _ => None,
        };
        let nodes = value.into_iter().flat_map(Node::walk).filter(|node| is_expression(node));
        found.extend(nodes.map(|node| leaf(&node.kind, node.start, node.end)));
    }
    found.sort();
    found
}

/// Whether it is an expression; keys of records are strings, but no values.
fn is_expression(node: &Node) -> bool {
    let literal = ["null", "boolean", "integer", "duration", "string", "block_string", "reference", "list"];
    let compound = ["record", "list_comprehension", "record_comprehension"];
    let kind = node.kind.as_str();
    let interpolated = || node.walk().iter().any(|node| node.kind == "interpolation");
    node.named
        && (node.field != "key" || interpolated())
        && (literal.contains(&kind) || compound.contains(&kind) || kind.ends_with("_expression"))
}
