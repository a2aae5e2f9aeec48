//! How long an editor waits: a client types into a file of a generated project and asks after each key.
//!
//! `cargo bench -p standpipe-lsp` prints p50 and p99 of the time from a change to its diagnostics, and of the requests that
//! follow, for a file of 200 lines and one of 10,000; beside them the floor: what parsing that file alone takes.

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use compiler::source::SourceId;
use lsp_server::{Connection, Message, Notification, Request};
use serde_json::{Value, json};

/// As in the product.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const FILES: usize = 100;
const KEYS: usize = 120;

/// A pipeline of about so many lines, with actions of eight.
fn pipeline(name: &str, lines: usize) -> String {
    let mut text = format!(
        "use \"./lib.pipe\"\n\npipeline {name} {{\n  variable level: string = \"info\"\n\n  stage source {{\n    action app = git {{ repository: \"acme/app\", branch: \"main\" }}\n  }}\n"
    );
    for stage in 0..(lines / 84).max(1) {
        let _ = writeln!(text, "\n  stage s{stage} {{");
        for action in 0..10.min(lines / 8) {
            let _ = writeln!(
                text,
                "    /// Makes a part.\n    action a{action} = run {{\n      inputs: [app]\n      env: {{ LEVEL: level, PART: lib.label(\"x\") }}\n      script: \"make part\"\n      output: \"out/**\"\n    }}\n"
            );
        }
        text.push_str("  }\n");
    }
    text.push_str("}\n");
    text
}

struct Editor {
    connection: Connection,
    next: i32,
}

impl Editor {
    fn new(folder: &Path) -> Self {
        let (ours, theirs) = Connection::memory();
        std::thread::spawn(move || lsp::serve(theirs));
        let mut editor = Self { connection: ours, next: 0 };
        let root = format!("file://{}", folder.display());
        editor.request("initialize", json!({ "capabilities": {}, "rootUri": root }));
        editor.notify("initialized", json!({}));
        editor
    }

    fn notify(&self, method: &str, params: Value) {
        let message = Notification::new(method.to_owned(), params);
        self.connection.sender.send(message.into()).expect("the server listens");
    }

    fn request(&mut self, method: &str, params: Value) -> Value {
        self.next += 1;
        let request = Request::new(self.next.into(), method.to_owned(), params);
        self.connection.sender.send(request.into()).expect("the server listens");
        loop {
            if let Message::Response(response) = self.connection.receiver.recv().expect("an answer") {
                return response.response_result.unwrap_or_default();
            }
        }
    }

    /// Waits for the diagnostics of a version of a document.
    fn published(&self, version: i32) {
        loop {
            match self.connection.receiver.recv().expect("diagnostics") {
                Message::Notification(n) if n.params["version"] == version => return,
                _ => {}
            }
        }
    }
}

fn row(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)].as_secs_f64() * 1e3;
    println!("  {what:<36} p50 {:>8.2} ms   p99 {:>8.2} ms", at(50), at(99));
}

/// Types a wrong word into the script of an action in the middle, one key at a time: each change has something to say.
fn typed(folder: &Path, name: &str) {
    let path = folder.join(name);
    let text = std::fs::read_to_string(&path).expect("the file was written");
    let uri = format!("file://{}", path.display());
    println!("{name}, {} lines", text.lines().count());
    let parse = |_| {
        let start = Instant::now();
        assert!(!compiler::syntax::parse(SourceId(0), &text).file.items.is_empty());
        start.elapsed()
    };
    row("floor: parse the file", (0..20).map(parse).collect());
    let mut editor = Editor::new(folder);
    let line =
        text.lines().take(text.lines().count() / 2).enumerate().filter(|(_, l)| l.contains("output:")).last();
    let line = line.expect("an output").0;
    let start = Instant::now();
    let document = json!({ "uri": uri, "languageId": "pipe", "version": 1, "text": text.replacen("output:", "outputt:", 1) });
    editor.notify("textDocument/didOpen", json!({ "textDocument": document }));
    editor.published(1);
    row("open to diagnostics", vec![start.elapsed()]);
    let (mut changes, mut completions, mut hovers) = (Vec::new(), Vec::new(), Vec::new());
    for key in 0..KEYS {
        let version = i32::try_from(key).unwrap_or(0) + 2;
        let position = json!({ "line": line, "character": 6 });
        let change = json!({ "range": { "start": position, "end": position }, "text": "x" });
        let start = Instant::now();
        editor.notify(
            "textDocument/didChange",
            json!({ "textDocument": { "uri": uri, "version": version }, "contentChanges": [change] }),
        );
        editor.published(version);
        changes.push(start.elapsed());
        let at = json!({ "textDocument": { "uri": uri }, "position": position });
        for (method, times) in
            [("textDocument/completion", &mut completions), ("textDocument/hover", &mut hovers)]
        {
            let start = Instant::now();
            editor.request(method, at.clone());
            times.push(start.elapsed());
        }
    }
    row("change to diagnostics", changes);
    row("completion", completions);
    row("hover", hovers);
}

/// Peak memory of this process in MB, where the system tells.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? / 1024)
}

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("writable");
    write("lib.pipe", "/// A name.\nfn label(what: string): string = \"acme-#{what}\"\n");
    for file in 0..FILES - 2 {
        write(&format!("p{file}.pipe"), &pipeline(&format!("p{file}"), 200));
    }
    write("large.pipe", &pipeline("large", 10_000));
    typed(folder.path(), "p0.pipe");
    typed(folder.path(), "large.pipe");
    if let Some(peak) = peak() {
        println!("peak memory {peak} MB");
    }
}
