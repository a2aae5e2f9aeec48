//! Quick fixes: the changes that diagnostics bring along.

use compiler::diagnostic::{Diagnostic, Fix};
use compiler::span::Span;

use crate::analysis::Analysis;

/// The diagnostics of the file that touch `span` and can be mended, with what mends them.
pub(crate) fn fixes(analysis: &Analysis, span: Span) -> Vec<(&Diagnostic, &Fix)> {
    analysis
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.place.source == analysis.source)
        .filter(|diagnostic| {
            diagnostic.place.span.start <= span.end && span.start <= diagnostic.place.span.end
        })
        .filter_map(|diagnostic| Some((diagnostic, diagnostic.fix.as_ref()?)))
        .collect()
}
