//! `standpipe new` in real folders: what it writes is right, laid out, and runs.

use std::process::Command;

use crate::support::{Outcome, Project, outcome, without_cargo};

/// Writes a pipeline here; it is right and laid out.
#[track_caller]
fn made(project: &Project, arguments: &[&str]) -> Outcome {
    let made = project.standpipe(&[&["new"], arguments].concat()).exits(0);
    assert_eq!(made.stdout, "");
    let checked = project.standpipe(&["check", "--hints"]).exits(0);
    assert_eq!(checked.stderr, "1 file is right\n", "{}", project.read("pipeline.pipe"));
    project.standpipe(&["fmt", "--check"]).exits(0);
    made
}

/// Runs the pipeline, without the variables of the cargo that runs this test.
#[track_caller]
fn runs(project: &Project) -> Outcome {
    let mut run = project.command(&["run"]);
    outcome(without_cargo(&mut run)).exits(0)
}

fn is_there(tool: &str) -> bool {
    Command::new(tool).arg("--version").output().is_ok_and(|output| output.status.success())
}

#[test]
fn an_empty_folder() {
    let project = Project::new();
    made(&project, &["--name", "first"])
        .says("pipeline `first`, for whatever you like")
        .says("`standpipe run`");
    insta::assert_snapshot!(
        project.read("pipeline.pipe").replace(
            &project
                .path()
                .file_name()
                .expect("it has a name")
                .to_string_lossy()
                .replace(|c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c), "-"),
            "folder"
        )
    );
    runs(&project).says("Hello from the build").says("built from uncommitted");
}

#[test]
fn a_crate() {
    let project = Project::new();
    project.write("Cargo.toml", "[package]\nname = \"tiny\"\nversion = \"0.1.0\"\nedition = \"2021\"\n");
    project.write("src/lib.rs", "#[test]\nfn works() {}\n");
    made(&project, &[]).says("pipeline `tiny`, for the crate of `Cargo.toml`");
    assert!(project.read("pipeline.pipe").contains("cargo test\n"), "{}", project.read("pipeline.pipe"));
    runs(&project).says("test works ... ok");
}

#[test]
fn a_workspace_with_a_lock_file() {
    let project = Project::new();
    project.write("Cargo.toml", "[workspace]\nmembers = [\"a\"]\n");
    project.write("Cargo.lock", "version = 4\n");
    made(&project, &[]).says("for the workspace of `Cargo.toml`");
    let text = project.read("pipeline.pipe");
    assert!(text.contains("/// Builds and tests the workspace.\n"), "{text}");
    assert!(text.contains("cargo build --workspace --locked\n"), "{text}");
}

#[test]
fn a_package() {
    let project = Project::new();
    let scripts = r#""build": "echo building", "test": "echo \"Error: no test specified\" && exit 1""#;
    project.write("package.json", format!(r#"{{ "name": "@acme/web.shop", "scripts": {{ {scripts} }} }}"#));
    made(&project, &[]).says("pipeline `web-shop`").says("with npm");
    let text = project.read("pipeline.pipe");
    assert!(
        text.contains("npm run build") && !text.contains("npm run test") && !text.contains("install"),
        "{text}"
    );
    assert!(text.contains("/// Runs the package's script `build`.\n"), "{text}");
    if is_there("npm") {
        runs(&project).says("building");
    }
}

#[test]
fn package_managers_are_known_by_their_lock_files() {
    for (file, named, install) in [
        ("package-lock.json", "", "npm ci\n"),
        ("pnpm-lock.yaml", "", "pnpm install --frozen-lockfile\n"),
        ("yarn.lock", "", "yarn install --frozen-lockfile\n"),
        ("yarn.lock", "yarn@4.1.0", "yarn install --immutable\n"),
        ("bun.lock", "", "bun install --frozen-lockfile\n"),
        ("other", "", "npm install\n"),
    ] {
        let project = Project::new();
        let dependencies = r#""dependencies": { "left": "1" }, "scripts": { "test": "x" }"#;
        project.write("package.json", format!(r#"{{ "packageManager": "{named}", {dependencies} }}"#));
        project.write(file, "");
        made(&project, &[]);
        let text = project.read("pipeline.pipe");
        let summary = "/// Installs what the package needs, and runs its script `test`.\n";
        assert!(text.contains(summary), "{text}");
        assert!(text.contains(install) && text.contains(" run test\n"), "{file}: {text}");
    }
}

#[test]
fn python_code() {
    let project = Project::new();
    project.write("pyproject.toml", "[project]\nname = \"Tool_x\"\n");
    project.write("tool.py", "print(1)\n");
    made(&project, &[]).says("pipeline `Tool_x`, for the Python code of `pyproject.toml`");
    assert!(!project.read("pipeline.pipe").contains("pytest"), "pytest is not set up");
    if is_there("python3") {
        runs(&project);
    }
    for (file, text, steps) in [
        ("pytest.ini", "[pytest]\n", "pip install --quiet pytest -r requirements.txt\n"),
        ("uv.lock", "", "uv run --frozen pytest\n"),
    ] {
        project.write(file, text);
        project.write("requirements.txt", "");
        std::fs::remove_file(project.path().join("pipeline.pipe")).expect("it is there");
        made(&project, &[]);
        assert!(project.read("pipeline.pipe").contains(steps), "{}", project.read("pipeline.pipe"));
    }
}

#[test]
fn a_module_of_go() {
    let project = Project::new();
    project.write("go.mod", "// a module\nmodule example.com/acme/tool/v2 // here\n\ngo 1.22\n");
    made(&project, &[]).says("pipeline `tool`, for the module of `go.mod`");
    assert!(project.read("pipeline.pipe").contains("go test ./...\n"));
}

#[test]
fn an_image() {
    let project = Project::new();
    project.write("Containerfile", "FROM scratch\n");
    // Neither is there, whatever this machine has.
    for tool in ["docker", "podman"] {
        let path = project.write(&format!("tools/{tool}"), "#!/bin/sh\nexit 1\n");
        outcome(Command::new("chmod").arg("+x").arg(path)).exits(0);
    }
    made(&project, &[]).says("the image of `Containerfile`");
    let tools = format!(
        "{}:{}",
        project.path().join("tools").display(),
        std::env::var("PATH").expect("there is a search path")
    );
    outcome(project.command(&["run"]).env("PATH", tools)).exits(0).says("the image is not built");
}

/// What the comments of the template say is true.
#[test]
fn it_is_exported_as_its_comments_say() {
    let project = Project::new();
    project.write("Cargo.toml", "[package]\nname = \"tool\"\n");
    made(&project, &[]);
    project.standpipe(&["export"]).exits(1).says("P0401");
    let text = project.read("pipeline.pipe");
    let mut shown = false;
    let lines = text.lines().map(|line| {
        shown |= line == "  // aws {";
        let line = if shown { line.replacen("// ", "", 1) } else { line.to_owned() };
        shown &= line != "  }";
        line
    });
    let text = lines.collect::<Vec<_>>().join("\n") + "\n";
    let connection =
        "arn:aws:codeconnections:eu-west-1:111122223333:connection/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
    let text = text.replace("branch: \"main\"", &format!("branch: \"main\", connection: \"{connection}\""));
    project.write("pipeline.pipe", text);
    project.standpipe(&["check"]).exits(0);
    project.standpipe(&["export"]).exits(0);
}

#[test]
fn the_first_of_several_manifests_wins_and_the_others_can_be_chosen() {
    let project = Project::new();
    project.write("package.json", "{ \"name\": \"page\" }");
    project.write("Cargo.toml", "[package]\nname = \"tool\"\n");
    project.write("Dockerfile", "FROM scratch\n");
    made(&project, &[])
        .says("pipeline `tool`")
        .says("`--from node` for `package.json`, `--from container` for");
    std::fs::remove_file(project.path().join("pipeline.pipe")).expect("it is there");
    let chosen = made(&project, &["--from", "node"]).says("pipeline `page`");
    assert!(!chosen.stderr.contains("Note: `Cargo.toml`"), "{}", chosen.stderr);
    std::fs::remove_file(project.path().join("pipeline.pipe")).expect("it is there");
    made(&project, &["--from", "go", "--quiet"]);
    std::fs::remove_file(project.path().join("pipeline.pipe")).expect("it is there");
    made(&project, &["--from", "go"]).says("there is no `go.mod` here yet");
}

#[test]
fn bad_manifests_do_not_matter() {
    for (file, content) in [
        ("Cargo.toml", Some(b"[package\n".to_vec())),
        ("Cargo.toml", Some(vec![0xff])),
        ("Cargo.toml", Some(vec![b'#'; 5 << 20])),
        ("Cargo.toml", None),
        ("package.json", Some(b"{ \"scripts\": [".to_vec())),
        ("package.json", Some(b"[1]".to_vec())),
        ("package.json", Some("[".repeat(100_000).into_bytes())),
        ("package.json", Some(b"{ \"name\": 1, \"scripts\": { \"test\": {} } }".to_vec())),
        ("pyproject.toml", Some(b"project = 1\ntool = 2\n".to_vec())),
        ("go.mod", None),
    ] {
        let project = Project::new();
        let is_broken = content.as_ref().is_none_or(|content| {
            !content.starts_with(b"[1")
                && !content.starts_with(b"{ \"name")
                && !content.starts_with(b"project")
        });
        match content {
            Some(content) => drop(project.write(file, content)),
            None => std::fs::create_dir(project.path().join(file)).expect("a folder can be made"),
        }
        let made = made(&project, &[]);
        if is_broken {
            made.says(&format!("`{file}` cannot be read"));
        }
    }
}

#[test]
fn the_source_is_what_git_says() {
    let project = Project::new();
    project.git(&["init", "-q", "-b", "trunk\"#{x}"]);
    project.git(&["remote", "add", "origin", "git@gitlab.com:acme/group/shop.git"]);
    made(&project, &["."]);
    let text = project.read("pipeline.pipe");
    assert!(text.contains(r##"repository: "acme/group/shop", branch: "trunk\"\#{x}""##), "{text}");
    runs(&project);
}

/// A run takes the whole repository; the steps go to the folder.
#[test]
fn a_folder_of_a_repository() {
    let project = Project::new();
    project.git(&["init", "-q"]);
    project.write(
        "tools/my app/Cargo.toml",
        "[package]\nname = \"inner\"\nversion = \"0.1.0\"\nedition = \"2021\"\n",
    );
    project.write("tools/my app/src/lib.rs", "");
    let made = project.standpipe(&["new", "tools/my app"]).exits(0);
    made.says("`tools/my app/pipeline.pipe`: pipeline `inner`")
        .says("`standpipe run 'tools/my app/pipeline.pipe'`");
    let text = project.read("tools/my app/pipeline.pipe");
    assert!(text.contains("let folder = \"tools/my app\"") && text.contains("cd \"$FOLDER\""), "{text}");
    project.standpipe(&["fmt", "--check", "tools/my app/pipeline.pipe"]).exits(0);
    let mut run = project.command(&["run", "tools/my app/pipeline.pipe"]);
    outcome(run.env_remove("CARGO").env_remove("CARGO_MANIFEST_DIR")).exits(0).says("built from uncommitted");
}

#[test]
fn nothing_is_overwritten() {
    let project = Project::with("mine");
    project.standpipe(&["new"]).exits(2).says("`pipeline.pipe` is there already").says("name another folder");
    assert_eq!(project.read("pipeline.pipe"), "mine");
    project.standpipe(&["new", "pipeline.pipe"]).exits(2).says("is a file, not a folder");
    project.standpipe(&["new", "pipeline.pipe/x"]).exits(3).says("cannot be made");
    project.standpipe(&["new", "other", "--name", "my app"]).exits(2).says("`my-app` can");
    project.standpipe(&["new", "other", "--from", "cobol"]).exits(2).says("rust");
    assert!(!project.path().join("other").exists());
    project.standpipe(&["new", "deep/3d"]).exits(0).says("pipeline `pipeline-3d`");
    #[cfg(unix)]
    {
        std::fs::create_dir(project.path().join("linked")).expect("a folder can be made");
        std::os::unix::fs::symlink("gone", project.path().join("linked/pipeline.pipe"))
            .expect("links can be made");
        project.standpipe(&["new", "linked"]).exits(2).says("is there already");
    }
}
