// Reads from one beacon node what every validator had to do and what the blocks say was done. One record per
// slot, written when nothing about it can change any more. Checked each epoch against the state's own books.
import fs from "node:fs";
import {setTimeout as pause} from "node:timers/promises";
import {Chain} from "./chain.mjs";
import {explain, get, post} from "./facts.mjs";
import {SLOTS_PER_EPOCH, VALIDATORS, isUnderTest} from "./layout.mjs";
import {epochOf, flagsOf, judge} from "./score.mjs";

const POLL_MS = 250;
const SILENCE_MS = 30_000;
const everyValidator = Array.from({length: VALIDATORS}, (_, i) => String(i));

export class Observer {
  #url;
  #clock;
  #file;
  #epochs = new Map();
  #votes = new Map(); // "validator:epoch" -> what it voted, to find a second and different vote
  #audited = 0;

  // Errors in the watched node's books or in ours, and slashable votes: a run with any of them is not to be trusted.
  alarms = [];
  records = [];

  constructor(url, {genesisTime, secondsPerSlot}, file) {
    this.#url = url;
    this.#clock = {genesisTime, secondsPerSlot};
    this.#file = file;
    this.chain = new Chain(url);
  }

  slotNow() {
    return Math.floor((Date.now() / 1000 - this.#clock.genesisTime) / this.#clock.secondsPerSlot);
  }

  // Until `signal` is aborted. A node that gives no answer for long is an error: then nothing can be said.
  async run(signal) {
    let answered = Date.now();
    while (!signal.aborted) {
      try {
        await this.#step();
        answered = Date.now();
      } catch (error) {
        if (Date.now() - answered > SILENCE_MS) throw new Error(`the observer sees nothing: ${explain(error)}`, {cause: error});
      }
      await pause(POLL_MS);
    }
  }

  record(slot) {
    return this.records[slot];
  }

  between(first, last) {
    return this.records.slice(first, last + 1);
  }

  async #step() {
    const epoch = epochOf(Math.max(0, this.slotNow()));
    const moved = await this.chain.follow();
    if (moved || !this.#epochs.has(epoch)) this.#epochs.set(epoch, await this.#readDuties(epoch));
    if (!moved) return;
    while (this.#settle(this.records.length));
    await this.#audit();
  }

  // Asked again at each new head, since the last blocks of an epoch still decide who proposes in the next.
  async #readDuties(epoch) {
    const [attesters, proposers, sync] = await Promise.all([
      post(`${this.#url}/eth/v1/validator/duties/attester/${epoch}`, everyValidator),
      get(`${this.#url}/eth/v1/validator/duties/proposer/${epoch}`),
      get(`${this.#url}/eth/v1/beacon/states/head/sync_committees?epoch=${epoch}`),
    ]);
    return {
      duties: attesters.data.map((duty) => ({
        slot: Number(duty.slot),
        validator: Number(duty.validator_index),
        committee: Number(duty.committee_index),
        position: Number(duty.validator_committee_index),
        length: Number(duty.committee_length),
      })),
      proposers: new Map(proposers.data.map((duty) => [Number(duty.slot), Number(duty.validator_index)])),
      syncCommittee: sync.data.validators.map(Number),
    };
  }

  #settle(slot) {
    const {chain} = this;
    const epoch = this.#epochs.get(epochOf(slot));
    if (slot >= chain.head.slot) return false;
    if (!epoch) throw new Error(`the duties of epoch ${epochOf(slot)} were not read in time`);
    const duties = epoch.duties.filter((duty) => duty.slot === slot).map((duty) => ({...duty, ...judge(duty, chain)}));
    if (!duties.every(({settled}) => settled)) return false;
    for (const duty of duties) this.#checkForSecondVote(duty);
    const own = duties.filter(({validator}) => isUnderTest(validator));
    const others = duties.filter(({validator}) => !isUnderTest(validator));
    const proposer = epoch.proposers.get(slot);
    const block = chain.blockAt(slot);
    if (block && block.proposer !== proposer) this.#alarm(`the block of slot ${slot} is by validator ${block.proposer}, the duties say ${proposer}`);
    const record = {
      kind: "slot",
      slot,
      at: new Date((this.#clock.genesisTime + slot * this.#clock.secondsPerSlot) * 1000).toISOString(),
      // Slot 0 is the genesis block, which nobody proposes.
      proposal: slot === 0 ? null : {validator: proposer, own: isUnderTest(proposer), made: block !== undefined},
      right: chain.rootAt(slot),
      own: {duties: own.map((duty) => this.#brief(duty)), sync: this.#sync(slot)},
      others: {
        duties: others.length,
        included: others.filter(({distance}) => distance !== null).length,
        right_head: others.filter(({rightHead}) => rightHead).length,
      },
    };
    this.records[slot] = record;
    for (const duty of duties) duty.flags = flagsOf(duty);
    epoch.judged = [...(epoch.judged ?? []), ...duties];
    this.write(record);
    return true;
  }

  #brief({validator, distance, rightHead, rightTarget, vote}) {
    return {validator, distance, rightHead, rightTarget, vote: vote && {head: vote.head, head_slot: this.chain.slotOf(vote.head) ?? null}};
  }

  // A slot's sync committee votes are in the next slot's block or nowhere.
  #sync(slot) {
    const block = this.chain.blockAt(slot + 1);
    const committee = this.#epochs.get(epochOf(slot + 1))?.syncCommittee;
    if (!block || !committee) return {due: 0, made: 0};
    const own = committee.map((validator, i) => ({validator, made: block.syncBits[i]})).filter(({validator}) => isUnderTest(validator));
    return {due: own.length, made: own.filter(({made}) => made).length};
  }

  #checkForSecondVote({validator, slot, vote}) {
    if (!vote) return;
    const key = `${validator}:${vote.target.epoch}`;
    const content = JSON.stringify([vote.slot, vote.head, vote.source, vote.target]);
    const earlier = this.#votes.get(key);
    if (earlier && earlier !== content) this.#alarm(`SLASHABLE: validator ${validator} voted twice for epoch ${vote.target.epoch}, again in slot ${slot}`);
    this.#votes.set(key, content);
  }

  // The state at the end of epoch e + 1 holds the final participation flags of epoch e.
  async #audit() {
    const epoch = this.#audited;
    const end = (epoch + 2) * SLOTS_PER_EPOCH;
    if (this.chain.head.slot <= end || this.records.length < end - SLOTS_PER_EPOCH) return;
    const last = this.chain.blockAt(this.chain.slotOf(this.chain.rootAt(end - 1)));
    this.#audited++;
    if (!last || epochOf(last.slot) !== epoch + 1) return this.#alarm(`epoch ${epoch} could not be checked: no block in epoch ${epoch + 1}`);
    const {data: state} = await get(`${this.#url}/eth/v2/debug/beacon/states/${last.stateRoot}`);
    const flags = state.previous_epoch_participation.map(Number);
    const wrong = this.#epochs.get(epoch).judged.filter((duty) => duty.flags !== flags[duty.validator]);
    this.write({kind: "audit", epoch, validators: flags.length, disagreements: wrong.length});
    for (const duty of wrong) {
      this.#alarm(`the state credits validator ${duty.validator} with ${flags[duty.validator]} in epoch ${epoch}, the observer with ${duty.flags} (slot ${duty.slot})`);
    }
  }

  #alarm(text) {
    this.alarms.push(text);
    this.write({kind: "alarm", text});
  }

  write(record) {
    fs.appendFileSync(this.#file, JSON.stringify(record) + "\n");
  }
}
