//! What a folder holds: which tools build it, and with which of their steps.

use std::path::Path;

use super::manifest;
use crate::args::Kind;

/// What was found in a folder.
pub(super) struct Found {
    /// The name in the manifest.
    pub(super) name: Option<String>,
    /// In words, for the user: "the crate of `Cargo.toml`".
    pub(super) what: String,
    /// What the pipeline does, as its documentation.
    pub(super) summary: String,
    /// The lines of the build script, in order.
    pub(super) steps: Vec<String>,
    /// What the user should know.
    pub(super) notes: Vec<String>,
}

/// In the order in which they win, as in the help of `--from`.
const KINDS: [(Kind, &str, &[&str]); 5] = [
    (Kind::Rust, "rust", &["Cargo.toml"]),
    (Kind::Node, "node", &["package.json"]),
    (Kind::Python, "python", &["pyproject.toml", "requirements.txt", "setup.cfg", "setup.py"]),
    (Kind::Go, "go", &["go.mod"]),
    (Kind::Container, "container", &["Dockerfile", "Containerfile"]),
];

/// Looks at a folder; with `wanted` only for that.
pub(super) fn look(folder: &Path, wanted: Option<Kind>) -> Found {
    let manifest = |files: &[&'static str]| {
        files.iter().copied().find(|file| folder.join(file).symlink_metadata().is_ok())
    };
    let there: Vec<_> =
        KINDS.iter().filter_map(|(kind, word, files)| Some((*kind, *word, manifest(files)?))).collect();
    let kind = wanted.or(there.first().map(|(kind, ..)| *kind)).unwrap_or(Kind::Blank);
    let file = there.iter().find(|(found, ..)| *found == kind).map(|(.., file)| *file);
    let mut found = Found {
        name: None,
        what: String::new(),
        summary: String::new(),
        steps: Vec::new(),
        notes: Vec::new(),
    };
    if wanted.is_none() && there.len() > 1 {
        let others: Vec<String> =
            there[1..].iter().map(|(_, word, file)| format!("`--from {word}` for `{file}`")).collect();
        found.notes.push(format!(
            "`{}` is not the only one here; choose by {}",
            there[0].2,
            others.join(", ")
        ));
    }
    if file.is_none()
        && let Some((_, _, files)) = KINDS.iter().find(|(other, ..)| *other == kind)
    {
        found.notes.push(format!("there is no `{}` here yet; the pipeline fails until there is", files[0]));
    }
    let file = file.unwrap_or_default();
    match kind {
        Kind::Rust => rust(folder, &mut found),
        Kind::Node => node(folder, &mut found),
        Kind::Python => python(folder, file, &mut found),
        Kind::Go => go(folder, &mut found),
        Kind::Container => container(file, &mut found),
        Kind::Blank => {
            found.what = "whatever you like".to_owned();
            found.summary =
                "A first pipeline: a source, a build, and something that uses what was built.".to_owned();
            found.steps = lines(&["echo \"Hello from the build\""]);
        }
    }
    found
}

fn lines(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// The manifest, or a note that says why there is none.
fn read<T>(found: &mut Found, file: &str, read: Result<T, String>) -> Option<T> {
    match read {
        Ok(manifest) => Some(manifest),
        Err(reason) => {
            found.notes.push(format!("`{file}` cannot be read, so little is known of it: {}", reason.trim()));
            None
        }
    }
}

/// Reads a file that is there.
fn read_if_there<T>(
    folder: &Path,
    file: &str,
    found: &mut Found,
    how: fn(&Path) -> Result<T, String>,
) -> Option<T> {
    let path = folder.join(file);
    if path.symlink_metadata().is_ok() { read(found, file, how(&path)) } else { None }
}

fn rust(folder: &Path, found: &mut Found) {
    let manifest = read_if_there(folder, "Cargo.toml", found, manifest::toml).unwrap_or_default();
    found.name = at(&manifest, &["package", "name"]).and_then(toml::Value::as_str).map(str::to_owned);
    let (whole, crates) =
        if manifest.contains_key("workspace") { (" --workspace", "workspace") } else { ("", "crate") };
    found.what = format!("the {crates} of `Cargo.toml`");
    found.summary = format!("Builds and tests the {crates}.");
    // A lock file that is kept is meant: nothing else is built than what was tried.
    let locked = if folder.join("Cargo.lock").is_file() { " --locked" } else { "" };
    found.steps = vec![format!("cargo build{whole}{locked}"), format!("cargo test{whole}{locked}")];
}

fn node(folder: &Path, found: &mut Found) {
    let manifest = read_if_there(folder, "package.json", found, manifest::json).unwrap_or_default();
    let name = manifest["name"].as_str().map(|name| name.rsplit('/').next().unwrap_or(name).to_owned());
    found.name = name;
    let (manager, install) = manager(folder, &manifest);
    found.what = format!("the package of `package.json`, with {manager}");
    let has_dependencies = ["dependencies", "devDependencies", "optionalDependencies"]
        .iter()
        .any(|key| manifest[key].as_object().is_some_and(|map| !map.is_empty()))
        || !manifest["workspaces"].is_null();
    let mut does = Vec::new();
    if has_dependencies {
        found.steps.push(install.to_owned());
        does.push("installs what the package needs".to_owned());
    }
    let mut scripts = Vec::new();
    for script in ["lint", "build", "test"] {
        let Some(command) = manifest["scripts"][script].as_str() else { continue };
        // What `npm init` writes fails on purpose.
        if !command.contains("Error: no test specified") {
            found.steps.push(format!("{manager} run {script}"));
            scripts.push(format!("`{script}`"));
        }
    }
    if let Some((last, others)) = scripts.split_last() {
        let list = if others.is_empty() { last.clone() } else { format!("{} and {last}", others.join(", ")) };
        let plural = if others.is_empty() { "" } else { "s" };
        let whose = if does.is_empty() { "the package's" } else { "its" };
        does.push(format!("runs {whose} script{plural} {list}"));
    } else if !has_dependencies {
        does.push("prints the version of Node, until the package has a script to run".to_owned());
    }
    found.summary = sentence(&does.join(", and "));
    if found.steps.is_empty() {
        found.steps.push("node --version".to_owned());
        found.notes.push(
            "`package.json` has no script `lint`, `build` or `test`; add yours to the pipeline".to_owned(),
        );
    }
}

/// With a capital in front and a full stop behind.
fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(characters).chain(['.']).collect()
}

/// The package manager, by the lock file, and how it installs exactly what the lock file says.
fn manager(folder: &Path, manifest: &serde_json::Value) -> (&'static str, &'static str) {
    let has = |file: &str| folder.join(file).is_file();
    let named = manifest["packageManager"].as_str().unwrap_or_default();
    if has("pnpm-lock.yaml") {
        ("pnpm", "pnpm install --frozen-lockfile")
    } else if has("yarn.lock") {
        let classic = !has(".yarnrc.yml") && (named.is_empty() || named.starts_with("yarn@1"));
        ("yarn", if classic { "yarn install --frozen-lockfile" } else { "yarn install --immutable" })
    } else if has("bun.lock") || has("bun.lockb") {
        ("bun", "bun install --frozen-lockfile")
    } else if has("package-lock.json") || has("npm-shrinkwrap.json") {
        ("npm", "npm ci")
    } else if named.starts_with("pnpm@") {
        ("pnpm", "pnpm install")
    } else if named.starts_with("yarn@") {
        ("yarn", "yarn install")
    } else {
        ("npm", "npm install")
    }
}

fn python(folder: &Path, file: &str, found: &mut Found) {
    found.what = format!("the Python code of `{file}`");
    let project = read_if_there(folder, "pyproject.toml", found, manifest::toml).unwrap_or_default();
    let name = at(&project, &["project", "name"]).or_else(|| at(&project, &["tool", "poetry", "name"]));
    found.name = name.and_then(toml::Value::as_str).map(str::to_owned);
    found.steps.push("python3 -m compileall -q .".to_owned());
    found.summary = "Compiles the Python code.".to_owned();
    let mut section = |file: &str, section: &str| {
        let text = read_if_there(folder, file, found, manifest::text);
        text.is_some_and(|text| text.lines().any(|line| line.trim() == section))
    };
    let in_files = section("pytest.ini", "[pytest]")
        | section("tox.ini", "[pytest]")
        | section("setup.cfg", "[tool:pytest]");
    if !in_files && at(&project, &["tool", "pytest"]).is_none() {
        return;
    }
    found.summary = "Compiles and tests the Python code.".to_owned();
    if folder.join("uv.lock").is_file() {
        found.steps.extend(lines(&["uv run --frozen pytest"]));
    } else if folder.join("poetry.lock").is_file() {
        found.steps.extend(lines(&["poetry install --no-interaction", "poetry run pytest"]));
    } else {
        found.steps.push("python3 -m venv .venv".to_owned());
        let requirements = folder.join("requirements.txt").is_file();
        let package = project.contains_key("build-system") || folder.join("setup.py").is_file();
        let requirements = if requirements { " -r requirements.txt" } else { "" };
        let package = if package { " -e ." } else { "" };
        found.steps.push(format!(".venv/bin/python -m pip install --quiet pytest{requirements}{package}"));
        found.steps.push(".venv/bin/python -m pytest".to_owned());
    }
}

fn at<'t>(table: &'t toml::Table, path: &[&str]) -> Option<&'t toml::Value> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(table.get(*first)?, |value, key| value.get(*key))
}

fn go(folder: &Path, found: &mut Found) {
    found.what = "the module of `go.mod`".to_owned();
    let text = read_if_there(folder, "go.mod", found, manifest::text).unwrap_or_default();
    let module = text.lines().find_map(|line| line.trim().strip_prefix("module ")).unwrap_or_default();
    let module = module.split("//").next().unwrap_or_default().trim().trim_matches(['"', '`']);
    let is_version = |part: &&str| part.strip_prefix('v').is_some_and(|v| v.parse::<u32>().is_ok());
    found.name = module.rsplit('/').find(|part| !is_version(part)).map(str::to_owned);
    found.summary = "Vets, tests and builds the module.".to_owned();
    found.steps = lines(&["go vet ./...", "go test ./...", "go build ./..."]);
}

fn container(file: &str, found: &mut Found) {
    let file = if file.is_empty() { "Dockerfile" } else { file };
    found.what = format!("the image of `{file}`");
    found.summary = "Builds the container image, where Docker or Podman works.".to_owned();
    found.steps = vec![
        "if docker info > /dev/null 2>&1; then".to_owned(),
        format!("  docker build --file {file} ."),
        "elif podman info > /dev/null 2>&1; then".to_owned(),
        format!("  podman build --file {file} ."),
        "else".to_owned(),
        "  echo \"neither docker nor podman works here: the image is not built\"".to_owned(),
        "fi".to_owned(),
    ];
}
