// Nodes without a chain, for labs of many boxes: each a beacon node and its execution client that have a new head in every slot, each a moment
// after the other, and answer what an agent and a validator client ask. They check nothing.
//   node fake-nodes.mjs --host ADDRESS --count N [--seconds-per-slot 12]
import crypto from "node:crypto";
import http from "node:http";
import {parseArgs} from "node:util";

export const PORTS = {beacon: (i) => 20000 + 2 * i, execution: (i) => 20001 + 2 * i};

const SLOTS_PER_EPOCH = 32;
const FIRST_HEAD = 3200;
const hash = (seed) => "0x" + crypto.createHash("sha256").update(seed).digest("hex");
const root = (slot) => hash(`block ${slot}`);
const payload = (slot) => hash(`payload ${slot}`);
const hex = (number) => "0x" + number.toString(16);
const TRANSACTIONS = "0x" + "c".repeat(1 << 20);
const SIGNATURE = "0x" + "a".repeat(192);

const DEPENDENT = hash("dependent");

// A validator is whoever is asked for by its key: known by its number from then on, to all nodes.
const NEVER = `${2n ** 64n - 1n}`;
const keys = [];
const keyOf = (index) => keys[index] ?? "0x" + `${index}`.padStart(96, "0");
const indexOf = (id) => {
  if (!id.startsWith("0x")) return id;
  if (!keys.includes(id)) keys.push(id);
  return `${keys.indexOf(id)}`;
};

class Chain {
  constructor(secondsPerSlot) {
    this.secondsPerSlot = secondsPerSlot;
    this.genesisTime = Math.floor(Date.now() / 1000) - FIRST_HEAD * secondsPerSlot;
  }

  slotAt(time) {
    return Math.floor((time / 1000 - this.genesisTime) / this.secondsPerSlot);
  }

  startOf(slot) {
    return (this.genesisTime + slot * this.secondsPerSlot) * 1000;
  }
}

class Node {
  #chain;
  #delay;
  #streams = new Set();

  // `delay`: milliseconds into the slot at which it has the block.
  constructor(chain, delay) {
    this.#chain = chain;
    this.#delay = delay;
    this.head = chain.slotAt(Date.now() - delay);
    this.#next();
  }

  #next() {
    const at = this.#chain.startOf(this.head + 1) + this.#delay;
    setTimeout(() => {
      this.head++;
      for (const {stream, topics} of this.#streams) {
        if (topics.has("head")) stream.write(`event: head\ndata: ${this.#event()}\n\n`);
        if (topics.has("block")) stream.write(`event: block\ndata: ${JSON.stringify({slot: `${this.head}`, block: root(this.head), execution_optimistic: false})}\n\n`);
      }
      this.#next();
    }, Math.max(0, at - Date.now()));
  }

  #event() {
    return JSON.stringify({slot: `${this.head}`, block: root(this.head), state: hash(`state ${this.head}`), epoch_transition: this.head % SLOTS_PER_EPOCH === 0,
      previous_duty_dependent_root: DEPENDENT, current_duty_dependent_root: DEPENDENT, execution_optimistic: false});
  }

  beacon(method, url, body) {
    const chain = this.#chain, slot = this.head, parts = url.pathname.split("/").slice(3);
    const epoch = Math.floor(slot / SLOTS_PER_EPOCH);
    const checkpoint = (e) => ({epoch: `${e}`, root: hash(`checkpoint ${e}`)});
    const flags = {execution_optimistic: false, finalized: false};
    const [group, what, which] = parts;
    if (group === "node" && what === "syncing") return {data: {head_slot: `${slot}`, sync_distance: "0", is_syncing: false, is_optimistic: false, el_offline: false}};
    if (group === "node" && what === "version") return {data: {version: "Lighthouse/v5.3.0-d6ba8c3/x86_64-linux"}};
    if (group === "node" && what === "peer_count") return {data: {disconnected: "107", connecting: "0", connected: "93", disconnecting: "2"}};
    if (group === "node") return {};
    if (group === "config" && what === "spec") {
      return {data: {CONFIG_NAME: "fake", SECONDS_PER_SLOT: `${chain.secondsPerSlot}`, SLOTS_PER_EPOCH: `${SLOTS_PER_EPOCH}`, INTERVALS_PER_SLOT: "3",
        DEPOSIT_CHAIN_ID: "1337", DEPOSIT_NETWORK_ID: "1337", GENESIS_FORK_VERSION: "0x00000000", ELECTRA_FORK_EPOCH: "0"}};
    }
    if (group === "config") return {data: []};
    if (group === "beacon" && what === "genesis") {
      return {data: {genesis_time: `${chain.genesisTime}`, genesis_validators_root: hash("validators"), genesis_fork_version: "0x00000000"}};
    }
    if (group === "beacon" && what === "headers") {
      return {...flags, data: {root: root(slot), canonical: true, header: {message: {slot: `${slot}`, proposer_index: "1", parent_root: root(slot - 1),
        state_root: hash(`state ${slot}`), body_root: hash(`body ${slot}`)}, signature: SIGNATURE}}};
    }
    if (group === "beacon" && what === "blinded_blocks" && method === "GET") {
      return {version: "electra", ...flags, data: {message: {slot: `${slot}`, proposer_index: "1", parent_root: root(slot - 1), state_root: hash(`state ${slot}`),
        body: {execution_payload_header: {parent_hash: payload(slot - 1), block_number: `${slot}`, block_hash: payload(slot)}}}, signature: SIGNATURE}};
    }
    if (group === "beacon" && what === "states" && parts[3] === "validators") {
      const asked = [...url.searchParams.getAll("id").flatMap((list) => list.split(",")), ...(body ? JSON.parse(body).ids ?? [] : [])];
      return {...flags, data: asked.map((id) => ({index: indexOf(id), balance: "32000000000", status: "active_ongoing", validator: {pubkey: keyOf(indexOf(id)), withdrawal_credentials: hash("withdrawal"),
        effective_balance: "32000000000", slashed: false, activation_eligibility_epoch: "0", activation_epoch: "0", exit_epoch: NEVER, withdrawable_epoch: NEVER}}))};
    }
    if (group === "validator" && what === "blocks") {
      return {version: "electra", execution_payload_blinded: false, execution_payload_value: "1", consensus_block_value: "1", data: {kzg_proofs: [], blobs: [], block: {
        slot: which, proposer_index: "1", parent_root: root(slot), state_root: hash(`state ${which}`), body: {execution_payload: {block_hash: payload(Number(which)), transactions: [TRANSACTIONS]}}}}};
    }
    if (group === "validator" && what === "attestation_data") {
      const asked = Number(url.searchParams.get("slot"));
      return {data: {slot: `${asked}`, index: url.searchParams.get("committee_index") ?? "0", beacon_block_root: root(slot), source: checkpoint(epoch - 1), target: checkpoint(epoch)}};
    }
    if (group === "validator" && what === "aggregate_attestation") {
      return {version: "electra", data: {aggregation_bits: "0x" + "f".repeat(128), data: {slot: url.searchParams.get("slot"), index: "0", beacon_block_root: root(slot),
        source: checkpoint(epoch - 1), target: checkpoint(epoch)}, signature: SIGNATURE, committee_bits: "0x0100000000000000"}};
    }
    if (group === "validator" && what === "duties") {
      const asked = Number(parts[3]), indices = which === "proposer" ? [] : JSON.parse(body || "[]");
      return {dependent_root: DEPENDENT, execution_optimistic: false, data: which !== "attester" ? [] : indices.map((index, i) => ({pubkey: keyOf(index),
        validator_index: `${index}`, committee_index: "0", committee_length: "128", committees_at_slot: "1", validator_committee_index: `${i}`, slot: `${asked * SLOTS_PER_EPOCH + ((index * 5) % SLOTS_PER_EPOCH)}`}))};
    }
    return method === "POST" ? {} : undefined;
  }

  execution(call) {
    if (Array.isArray(call)) return call.map((one) => this.execution(one));
    const slot = this.head;
    const result = {
      eth_syncing: false,
      eth_chainId: hex(1337),
      net_peerCount: hex(37),
      eth_blockNumber: hex(slot),
      web3_clientVersion: "Geth/v1.14.11-stable-f3c696fa/linux-amd64/go1.23.1",
      eth_getBlockByNumber: {hash: payload(slot), parentHash: payload(slot - 1), number: hex(slot), timestamp: hex(this.#chain.startOf(slot) / 1000), transactions: [], uncles: []},
    }[call.method];
    return {jsonrpc: "2.0", id: call.id, ...(result === undefined ? {error: {code: -32601, message: `there is no ${call.method} here`}} : {result})};
  }

  stream(url, answer) {
    const one = {stream: answer, topics: new Set(url.searchParams.getAll("topics").flatMap((list) => list.split(",")))};
    answer.writeHead(200, {"content-type": "text/event-stream", "cache-control": "no-cache"});
    answer.write(":\n\n");
    this.#streams.add(one);
    answer.on("close", () => this.#streams.delete(one));
  }
}

const serve = (host, port, answer) => {
  const server = http.createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text) => (body += text)).on("end", () => answer(request, body, response));
  });
  // The agents keep their connections for minutes; what ends one is to be seen, and not this.
  server.keepAliveTimeout = 600_000;
  return new Promise((resolve, reject) => server.once("error", reject).listen(port, host, resolve));
};

const say = (response, content) => {
  const text = JSON.stringify(content ?? {code: 404, message: "there is no such route here"});
  response.writeHead(content === undefined ? 404 : 200, {"content-type": "application/json", "content-length": Buffer.byteLength(text), "eth-consensus-version": "electra"}).end(text);
};

if (process.argv[1] === import.meta.filename) {
  const {values: options} = parseArgs({options: {host: {type: "string"}, count: {type: "string"}, "seconds-per-slot": {type: "string", default: "12"}}});
  const chain = new Chain(Number(options["seconds-per-slot"]));
  for (let i = 0; i < Number(options.count); i++) {
    // Blocks come one to three seconds into a slot, to each node at its own moment, in shorter slots in proportion.
    const node = new Node(chain, (1000 + (i * 397) % 2000) * chain.secondsPerSlot / 12);
    await serve(options.host, PORTS.beacon(i), (request, body, response) => {
      const url = new URL(request.url, "http://node");
      if (url.pathname.endsWith("/events")) node.stream(url, response);
      else say(response, node.beacon(request.method, url, body));
    });
    await serve(options.host, PORTS.execution(i), (request, body, response) => say(response, node.execution(JSON.parse(body))));
  }
  console.log("ready");
}
