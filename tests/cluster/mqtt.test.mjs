import assert from "node:assert/strict";
import test from "node:test";
import {TYPE, answerTo, filtersOf, messageOf, packets, publish, subscribe} from "./mqtt.mjs";

const taken = (bytes, pieces) => {
  const got = [];
  const take = packets((one) => got.push(one));
  for (let at = 0; at < bytes.length; at += pieces) take(bytes.subarray(at, at + pieces));
  return got;
};

test("packets are found in a stream, however it is cut", () => {
  const stream = Buffer.concat([subscribe(7, "a/#"), publish("t", Buffer.alloc(200, 65), {retain: true}), publish("u", Buffer.alloc(20_000))]);
  for (const pieces of [1, 3, 1000, stream.length]) {
    const [first, second, third] = taken(stream, pieces);
    assert.deepEqual(filtersOf(first.body), ["a/#"]);
    assert.deepEqual([messageOf(second).topic, messageOf(second).payload.length, messageOf(second).retain], ["t", 200, true]);
    assert.equal(messageOf(third).payload.length, 20_000);
  }
});

test("a message of quality 1 has an id behind its topic, and is acknowledged by it", () => {
  const body = Buffer.from([0, 1, 0x74, 0x12, 0x34, 0x41]);
  assert.equal(messageOf({flags: 2, body}).payload.toString(), "A");
  assert.deepEqual([...answerTo({type: TYPE.PUBLISH, flags: 2, body})], [0x40, 2, 0x12, 0x34]);
  assert.equal(answerTo({type: TYPE.PUBLISH, flags: 0, body}), null);
});

test("a subscription to two filters is granted twice", () => {
  const [{body}] = taken(subscribe(1, "a"), 100);
  const both = Buffer.concat([body, Buffer.from([0, 1, 0x62, 0])]);
  assert.deepEqual(filtersOf(both), ["a", "b"]);
  assert.deepEqual([...answerTo({type: TYPE.SUBSCRIBE, flags: 2, body: both})], [0x90, 4, 0, 1, 0, 0]);
});
