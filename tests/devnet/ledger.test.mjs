// node --test tests/devnet
import assert from "node:assert/strict";
import http from "node:http";
import {once} from "node:events";
import test from "node:test";
import {Ledger, compare, ledgerLine} from "./ledger.mjs";

const everywhere = [{from: 0, to: Infinity}];

const told = (kind, slot, validator_index, rest = {}) => ({kind, slot, validator_index, outcome: "made", distance: kind === "attestation" ? 1 : 0,
  right_head: true, right_target: true, would_have_been_missed: false, explanation: "made", ...rest});
const toldSync = (slot, validator_index, seats, seats_filled) => told("sync", slot, validator_index, {seats, seats_filled});
const seen = (slot, duties = [], proposal = null, sync = {due: 0, made: 0}) => ({slot, own: {duties, sync}, proposal});
const vote = (validator, distance = 1, rightHead = distance !== null, rightTarget = distance !== null) => ({validator, distance, rightHead, rightTarget});
const counts = ({compared, agree}) => [compared, agree];

test("the same account on both sides agrees, of all kinds that blocks tell of", () => {
  const result = compare(
    [told("attestation", 0, 24), told("attestation", 1, 25, {would_have_been_missed: true}), told("proposal", 1, 31), toldSync(1, 24, 2, 1), toldSync(1, 25, 1, 1),
      told("aggregate", 1, 24), told("contribution", 1, 25, {outcome: "missed"})],
    [seen(0, [vote(24)]), seen(1, [vote(25)], {validator: 31, made: true}, {due: 3, made: 2})], everywhere);
  assert.deepEqual([result.disagreements, result.absent], [[], []]);
  assert.equal(ledgerLine(result), "RESULT ledger duties=2 agree=2 proposals=1 agree=1 sync=1 agree=1 would_have_been_missed=1 aggregations=2 made=1");
});

test("a missed vote agrees with a missed vote and with nothing else", () => {
  const missed = told("attestation", 0, 24, {outcome: "missed", distance: null, right_head: null, right_target: null});
  assert.deepEqual(counts(compare([missed], [seen(0, [vote(24, null)])], everywhere).attestation), [1, 1]);
  assert.deepEqual(counts(compare([missed], [seen(0, [vote(24)])], everywhere).attestation), [1, 0]);
});

for (const [what, duty, record] of [
  ["the distance", told("attestation", 0, 24, {distance: 2}), seen(0, [vote(24)])],
  ["the head", told("attestation", 0, 24), seen(0, [vote(24, 1, false)])],
  ["the target", told("attestation", 0, 24, {right_target: false}), seen(0, [vote(24)])],
  ["a block", told("proposal", 0, 31, {outcome: "missed"}), seen(0, [], {validator: 31, made: true})],
  ["a filled seat", toldSync(0, 24, 2, 1), seen(0, [], null, {due: 2, made: 2})],
  ["a seat", toldSync(0, 24, 1, 1), seen(0, [], null, {due: 2, made: 1})],
]) {
  test(`another account of ${what} is told with both sides`, () => {
    const {disagreements} = compare([duty], [record], everywhere);
    assert.equal(disagreements.length, 1);
    assert.match(disagreements[0], /the ledger has .*, the observer /);
  });
}

test("a duty that the observer has not is a disagreement, wherever it is", () => {
  for (const duty of [told("attestation", 0, 24), told("proposal", 0, 31)]) {
    assert.match(compare([duty], [seen(0)], []).disagreements[0], /not in the observer's record/);
  }
  assert.match(compare([toldSync(0, 24, 1, 1)], [seen(0)], everywhere).disagreements[0], /not in the observer's record/);
});

test("a duty that the ledger has not is told where all are required, and only counted elsewhere", () => {
  const records = [seen(0, [vote(24)]), seen(1, [vote(25)], {validator: 31, made: true}, {due: 1, made: 1}), seen(2, [vote(26)])];
  const {absent, unrequired} = compare([], records, [{from: 1, to: 1}]);
  assert.equal(absent.length, 3);
  assert.ok(absent.every((text) => /^(attestation|proposal|sync) 1.* is not in the ledger/.test(text)));
  assert.equal(unrequired, 2);
});

test("proposals of others are nothing to the ledger, and what is beyond the observer's records is not looked at", () => {
  const result = compare([told("attestation", 1, 24, {would_have_been_missed: true})], [seen(0, [], {validator: 3, made: true})], everywhere);
  assert.deepEqual([result.disagreements, result.absent, result.would_have_been_missed], [[], [], 0]);
});

test("a duty of unknown outcome is counted as such and not compared", () => {
  const result = compare([told("attestation", 0, 24, {outcome: "unknown", distance: null})], [seen(0, [vote(24)])], everywhere);
  assert.deepEqual([result.unknown, counts(result.attestation), result.disagreements], [1, [0, 0], []]);
});

async function withReports(reports, body) {
  const server = http.createServer((_, response) => response.end(JSON.stringify(reports.length > 1 ? reports.shift() : reports[0]))).listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    await body(new Ledger(`http://127.0.0.1:${server.address().port}/duties`));
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

const report = (duties, rest) => ({schema: 1, head_slot: 9, witnesses_dropped: 0, duties, ...rest});

test("duties that a later report has no more are kept", () => withReports([report([told("attestation", 0, 24)]), report([told("attestation", 1, 25)])], async (ledger) => {
  ledger.requireFrom(0);
  await ledger.read();
  await ledger.read();
  assert.deepEqual(counts(ledger.compare([seen(0, [vote(24)]), seen(1, [vote(25)])]).attestation), [2, 2]);
  assert.deepEqual(ledger.alarms, []);
}));

test("a settled duty that is told otherwise later, and dropped witnesses, are alarms", () =>
  withReports([report([told("attestation", 0, 24)]), report([told("attestation", 0, 24, {distance: 2})], {witnesses_dropped: 3})], async (ledger) => {
    await ledger.read();
    await ledger.read();
    assert.equal(ledger.alarms.length, 2);
    assert.match(ledger.alarms.join("\n"), /did not keep up: 3[^]*two accounts/);
  }));
