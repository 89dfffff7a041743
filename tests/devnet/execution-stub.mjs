// An execution client reduced to what a beacon node and a probe need: it has no transactions and trusts every payload.
//   node execution-stub.mjs --rpc-port N --engine-port N --jwt-secret FILE --genesis-hash H --genesis-time T [--peers URL,URL] [--host ADDRESS]
// Two ports, as on a real one: an open one for JSON-RPC, and an engine port that wants a JWT.
// POST /control/mode on the open port with VALID, SYNCING, ERROR or WEDGED as its body makes it misbehave.
import crypto from "node:crypto";
import fs from "node:fs";
import http from "node:http";
import {parseArgs} from "node:util";
import {verifyToken} from "./engine-token.mjs";

const CHAIN_ID = 5;
const MODES = ["VALID", "SYNCING", "ERROR", "WEDGED"];

const {values: options} = parseArgs({
  options: {
    "rpc-port": {type: "string"},
    "engine-port": {type: "string"},
    "jwt-secret": {type: "string"},
    "genesis-hash": {type: "string"},
    "genesis-time": {type: "string"},
    peers: {type: "string", default: ""},
    host: {type: "string", default: "127.0.0.1"},
  },
});
const secret = Buffer.from(fs.readFileSync(options["jwt-secret"], "utf8").trim().replace(/^0x/, ""), "hex");
const peers = options.peers.split(",").filter(Boolean);

const zeros = (bytes) => "0x" + "00".repeat(bytes);
const random = (bytes) => "0x" + crypto.randomBytes(bytes).toString("hex");
const quantity = (n) => "0x" + n.toString(16);

const genesis = {
  number: "0x0",
  hash: options["genesis-hash"],
  parentHash: zeros(32),
  timestamp: quantity(Number(options["genesis-time"])),
};
// Nothing is kept over a restart: the head is the genesis block until the beacon node names another one.
const blocks = new Map([[genesis.hash, genesis]]);
const building = new Map();
let head = genesis;
let mode = "VALID";

class RpcError extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

const remember = ({blockHash, parentHash, blockNumber, timestamp}) =>
  blocks.set(blockHash, {number: quantity(Number(blockNumber)), hash: blockHash, parentHash, timestamp: quantity(Number(timestamp))});

// What a real one gets from its peers while it catches up.
async function findBlock(hash) {
  for (const peer of blocks.has(hash) ? [] : peers) {
    const block = await call(peer, "eth_getBlockByHash", [hash, false]).catch((error) => {
      console.log(`peer ${peer} could not be asked for ${hash}: ${error.message}`);
      return null;
    });
    if (block) blocks.set(hash, block);
    if (block) break;
  }
  return blocks.get(hash) ?? null;
}

async function call(url, method, params) {
  const body = JSON.stringify({jsonrpc: "2.0", id: 1, method, params});
  const answer = await fetch(url, {method: "POST", headers: {"content-type": "application/json"}, body, signal: AbortSignal.timeout(500)});
  return (await answer.json()).result ?? null;
}

function startBuilding(parent, attributes) {
  const id = random(8);
  building.set(id, {
    parentHash: parent.hash,
    feeRecipient: attributes.suggestedFeeRecipient,
    stateRoot: random(32),
    receiptsRoot: random(32),
    logsBloom: zeros(256),
    prevRandao: attributes.prevRandao,
    blockNumber: quantity(Number(parent.number) + 1),
    gasLimit: "0x1c9c380",
    gasUsed: "0x0",
    timestamp: attributes.timestamp,
    extraData: "0x",
    baseFeePerGas: "0x7",
    blockHash: random(32),
    transactions: [],
    ...(attributes.withdrawals && {withdrawals: attributes.withdrawals}),
  });
  if (building.size > 64) building.delete(building.keys().next().value);
  return id;
}

const status = (name, latestValidHash = null) => ({status: name, latestValidHash, validationError: null});

async function forkchoiceUpdated([state, attributes]) {
  const block = mode === "SYNCING" ? null : await findBlock(state.headBlockHash);
  if (!block) return {payloadStatus: status("SYNCING"), payloadId: null};
  head = block;
  return {payloadStatus: status("VALID", block.hash), payloadId: attributes ? startBuilding(block, attributes) : null};
}

function newPayload([payload]) {
  if (mode === "SYNCING") return status("SYNCING");
  remember(payload);
  return status("VALID", payload.blockHash);
}

function getPayload([id]) {
  const payload = building.get(id);
  if (!payload) throw new RpcError(-38001, "Unknown payload");
  return payload;
}

function blockByNumber([tag]) {
  if (["latest", "safe", "finalized", "pending"].includes(tag)) return head;
  let block = head;
  while (block && Number(block.number) > Number(tag)) block = blocks.get(block.parentHash);
  return block && Number(block.number) === Number(tag) ? block : null;
}

const open = {
  eth_syncing: () => (mode === "SYNCING" ? {startingBlock: "0x0", currentBlock: head.number, highestBlock: quantity(Number(head.number) + 64)} : false),
  eth_blockNumber: () => head.number,
  eth_chainId: () => quantity(CHAIN_ID),
  eth_getBlockByNumber: blockByNumber,
  eth_getBlockByHash: ([hash]) => blocks.get(hash) ?? null,
  net_version: () => String(CHAIN_ID),
  net_peerCount: () => quantity(peers.length),
  net_listening: () => true,
  web3_clientVersion: () => "execution-stub/1.0.0",
};
const engine = {
  eth_syncing: open.eth_syncing,
  eth_blockNumber: open.eth_blockNumber,
  eth_chainId: open.eth_chainId,
  eth_getBlockByNumber: open.eth_getBlockByNumber,
  eth_getBlockByHash: open.eth_getBlockByHash,
  engine_exchangeCapabilities: ([theirs]) => theirs.filter((name) => name in engine),
  engine_exchangeTransitionConfigurationV1: ([theirs]) => theirs,
  engine_newPayloadV1: newPayload,
  engine_newPayloadV2: newPayload,
  engine_forkchoiceUpdatedV1: forkchoiceUpdated,
  engine_forkchoiceUpdatedV2: forkchoiceUpdated,
  engine_getPayloadV1: getPayload,
  engine_getPayloadV2: (params) => ({executionPayload: getPayload(params), blockValue: "0x0"}),
};

async function answer(methods, {id, method, params = []}) {
  try {
    if (mode === "ERROR") throw new RpcError(-32000, "set to ERROR mode");
    if (!Object.hasOwn(methods, method)) throw new RpcError(-32601, `the method ${method} does not exist`);
    return {jsonrpc: "2.0", id, result: await methods[method](params)};
  } catch (error) {
    return {jsonrpc: "2.0", id, error: {code: error.code ?? -32603, message: error.message}};
  }
}

async function readBody(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
}

async function serveRpc(methods, request, response) {
  let calls;
  try {
    calls = JSON.parse(await readBody(request));
  } catch {
    calls = null; // answered below as a parse error
  }
  response.setHeader("content-type", "application/json");
  if (calls === null) return response.end(JSON.stringify({jsonrpc: "2.0", id: null, error: {code: -32700, message: "not JSON"}}));
  const list = [calls].flat();
  // A wedged engine takes the request and never answers.
  if (mode === "WEDGED" && list.some((one) => one.method.startsWith("engine_"))) return;
  const answers = await Promise.all(list.map((one) => answer(methods, one)));
  response.end(JSON.stringify(Array.isArray(calls) ? answers : answers[0]));
}

async function serveControl(request, response) {
  if (request.method === "POST") {
    const wanted = (await readBody(request)).trim();
    if (!MODES.includes(wanted)) return response.writeHead(400).end(`the modes are ${MODES.join(", ")}\n`);
    mode = wanted;
    console.log(`mode is ${mode}`);
  }
  response.end(mode + "\n");
}

const rpcServer = http.createServer((request, response) =>
  request.url === "/control/mode" ? serveControl(request, response) : serveRpc(open, request, response));

const engineServer = http.createServer((request, response) => {
  const refusal = verifyToken(request.headers.authorization, secret, Date.now() / 1000);
  if (refusal) return response.writeHead(401, {"content-type": "text/plain"}).end(refusal + "\n");
  return serveRpc(engine, request, response);
});

rpcServer.listen(Number(options["rpc-port"]), options.host);
engineServer.listen(Number(options["engine-port"]), options.host, () =>
  console.log(`ready: JSON-RPC on ${options["rpc-port"]}, engine on ${options["engine-port"]}`));
