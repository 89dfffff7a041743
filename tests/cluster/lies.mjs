// What a member may say that must not be believed. Pure: from what was heard, and its own key, to messages {topic, payload}.
import crypto from "node:crypto";
import {CLUSTER} from "./plan.mjs";

// By these a lie is known again, should anybody believe it.
export const MARK = {version: "6.6.6", stack: "forged", box: "mallory"};

const OVERSIZED = 100_000;
const FLOOD_VARIETY = 2000;

export const topicOf = (box, topic) => `dvstakers/${CLUSTER}/${box}/${topic}`;

// As the agents sign: over the place and the object, as its last member.
export function sign(json, place, key) {
  const signed = Buffer.concat([Buffer.from(`${place}\0`), json]);
  return withSignature(json, crypto.sign("sha256", signed, {key, dsaEncoding: "ieee-p1363"}).toString("base64"));
}

export const withSignature = (json, base64) => Buffer.concat([json.subarray(0, -1), Buffer.from(`,"signature":"${base64}"}`)]);

export function signatureOf(payload) {
  return /,"signature":"([^"]+)"}$/.exec(payload.toString("utf8"))?.[1];
}

const said = (payload) => JSON.parse(payload.toString("utf8"));

// Another's message, changed: what it would say if the liar could have its way, and newer than all that it said itself.
function changed(payload, now) {
  const {signature, ...object} = said(payload);
  void signature;
  return Buffer.from(JSON.stringify({...object, agent_version: MARK.version, serving: MARK.stack, ready: true,
    sequence: object.sequence + 1_000_000, boot: (object.boot ?? 0) + 1, time: new Date(now).toISOString()}));
}

// In another's name: unsigned, signed by the liar, with the other's own signature of something else, and the liar's own signed word moved there.
export function forgeries({heard, liar, key, now}) {
  const health = heard.filter(({topic}) => topic.endsWith("/health"));
  const others = health.filter(({topic}) => topic !== topicOf(liar, "health"));
  return [
    ...others.flatMap(({topic, payload}) => {
      const json = changed(payload, now);
      return [json, sign(json, topic, key), withSignature(json, signatureOf(payload) ?? "A".repeat(88)), sign(json, topicOf(liar, "health"), key)].map((lie) => ({topic, payload: lie}));
    }),
    ...heard.filter(({topic}) => topic.endsWith("/roster")).flatMap(({topic, payload}) => rosters(payload, key).map((lie) => ({topic, payload: lie}))),
  ];
}

// A roster with one member more, signed by somebody who is not the CA, and with the CA's signature of the true one.
function rosters(payload, key) {
  const {signature, ...roster} = said(payload);
  const json = Buffer.from(JSON.stringify({...roster, version: roster.version + 1, members: [...roster.members, {...roster.members.at(-1), box: MARK.box}]}));
  return [sign(json, "dvstakers roster", key), withSignature(json, signature)];
}

// In its own name, so that a signature helps: bytes that are no message, and messages of which none may be believed. What is well formed and signed
// would be: a member may say of itself what it likes.
export function garbage({liar, key, now, random = crypto.randomBytes}) {
  const topic = topicOf(liar, "health");
  const base = {schema: 1, cluster: CLUSTER, box: liar, boot_id: "x", boot: 9e15, sequence: 9e15, time: new Date(now).toISOString(), ttl_seconds: 30, ready: true};
  const objects = [{...base, sequence: -1}, {...base, boot: "1"}, {...base, time: "yesterday"}, {...base, ttl_seconds: "long"},
    {...base, box: "kili"}, {...base, schema: "one"}, {...base, ready: "yes"}];
  const texts = [`{"a":${"[".repeat(500)}${"]".repeat(500)}}`, '{"schema":1,"schema":2}', '{"box":"\\ud800"}', "{\"box\":\"\xff\xfe\"}"];
  return [
    ...[0, 1, 30, 3000, OVERSIZED].map((bytes) => random(bytes)),
    Buffer.alloc(60_000, "["), Buffer.from("null"), Buffer.from("{}"),
    ...objects.map((object) => sign(Buffer.from(JSON.stringify(object)), topic, key)),
    ...texts.map((text) => sign(Buffer.from(text, "latin1"), topic, key)),
    sign(Buffer.from(JSON.stringify({...base, pad: "x".repeat(OVERSIZED)})), topic, key),
  ].map((payload) => ({topic, payload}));
}

// Much that has to be looked at: in all names, of a believable form, each said to be newer than the one before.
export function flood({heard, liar, key, now}) {
  const lies = forgeries({heard, liar, key, now}).filter(({topic}) => topic.endsWith("/health"));
  const own = garbage({liar, key, now}).filter(({payload}) => payload.length < 1000);
  return Array.from({length: FLOOD_VARIETY}, (_, i) => {
    const {topic, payload} = i % 2 ? own[i % own.length] : lies[i % lies.length] ?? own[i % own.length];
    return {topic, payload: Buffer.from(payload.toString("latin1").replace(/"sequence":\d+/, `"sequence":${900_000_000 + i}`), "latin1")};
  });
}

// Everything again as it was, oldest first.
export const replay = ({heard}) => heard;
