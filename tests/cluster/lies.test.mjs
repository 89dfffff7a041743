import assert from "node:assert/strict";
import crypto from "node:crypto";
import test from "node:test";
import {MARK, flood, forgeries, garbage, sign, signatureOf, topicOf} from "./lies.mjs";

const pair = () => crypto.generateKeyPairSync("ec", {namedCurve: "P-256", privateKeyEncoding: {type: "pkcs8", format: "pem"}, publicKeyEncoding: {type: "spki", format: "pem"}});
const liar = pair();
const other = pair();
const topic = topicOf("kili", "health");

const holds = (payload, place, key) => {
  const signature = signatureOf(payload);
  if (!signature) return false;
  const json = Buffer.from(payload.toString("latin1").replace(/,"signature":"[^"]+"}$/, "}"), "latin1");
  return crypto.verify("sha256", Buffer.concat([Buffer.from(`${place}\0`), json]), {key, dsaEncoding: "ieee-p1363"}, Buffer.from(signature, "base64"));
};

const health = (box, key) => ({topic: topicOf(box, "health"), payload: sign(Buffer.from(JSON.stringify({box, boot: 3, sequence: 8, agent_version: "0.1.0"})), topicOf(box, "health"), key)});
const heard = [health("kili", other.privateKey), health("uhuru", liar.privateKey),
  {topic: topicOf("kili", "roster"), payload: sign(Buffer.from('{"version":4,"members":[{"box":"kili"}]}'), "dvstakers roster", other.privateKey)}];

test("a signature holds at its place, for its key and its bytes alone", () => {
  const signed = sign(Buffer.from('{"a":1}'), topic, other.privateKey);
  assert.ok(holds(signed, topic, other.publicKey));
  assert.ok(!holds(signed, topic + "x", other.publicKey));
  assert.ok(!holds(signed, topic, liar.publicKey));
});

test("no forgery holds by the key of the one it names, and each can be told by its mark", () => {
  const lies = forgeries({heard, liar: "uhuru", key: liar.privateKey, now: 0});
  assert.equal(lies.length, 4 + 2);
  for (const lie of lies) {
    assert.ok(!holds(lie.payload, lie.topic.endsWith("/roster") ? "dvstakers roster" : lie.topic, other.publicKey));
    const text = lie.payload.toString();
    assert.ok(text.includes(MARK.version) || text.includes(MARK.box));
  }
});

test("garbage comes in the liar's own name, some of it signed, and some of it too large", () => {
  const lies = garbage({liar: "uhuru", key: liar.privateKey, now: 0});
  assert.ok(lies.every((lie) => lie.topic === topicOf("uhuru", "health")));
  assert.ok(lies.some(({payload}) => holds(payload, topicOf("uhuru", "health"), liar.publicKey)));
  assert.ok(lies.some(({payload}) => payload.length > 65_536));
});

test("in a flood each is said to be newer than the one before", () => {
  const lies = flood({heard, liar: "uhuru", key: liar.privateKey, now: 0}).filter((lie) => lie.topic === topic);
  const sequences = lies.map(({payload}) => Number(/"sequence":(\d+)/.exec(payload.toString())[1]));
  assert.ok(lies.length > 100);
  assert.deepEqual(sequences, [...sequences].sort((a, b) => a - b));
});
