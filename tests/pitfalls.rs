//! What people complain about in languages for pipelines, and how Pipe avoids each of it. The comment above a test is the
//! complaint; fifteen of them, in their order.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::support::{Outcome, Project, outcome, root, standpipe, text};

const AWS: &str =
    r#"aws { role: "arn:aws:iam::111122223333:role/pipeline", artifact_bucket: "acme-artifacts" }"#;
const APP: &str = r#"stage source {
  action app = git {
    repository: "acme/app"
    branch: "main"
    connection: "arn:aws:codeconnections:eu-west-1:111122223333:connection/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
  }
}"#;

/// One diagnostic, as `check --format json` has it.
#[derive(Debug, PartialEq)]
struct Found {
    code: String,
    /// The text that it points at.
    at: String,
    message: String,
    all: Value,
}

/// What `check` says of the project's pipeline.
fn found(project: &Project) -> Vec<Found> {
    let json = project.standpipe(&["check", "--format", "json", "pipeline.pipe"]).stdout;
    let json: Value = serde_json::from_str(&json).expect("the document is JSON");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let list = json["diagnostics"].as_array().expect("a list").iter();
    list.map(|all| {
        let file = project.read(&text(&all["file"]));
        let offset = |end: &str| all[end]["offset"].as_u64().and_then(|at| usize::try_from(at).ok());
        let range = offset("start").expect("a start")..offset("end").expect("an end");
        let at = file[range].to_owned();
        Found { code: text(&all["code"]), at, message: text(&all["message"]), all: all.clone() }
    })
    .collect()
}

/// The only thing that is wrong with a file.
#[track_caller]
fn only(file: &str) -> Found {
    only_in(&Project::with(file), file)
}

#[track_caller]
fn only_in(project: &Project, shown: &str) -> Found {
    let mut all = found(project);
    assert_eq!(all.len(), 1, "{shown}\n{all:#?}");
    all.remove(0)
}

/// The title and the new text of the first edit of a fix.
fn fix(found: &Found) -> (&str, &str) {
    let text = |value: &'static str| found.all["fix"].get(value);
    let title = text("title").and_then(Value::as_str).unwrap_or_else(|| panic!("no fix: {found:#?}"));
    (title, found.all["fix"]["edits"][0]["text"].as_str().expect("an edit has a text"))
}

/// A pipeline of one stage with these items.
fn stage(items: &str) -> String {
    format!("pipeline p {{\n  variable given: string = \"x\"\n  stage s {{\n{items}\n  }}\n}}\n")
}

/// A pipeline with one more item, with a source and settings for AWS.
fn with_item(item: &str) -> String {
    format!(
        "pipeline p {{\n{AWS}\n{APP}\nstage last {{\n  action a = run {{ inputs: [app], script: \"true\" }}\n}}\n{item}\n}}\n"
    )
}

/// 1. Whatever a language substitutes in scripts collides with the shell, and everybody has to learn two ways to escape.
#[test]
fn scripts_are_verbatim() {
    let body = "x=1; echo \"$x ${x} $(echo x) {} {{ }} #{} #{x}\"\n\
                cat <<'END'\n$x ${x} $(x) {} {{ }} #{} #{x} ${{ }} <<< ~{ \\n \\\" %% @{x} <% %> '' `x`\nEND\n";
    let indented = body.replace('\n', "\n        ");
    let file = format!(
        "pipeline p {{\n{AWS}\n{APP}\n  stage s {{\n    action say = run {{\n      inputs: [app]\n      script: \"\"\"\n        \
         {indented}\"\"\"\n    }}\n  }}\n}}\n"
    );
    let project = Project::with(&file);
    let plan: Value = serde_json::from_str(&project.standpipe(&["compile"]).exits(0).stdout).expect("JSON");
    assert_eq!(plan["actions"][1]["config"]["script"]["text"], body);

    let wanted = outcome(Command::new("sh").args(["-eu", "-c", body])).exits(0).stdout;
    assert_eq!(wanted.lines().count(), 2, "{wanted}");
    let run = project.standpipe(&["run", "--source", "app=."]).exits(0);
    for line in wanted.lines() {
        assert!(run.stderr.contains(&format!("s.say | {line}\n")), "{line}\n{}", run.stderr);
    }

    let export: Value = serde_json::from_str(&project.standpipe(&["export"]).exits(0).stdout).expect("JSON");
    let commands = export["pipeline"]["stages"][1]["actions"][0]["commands"].as_array().expect("commands");
    let commands: Vec<&str> = commands.iter().map(|line| line.as_str().expect("a text")).collect();
    let mut shell = Command::new("sh");
    shell
        .args(["-c", &commands.join("\n")])
        .env("CODEBUILD_SRC_DIR", project.path())
        .current_dir(project.path());
    assert_eq!(outcome(&mut shell).exits(0).stdout, wanted);
}

/// 2. Each phase has a syntax of its own, and which one works where is found out by trying.
#[test]
fn constants_deploy_time_and_run_time_values_are_written_alike() {
    let file = |field: &str| {
        format!(
            "let now = \"a\"\nlet deployed = aws.cfn({{ \"Ref\": \"Bucket\" }})\npipeline p {{\n  variable later: string = \"x\"\n  \
             stage s {{\n    action a = run {{ script: \"true\", {field} }}\n  }}\n}}\n"
        )
    };
    let everywhere = file("env: { A: \"x-#{now}\", B: \"x-#{deployed}\", C: \"x-#{later}\", D: later }");
    assert_eq!(found(&Project::with(&everywhere)), []);
    assert_eq!(found(&Project::with(&file("name: \"x-#{now}\""))), []);
    let wrong = only(&file("name: \"x-#{later}\""));
    assert_eq!(wrong.code, "P0306");
    assert!(
        wrong.message.contains("must be known while compiling, and this is known only at run"),
        "{wrong:?}"
    );
    let wrong = only(&file("name: \"x-#{deployed}\""));
    assert_eq!(wrong.code, "P0322");
    assert!(wrong.message.contains("only CloudFormation knows"), "{wrong:?}");
    let file = "let deployed = aws.cfn({ \"Ref\": \"List\" })\npipeline p {\n  stage s {\n    action a for x in [deployed] = run \
                { script: \"true\" }\n  }\n}\n";
    let wrong = only(file);
    assert!(wrong.code == "P0322" && wrong.message.contains("only CloudFormation knows"), "{wrong:?}");
}

/// 3. A mistake in one field is reported somewhere else, or as a list of all that might have been meant.
#[test]
fn one_wrong_field_is_one_error_at_that_field() {
    let wrong = only(&stage("action a = run { script: \"true\", imag: \"node:22\" }"));
    assert_eq!((wrong.code.as_str(), wrong.at.as_str(), fix(&wrong).1), ("P0302", "imag", "image"));
    let wrong = only(&stage("action a = run { script: \"true\", retry: \"often\" }"));
    assert_eq!((wrong.code.as_str(), wrong.at.as_str()), ("P0301", "\"often\""));
    assert_eq!(wrong.message, "`retry` is an int, and this is a string");
    // Inside a record, the field and not the record.
    let wrong = only(
        "type Place = { region: string, keep: duration? }\nlet place: Place = { region: \"eu\", kep: 3m }\npipeline p {\n  \
         stage s {\n    action a = run { env: { A: place.region }, script: \"true\" }\n  }\n}\n",
    );
    assert_eq!((wrong.code.as_str(), wrong.at.as_str(), fix(&wrong).1), ("P0302", "kep", "keep"));
}

/// 3, in a template: the error is at the template's line, and the instances that lead there stand beside it.
#[test]
fn one_wrong_field_of_a_template_is_one_error_with_the_instance() {
    let project = Project::with(
        "use \"lib.pipe\"\npipeline p {\n  stage one = lib.ship { what: \"x\" }\n  stage two = lib.ship { what: \"y\" }\n}\n",
    );
    project.write(
        "lib.pipe",
        "stage ship(what: string) {\n  action a = run { env: { WHAT: what }, script: \"true\", retry: what }\n}\n",
    );
    let wrong = only_in(&project, "a wrong type in a template");
    assert_eq!((wrong.code.as_str(), wrong.at.as_str()), ("P0301", "what"));
    assert_eq!(wrong.all["file"], "lib.pipe");
    let instance = &wrong.all["related"][0];
    assert_eq!((&instance["file"], &instance["start"]["line"]), (&json!("pipeline.pipe"), &json!(3)));
    assert_eq!(instance["message"], "in the stage `one`, an instance of `ship`, and in 1 more");
    // An argument of the wrong type is the instance's mistake, and said there.
    project.write(
        "lib.pipe",
        "stage ship(what: int) {\n  action a = run { script: \"true\", retry: what }\n}\n",
    );
    let all = found(&project);
    let all: Vec<_> = all.iter().map(|f| (f.code.as_str(), f.at.as_str(), &f.all["file"])).collect();
    let file = json!("pipeline.pipe");
    assert_eq!(all, [("P0301", "\"x\"", &file), ("P0301", "\"y\"", &file)]);
}

/// 4. A word turns into a bool, or a text counts as true, and nobody sees it.
#[test]
fn nothing_is_true_but_true() {
    for (written, meant) in [
        ("yes", "true"),
        ("on", "true"),
        ("no", "false"),
        ("off", "false"),
        ("True", "true"),
        ("\"true\"", "true"),
    ] {
        for file in [
            stage(&format!("action a if {written} = run {{ script: \"true\" }}")),
            format!("let quick: bool = {written}\n{}", stage("action a if quick = run { script: \"true\" }")),
        ] {
            let wrong = only(&file);
            assert_eq!((wrong.at.as_str(), fix(&wrong).1), (written, meant), "{file}\n{wrong:#?}");
        }
    }
    for condition in ["1", "\"\"", "null", "[]", "{}", "given"] {
        let wrong = only(&stage(&format!("action a if {condition} = run {{ script: \"true\" }}")));
        assert!(wrong.message.starts_with("a condition "), "{wrong:#?}");
        assert_eq!(wrong.at, condition);
    }
    // And nothing becomes a text by itself.
    let wrong = only(&stage("action a = run { env: { N: 22 }, script: \"true\" }"));
    assert_eq!((wrong.at.as_str(), fix(&wrong).1), ("22", "\"22\""));
}

/// 5. After templates and merges nobody can tell which line something comes from.
#[test]
fn every_part_of_the_plan_knows_its_line() {
    let folder = root().join("examples/team");
    let plan =
        outcome(standpipe().args(["compile", text(&folder.join("site/pipeline.pipe"))])).exits(0).stdout;
    let plan: Value = serde_json::from_str(&plan).expect("JSON");
    let line = |source: &Value| {
        let file = folder.join("site").join(source["file"].as_str().expect("a file"));
        let line = usize::try_from(source["line"].as_u64().expect("a line")).expect("it is small");
        let text = std::fs::read_to_string(file).expect("the file can be read");
        text.lines().nth(line - 1).expect("the line exists").trim().to_owned()
    };
    let mut seen = 0;
    for (list, word) in [("stages", "stage"), ("actions", "action")] {
        for item in plan[list].as_array().expect("a list") {
            let name = item["id"].as_str().and_then(|id| id.rsplit('.').next()).expect("an id");
            let written = line(&item["source"]);
            assert!(written.starts_with(&format!("{word} {name} ")), "{name}: {written}");
            seen += 1;
        }
    }
    assert_eq!(seen, 12);
}

/// 6. The pipeline is a program of a general language, and fails where that one does: halfway, or only on some machines.
#[test]
fn evaluation_ends_and_depends_on_the_files_alone() {
    let doubling: String = (1..64).map(|n| format!("let l{n} = [...l{m}, ...l{m}]\n", m = n - 1)).collect();
    let texts: String = (1..64).map(|n| format!("let t{n} = \"#{{t{m}}}#{{t{m}}}\"\n", m = n - 1)).collect();
    let calls: String = (1..40)
        .map(|n| format!("fn f{n}(x: string): string = f{m}(\"#{{f{m}(x)}}#{{f{m}(x)}}\")\n", m = n - 1))
        .collect();
    let show = |value: &str| stage(&format!("action a = run {{ env: {{ A: {value} }}, script: \"true\" }}"));
    for (file, codes) in [
        (format!("let k = l\nlet l = k\n{}", show("k")), &["P0502"][..]),
        (format!("fn f(x: string): string = f(x)\n{}", show("f(\"x\")")), &["P0504"]),
        (format!("let l0 = [\"x\"]\n{doubling}{}", show("l63[0]")), &["P0319"]),
        (format!("let t0 = \"x\"\n{texts}{}", show("t63")), &["P0319"]),
        (format!("fn f0(x: string): string = x\n{calls}{}", show("f39(\"xxxxxxxx\")")), &["P0319"]),
        (
            format!(
                "stage a() {{ action x = run {{ script: \"true\" }} }}\naction r() = r {{}}\n{}",
                stage("action a = r {}")
            ),
            &["P0504"],
        ),
        (format!("let x = {}1{}\n{}", "(".repeat(100_000), ")".repeat(100_000), show("\"x\"")), &["P0107"]),
    ] {
        let project = Project::with(&file);
        let all = found(&project);
        let said: Vec<&str> =
            all.iter().map(|f| f.code.as_str()).filter(|code| !code.starts_with("P06")).collect();
        assert_eq!(said, codes, "{}", &file[..file.len().min(300)]);
    }
    let example = std::fs::read_to_string(root().join("examples/hello/pipeline.pipe")).expect("it is there");
    let plans: Vec<String> = ["", "other", "third"]
        .iter()
        .map(|word| {
            let project = Project::with(&example);
            let mut compile = project.command(&["compile"]);
            outcome(compile.env("ANY", word).env("TZ", format!("UTC+{}", word.len()))).exits(0).stdout
        })
        .collect();
    assert!(plans.windows(2).all(|pair| pair[0] == pair[1]), "{plans:?}");
}

/// 7. Whether a pipeline is right is known only to a server, after a push.
#[test]
fn everything_is_checked_offline() {
    let team = root().join("examples/team");
    let files = ["api", "shop", "site"].map(|name| team.join(name).join("pipeline.pipe"));
    let without_tools = |binary: &mut Command| {
        let command = binary.args(["check", "--target", "codepipeline"]).args(&files);
        outcome(command.env("PATH", "").env_remove("HOME")).exits(0).says("3 files are right");
    };
    without_tools(&mut standpipe());
    let unshared = Command::new("unshare").args(["-rn", "true"]).stderr(Stdio::null()).status();
    if unshared.is_ok_and(|status| status.success()) {
        let mut alone = Command::new("/usr/bin/unshare");
        alone.args(["-rn", env!("CARGO_BIN_EXE_standpipe")]).stdin(Stdio::null());
        without_tools(&mut alone);
    } else {
        eprintln!("NOT TESTED: nothing here can take the network from a process");
    }
    // What the service would refuse is said here.
    let late = with_item("")
        .replace("stage source", "stage early { action b = run { script: \"true\" } }\nstage source");
    let all = found(&Project::with(&late));
    assert!(!all.is_empty() && all.iter().all(|f| f.code == "P0405"), "{all:#?}");
}

/// 8. There is nothing to share parts with, so files are generated, or copied.
#[test]
fn parts_are_shared_through_typed_modules() {
    let team = root().join("examples/team");
    let project = Project::new();
    let copy = |path: &str, change: &dyn Fn(String) -> String| {
        let text = std::fs::read_to_string(team.join(path)).expect("it is there");
        project.write(&path.replace("site/", ""), change(text.replace("../lib", "./lib")));
    };
    for name in ["build", "deploy", "naming", "types", "website"] {
        copy(&format!("lib/{name}.pipe"), &|text| text);
    }
    copy("site/pipeline.pipe", &|text| text);
    assert_eq!(found(&project), []);
    // A type that changes is felt by all who use it, at their lines.
    copy("lib/types.pipe", &|text| text.replace("\"staging\" | \"prod\"", "\"staging\" | \"live\""));
    let all = found(&project);
    let at: Vec<_> = all.iter().map(|f| (f.all["file"].as_str().unwrap_or(""), f.at.as_str())).collect();
    assert!(at.contains(&("lib/website.pipe", "\"prod\"")), "{all:#?}");
    copy("lib/types.pipe", &|text| text);
    copy("site/pipeline.pipe", &|text| text.replace("folder: \"site\"", "folder: 3"));
    let wrong = only_in(&project, "an argument of the wrong type");
    assert_eq!(
        (wrong.at.as_str(), wrong.message.as_str()),
        ("3", "`folder` is a string, and this is an int")
    );
}

/// 9. Configuration became programming: tools can neither read nor change such files.
#[test]
fn tools_can_change_files() {
    let messy = "// first\npipeline p { // why\n  varable who: string = \"a\" // who\n  stage s {\n    // before\n    action a = run \
                 { script: \"true\", imag: \"x\", // image\n      env: { N: 22, W: who } }\n  }\n  // last\n}\n";
    let project = Project::with(messy);
    let mut text = messy.to_owned();
    for _ in 0..5 {
        let all = found(&project);
        let mut edits: Vec<Value> =
            all.iter().flat_map(|f| f.all["fix"]["edits"].as_array().cloned().unwrap_or_default()).collect();
        let offset = |edit: &Value, end: &str| {
            usize::try_from(edit[end]["offset"].as_u64().expect("an offset")).expect("it fits")
        };
        edits.sort_by_key(|edit| std::cmp::Reverse(offset(edit, "start")));
        for edit in &edits {
            text.replace_range(
                offset(edit, "start")..offset(edit, "end"),
                edit["text"].as_str().expect("a text"),
            );
        }
        project.write("pipeline.pipe", &text);
        if edits.is_empty() {
            break;
        }
    }
    assert_eq!(found(&project), [], "{text}");
    project.standpipe(&["fmt"]).exits(0);
    project.standpipe(&["fmt", "--check"]).exits(0);
    let text = project.read("pipeline.pipe");
    for comment in ["// first", "// why", "// who", "// before", "// image", "// last"] {
        assert_eq!(text.matches(comment).count(), 1, "`{comment}` is not in:\n{text}");
    }
    assert_eq!(found(&project), []);
    // No macro: what makes declarations is a declaration, and a value never is one.
    let wrong = only(&format!("let make = action\n{}", stage("action a = run { script: \"true\" }")));
    assert_eq!((wrong.code.as_str(), wrong.at.as_str()), ("P0201", "action"));
}

/// 10. Something is repeated for each element of a list that does not exist yet, and the message does not say why not.
#[test]
fn families_over_values_of_a_run_are_refused_with_the_reason() {
    for list in ["[given]", "[\"a\", \"x-#{given}\"]", "split(given, \",\")"] {
        let wrong = only(&stage(&format!("action a for x in {list} = run {{ script: \"true\" }}")));
        assert_eq!(wrong.code, "P0306", "{wrong:#?}");
        assert!(
            wrong.message.ends_with("must be known while compiling, and this is known only at run"),
            "{wrong:?}"
        );
    }
    let wrong = only(&stage("action a for x in given = run { script: \"true\" }"));
    assert_eq!(wrong.message, "`for x in …` walks a list, and this is a string that is known only at run");
    let project =
        Project::with(&stage("action a for x in [\"a\", \"b\"] if x != \"b\" = run { script: \"true\" }"));
    assert_eq!(found(&project), []);
}

/// One message of a server, of those that it sends between headers.
fn message(from: &mut impl BufRead) -> Value {
    let mut length = 0;
    loop {
        let mut line = String::new();
        assert_ne!(from.read_line(&mut line).expect("the server can be read"), 0, "the server is gone");
        if let Some(written) = line.strip_prefix("Content-Length: ") {
            length = written.trim().parse().expect("a length");
        }
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body).expect("the body is there");
    serde_json::from_slice(&body).expect("the body is JSON")
}

/// Code, first position and last position of what the language server says about the project's pipeline.
fn published(project: &Project) -> Vec<(String, Value)> {
    let mut server = project.command(&["lsp"]);
    let mut server = server.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
    let mut input = server.stdin.take().expect("it has an input");
    let mut output = BufReader::new(server.stdout.take().expect("it has an output"));
    let mut send = |message: Value| {
        let body = message.to_string();
        write!(input, "Content-Length: {}\r\n\r\n{body}", body.len()).expect("the server listens");
        input.flush().expect("the server listens");
    };
    let uri = format!("file://{}", text(&project.path().join("pipeline.pipe")));
    send(json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "processId": null, "rootUri": null, "capabilities": { "general": { "positionEncodings": ["utf-16"] } },
    } }));
    send(json!({ "jsonrpc": "2.0", "method": "initialized", "params": {} }));
    send(json!({ "jsonrpc": "2.0", "method": "textDocument/didOpen", "params": { "textDocument": {
        "uri": uri, "languageId": "pipe", "version": 1, "text": project.read("pipeline.pipe"),
    } } }));
    let found = loop {
        let message = message(&mut output);
        if message["method"] == "textDocument/publishDiagnostics" && message["params"]["uri"] == uri {
            break message["params"]["diagnostics"].as_array().cloned().expect("a list");
        }
    };
    send(json!({ "jsonrpc": "2.0", "id": 2, "method": "shutdown" }));
    while message(&mut output)["id"] != 2 {}
    send(json!({ "jsonrpc": "2.0", "method": "exit" }));
    assert!(server.wait().expect("it ends").success());
    // 4 is a hint, which `check` gives on demand.
    let found = found.into_iter().filter(|diagnostic| diagnostic["severity"] != 4);
    found.map(|d| (d["code"].as_str().expect("a code").to_owned(), d["range"].clone())).collect()
}

/// 11. The editor says one thing, and the tool another.
#[test]
fn the_command_line_and_the_editor_say_the_same() {
    let files = [
        stage(
            "action a = run { script: \"true\", imag: \"x\" }\naction b = rn { script: x }\naction b if yes = run {}",
        ),
        format!(
            "let unused = 1\nuse \"lib.pipe\"\n{}",
            stage("// ä𝒳\naction a = run { env: { \"Ä\": lib.x }, script: \"#{given}\" }")
        ),
        with_item("stage more = lib.ship { env: \"x\", fils: app }\nstage more { needs: [last, las] }"),
        "pipeline p {\n  stage s {\n    action a = run { script: \"\"\"\n".to_owned(),
    ];
    for file in files {
        let project = Project::with(&file);
        project.write(
            "lib.pipe",
            "let x = \"x\"\nstage ship(env: string) { action a = run { script: \"true\" } }\n",
        );
        let position = |at: &Value| {
            let line = at["line"].as_u64().expect("a line") - 1;
            let text = file.lines().nth(usize::try_from(line).expect("small")).unwrap_or_default();
            let column = usize::try_from(at["column"].as_u64().expect("a column") - 1).expect("small");
            let units: usize = text.chars().take(column).map(char::len_utf16).sum();
            json!({ "line": line, "character": units })
        };
        let mut checked: Vec<(String, Value)> = found(&project)
            .into_iter()
            .map(|f| (f.code, json!({ "start": position(&f.all["start"]), "end": position(&f.all["end"]) })))
            .collect();
        let mut shown = published(&project);
        assert!(!checked.is_empty(), "nothing is wrong with {file}");
        for list in [&mut checked, &mut shown] {
            list.sort_by_key(|(code, range)| (range.to_string(), code.clone()));
        }
        assert_eq!(shown, checked, "{file}");
    }
}

/// 12. A new version takes a word, and files that used it as a name are broken.
#[test]
fn new_words_and_editions_do_not_break_files() {
    const WORDS: &[&str] = &[
        "action", "aws", "azure", "callee", "defaults", "edition", "fn", "gate", "let", "on", "pipeline",
        "private", "rule", "secret", "stage", "type", "use", "variable", "when", "needs", "name",
    ];
    for word in WORDS {
        let file = format!(
            "edition 2026\nlet {word} = \"x\"\npipeline p {{\n  stage s {{\n    action a = run {{ env: {{ A: {word}, {word}: {word} }}, \
             script: \"true\" }}\n  }}\n}}\n"
        );
        assert_eq!(found(&Project::with(&file)), [], "{file}");
        let file = format!(
            "pipeline {word} {{\n  stage {word} {{\n    action {word} = run {{ script: \"true\", output: \"x\" }}\n  }}\n  stage t {{\n    \
             action b = run {{ inputs: [{word}.{word}], script: \"true\" }}\n  }}\n}}\n"
        );
        assert_eq!(found(&Project::with(&file)), [], "{file}");
    }
    let body = stage("action a = run { script: \"true\" }");
    let wrong = only(&format!("edition 2031\n{body}"));
    assert_eq!((wrong.code.as_str(), wrong.at.as_str()), ("P0111", "2031"));
    assert_eq!(wrong.all["help"][0], "it knows 2026; a newer Standpipe may know more");
    // Without one, a file means what it meant to the first.
    let plan = |file: &str| Project::with(file).standpipe(&["compile"]).exits(0).stdout;
    assert_eq!(plan(&format!("edition 2026\n{body}")), plan(&format!("\n{body}")));
}

/// 13. Tools take seconds to start, since they load everything that there is.
#[test]
fn only_what_is_used_is_read() {
    // How fast that is, `cargo bench -p standpipe-compiler` measures.
    let project = Project::with(
        "use \"used.pipe\" { x }\npipeline p {\n  stage s {\n    action a = run { env: { X: x }, script: \"true\" }\n  }\n}\n",
    );
    project.write("used.pipe", "let x = \"x\"\n");
    project.write("broken.pipe", "pipeline {{{");
    // Whoever reads these waits until somebody writes to them.
    for name in ["slow.pipe", "aws.pipe", "standpipe.toml"] {
        outcome(Command::new("mkfifo").arg(project.path().join(name))).exits(0);
    }
    project.standpipe(&["check", "pipeline.pipe"]).exits(0).says("1 file is right");
}

/// 14. What a tool does not know it ignores: misspelt keys, arguments too many, filters that match nothing.
#[test]
fn nothing_is_ignored() {
    let cases = [
        (with_item("on push { branchs: [\"main\"] }"), "branchs"),
        (with_item("on push { branches: { includ: [\"main\"] } }"), "includ"),
        (with_item("on tag { tag: [\"v*\"] }"), "tag"),
        (with_item("on pull_request { event: [\"opened\"] }"), "event"),
        (with_item("on pull_request { events: [\"open\"] }"), "\"open\""),
        (with_item("on pushes { }"), "pushes"),
        (with_item("").replace("artifact_bucket:", "moed: \"queued\", artifact_bucket:"), "moed"),
        (with_item("secret t { locl: env(\"T\"), aws: masked }"), "locl"),
        (with_item("variable v: string = \"x\" { nam: \"V\" }"), "nam"),
        (with_item("defaults { regio: \"eu-west-1\" }"), "regio"),
        (with_item("defaults run { imag: \"x\" }"), "imag"),
        (with_item("nam: \"P\""), "nam"),
        (with_item("stage t { need: [], action b = run { script: \"true\" } }"), "need"),
        (
            stage(
                "gate g on entry = aws.alarm { alarm_name: \"a\", alarm: \"b\" } else fail\naction a = run { script: \"true\" }",
            ),
            "alarm",
        ),
        (stage("action a = run { script: \"true\", output: { fils: \"x\" } }"), "fils"),
        (stage("action a = run { script: \"true\", outputs: { x: { nme: \"x\" } } }"), "nme"),
        (stage("action a = run { script: \"true\", local: { script: \"true\", envs: {} } }"), "envs"),
        (stage("action a = run { script: join([\"a\"], \"b\", \"c\") }"), "join([\"a\"], \"b\", \"c\")"),
        (stage("action a = run { script: \"true\" }\non failure retry failed"), "failed"),
        (
            stage(
                "action a = run { script: \"true\" }\ngate g on entri = aws.alarm { alarm_name: \"x\" } else fail",
            ),
            "entri",
        ),
        (
            format!(
                "stage t(a: string) {{ action x = run {{ env: {{ A: a }}, script: \"true\" }} }}\n{}",
                with_item("stage u = t { a: \"x\", b: \"y\" }")
            ),
            "b",
        ),
        (
            format!(
                "action t(a: string) = run {{ env: {{ A: a }}, script: \"true\" }}\n{}",
                stage("action u = t { a: \"x\", scrpt: \"y\" }")
            ),
            "scrpt",
        ),
        (
            format!(
                "callee c {{ service: {{ category: \"Test\", owner: \"Custom\", provider: \"C\" }}, input: 1, fields: {{}} }}\n{}",
                stage("action u = c {}")
            ),
            "input",
        ),
        (
            format!(
                "callee c {{ service: {{ category: \"Test\", owner: \"Custom\", provider: \"C\" }}, fields: {{ a: string {{ maxi: 1 }} }} }}\n{}",
                stage("action u = c { a: \"x\" }")
            ),
            "maxi",
        ),
        (
            format!(
                "callee c {{ service: {{ category: \"Test\", owner: \"Custom\", provider: \"C\" }}, fields: {{ a: string }} }}\n{}",
                stage("action u = c { a: \"x\", b: \"y\" }")
            ),
            "b",
        ),
    ];
    for (file, at) in cases {
        let wrong = only(&file);
        assert_eq!(wrong.at, at, "{file}\n{wrong:#?}");
    }
}

/// 15. Names are made while running, so no tool can tell what there is.
#[test]
fn imports_are_literals_and_outputs_are_declared() {
    let body = stage("action a = run { script: \"true\" }");
    for import in ["use \"./#{name}.pipe\" as lib", "use name as lib"] {
        let all = found(&Project::with(&format!("let name = \"lib\"\n{import}\n{body}")));
        assert!(all.iter().any(|f| f.code.starts_with("P01")), "{import}: {all:#?}");
    }
    let wrong = only(&stage(
        "action a = run { script: \"true\" }\naction b = run { inputs: [a.dist], script: \"true\" }",
    ));
    assert_eq!((wrong.code.as_str(), wrong.at.as_str()), ("P0205", "dist"));
    let wrong = only(&stage(
        "action a = run { script: \"export TAG=1\" }\naction b = run { env: { T: a.TAG }, script: \"true\" }",
    ));
    assert_eq!((wrong.code.as_str(), wrong.at.as_str()), ("P0205", "TAG"));
    // What a script exports without saying so does not exist for others, and what it promises it must make.
    let project =
        Project::with(&stage("action a = run { script: \"mkdir made; touch made/x\", output: \"dist/**\" }"));
    let run: Outcome = project.standpipe(&["run"]);
    run.exits(1).says("P0822");
}
