//! What a file declares, as an outline.

use compiler::span::Span;
use compiler::syntax::ast::{Block, Item, Name};

/// What an editor draws a symbol as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Pipeline,
    Stage,
    Action,
    Let,
    Variable,
    Secret,
    Type,
    Function,
    Callee,
    Gate,
    Trigger,
    Module,
    Settings,
}

/// A declaration, and what stands in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Symbol {
    pub(crate) name: String,
    /// What is behind the name: the callee of an action, the type of a variable.
    pub(crate) detail: String,
    pub(crate) kind: Kind,
    /// The whole declaration.
    pub(crate) span: Span,
    /// Its name.
    pub(crate) at: Span,
    pub(crate) children: Vec<Symbol>,
}

/// The declarations among the items of a file.
pub(crate) fn symbols(items: &[Item], text: &str) -> Vec<Symbol> {
    items.iter().filter_map(|item| symbol(item, text)).collect()
}

fn symbol(item: &Item, text: &str) -> Option<Symbol> {
    let written = |span: Span| text.get(span.range()).unwrap_or_default().to_owned();
    let leaf = |kind, name: &Name, detail: String, span| plain(kind, &name.text, name.span, detail, span);
    Some(match item {
        Item::Private(private) => symbol(&private.item, text)?,
        Item::Let(x) => {
            leaf(Kind::Let, &x.name, x.ty.as_ref().map(|ty| written(ty.span)).unwrap_or_default(), x.span)
        }
        Item::Pipeline(block) => whole(Kind::Pipeline, block, text),
        Item::Stage(block) => whole(Kind::Stage, block, text),
        Item::Variable(x) => leaf(Kind::Variable, &x.name, written(x.ty.span), x.span),
        Item::Trigger(x) => {
            plain(Kind::Trigger, &format!("on {}", x.event.text), x.event.span, String::new(), x.span)
        }
        Item::Engine(x) => leaf(Kind::Settings, &x.name, String::new(), x.span),
        Item::Defaults(x) => {
            let of = x.callee.as_ref().map(|path| path.text.to_string()).unwrap_or_default();
            let at = x.callee.as_ref().map_or(x.span, |path| path.span);
            plain(Kind::Settings, "defaults", at, of, x.span)
        }
        Item::Action(x) => leaf(Kind::Action, &x.name, x.callee.text.to_string(), x.span),
        Item::Use(x) => {
            let at = x.alias.as_ref().unwrap_or(&x.path);
            plain(Kind::Module, &at.text, at.span, String::new(), x.span)
        }
        Item::Type(x) => leaf(Kind::Type, &x.name, String::new(), x.span),
        Item::Function(x) => {
            let result = x.result.as_ref().map(|ty| written(ty.span)).unwrap_or_default();
            leaf(Kind::Function, &x.name, result, x.span)
        }
        Item::Callee(x) => {
            leaf(Kind::Callee, &x.name, if x.is_rule { "rule" } else { "callee" }.to_owned(), x.span)
        }
        Item::Secret(x) => leaf(Kind::Secret, &x.name, String::new(), x.span),
        Item::Gate(x) => leaf(Kind::Gate, &x.name, x.rule.text.to_string(), x.span),
        Item::StageInstance(x) => leaf(Kind::Stage, &x.name, x.template.text.to_string(), x.span),
        Item::PipelineInstance(x) => leaf(Kind::Pipeline, &x.name, x.template.text.to_string(), x.span),
        Item::OnFailure(_) | Item::Field(_) | Item::Edition(_) | Item::Error(_) => return None,
    })
    .filter(|symbol| !symbol.name.is_empty())
}

fn plain(kind: Kind, name: &str, at: Span, detail: String, span: Span) -> Symbol {
    Symbol { name: name.to_owned(), detail, kind, span: span.to(at), at, children: Vec::new() }
}

fn whole(kind: Kind, block: &Block, text: &str) -> Symbol {
    let detail = if block.params.is_some() { "template" } else { "" };
    let children = symbols(&block.items, text);
    Symbol { children, ..plain(kind, &block.name.text, block.name.span, detail.to_owned(), block.span) }
}

/// Those whose name holds the letters of `query` in order, with the name of what they stand in.
pub(crate) fn matching<'s>(
    symbols: &'s [Symbol],
    query: &str,
    found: &mut Vec<(&'s Symbol, Option<&'s str>)>,
) {
    let wanted = query.to_lowercase();
    walk(symbols, None, &mut |symbol, inside| {
        let name = symbol.name.to_lowercase();
        let mut letters = name.chars();
        if symbol.kind != Kind::Settings && wanted.chars().all(|c| letters.any(|letter| letter == c)) {
            found.push((symbol, inside));
        }
    });
}

fn walk<'s>(
    symbols: &'s [Symbol],
    inside: Option<&'s str>,
    visit: &mut impl FnMut(&'s Symbol, Option<&'s str>),
) {
    for symbol in symbols {
        visit(symbol, inside);
        walk(&symbol.children, Some(&symbol.name), visit);
    }
}
