import assert from "node:assert/strict";
import { test } from "node:test";
import { Run, parse, sources } from "../src/run";

const plan = JSON.stringify({
  actions: [
    { id: "build.make-front", source: { file: "pipeline.pipe", line: 4 } },
    { id: "build.make-back", source: { file: "pipeline.pipe", line: 4 } },
    { id: "ship.upload", source: { file: "lib.pipe", line: 9 } },
  ],
});

const line = (event: object) => `${JSON.stringify(event)}\n`;

test("events may be cut anywhere", () => {
  const run = new Run();
  const text = line({ event: "action_started", action: "ship.upload" });
  assert.equal(run.take(text.slice(0, 10)), false);
  assert.equal(run.take(text.slice(10)), true);
  assert.deepEqual(run.lines(sources(plan)), new Map([["lib.pipe", new Map([[9, "running"]])]]));
});

test("a line shows the worst of its actions", () => {
  const run = new Run();
  run.take(line({ event: "action_finished", action: "build.make-front", status: "ran" }));
  assert.equal(run.lines(sources(plan)).get("pipeline.pipe")?.get(4), "passed");
  run.take(line({ event: "action_started", action: "build.make-back" }));
  assert.equal(run.lines(sources(plan)).get("pipeline.pipe")?.get(4), "running");
  run.end();
  assert.equal(run.lines(sources(plan)).get("pipeline.pipe")?.get(4), "failed");
});

test("an action that waits again is not shown", () => {
  const run = new Run();
  run.take(line({ event: "action_finished", action: "ship.upload", status: "failed" }));
  assert.equal(run.take(line({ event: "action_reset", action: "ship.upload" })), true);
  assert.equal(run.lines(sources(plan)).size, 0);
});

test("what is no event, or unknown, is passed over", () => {
  for (const text of ["", "x", "3", "null", "[]", "{}", '{"event":3}', '{"event":"new"}']) {
    assert.equal(new Run().take(`${text}\n`), false, text);
  }
  assert.deepEqual(parse('{"event":"x","action":3}'), { event: "x" });
  const run = new Run();
  run.take(line({ event: "action_started", action: "not.there" }));
  assert.equal(run.lines(sources(plan)).size, 0);
});
