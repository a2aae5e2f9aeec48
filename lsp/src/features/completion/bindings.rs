//! What loops and parameters around the cursor bind, told by tokens.

use compiler::source::SourceId;
use compiler::span::Span;
use compiler::syntax::token::{Kind, Token};

use super::cursor::Cursor;
use super::head::{Head, declared};
use super::scope::{Named, Scope, Sort};
use super::slots::written;

impl Scope<'_, '_> {
    /// What loops and parameters around the cursor bind.
    pub(super) fn bound(&self) -> Vec<Named> {
        let mut all = Vec::new();
        let items = std::iter::once((&self.cursor.item, usize::MAX))
            .chain(self.cursor.frames.iter().map(|frame| (&frame.item, frame.open)));
        for (item, open) in items {
            bindings(self.cursor, item, &mut all);
            let item = declared(item);
            if let [
                (Kind::Pipeline | Kind::Stage | Kind::Action | Kind::Fn, _),
                _,
                (Kind::LeftParen, paren),
                ..,
            ] = item
                && open > 0
            {
                self.params(*paren, &mut all);
            }
        }
        // `[x for x in xs]` binds behind what it makes.
        let lists = self.cursor.frames.iter().filter(|f| {
            f.kind == Kind::LeftBracket && f.head == Head::Other || matches!(f.head, Head::Key(_))
        });
        for frame in lists {
            self.ahead(self.cursor.before[frame.open].1.end, &mut all);
        }
        all
    }

    /// The names that a `for` binds in the rest of the line behind a bracket.
    fn ahead(&self, start: u32, all: &mut Vec<Named>) {
        let rest = self.cursor.text.get(start as usize..).unwrap_or_default();
        let line = rest.split('\n').next().unwrap_or_default();
        if line.len() > 1000 || !line.contains(" for ") {
            return;
        }
        let tokens = compiler::syntax::lexer::lex(SourceId::default(), line).tokens;
        for names in names_of_for(line, &tokens) {
            all.push(Named::new(names, Sort::Binding, "bound by `for`"));
        }
    }

    fn params(&self, paren: Span, all: &mut Vec<Named>) {
        let tokens = &self.cursor.before;
        let from = tokens.partition_point(|(_, span)| span.start <= paren.start);
        let (mut depth, mut start) = (0_usize, from);
        for (at, (kind, _)) in tokens.iter().enumerate().skip(from) {
            match kind {
                Kind::LeftParen | Kind::LeftBrace | Kind::LeftBracket => depth += 1,
                Kind::RightParen if depth == 0 => return self.param(&tokens[start..at], all),
                Kind::RightParen | Kind::RightBrace | Kind::RightBracket => depth = depth.saturating_sub(1),
                Kind::Comma if depth == 0 => {
                    self.param(&tokens[start..at], all);
                    start = at + 1;
                }
                _ => {}
            }
        }
    }

    fn param(&self, tokens: &[Token], all: &mut Vec<Named>) {
        let [name, (Kind::Colon, _), rest @ ..] = tokens else { return };
        let end = rest.iter().position(|(kind, _)| *kind == Kind::Equals).unwrap_or(rest.len());
        let (Some(first), Some(last)) = (rest.first(), rest[..end].last()) else { return };
        let range = first.1.start as usize..last.1.end as usize;
        let ty = self.cursor.text.get(range).unwrap_or_default();
        let is = written(self.files, self.files.own(), ty);
        all.push(Named { is, ..Named::new(self.cursor.of(*name), Sort::Param, ty) });
    }
}

fn bindings(cursor: &Cursor<'_>, item: &[Token], all: &mut Vec<Named>) {
    for name in names_of_for(cursor.text, item) {
        all.push(Named::new(name, Sort::Binding, "bound by `for`"));
    }
}

/// The names that a `for` in tokens binds.
fn names_of_for(text: &str, tokens: &[Token]) -> Vec<String> {
    let Some(at) = tokens.iter().position(|(kind, _)| *kind == Kind::For) else { return Vec::new() };
    let names = tokens[at + 1..].iter().take_while(|(kind, _)| kind.is_name() || *kind == Kind::Comma);
    let names: Vec<&Token> = names.collect();
    // `x for |` is being written: nothing is bound yet.
    if tokens.get(at + 1 + names.len()).is_none_or(|(kind, _)| *kind != Kind::In) {
        return Vec::new();
    }
    let names = names.into_iter().filter(|(kind, _)| kind.is_name());
    names.filter_map(|(_, span)| Some(text.get(span.range())?.to_owned())).collect()
}
