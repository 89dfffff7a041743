// node --test tests/devnet
import assert from "node:assert/strict";
import test from "node:test";
import {readBitlist} from "./chain.mjs";
import {flagsOf, judge, slotsOfFault, tally} from "./score.mjs";

// A chain of `slots`, block N named "rN", with the given attestations in the block of a slot.
function chainOf(slots, attestations = {}) {
  return {
    head: {slot: Math.max(...slots)},
    blockAt: (slot) => (slots.includes(slot) && slot > 0 ? {slot, attestations: attestations[slot] ?? []} : undefined),
    rootAt: (slot) => `r${Math.max(...slots.filter((s) => s <= slot))}`,
  };
}

const duty = {slot: 9, validator: 24, committee: 0, position: 1, length: 3};
const vote = (head, bits = [false, true, false], target = "r8") => ({slot: 9, committee: 0, head, target: {epoch: 1, root: target}, bits});
const range = (first, last) => Array.from({length: last - first + 1}, (_, i) => first + i);

test("a vote for the newest block in the next block is right and not late", () => {
  const verdict = judge(duty, chainOf(range(0, 11), {10: [vote("r9")]}));
  assert.deepEqual([verdict.settled, verdict.distance, verdict.rightHead, verdict.rightTarget], [true, 1, true, true]);
  assert.equal(flagsOf(verdict), 7);
});

test("a vote for an older block is included with the wrong head", () => {
  const verdict = judge(duty, chainOf(range(0, 11), {10: [vote("r7")]}));
  assert.deepEqual([verdict.distance, verdict.rightHead], [1, false]);
  assert.equal(flagsOf(verdict), 3);
});

test("where a slot has no block, the block before it is the right head", () => {
  const slots = range(0, 11).filter((slot) => slot !== 9);
  assert.equal(judge(duty, chainOf(slots, {10: [vote("r8")]})).rightHead, true);
});

test("a vote that comes three slots on has the right head but is late, and earns the target alone", () => {
  const verdict = judge(duty, chainOf(range(0, 14), {12: [vote("r9")]}));
  assert.deepEqual([verdict.distance, verdict.rightHead], [3, true]);
  assert.equal(flagsOf(verdict), 2);
});

test("the votes of others do not count, nor does another slot's", () => {
  const others = [vote("r9", [true, false, true]), {...vote("r9"), slot: 8}];
  assert.equal(judge(duty, chainOf(range(0, 17), {10: others})).vote, null);
});

test("a missing vote is settled only when no later block can carry it", () => {
  assert.equal(judge(duty, chainOf(range(0, 16))).settled, false);
  assert.equal(judge(duty, chainOf(range(0, 17))).settled, true);
  // A vote nine slots on is not taken by any block.
  assert.equal(judge(duty, chainOf(range(0, 19), {18: [vote("r9")]})).vote, null);
});

test("a vote whose length is not that of the committee is an error in the duties", () => {
  assert.throws(() => judge(duty, chainOf(range(0, 11), {10: [vote("r9", [true, true])]})), /2 members/);
});

test("a fault answers for the slot it falls into only before the validators had to attest", () => {
  const clock = {genesisTime: 1000, secondsPerSlot: 4};
  assert.deepEqual(slotsOfFault(clock, 1041, 1083), {first: 10, last: 20});
  assert.deepEqual(slotsOfFault(clock, 1041.4, 1083.4), {first: 11, last: 20});
  assert.deepEqual(slotsOfFault(clock, 1042, 1083.4, true), {first: 10, last: 20});
  // A slot that starts at the very moment of the restoration is no longer the fault's.
  assert.deepEqual(slotsOfFault(clock, 1040, 1080), {first: 10, last: 19});
});

test("the tally counts every kind apart", () => {
  const slot = (distance, rightHead) => ({
    own: {duties: [{distance, rightHead, rightTarget: distance !== null}], sync: {due: 8, made: 5}},
    proposal: {own: true, made: rightHead},
    others: {duties: 3, right_head: rightHead ? 3 : 2},
  });
  const {duties, included, right_head, late, proposals_due, proposals_made, sync_due, sync_made, others_duties, others_right_head} =
    tally([slot(1, true), slot(2, true), slot(1, false), slot(null, false)]);
  assert.deepEqual([duties, included, right_head, late], [4, 3, 2, 1]);
  assert.deepEqual([others_duties, others_right_head], [12, 10]);
  assert.deepEqual([proposals_due, proposals_made, sync_due, sync_made], [4, 2, 32, 20]);
});

test("a bitlist ends with its marker", () => {
  assert.deepEqual(readBitlist("0x1a"), [false, true, false, true]);
  assert.deepEqual(readBitlist("0x01"), []);
});
