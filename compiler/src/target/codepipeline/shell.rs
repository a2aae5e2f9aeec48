//! Reading shell scripts just well enough to know whether each of their lines is a complete command that behaves the same
//! when the service runs it as a command of its own. In doubt the answer is no: then the script travels encoded.

/// Words that, as a command, reach beyond their line, or change what the lines after them mean.
const STRUCTURAL: &[&str] = &[
    "!", ".", "[[", "{", "}", "alias", "break", "builtin", "case", "command", "continue", "coproc",
    "declare", "do", "done", "elif", "else", "enable", "esac", "eval", "exec", "exit", "fi", "for",
    "function", "getopts", "hash", "if", "in", "local", "read", "return", "select", "set", "shift", "shopt",
    "source", "then", "time", "trap", "typeset", "unalias", "until", "wait", "while",
];

/// The commands of a script, if it is a sequence of complete single-line commands. `followed` says whether commands come
/// after its last one.
pub(super) fn lines(script: &str, followed: bool) -> Option<Vec<&str>> {
    let mut commands = Vec::new();
    let mut and_list = false;
    for line in script.lines() {
        // An and-list that fails on its left ends a command with an error, but does not end a `sh -e` script, so it may
        // only stand where both come to the same: at the very end.
        let scanned = scan(line)?;
        if scanned.command.is_empty() {
            continue;
        }
        if and_list {
            return None;
        }
        and_list = scanned.and_list;
        commands.push(scanned.command);
    }
    let usable = !and_list || !followed;
    (usable && !commands.is_empty()).then_some(commands)
}

struct Line<'l> {
    /// Without white space around it and without a comment; empty where nothing is left.
    command: &'l str,
    /// Whether it holds `&&`.
    and_list: bool,
}

/// What an open bracket of a line waits for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    /// `)` of `$(`.
    Paren,
    /// `"`.
    Quote,
    /// `}` of `${`.
    Brace,
}

struct Scanner<'l> {
    line: &'l str,
    chars: std::iter::Peekable<std::str::CharIndices<'l>>,
    open: Vec<Open>,
    /// For each `$(` of `open` what was being read around it.
    around: Vec<Option<String>>,
    /// The word being read, if it stands where a command is named; none while arguments are read.
    command: Option<String>,
    /// Whether the next character starts a word.
    word_start: bool,
    /// Whether an operator still waits for its right side.
    dangling: bool,
    and_list: bool,
}

/// One line; none where it is not a complete command, or not surely one.
fn scan(line: &str) -> Option<Line<'_>> {
    let line = line.trim_matches([' ', '\t']);
    if line.chars().any(|c| c.is_control() && c != '\t') {
        return None;
    }
    let mut scanner = Scanner {
        line,
        chars: line.char_indices().peekable(),
        open: Vec::new(),
        around: Vec::new(),
        command: Some(String::new()),
        word_start: true,
        dangling: false,
        and_list: false,
    };
    let end = scanner.run()?;
    let command = line[..end].trim_end_matches([' ', '\t']);
    Some(Line { command, and_list: scanner.and_list })
}

impl Scanner<'_> {
    /// The offset at which the command ends.
    fn run(&mut self) -> Option<usize> {
        while let Some((at, c)) = self.chars.next() {
            if self.open.last() == Some(&Open::Quote) {
                self.quoted(c)?;
            } else if c == '#' && self.word_start && self.open.last() != Some(&Open::Brace) {
                // In a substitution a comment would hide the closing bracket.
                self.end_word()?;
                return (self.open.is_empty() && !self.dangling).then_some(at);
            } else {
                self.bare(at, c)?;
            }
        }
        self.end_word()?;
        (self.open.is_empty() && !self.dangling).then_some(self.line.len())
    }

    /// A character between double quotes.
    fn quoted(&mut self, c: char) -> Option<()> {
        match c {
            '"' => self.close(Open::Quote),
            '\\' => self.chars.next().map(|_| ()),
            '$' => self.dollar(),
            '`' => None,
            _ => Some(()),
        }
    }

    /// A character outside of quotes.
    fn bare(&mut self, at: usize, c: char) -> Option<()> {
        let starts = std::mem::replace(&mut self.word_start, false);
        let in_brace = self.open.last() == Some(&Open::Brace);
        self.dangling &= c == ' ' || c == '\t';
        match c {
            '}' if in_brace => return self.close(Open::Brace),
            '\'' if in_brace => return None,
            '\'' => {
                self.unnameable()?;
                self.chars.find(|(_, c)| *c == '\'')?;
            }
            '"' => {
                self.unnameable()?;
                self.open.push(Open::Quote);
            }
            '\\' => {
                self.unnameable()?;
                self.chars.next()?;
            }
            '$' => {
                self.unnameable()?;
                self.dollar()?;
            }
            '`' | ';' => return None,
            _ if in_brace => {}
            ' ' | '\t' => {
                self.word_start = true;
                if !starts {
                    self.end_word()?;
                }
            }
            '(' if self.open.last() == Some(&Open::Paren) => self.open_paren(),
            '(' => return None,
            ')' => self.end_word().and_then(|()| self.close(Open::Paren))?,
            '|' | '&' => self.operator(c)?,
            '<' | '>' => self.redirection(at, c)?,
            _ => {
                if let Some(command) = &mut self.command {
                    command.push(c);
                }
            }
        }
        Some(())
    }

    /// A quote or an expansion in the name of a command hides which command it is; in an assignment it does not matter.
    fn unnameable(&self) -> Option<()> {
        let hidden = self.command.as_deref().is_some_and(|word| !is_assignment(word) && !word.contains('/'));
        (!hidden || self.open.last() == Some(&Open::Brace)).then_some(())
    }

    /// What follows a `$`.
    fn dollar(&mut self) -> Option<()> {
        match self.chars.peek().map(|(_, c)| *c) {
            Some('(') => {
                self.chars.next();
                self.open_paren();
                // `$((` is arithmetic, which names no commands.
                if self.chars.next_if(|(_, c)| *c == '(').is_some() {
                    self.command = None;
                    self.open_paren();
                    self.command = None;
                }
            }
            Some('{') => {
                self.chars.next();
                // `${#x}`, `${1}`, `${!x}`, …: lengths are harmless, but not worth the risk of a wrong guess.
                let name = self.chars.peek().is_some_and(|(_, c)| c.is_ascii_alphabetic() || *c == '_');
                if !name {
                    return None;
                }
                self.open.push(Open::Brace);
            }
            // The shell's own parameters are not the script's when the service runs it line by line.
            Some('?' | '!' | '-' | '@' | '*' | '#' | '0'..='9' | '\'' | '"') => return None,
            Some('_') => {
                self.chars.next();
                let named = self.chars.peek().is_some_and(|(_, c)| c.is_ascii_alphanumeric() || *c == '_');
                return named.then_some(());
            }
            _ => {}
        }
        Some(())
    }

    fn open_paren(&mut self) {
        self.open.push(Open::Paren);
        self.around.push(self.command.replace(String::new()));
        self.word_start = true;
    }

    fn close(&mut self, expected: Open) -> Option<()> {
        if self.open.pop()? != expected {
            return None;
        }
        if expected == Open::Paren {
            self.command = self.around.pop()?;
        }
        Some(())
    }

    fn operator(&mut self, c: char) -> Option<()> {
        let twice = self.chars.next_if(|(_, next)| *next == c).is_some();
        match (c, twice) {
            ('&', false) => return None,
            ('&', true) => self.and_list = true,
            ('|', false) if self.chars.peek().is_some_and(|(_, next)| *next == '&') => return None,
            _ => {}
        }
        self.end_word()?;
        self.dangling = true;
        self.command = Some(String::new());
        self.word_start = true;
        Some(())
    }

    fn redirection(&mut self, at: usize, c: char) -> Option<()> {
        // `2>` names a descriptor, no command; a redirection in front of the command is rare enough to be refused.
        if self.command.as_deref().is_some_and(|word| !word.is_empty()) {
            self.end_word()?;
        }
        if self.command.is_some() {
            return None;
        }
        let next = self.chars.peek().map(|(_, next)| *next);
        if c == '<' && matches!(next, Some('<' | '(' | '>')) || c == '>' && next == Some('(') {
            return None;
        }
        self.chars.next_if(|(_, next)| matches!(next, '>' | '&' | '|'));
        let rest = self.line.get(at + 1..).unwrap_or("");
        (!rest.trim_matches([' ', '\t', '>', '&', '|']).is_empty()).then_some(())
    }

    /// The end of a word: was it a command, and one that stays in its line?
    fn end_word(&mut self) -> Option<()> {
        let Some(word) = self.command.take() else { return Some(()) };
        if word.is_empty() || is_assignment(&word) {
            self.command = Some(String::new());
            return Some(());
        }
        // Braces make a group or a function, digits in front of `>` are a descriptor.
        let plain = !word.contains(['{', '}']) && !word.chars().all(|c| c.is_ascii_digit());
        (plain && !STRUCTURAL.contains(&word.as_str())).then_some(())
    }
}

fn is_assignment(word: &str) -> bool {
    let Some((name, _)) = word.split_once('=') else { return false };
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
}
