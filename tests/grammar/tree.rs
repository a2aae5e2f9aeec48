//! Trees of the generated parser, by way of the driver, which is compiled with it against the system's library.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use crate::support::{outcome, root, text};

/// A node. Hidden nodes of the grammar are none.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) kind: String,
    pub(super) field: String,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) named: bool,
    /// A comment, which may stand anywhere.
    pub(super) extra: bool,
    /// What could not be read, or is missing.
    pub(super) wrong: bool,
    pub(super) children: Vec<Self>,
}

impl Node {
    /// This node and all below it, in order.
    pub(super) fn walk(&self) -> Vec<&Self> {
        let mut found = vec![self];
        for child in &self.children {
            found.extend(child.walk());
        }
        found
    }

    /// The first mistake in it, as `kind at start..end`.
    pub(super) fn mistake(&self) -> Option<String> {
        let wrong = self.walk().into_iter().find(|node| node.wrong)?;
        Some(format!("{} at {}..{}", wrong.kind, wrong.start, wrong.end))
    }

    /// The child that stands in this field.
    pub(super) fn child(&self, field: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.field == field)
    }
}

/// Where the grammar stands.
pub(super) fn grammar() -> PathBuf {
    root().join("grammar/tree-sitter")
}

/// The driver, compiled once.
pub(super) fn driver() -> &'static Path {
    static DRIVER: OnceLock<PathBuf> = OnceLock::new();
    DRIVER.get_or_init(|| {
        let library = outcome(Command::new("pkg-config").args(["--cflags", "--libs", "tree-sitter"]));
        assert_eq!(
            library.code,
            Some(0),
            "libtree-sitter is missing: run `tests/setup` first\n{}",
            library.stderr
        );
        let driver = Path::new(env!("CARGO_TARGET_TMPDIR")).join("tree-sitter-driver");
        let mut cc = Command::new("cc");
        cc.args(["-std=c11", "-O1", "-Wall", "-Wextra", "-Wno-unused-parameter", "-Werror", "-I"])
            .arg(grammar().join("src"))
            .arg(root().join("tests/grammar/driver.c"))
            .args(["parser.c", "scanner.c"].map(|name| grammar().join("src").join(name)))
            .args(library.stdout.split_whitespace())
            .arg("-o")
            .arg(&driver);
        outcome(&mut cc).exits(0);
        driver
    })
}

/// Reads texts.
pub(super) fn trees(texts: &[String]) -> Vec<Node> {
    let mut child = Command::new(driver())
        .arg("trees")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the driver starts");
    let mut input = child.stdin.take().expect("a pipe");
    let output = std::thread::scope(|scope| {
        scope.spawn(move || {
            for text in texts {
                write!(input, "{}\n{text}", text.len()).expect("the driver reads");
            }
        });
        child.wait_with_output().expect("the driver ends")
    });
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let output = String::from_utf8(output.stdout).expect("node names are UTF-8");
    let trees: Vec<_> = output.split_terminator("\n\n").map(tree).collect();
    assert_eq!(trees.len(), texts.len());
    trees
}

fn tree(lines: &str) -> Node {
    let mut open: Vec<Node> = Vec::new();
    for line in lines.lines() {
        let columns: Vec<_> = line.split('\t').collect();
        let [depth, start, end, flags, field, kind] = columns[..] else { panic!("{line:?} is no node") };
        let number = |text: &str| text.parse::<usize>().expect("a number");
        close(&mut open, number(depth));
        open.push(Node {
            kind: kind.to_owned(),
            field: field.to_owned(),
            start: number(start),
            end: number(end),
            named: flags.contains('n'),
            extra: flags.contains('x'),
            wrong: flags.contains(['e', 'm']),
            children: Vec::new(),
        });
    }
    close(&mut open, 1);
    open.pop().expect("a tree has a root")
}

/// Moves finished nodes into their parents until `depth` are open.
fn close(open: &mut Vec<Node>, depth: usize) {
    while open.len() > depth.max(1) || (depth == 0 && open.len() > 1) {
        let done = open.pop().expect("one is open");
        open.last_mut().expect("a root stays").children.push(done);
    }
}

/// The captures of a query in a file, line by line: what is captured, and as what.
pub(crate) fn captures(query: &Path, file: &Path) -> Vec<Capture> {
    let output = outcome(Command::new(driver()).args(["captures", text(query), text(file)])).exits(0).stdout;
    let captures = output.lines().map(|line| {
        let mut columns = line.split('\t');
        let mut next = || columns.next().unwrap_or_else(|| panic!("{line:?} is no capture")).to_owned();
        let (start, end, _pattern, name) = (next(), next(), next(), next());
        Capture {
            start: start.parse().expect("a number"),
            end: end.parse().expect("a number"),
            name,
            set: columns.map(str::to_owned).collect(),
        }
    });
    captures.collect()
}

/// A node that a query captures.
pub(crate) struct Capture {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) name: String,
    /// What `#set!` says, as `key=value`.
    pub(crate) set: Vec<String>,
}
