import assert from "node:assert/strict";
import crypto from "node:crypto";
import test from "node:test";
import {verifyToken} from "./engine-token.mjs";

const secret = Buffer.alloc(32, 7);
const now = 1_700_000_000;

function token(claims, {alg = "HS256", key = secret} = {}) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({alg, typ: "JWT"})}.${part(claims)}`;
  return `Bearer ${signed}.${crypto.createHmac("sha256", key).update(signed).digest("base64url")}`;
}

test("a token of this minute passes", () => {
  for (const iat of [now - 60, now, now + 60]) assert.equal(verifyToken(token({iat}), secret, now), null);
});

test("everything else is refused, with its reason", () => {
  assert.match(verifyToken(undefined, secret, now), /missing/);
  assert.match(verifyToken(token({iat: now - 61}), secret, now), /stale/);
  assert.match(verifyToken(token({iat: now + 61}), secret, now), /stale/);
  assert.match(verifyToken(token({}), secret, now), /stale/);
  assert.match(verifyToken(token({iat: now}, {alg: "none"}), secret, now), /algorithm/);
  assert.match(verifyToken(token({iat: now}, {key: Buffer.alloc(32, 8)}), secret, now), /signature/);
});
