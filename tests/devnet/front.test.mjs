// node --test tests/devnet
import assert from "node:assert/strict";
import {once} from "node:events";
import http from "node:http";
import net from "node:net";
import test from "node:test";
import {Front} from "./front.mjs";

async function freePort() {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const {port} = server.address();
  server.close();
  await once(server, "close");
  return port;
}

async function withFront(body) {
  const seen = [];
  const server = http.createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    seen.push(`${request.method} ${request.url} ${Buffer.concat(parts).length}`);
    response.end(`${request.url}`);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const port = await freePort();
  const front = new Front(port, server.address().port);
  await front.open();
  try {
    await body({front, server, seen, url: `http://127.0.0.1:${port}`});
  } finally {
    await front.close();
    server.close();
    server.closeAllConnections();
  }
}

const timed = async (action) => {
  const start = performance.now();
  await action();
  return performance.now() - start;
};

test("requests and bodies pass whole, in order, on a connection that is kept", () => withFront(async ({seen, url}) => {
  const agent = new http.Agent({keepAlive: true, maxSockets: 1});
  const send = (path, body) => new Promise((resolve, reject) => {
    http.request(`${url}${path}`, {agent, method: body ? "POST" : "GET"}, (answer) => answer.resume().on("end", resolve))
      .on("error", reject).end(body);
  });
  await send("/a");
  await send("/b", Buffer.alloc(300_000));
  await send("/c");
  agent.destroy();
  assert.deepEqual(seen, ["GET /a 0", "POST /b 300000", "GET /c 0"]);
}));

test("a delay holds every request once, however many pieces it comes in, and ends when it is taken back", () => withFront(async ({front, seen, url}) => {
  front.delay = 300;
  const took = await timed(async () => (await fetch(`${url}/slow`, {method: "POST", body: Buffer.alloc(300_000)})).text());
  assert.ok(took >= 295 && took < 900, `it took ${took} ms`);
  front.delay = 0;
  assert.ok(await timed(async () => (await fetch(`${url}/quick`)).text()) < 250);
  assert.deepEqual(seen, ["POST /slow 300000", "GET /quick 0"]);
}));

test("a request that is waited for is told of before it is answered", () => withFront(async ({front, server, url}) => {
  const order = [];
  server.prependListener("request", () => order.push("at the node"));
  const told = front.request(/^GET \/eth\/v\d\/validator\/blocks\/\d+/m, 5).then(() => order.push("told"));
  await (await fetch(`${url}/eth/v1/node/health`)).text();
  assert.deepEqual(order.splice(0), ["at the node"]);
  const answered = fetch(`${url}/eth/v2/validator/blocks/17?randao_reveal=0x00`).then((answer) => answer.text()).then(() => order.push("answered"));
  await Promise.all([told, answered]);
  assert.equal(order[0], "told");
  assert.equal(order.at(-1), "answered");
}));

test("a request that is waited for in vain ends the wait", () => withFront(async ({front}) => {
  await assert.rejects(front.request(/^GET/, 0.05), /no request came within 0.05 s/);
  const stopped = new AbortController();
  const waiting = front.request(/^GET/, 5, stopped.signal);
  stopped.abort(new Error("the run ends"));
  await assert.rejects(waiting, /the run ends/);
}));

test("what was asked before the wait began does not end it", () => withFront(async ({front, url}) => {
  const agent = new http.Agent({keepAlive: true, maxSockets: 1});
  const send = (path) => new Promise((resolve) => http.get(`${url}${path}`, {agent}, (answer) => answer.resume().on("end", resolve)));
  await send("/wanted");
  const told = assert.rejects(front.request(/^GET \/wanted/m, 0.2), /no request came/);
  await send("/other");
  await told;
  agent.destroy();
}));

test("closed, it refuses and breaks what is open; opened again, it serves", () => withFront(async ({front, server, url}) => {
  server.removeAllListeners("request");
  const asked = once(server, "request");
  const hanging = fetch(`${url}/hangs`);
  await asked;
  const broken = assert.rejects(hanging, (error) => ["ECONNRESET", "UND_ERR_SOCKET"].includes(error.cause.code));
  await front.close();
  await broken;
  await assert.rejects(fetch(url), (error) => error.cause.code === "ECONNREFUSED");
  await front.open();
  server.on("request", (_, response) => response.end("back"));
  assert.equal(await (await fetch(url)).text(), "back");
}));

test("a node that is not there breaks the client's connection", async () => {
  const port = await freePort();
  const front = new Front(port, await freePort());
  await front.open();
  await assert.rejects(fetch(`http://127.0.0.1:${port}/`), (error) => ["ECONNRESET", "UND_ERR_SOCKET"].includes(error.cause.code));
  await front.close();
});
