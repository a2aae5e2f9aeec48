//! The variables of a script: what it exported when it ended, and what it wrote to `$PIPE_VARIABLES`.
//! Unaware of actions; only says how to ask a shell and how to read the answers.

use std::collections::HashMap;
use std::path::Path;

use indexmap::IndexMap;

use crate::codes;
use crate::error::Failure;

/// The most that `$PIPE_VARIABLES` may hold.
pub(crate) const LARGEST: u64 = 1 << 20;

/// Shells that can be asked for their environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flavor {
    /// `bash`, where a function can stand in for a builtin.
    Bash,
    /// `sh`, `dash`, `ash`, where an alias can.
    Posix,
    /// `ksh`, `zsh`: asked by a trap and at the end only.
    Other,
}

/// Which of them a program is, if any.
pub(crate) fn flavor(program: &Path) -> Option<Flavor> {
    match program.file_name()?.to_str()? {
        "bash" => Some(Flavor::Bash),
        "sh" | "dash" | "ash" => Some(Flavor::Posix),
        "ksh" | "mksh" | "zsh" => Some(Flavor::Other),
        _ => None,
    }
}

/// A script that runs another in the same shell and writes down its environment however it ends.
///
/// The environment is written by a trap on `EXIT`, since a script may call `exit` anywhere. A script that sets a trap of its own
/// keeps it: `trap` is replaced by a function that puts our part before what the script sets, which sees the same `$?`.
/// At the end of the file the environment is written as well, in case the trap is lost in a way that we did not foresee.
pub(crate) fn wrapper(flavor: Flavor, script: &Path, env: &Path, exports: &Path) -> String {
    let (script, env, exports) = (quote(script), quote(env), quote(exports));
    let own = if flavor == Flavor::Bash { "builtin trap" } else { "trap" };
    let stand_in = match flavor {
        Flavor::Bash => "trap() { __pipe_trap \"$@\"; }",
        Flavor::Posix => "alias trap=__pipe_trap",
        Flavor::Other => "",
    };
    format!(
        r#"__pipe_done=
__pipe_action=
__pipe_capture() {{ [ -n "$__pipe_done" ] || {env} -0 >{exports}; }}
__pipe_at_exit() {{
  __pipe_status=$?
  if [ "$__pipe_status" = 0 ]; then __pipe_capture; else set +e; fi
  return "$__pipe_status"
}}
__pipe_trap() {{
  case ${{1-}} in -p|-l|-P) {own} "$@"; return ;; --) shift ;; esac
  if [ $# -lt 2 ]; then {own} "$@"; return; fi
  __pipe_given=$1
  shift
  for __pipe_word in "$@"; do
    case $__pipe_word in
      EXIT|exit|0)
        if [ "$__pipe_given" = - ]; then __pipe_action=; else __pipe_action=$__pipe_given; fi
        {own} -- '__pipe_at_exit; eval "$__pipe_action"' EXIT ;;
      *) {own} -- "$__pipe_given" "$__pipe_word" ;;
    esac
  done
}}
{own} __pipe_at_exit EXIT
{stand_in}
. {script}
__pipe_capture
__pipe_done=1
"#
    )
}

fn quote(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', r"'\''"))
}

/// Reads the environment that the wrapper wrote: entries ended by NUL. Only the wanted names are looked at.
pub(crate) fn exported(bytes: &[u8], wanted: &[String]) -> Result<HashMap<String, String>, Failure> {
    let mut found = HashMap::new();
    for entry in bytes.split(|byte| *byte == 0) {
        let Some(equals) = entry.iter().position(|byte| *byte == b'=') else { continue };
        let Some(name) = wanted.iter().find(|name| name.as_bytes() == &entry[..equals]) else { continue };
        let value = std::str::from_utf8(&entry[equals + 1..]).map_err(|_| {
            Failure::new(codes::BAD_VARIABLES_FILE, format!("the value of `{name}` is not UTF-8"))
        })?;
        found.insert(name.clone(), value.to_owned());
    }
    Ok(found)
}

/// Reads `$PIPE_VARIABLES`: `KEY=value` lines, and `KEY<<END` … `END` for values of several lines.
pub(crate) fn written(text: &[u8]) -> Result<HashMap<String, String>, Failure> {
    let bad = |line: usize, why: &str| {
        Failure::new(codes::BAD_VARIABLES_FILE, format!("line {line} of `$PIPE_VARIABLES` {why}"))
            .help("every line is `KEY=value`, or `KEY<<END`, the lines of the value, and `END`")
    };
    let text = std::str::from_utf8(text)
        .map_err(|_| Failure::new(codes::BAD_VARIABLES_FILE, "`$PIPE_VARIABLES` is not UTF-8"))?;
    let mut found = HashMap::new();
    let mut lines = text.split_terminator('\n').enumerate();
    while let Some((index, line)) = lines.next() {
        if line.trim().is_empty() {
            continue;
        }
        let (equals, here) = (line.find('='), line.find("<<"));
        match (equals, here) {
            (equals, Some(at)) if equals.is_none_or(|equals| at < equals) => {
                let (key, end) = (line[..at].trim(), line[at + 2..].trim());
                if key.is_empty() || end.is_empty() {
                    return Err(bad(index + 1, "has no name or no end word"));
                }
                let mut value: Vec<&str> = Vec::new();
                loop {
                    match lines.next() {
                        Some((_, line)) if line == end => break,
                        Some((_, line)) => value.push(line),
                        None => return Err(bad(index + 1, &format!("is never ended by `{end}`"))),
                    }
                }
                found.insert(key.to_owned(), value.join("\n"));
            }
            (Some(at), _) if !line[..at].trim().is_empty() => {
                found.insert(line[..at].trim().to_owned(), line[at + 1..].to_owned());
            }
            _ => return Err(bad(index + 1, "is not `KEY=value`")),
        }
    }
    Ok(found)
}

/// The declared variables; what was written to the file wins over what was exported.
pub(crate) fn declared(
    wanted: &[String],
    mut exported: HashMap<String, String>,
    mut written: HashMap<String, String>,
) -> Result<IndexMap<String, String>, Failure> {
    let mut found = IndexMap::new();
    for name in wanted {
        let Some(value) = written.remove(name).or_else(|| exported.remove(name)) else {
            return Err(Failure::new(
                codes::VARIABLE_MISSING,
                format!("the script succeeded, but did not produce the declared variable `{name}`"),
            )
            .help(format!(
                "`export {name}=…` in the script, or `echo \"{name}=…\" >> \"$PIPE_VARIABLES\"`"
            )));
        };
        found.insert(name.clone(), value);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_forms() {
        let text = b"A=1\n\nB<<END\nx=1\n\ny\nEND\nC=a<<b\nA=2\n";
        let found = written(text).unwrap();
        assert_eq!(found["A"], "2");
        assert_eq!(found["B"], "x=1\n\ny");
        assert_eq!(found["C"], "a<<b");
    }

    #[test]
    fn says_what_is_wrong() {
        let message = |text: &[u8]| written(text).unwrap_err().message;
        assert_eq!(message(b"A=1\nhello\n"), "line 2 of `$PIPE_VARIABLES` is not `KEY=value`");
        assert_eq!(message(b"A<<E\n1\n"), "line 1 of `$PIPE_VARIABLES` is never ended by `E`");
        assert_eq!(message(b"=1"), "line 1 of `$PIPE_VARIABLES` is not `KEY=value`");
        assert_eq!(message(b"\xff"), "`$PIPE_VARIABLES` is not UTF-8");
    }
}
