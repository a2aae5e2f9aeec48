//! Values as an editor shows them: when they are known, and what they are, cut to a line.

use super::Val;
use crate::index::{Known, Phase};

/// How many characters of a value are shown.
const MAX_SHOWN: usize = 80;

impl Val {
    /// What there is to say about it; nothing about a mistake, or about code that is checked but not used.
    pub(crate) fn known(&self) -> Option<Known> {
        if self.is_error() || self.holds(&|value| matches!(value, Self::Unknown(_))) {
            return None;
        }
        let at_run = |value: &Self| match value {
            Self::Run(_) => !value.is_deploy_time(),
            Self::Test(_)
            | Self::Secret(_)
            | Self::Artifact(..)
            | Self::File(..)
            | Self::Action(_)
            | Self::Family(_) => true,
            _ => false,
        };
        let phase = if self.holds(&at_run) {
            Phase::Running
        } else if self.holds(&Self::is_deploy_time) {
            Phase::Deploying
        } else {
            Phase::Compiling
        };
        let text = self.is_constant().then(|| {
            let mut text = String::new();
            self.write(&mut text);
            match text.char_indices().nth(MAX_SHOWN) {
                Some((at, _)) => format!("{}…", &text[..at]),
                None => text,
            }
        });
        Some(Known { phase, what: self.describe(), text })
    }

    /// Writes a constant, and stops when there is more than is shown.
    fn write(&self, out: &mut String) {
        if out.len() > MAX_SHOWN * 4 {
            return;
        }
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Int(value) => out.push_str(&value.to_string()),
            Self::Duration(seconds) => out.push_str(&duration(*seconds)),
            Self::Text(text) => write_text(text, out),
            Self::List(items) => {
                out.push('[');
                for (i, item) in items.iter().take(MAX_SHOWN).enumerate() {
                    out.push_str(if i == 0 { "" } else { ", " });
                    item.write(out);
                }
                out.push(']');
            }
            Self::Record(fields) => {
                out.push_str("{ ");
                for (i, (key, value)) in fields.iter().take(MAX_SHOWN).enumerate() {
                    out.push_str(if i == 0 { "" } else { ", " });
                    out.push_str(key);
                    out.push_str(": ");
                    value.write(out);
                }
                out.push_str(" }");
            }
            _ => {}
        }
    }
}

fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars().take(MAX_SHOWN + 1) {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c => out.push(c),
        }
    }
    out.push('"');
}

/// A duration as Pipe writes it.
fn duration(seconds: u64) -> String {
    let (mut out, mut rest) = (String::new(), seconds);
    for (unit, length) in [("d", 86400), ("h", 3600), ("m", 60), ("s", 1)] {
        let count = rest / length;
        rest %= length;
        if count > 0 || seconds == 0 && length == 1 {
            out.push_str(&count.to_string());
            out.push_str(unit);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_are_shown_as_pipe_writes_them() {
        let text = |value: Val| value.known().and_then(|known| known.text);
        assert_eq!(text(Val::text("a \"b\"\n")).as_deref(), Some("\"a \\\"b\\\"\\n\""));
        assert_eq!(text(Val::Duration(0)).as_deref(), Some("0s"));
        assert_eq!(text(Val::Duration(90_061)).as_deref(), Some("1d1h1m1s"));
        let long = text(Val::text(&"é".repeat(1000))).expect("a constant");
        assert_eq!(long.chars().count(), MAX_SHOWN + 1);
        assert_eq!(Val::Error.known(), None);
    }

    #[test]
    fn what_a_run_makes_is_known_then() {
        let known = Val::Artifact(crate::types::ActionId(0), 0).known().expect("something");
        assert_eq!((known.phase, known.text), (Phase::Running, None));
        let secret = Val::Secret("s".into()).known().expect("something");
        assert_eq!(secret.phase, Phase::Running);
    }
}
