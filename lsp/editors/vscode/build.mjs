// Bundles the extension into `dist`, and puts the grammar beside it; with `--tests` also the tests, which need no VS Code.
import { copyFile, mkdir, readdir, rm } from "node:fs/promises";
import { build } from "esbuild";

const grammar = new URL("../../../grammar/textmate/", import.meta.url);
const tests = process.argv.includes("--tests");

await rm("dist", { recursive: true, force: true });
await mkdir("dist", { recursive: true });
for (const file of ["pipe.tmLanguage.json", "language-configuration.json"]) {
  await copyFile(new URL(file, grammar), `dist/${file}`);
}
const common = { bundle: true, platform: "node", format: "cjs", target: "node20", logLevel: "warning" };
await build({ ...common, entryPoints: ["src/extension.ts"], outfile: "dist/extension.js", external: ["vscode"], minify: true });
if (tests) {
  const entryPoints = (await readdir("test")).map((name) => `test/${name}`);
  await build({ ...common, entryPoints, outdir: "dist/test" });
}
