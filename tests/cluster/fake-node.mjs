// A beacon node and its execution client at their usual ports: a chain of empty blocks, as far as an agent asks for it.
// Two of them that are told the same genesis time are in step. Runs until it is killed.
import crypto from "node:crypto";
import http from "node:http";

const SECONDS_PER_SLOT = 4;
const genesis = Number(process.argv[2]);
const hash = (seed) => `0x${crypto.createHash("sha256").update(seed).digest("hex")}`;
const slotNow = () => Math.floor((Date.now() / 1000 - genesis) / SECONDS_PER_SLOT);
const block = (slot) => ({slot, root: hash(`block ${slot}`), parent: hash(`block ${slot - 1}`), payload: hash(`payload ${slot}`), before: hash(`payload ${slot - 1}`)});
const quantity = (number) => `0x${number.toString(16)}`;

const header = (of) => ({root: of.root, canonical: true, header: {
  message: {slot: `${of.slot}`, proposer_index: "1", parent_root: of.parent, state_root: hash(`state ${of.slot}`), body_root: hash(`body ${of.slot}`)},
  signature: `0x${"00".repeat(96)}`,
}});

const BEACON = {
  "/eth/v1/node/health": () => ({}),
  "/eth/v1/node/version": () => ({version: `Fake/v1.0.0 (${process.argv[3] ?? "no name"})`}),
  "/eth/v1/node/syncing": (head) => ({head_slot: `${head.slot}`, sync_distance: "0", is_syncing: false, is_optimistic: false, el_offline: false}),
  "/eth/v1/node/peer_count": () => ({disconnected: "0", connecting: "0", connected: "50", disconnecting: "0"}),
  "/eth/v1/config/spec": () => ({CONFIG_NAME: "fake", SECONDS_PER_SLOT: `${SECONDS_PER_SLOT}`, SLOTS_PER_EPOCH: "32", INTERVALS_PER_SLOT: "3", DEPOSIT_CHAIN_ID: "1337"}),
  "/eth/v1/beacon/genesis": () => ({genesis_time: `${genesis}`, genesis_validators_root: hash("validators"), genesis_fork_version: "0x00000000"}),
  "/eth/v1/beacon/headers/head": header,
};

http.createServer((request, response) => {
  const {pathname} = new URL(request.url, "http://node");
  const head = block(slotNow());
  const say = (data, code = 200) => response.writeHead(code, {"content-type": "application/json"}).end(JSON.stringify(data));
  if (pathname === "/eth/v1/events") return stream(response);
  if (BEACON[pathname]) return say({execution_optimistic: false, finalized: false, data: BEACON[pathname](head)});
  const named = pathname.match(/^\/eth\/v1\/beacon\/blinded_blocks\/(head|0x[0-9a-f]+)$/)?.[1];
  const of = named === "head" ? head : [head, block(head.slot - 1)].find(({root}) => root === named);
  if (of) return say({version: "electra", data: {message: {slot: `${of.slot}`, body: {execution_payload_header: {parent_hash: of.before, block_hash: of.payload}}}}});
  say({code: 404, message: `nothing at ${pathname}`}, 404);
}).listen(5052, "127.0.0.1");

http.createServer(async (request, response) => {
  let text = "";
  for await (const piece of request) text += piece;
  const asked = JSON.parse(text);
  const head = block(slotNow());
  const latest = {hash: head.payload, parentHash: head.before, number: quantity(head.slot), timestamp: quantity(genesis + head.slot * SECONDS_PER_SLOT)};
  const result = {
    eth_syncing: false,
    eth_blockNumber: quantity(head.slot),
    eth_getBlockByNumber: latest,
    eth_chainId: quantity(1337),
    net_peerCount: quantity(25),
    web3_clientVersion: "FakeExecution/v1.0.0",
  };
  const answer = ({id, method, params}) => ({jsonrpc: "2.0", id, ...(method === "eth_getBlockByHash" ? {result: params[0] === latest.hash ? latest : null} : method in result ? {result: result[method]} : {error: {code: -32601, message: `there is no ${method}`}})});
  response.writeHead(200, {"content-type": "application/json"}).end(JSON.stringify(Array.isArray(asked) ? asked.map(answer) : answer(asked)));
}).listen(8545, "127.0.0.1");

const streams = new Set();

function stream(response) {
  response.writeHead(200, {"content-type": "text/event-stream"}).flushHeaders();
  streams.add(response);
  response.on("close", () => streams.delete(response));
}

function tellHead() {
  const head = block(slotNow());
  const data = {slot: `${head.slot}`, block: head.root, state: hash(`state ${head.slot}`), epoch_transition: head.slot % 32 === 0,
    previous_duty_dependent_root: hash("dependent"), current_duty_dependent_root: hash("dependent"), execution_optimistic: false};
  for (const one of streams) one.write(`event: head\ndata: ${JSON.stringify(data)}\n\n`);
  setTimeout(tellHead, (genesis + (head.slot + 1) * SECONDS_PER_SLOT) * 1000 - Date.now() + 5);
}
tellHead();
