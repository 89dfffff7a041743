// node --test tests/cluster
import assert from "node:assert/strict";
import {once} from "node:events";
import net from "node:net";
import test from "node:test";
import {setTimeout as pause} from "node:timers/promises";
import {Link} from "./link.mjs";
import {Way} from "./way.mjs";

// An echo behind a link, and one client in front of it.
async function withEcho(body) {
  const ends = [];
  const received = {bytes: 0};
  const server = net.createServer((socket) => {
    socket.on("data", (data) => {
      received.bytes += data.length;
      socket.write(data);
    });
    socket.on("close", () => ends.push("closed"));
    socket.on("error", () => ends.push("broken"));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const [out, back] = [new Way(), new Way()];
  const link = new Link({listen: {host: "127.0.0.1", port: 0}, to: {host: "127.0.0.1", port: server.address().port}, out, back});
  await link.open();
  const connect = async () => {
    const socket = net.connect(link.port, "127.0.0.1").on("error", () => {});
    await once(socket, "connect");
    return socket;
  };
  try {
    await body({link, out, back, connect, server, ends, received});
  } finally {
    await link.close();
    server.close();
  }
}

const echo = async (socket, text) => {
  const start = performance.now();
  let got = 0;
  socket.write(text);
  while (got < text.length) got += (await once(socket, "data"))[0].length;
  return performance.now() - start;
};

const within = (action, ms) => Promise.race([action.then(() => true), pause(ms, false)]);

test("what is sent comes back whole, and without a delay at once", () => withEcho(async ({connect}) => {
  const socket = await connect();
  assert.ok(await echo(socket, "x".repeat(300_000)) < 500);
}));

test("a new connection costs a round trip more than one that is open, and each way its own delay", () => withEcho(async ({connect, out, back}) => {
  out.delay = 100;
  back.delay = 50;
  const socket = await connect();
  const first = await echo(socket, "a");
  const second = await echo(socket, "b");
  assert.ok(first >= 295 && first < 450, `first ${first} ms`);
  assert.ok(second >= 145 && second < 290, `second ${second} ms`);
}));

test("in a cut nothing passes, and what was sent passes when it ends", () => withEcho(async ({connect, out}) => {
  const socket = await connect();
  await echo(socket, "a");
  out.cut = true;
  const late = echo(socket, "b");
  assert.equal(await within(late, 200), false);
  out.cut = false;
  assert.equal(await within(late, 500), true);
}));

test("the other side does not learn of an end while the way is cut, and learns of it afterwards", () => withEcho(async ({connect, out, ends}) => {
  const socket = await connect();
  await echo(socket, "a");
  out.cut = true;
  socket.destroy();
  await pause(100);
  assert.deepEqual(ends, []);
  out.cut = false;
  await pause(200);
  assert.equal(ends.at(-1), "closed");
}));

test("in a cut of one way the other carries some ten segments, for want of acknowledgements, and no new connection comes about", () => withEcho(async ({connect, back, server, received}) => {
  const socket = await connect();
  await echo(socket, "a");
  back.cut = true;
  const taken = [];
  server.on("connection", () => taken.push("connection"));
  (await connect()).write("x");
  for (let i = 0; i < 30; i++) {
    socket.write("x".repeat(1000));
    await pause(5);
  }
  await pause(100);
  assert.ok(received.bytes > 10_000 && received.bytes < 20_000, `${received.bytes} bytes`);
  assert.deepEqual(taken, []);
  back.cut = false;
  await pause(300);
  assert.equal(received.bytes, 1 + 30_000 + 1);
  assert.deepEqual(taken, ["connection"]);
}));

test("a lost segment is a time-out, one lost again the double, and the worst of a piece holds up all of it", () => {
  const draws = [0.9, 0.1, 0.1, 0.9, 0.9];
  const way = Object.assign(new Way(() => draws.shift()), {loss: 0.3, delay: 600});
  assert.equal(way.stall(3000, Object.assign(new Way(), {delay: 600})), 2400 * 3);
  assert.equal(draws.length, 0);
});

test("without loss nothing is drawn, and a short path has Linux's least time-out", () => {
  assert.equal(new Way(() => assert.fail()).stall(1_000_000, new Way()), 0);
  const draws = [0.1, 0.9];
  assert.equal(Object.assign(new Way(() => draws.shift()), {loss: 0.3}).stall(10, new Way()), 200);
});

test("a port that refuses breaks the client's connection", async () => {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const {port} = server.address();
  server.close();
  await once(server, "close");
  const link = new Link({listen: {host: "127.0.0.1", port: 0}, to: {host: "127.0.0.1", port}, out: new Way(), back: new Way()});
  await link.open();
  const socket = net.connect(link.port, "127.0.0.1");
  const broken = new Promise((resolve) => socket.on("error", ({code}) => resolve(code)));
  assert.equal(await Promise.race([broken, pause(1000, "nothing")]), "ECONNRESET");
  await link.close();
});
