import assert from "node:assert/strict";
import test from "node:test";

import { euros, total } from "../src/basket.js";

test("adds up what is in the basket", () => {
  assert.equal(total([{ price: 1250, count: 2 }, { price: 5, count: 1 }]), 2505);
  assert.equal(total([]), 0);
});

test("writes amounts", () => {
  assert.equal(euros(2505), "25.05 €");
  assert.equal(euros(0), "0.00 €");
});
