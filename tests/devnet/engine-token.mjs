// The engine API's authentication: a JWT signed with HS256 whose time of issue is within a minute of now.
import crypto from "node:crypto";

const MAX_AGE_SECONDS = 60;

// The reason for a refusal, or null.
export function verifyToken(authorization, secret, now) {
  const token = /^Bearer ([\w-]+)\.([\w-]+)\.([\w-]+)$/.exec(authorization ?? "");
  if (!token) return "missing token";
  const [, header, claims, signature] = token;
  const expected = crypto.createHmac("sha256", secret).update(`${header}.${claims}`).digest();
  const given = Buffer.from(signature, "base64url");
  if (given.length !== expected.length || !crypto.timingSafeEqual(given, expected)) return "signature is invalid";
  let algorithm, issued;
  try {
    algorithm = JSON.parse(Buffer.from(header, "base64url")).alg;
    issued = JSON.parse(Buffer.from(claims, "base64url")).iat;
  } catch (error) {
    return `not a token: ${error.message}`;
  }
  if (algorithm !== "HS256") return `algorithm ${algorithm} is not HS256`;
  if (typeof issued !== "number" || Math.abs(now - issued) > MAX_AGE_SECONDS) return "stale token";
  return null;
}
