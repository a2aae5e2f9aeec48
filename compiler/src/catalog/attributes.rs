//! What stands behind the type of a callee's field: `{ key: "KMSEncryptionKeyARN", required_if: { extract: false } }`.

use super::callee::{Field, Required, Type};
use super::read::Reader;
use crate::syntax::ast::{self, Element, Expr, ExprKind};

/// All of them.
pub(crate) const ATTRIBUTES: &[&str] = &[
    "constant",
    "key",
    "max",
    "max_items",
    "max_length",
    "min",
    "pattern",
    "required_for",
    "required_if",
    "required_unless",
    "required_with",
];

/// Applies the attributes in `body` to `field`.
pub(super) fn apply(reader: &mut Reader<'_>, body: &Expr, field: &mut Field) {
    for attribute in reader.fields(body).unwrap_or_default() {
        one(reader, attribute, field);
    }
}

fn one(reader: &mut Reader<'_>, attribute: &ast::Field, field: &mut Field) {
    let value = &attribute.value;
    let size = |n: Option<i64>| n.and_then(|n| usize::try_from(n).ok());
    if let Some(wanted) = of_another_type(attribute.key.text.as_str(), &field.ty) {
        let name = &attribute.key.text;
        let diagnostic = reader.bad(attribute.key.span, format!("`{name}` is for {wanted}"));
        if matches!((name.as_str(), &field.ty), ("max", Type::String | Type::ConstString | Type::Script)) {
            diagnostic.help.push("the characters of a text are limited by `max_length`".to_owned());
        }
        return;
    }
    match attribute.key.text.as_str() {
        "key" => match &value.kind {
            // It is no configuration, but something that the service keeps elsewhere.
            ExprKind::Null => field.key = String::new(),
            _ => field.key = reader.text(value).unwrap_or_default(),
        },
        "constant" => {
            if field.ty == Type::String && reader.bool(value) == Some(true) {
                field.ty = Type::ConstString;
            } else if field.ty != Type::String {
                reader.bad(attribute.span, "only a `string` can be said to be constant");
            }
        }
        "min" => field.limits.min = reader.int(value),
        "max" => field.limits.max = reader.int(value),
        "max_length" => field.limits.max_length = size(reader.int(value)),
        "max_items" => field.limits.max_items = size(reader.int(value)),
        "pattern" => {
            field.limits.pattern = reader.text(value);
            if let Some(pattern) = &field.limits.pattern
                && regex::Regex::new(pattern).is_err()
            {
                reader.bad(value.span, format!("`{pattern}` is not a regular expression"));
                field.limits.pattern = None;
            }
        }
        "required_if" => field.required = required_if(reader, value),
        "required_unless" => {
            field.required = Required::Unless(reader.one_or_more(value).unwrap_or_default());
        }
        "required_with" => field.required = Required::With(reader.one_or_more(value).unwrap_or_default()),
        "required_for" => match reader.text(value).as_deref() {
            Some("several_inputs") => field.required = Required::SeveralInputs,
            Some("no_inputs") => field.required = Required::NoInputs,
            Some(_) => {
                reader.bad(value.span, "`required_for` is `\"several_inputs\"` or `\"no_inputs\"`");
            }
            None => {}
        },
        _ => reader.unknown(&attribute.key, "a field of a callee", ATTRIBUTES),
    }
}

/// What an attribute is for that means nothing for a field of this type.
fn of_another_type(attribute: &str, ty: &Type) -> Option<&'static str> {
    let is_text = matches!(ty, Type::String | Type::ConstString | Type::Script);
    let is_list = matches!(ty, Type::StringList | Type::EnumList(_) | Type::Commands | Type::Globs);
    match attribute {
        "min" | "max" if *ty != Type::Int => Some("a field that is an `int`"),
        "max_length" | "pattern" if !is_text && !is_list => Some("a field that is a text"),
        "max_items" if !is_list => Some("a field that is a list"),
        _ => None,
    }
}

/// `{ extract: false }`, `{ action_mode: ["A", "B"] }`
fn required_if(reader: &mut Reader<'_>, value: &Expr) -> Required {
    let fields = reader.fields(value).unwrap_or_default();
    let [condition] = fields.as_slice() else {
        reader.bad(value.span, "`required_if` names one other field and its values");
        return Required::No;
    };
    let word = |reader: &mut Reader<'_>, expr: &Expr| match &expr.kind {
        ExprKind::Bool(value) => Some(value.to_string()),
        _ => reader.text(expr),
    };
    let values = match &condition.value.kind {
        ExprKind::List(elements) => elements
            .iter()
            .filter_map(|element| match element {
                Element::Value(expr) => word(reader, expr),
                Element::Spread(_) => None,
            })
            .collect(),
        _ => word(reader, &condition.value).into_iter().collect(),
    };
    Required::When(condition.key.text.to_string(), values)
}
