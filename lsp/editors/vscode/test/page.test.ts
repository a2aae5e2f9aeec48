import assert from "node:assert/strict";
import { test } from "node:test";
import { errorPage, graphPage, place } from "../src/page";
import { missing, run } from "../src/program";

test("places of pictures", () => {
  assert.deepEqual(place("lib/a:b.pipe:12"), { file: "lib/a:b.pipe", line: 12 });
  for (const at of [undefined, 3, "", "a.pipe", ":3", "a.pipe:x"]) assert.equal(place(at), undefined);
});

test("a page runs its own script alone", () => {
  const page = graphPage("<svg></svg>");
  const nonce = /script-src 'nonce-([0-9a-f]{32})'/.exec(page)?.[1];
  assert.ok(nonce !== undefined && page.includes(`<script nonce="${nonce}">`));
  assert.notEqual(page, graphPage("<svg></svg>"));
});

test("errors are text", () => {
  assert.ok(errorPage("<b>&").includes("<pre>&lt;b&gt;&amp;</pre>"));
});

test("programs end, or cannot be started", async () => {
  const node = await run(process.execPath, ["-e", "console.log('out'); console.error('err'); process.exitCode = 3"], ".");
  assert.deepEqual(node, { code: 3, out: "out\n", err: "err\n" });
  await assert.rejects(run("no-such-program-here", [], "."), /was not found/);
  assert.match(missing("x", Object.assign(new Error("no"), { code: "EACCES" })), /could not be started/);
});
