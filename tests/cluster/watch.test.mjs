import assert from "node:assert/strict";
import test from "node:test";
import {changesOf, firstSaid, servedAfter} from "./watch.mjs";

const sample = (at, serving, others = {}) => ({at, status: {cloud: serving === undefined ? undefined : {serving}, ...others}});
const read = (at, late) => ({at, late});

test("the first of the watchers to say it counts, and nothing said before the fault", () => {
  const samples = [sample(9, "a", {meru: {gone: true}}), sample(11, "a", {kili: {gone: true}}), sample(12, "a", {meru: {gone: true}})];
  assert.equal(firstSaid(samples, 10, ["meru", "cloud"], ({gone}) => gone), 2);
  assert.equal(firstSaid(samples, 10, ["cloud"], ({gone}) => gone), null);
});

test("served without a break is 0; else the end of the last break", () => {
  assert.equal(servedAfter([sample(9, "b"), sample(10, "a"), sample(11, "a")], [read(10.5, 0)], 10, "cloud", ["a"]), 0);
  assert.equal(servedAfter([sample(10, "b"), sample(11, "a"), sample(12, "a")], [read(10.5, 1)], 10, "cloud", ["a"]), 1);
  assert.equal(servedAfter([sample(10, "a"), sample(11, "a"), sample(12, "a"), sample(13, "a")], [read(11.5, undefined), read(12.5, 0)], 10, "cloud", ["a"]), 2);
});

test("an old head, a status that does not answer and a break that lasts are no service", () => {
  assert.equal(servedAfter([sample(10, "a"), sample(11, "a"), sample(12, "a")], [read(10.5, 2)], 10, "cloud", ["a"]), 1);
  assert.equal(servedAfter([sample(10, "a"), sample(11, undefined)], [], 10, "cloud", ["a"]), null);
  assert.equal(servedAfter([sample(10, "a"), sample(11, null)], [], 10, "cloud", ["a"]), null);
});

test("a status that does not answer is no change of who serves", () => {
  assert.equal(changesOf([sample(1, "a"), sample(2, undefined), sample(3, "a"), sample(4, "b"), sample(5, null)], "cloud"), 2);
});
