// Keeps the beacon nodes connected to each other, as peers with fixed addresses are on a real one. Discovery alone
// takes half a minute, and a node that was stopped loses its peers, sometimes only after it has caught up.
import fs from "node:fs";
import {setTimeout as pause} from "node:timers/promises";
import {explain, get, post} from "./facts.mjs";

const EVERY_MS = 1000;

export class Peering {
  #pairs;
  #log;

  constructor(nodes, log) {
    this.#pairs = nodes.flatMap((a, i) => nodes.slice(i + 1).map((b) => ({a, b, connected: false, halfOpen: false})));
    this.#log = log;
  }

  // One pair after the other: two nodes that dial each other at once may end half connected.
  async run(signal) {
    while (!signal.aborted) {
      for (const pair of this.#pairs) {
        await this.#tend(pair).catch((error) => {
          // Expected while a fault lasts; whoever needs the connection waits for it with a limit.
          pair.connected = false;
          this.#note(`${pair.a.name} - ${pair.b.name}: ${explain(error)}`);
        });
      }
      await pause(EVERY_MS);
    }
  }

  connected(node) {
    return this.#pairs.filter(({a, b}) => a === node || b === node).every(({connected}) => connected);
  }

  async #tend(pair) {
    const {a, b} = pair;
    const [idA, idB] = [await identity(a), await identity(b)];
    const [aHasB, bHasA] = [await hasPeer(a, idB), await hasPeer(b, idA)];
    pair.connected = aHasB && bHasA;
    if (pair.connected) return;
    const half = aHasB || bHasA;
    if (half && !pair.halfOpen) {
      pair.halfOpen = true; // it may be about to become whole: look again first
      return;
    }
    pair.halfOpen = false;
    // What is left of a connection that one side has given up blocks a new one.
    if (aHasB) await post(`${a.url}/eth/v1/lodestar/disconnect_peer?peerId=${idB}`);
    if (bHasA) await post(`${b.url}/eth/v1/lodestar/disconnect_peer?peerId=${idA}`);
    this.#note(`${b.name} dials ${a.name}${half ? " after a half-open connection" : ""}`);
    const address = encodeURIComponent(`/ip4/${a.host}/tcp/${a.p2p}`);
    await post(`${b.url}/eth/v1/lodestar/connect_peer?peerId=${idA}&multiaddr=${address}`, undefined, {timeout: 5000});
  }

  #note(text) {
    fs.appendFileSync(this.#log, `${new Date().toISOString()} ${text}\n`);
  }
}

const identity = async ({url}) => (await get(`${url}/eth/v1/node/identity`)).data.peer_id;

const hasPeer = async ({url}, id) =>
  (await get(`${url}/eth/v1/node/peers?state=connected`)).data.some(({peer_id}) => peer_id === id);
