//! How messages put words together.

/// `"a"`, `"b"` or `"c"`
pub(crate) fn list_of<'s>(names: impl Iterator<Item = &'s str>) -> String {
    listed(names, "or")
}

/// `a`, `b` and `c`
pub(crate) fn and_list<'s>(names: impl Iterator<Item = &'s str>) -> String {
    listed(names, "and")
}

fn listed<'s>(names: impl Iterator<Item = &'s str>, last_by: &str) -> String {
    let quoted: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    match quoted.as_slice() {
        [most @ .., last] if !most.is_empty() => format!("{} {last_by} {last}", most.join(", ")),
        _ => quoted.concat(),
    }
}

/// `an action type`, `a rule`
pub(crate) fn with_article(noun: &str) -> String {
    let article = if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {noun}")
}

/// `1 action`, `2 actions`
pub(crate) fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::{and_list, counted, list_of, with_article};

    #[test]
    fn words() {
        assert_eq!(and_list(["a"].into_iter()), "`a`");
        assert_eq!(and_list(["a", "b or c", "d"].into_iter()), "`a`, `b or c` and `d`");
        assert_eq!(list_of(["a", "b"].into_iter()), "`a` or `b`");
        assert_eq!(with_article("action type"), "an action type");
        assert_eq!(with_article("rule"), "a rule");
        assert_eq!((counted(1, "stage"), counted(0, "stage")), ("1 stage".into(), "0 stages".into()));
    }
}
