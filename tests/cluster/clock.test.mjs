import assert from "node:assert/strict";
import test from "node:test";
import {shiftToExpire} from "./clock.mjs";

const at = (text) => Date.parse(text) / 1000;

test("what is made with the shifted clock and lasts whole years runs out after the lead, with a leap day on either side or on none", () => {
  for (const [now, expiry] of [["2026-11-22T23:00:00Z", "2028-11-22T22:55:00Z"], ["2024-02-10T00:00:00Z", "2026-02-10T00:00:00Z"], ["2029-06-01T12:00:00Z", "2031-06-01T12:00:00Z"]]) {
    const made = new Date((at(now) + shiftToExpire(at(now), at(expiry), 180)) * 1000);
    made.setUTCFullYear(made.getUTCFullYear() + 2);
    assert.equal(made.getTime() / 1000 - at(now), 180);
  }
});
