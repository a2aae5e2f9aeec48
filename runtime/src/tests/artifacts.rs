//! Artifacts between actions: what is taken, what arrives, and that nobody changes what another reads.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use super::{Project, assert_succeeded, exists, failure_of, plan, words};
use crate::codes;

fn output(id: &str, files: &[&str]) -> Value {
    json!({ "id": id, "name": format!("s_make_{id}"), "files": files })
}

fn make(script: &str, outputs: &[Value]) -> Value {
    json!({ "id": "s.make", "script": script, "outputs": outputs })
}

#[test]
fn links_modes_and_unusual_names_arrive() {
    let mut project = Project::new();
    project.options.keep = true;
    let script = "mkdir -p 'out/a b'\n\
        printf x >'out/a b/ü [1]*.txt'; printf y >\"out/$(printf 'new\\nline')\"; printf z >out/-rf; printf q >\"out/$(printf '\\377')\"\n\
        printf '#!/bin/sh\\n' >out/tool; chmod 755 out/tool; ln -s tool out/link; ln -s /nowhere out/dangling; mkfifo out/pipe; : >out/empty";
    let read = "cd out; test -x tool; test ! -x empty; test \"$(readlink link)\" = tool; test \"$(readlink dangling)\" = /nowhere\n\
        test \"$(cat 'a b/ü [1]*.txt')\" = x; test \"$(cat \"$(printf 'new\\nline')\")\" = y; test \"$(cat ./-rf)\" = z; test \"$(cat \"$(printf '\\377')\")\" = q\n\
        test ! -e pipe; test ! -s empty; ./tool";
    let summary = project.run(&plan(&[
        make(script, &[output("all", &["out"])]),
        json!({ "id": "s.read", "script": read, "uses": ["s.make/all"] }),
    ]));
    assert_succeeded(&summary);
    // Kept workspaces are where they were.
    let work = project.path(&format!(".standpipe/runs/{}/work", summary.run));
    assert!(exists(&work.join("s.make~1/out/tool")));
}

#[test]
fn every_input_has_its_place() {
    let project = Project::new();
    let one =
        make("echo 1 >one; mkdir two; echo 2 >two/file", &[output("a", &["one"]), output("b", &["two/**"])]);
    let read = "test \"$(pwd -P)\" = \"$PIPE_INPUT_A\"; test \"$CODEBUILD_SRC_DIR\" = \"$PIPE_INPUT_A\"; ls -A; \
        test \"$(ls -A)\" = one; test \"$(cat \"$PIPE_INPUT_B/two/file\")\" = 2; test \"$CODEBUILD_SRC_DIR_s_make_b\" = \"$PIPE_INPUT_B\"; \
        test \"$(ls -A \"$PIPE_INPUT_B\")\" = two";
    let summary = project.run(&plan(&[
        one,
        json!({ "id": "s.read", "script": read, "uses": ["s.make/a", "s.make/b"] }),
        json!({ "id": "s.none", "script": "test -z \"$(ls -A)\"; test \"${PIPE_INPUT_A-none}\" = none" }),
    ]));
    assert_succeeded(&summary);
}

#[test]
fn nobody_changes_what_another_reads() {
    let project = Project::new();
    let spoil = "echo spoilt >file; chmod 777 file; rm -f other; echo new >more";
    let read = "test \"$(cat file)\" = good; test -e other; test ! -e more";
    let summary = project.run(&plan(&[
        make("echo good >file; echo x >other", &[output("o", &["**"])]),
        json!({ "id": "s.spoil", "script": spoil, "uses": ["s.make/o"] }),
        json!({ "id": "s.read", "script": read, "uses": ["s.make/o"], "needs": ["s.spoil"] }),
    ]));
    assert_succeeded(&summary);
}

#[test]
fn an_output_that_matches_nothing_fails_with_names_that_are_near() {
    let project = Project::new();
    let summary = project.run(&plan(&[
        make("mkdir build; echo 1 >build/index.html", &[output("site", &["dist/index.html"])]),
        json!({ "id": "s.read", "script": "true", "uses": ["s.make/site"] }),
    ]));
    let failure = failure_of(&summary, "s.make");
    assert_eq!(failure.code, codes::NOTHING_MATCHED);
    assert_eq!(failure.message, "the output `site` (`dist/index.html`) matches no file");
    assert_eq!(failure.help.as_deref(), Some("near: `build/index.html`"));
    assert_eq!(words(&summary), ["failed", "skipped"]);
    // A folder without files is no artifact.
    let summary = project.run(&plan(&[make("mkdir -p dist/deep", &[output("site", &["dist"])])]));
    assert_eq!(
        failure_of(&summary, "s.make").help.as_deref(),
        Some("the working directory holds no file at all")
    );
}

#[test]
fn the_same_content_is_stored_once_and_read_only() {
    let project = Project::new();
    let script = "echo same >a; cp a b; head -c 2000000 /dev/zero >large; cp large large2";
    let plan = plan(&[make(script, &[output("o", &["**"])])]);
    assert_succeeded(&project.run(&plan));
    assert_succeeded(&project.run(&plan));
    let mut files = Vec::new();
    for folder in std::fs::read_dir(project.path(".standpipe/store/files")).unwrap() {
        files.extend(std::fs::read_dir(folder.unwrap().path()).unwrap().map(|e| e.unwrap().path()));
    }
    assert_eq!(files.len(), 2);
    assert!(files.iter().all(|f| f.metadata().unwrap().permissions().mode() & 0o222 == 0));
    assert_eq!(std::fs::read_dir(project.path(".standpipe/store/tmp")).unwrap().count(), 0);
    assert_eq!(std::fs::read_dir(project.path(".standpipe/store/trees")).unwrap().count(), 1);
}

#[test]
fn a_damaged_store_is_noticed_and_mended() {
    let project = Project::new();
    let one = plan(&[
        make("echo good >file", &[output("o", &["**"])]),
        json!({ "id": "s.read", "script": "test \"$(cat file)\" = good", "uses": ["s.make/o"] }),
    ]);
    assert_succeeded(&project.run(&one));
    for folder in std::fs::read_dir(project.path(".standpipe/store/files")).unwrap() {
        for file in std::fs::read_dir(folder.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            std::fs::remove_file(&path).unwrap();
            std::fs::write(&path, "cut").unwrap();
        }
    }
    assert_succeeded(&project.run(&one));
}

#[test]
fn clouds_check_the_files_that_they_will_look_for() {
    let project = Project::new();
    let deploy = |id: &str, path: &str| {
        let file = json!({ "file": { "artifact": { "action": "s.make", "output": "o" }, "path": path } });
        json!({ "id": id, "callee": "aws.ecs", "config": { "file": file } })
    };
    let script = "mkdir d; echo '[{}]' >d/good.json; echo '{' >bad.json";
    let summary = project.run(&plan(&[
        make(script, &[output("o", &["**"])]),
        deploy("s.good", "d/good.json"),
        deploy("s.bad", "bad.json"),
        deploy("s.missing", "good.json"),
        deploy("s.folder", "d"),
    ]));
    assert_eq!(words(&summary), ["ran", "checked", "failed", "failed", "checked"]);
    assert_eq!(failure_of(&summary, "s.bad").code, codes::BAD_JSON);
    assert_eq!(failure_of(&summary, "s.missing").code, codes::CONTRACT);
    assert_eq!(failure_of(&summary, "s.missing").help.as_deref(), Some("did you mean `d/good.json`?"));
}

#[test]
fn what_a_script_made_read_only_is_removed_all_the_same() {
    let project = Project::new();
    let summary =
        project.run(&plan(&[make("mkdir -p a/b; echo 1 >a/b/c; chmod 500 a/b a", &[output("o", &["a"])])]));
    assert_succeeded(&summary);
    assert!(!exists(&project.path(&format!(".standpipe/runs/{}/work", summary.run))));
}

#[test]
fn a_working_folder_that_became_a_link_is_not_followed() {
    let mut project = Project::new();
    project.options.jobs = 1;
    project.write("elsewhere/secret", "1");
    std::fs::create_dir(project.path("empty")).unwrap();
    let become_link = |to: &str| {
        format!("here=$PWD; cd ..; rmdir \"$here\"; ln -s '{}' \"$here\"", project.path(to).display())
    };
    let outputs = json!([{ "name": "o", "files": ["**"] }]);
    let make = json!({ "id": "s.a", "script": become_link("elsewhere"), "outputs": outputs });
    let summary = project.run(&plan(&[make]));
    assert_eq!(failure_of(&summary, "s.a").code, codes::UNREADABLE_ARTIFACT);
    // Nor does the next action work behind it.
    let link = json!({ "id": "s.a", "script": become_link("empty") });
    assert_succeeded(&project.run(&plan(&[link, json!({ "id": "t.b", "script": "echo 1 >f" })])));
    assert!(!exists(&project.path("empty/f")));
    assert!(exists(&project.path("elsewhere/secret")));
}
