// The canonical chain as one beacon node sees it. Follows reorganisations: only the head's own ancestors count.
import {get} from "./facts.mjs";

export class Chain {
  #url;
  #blocks = new Map(); // by root, canonical or not
  #canonical = new Map(); // slot -> root

  constructor(url) {
    this.#url = url;
  }

  head = {slot: 0, root: null};

  // Takes the node's present head; true when it is another one than before.
  async follow() {
    if (!this.head.root) {
      this.head.root = (await get(`${this.#url}/eth/v1/beacon/headers/genesis`)).data.root;
      this.#canonical.set(0, this.head.root);
    }
    const {data} = await get(`${this.#url}/eth/v1/beacon/headers/head`);
    if (data.root === this.head.root) return false;
    const added = [];
    let root = data.root;
    while (root !== this.#canonical.get(0) && !this.#isCanonical(root)) {
      const block = await this.#load(root);
      added.push(block);
      root = block.parent;
    }
    const fork = this.#blocks.get(root)?.slot ?? 0;
    for (const slot of this.#canonical.keys()) if (slot > fork) this.#canonical.delete(slot);
    for (const block of added) this.#canonical.set(block.slot, block.root);
    this.head = {slot: Number(data.header.message.slot), root: data.root};
    return true;
  }

  // The block of this very slot, if there is one.
  blockAt(slot) {
    return this.#blocks.get(this.#canonical.get(slot));
  }

  // The root a right vote in this slot names: that of the last block up to it.
  rootAt(slot) {
    for (let s = slot; s >= 0; s--) if (this.#canonical.has(s)) return this.#canonical.get(s);
    return undefined;
  }

  slotOf(root) {
    return root === this.#canonical.get(0) ? 0 : this.#blocks.get(root)?.slot;
  }

  #isCanonical(root) {
    const block = this.#blocks.get(root);
    return block !== undefined && this.#canonical.get(block.slot) === root;
  }

  async #load(root) {
    if (!this.#blocks.has(root)) {
      const {data} = await get(`${this.#url}/eth/v2/beacon/blocks/${root}`);
      this.#blocks.set(root, readBlock(root, data.message));
    }
    return this.#blocks.get(root);
  }
}

const readBlock = (root, {slot, parent_root, state_root, proposer_index, body}) => ({
  root,
  slot: Number(slot),
  parent: parent_root,
  stateRoot: state_root,
  proposer: Number(proposer_index),
  attestations: body.attestations.map(({aggregation_bits, data}) => ({
    slot: Number(data.slot),
    committee: Number(data.index),
    head: data.beacon_block_root,
    source: {epoch: Number(data.source.epoch), root: data.source.root},
    target: {epoch: Number(data.target.epoch), root: data.target.root},
    bits: readBitlist(aggregation_bits),
  })),
  syncBits: readBits(body.sync_aggregate.sync_committee_bits),
});

function readBits(hex) {
  const bytes = Buffer.from(hex.slice(2), "hex");
  return Array.from({length: bytes.length * 8}, (_, i) => ((bytes[i >> 3] >> (i & 7)) & 1) === 1);
}

// An SSZ bitlist ends with a set bit that marks its length.
export function readBitlist(hex) {
  const bits = readBits(hex);
  return bits.slice(0, bits.lastIndexOf(true));
}
