// node --test tests/cluster
import assert from "node:assert/strict";
import fs from "node:fs";
import test from "node:test";
import {carriedBy, stepsOf} from "./page.mjs";

const BOXES = ["a", "b", "c-1"];
const page = (...lines) => ["# A page", "## Do it", ...lines, "## Later", "**On a:**", "```sh", "never", "```"].join("\n");

test("commands run where the page says, and files go where it says, in its order", () => {
  const steps = stepsOf(page("**1.** Carry `x` (the one) and `y` (of `z/`) to each box. **On each box:**", "```sh", "one", "", "two --with `ticks`", "```",
    "**2. On c-1**, and so on:", "```sh", "three", "```", "```yaml", "no: command", "```", "Carry `f` to a and `g` to b, by a safe way. More.", "**On a and b:**", "```sh", "four", "```"), "Do it", BOXES);
  assert.deepEqual(steps.filter(({starts}) => starts).map(({command}) => command), ["one", "one", "one", "three", "four", "four"]);
  assert.deepEqual(steps.map(({starts, ...step}) => step), [
    ...["x", "y"].flatMap((file) => BOXES.map((to) => ({to, file}))),
    ...BOXES.flatMap((box) => [{box, command: "one"}, {box, command: "two --with `ticks`"}]),
    {box: "c-1", command: "three"}, {to: "a", file: "f"}, {to: "b", file: "g"}, {box: "a", command: "four"}, {box: "b", command: "four"},
  ]);
});

test("what is not understood is an error", () => {
  assert.throws(() => stepsOf(page(), "Elsewhere", BOXES), /no section "Elsewhere"/);
  assert.throws(() => stepsOf(page("```sh", "one", "```"), "Do it", BOXES), /no "On BOX"/);
  assert.throws(() => stepsOf(page("**On d:**"), "Do it", BOXES), /no box d/);
  assert.throws(() => stepsOf(page("```yaml"), "Do it", BOXES), /does not end/);
  assert.throws(() => carriedBy("Carry `f` home.", BOXES), /not understood/);
  assert.throws(() => carriedBy("Carry `f` to d.", BOXES), /no box d/);
});

test("the page itself is understood, and counts right", () => {
  const text = fs.readFileSync(new URL("../../docs/cluster.md", import.meta.url), "utf8");
  const steps = stepsOf(text, "Three boxes in ten minutes", ["nuc-1", "nuc-2", "cloud"]);
  const count = (what) => steps.filter(what).length;
  assert.match(text, new RegExp(`${count(({command}) => command)} commands in ${count(({starts}) => starts)} pastes, and ${count(({file}) => file)} files carried`));
  assert.deepEqual(steps.filter(({command}) => command?.includes(" cluster ") && !command.endsWith("list")).map(({box}) => box), ["nuc-1", "nuc-1", "nuc-1", "nuc-2", "cloud", "nuc-1", "nuc-2", "cloud"]);
  assert.deepEqual(steps.filter(({file}) => /\./.test(file ?? "") && !file.endsWith(".deb")).map(({to, file}) => `${file} to ${to}`),
    ["nuc-2.invitation to nuc-2", "cloud.invitation to cloud", "nuc-2.request to nuc-1", "cloud.request to nuc-1", "nuc-2.grant to nuc-2", "cloud.grant to cloud"]);
});
