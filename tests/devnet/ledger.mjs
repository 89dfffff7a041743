// The agent's own account of the duties it carried (GET /duties), held against the observer's, duty by duty.
import {get} from "./facts.mjs";
import {SLOTS_PER_EPOCH, isUnderTest} from "./layout.mjs";
import {epochOf} from "./score.mjs";

const KINDS = ["attestation", "proposal", "sync"];

export class Ledger {
  #url;
  #settled = new Map(); // "kind:slot:validator" -> the account, as it was first given
  #required = []; // the slots of which every duty must be in it: {from, to}
  #head = -1;

  // What a ledger may never say: another account of a settled duty, or that it did not keep up.
  alarms = [];

  constructor(url) {
    this.#url = url;
  }

  requireFrom(slot) {
    this.#required.push({from: slot, to: Infinity});
  }

  // The agent is about to be hurt, or to end: what follows may be missing in its account.
  requireUntil(slot) {
    const open = this.#required.at(-1);
    if (open?.to === Infinity) open.to = slot;
  }

  // The agent keeps a bounded number of duties, and none over a restart: read after each fault, all are here.
  async read() {
    const report = await get(this.#url);
    this.#head = report.head_slot ?? -1;
    if (report.schema !== 1) this.#alarm(`the ledger's schema is ${report.schema}, not 1`);
    if (report.witnesses_dropped !== 0) this.#alarm(`the ledger did not keep up: ${report.witnesses_dropped} dropped`);
    for (const duty of report.duties) {
      const key = `${duty.kind}:${duty.slot}:${duty.validator_index}`;
      const account = JSON.stringify(duty);
      const earlier = this.#settled.get(key);
      if (earlier === undefined) this.#settled.set(key, account);
      else if (earlier !== account) this.#alarm(`the ledger has two accounts of one duty: ${earlier} and ${account}`);
    }
  }

  // Reads until nothing that must be there is absent, or until the ledger has seen the last block that could tell.
  async readUpTo(slot, net, records) {
    const lastWord = (epochOf(slot) + 2) * SLOTS_PER_EPOCH;
    await net.until(`the ledger to settle slot ${slot}`, 2.5 * SLOTS_PER_EPOCH * net.plan.secondsPerSlot, async () => {
      await this.read();
      return this.compare(records.slice(0, slot + 1)).absent.length === 0 || this.#head > lastWord;
    }, {every: 1000});
  }

  compare(records) {
    return compare([...this.#settled.values()].map((account) => JSON.parse(account)), records, this.#required);
  }

  verdict(records) {
    const result = this.compare(records);
    return {line: ledgerLine(result), alarms: [...this.alarms, ...result.disagreements, ...result.absent].map((text) => `ledger: ${text}`), ...result};
  }

  #alarm(text) {
    if (!this.alarms.includes(text)) this.alarms.push(text);
  }
}

// `records`: the observer's, from slot 0 on without a gap; what the ledger has beyond them is not looked at.
// `required`: where a duty that only the observer has is an alarm. Elsewhere the client may have learnt of it without the agent.
export function compare(duties, records, required) {
  const sides = {attestation: [new Map(), new Map()], proposal: [new Map(), new Map()], sync: [new Map(), new Map()]};
  // Aggregates and contributions are in no block: the observer cannot know of them.
  const within = duties.filter(({kind, slot}) => KINDS.includes(kind) && slot < records.length);
  for (const duty of within) fromLedger(sides, duty);
  for (const record of records) fromObserver(sides, record);
  const sent = duties.filter(({kind}) => !KINDS.includes(kind));
  const result = {aggregations: {seen: sent.length, made: sent.filter(({outcome}) => outcome === "made").length}, disagreements: [], absent: [], unrequired: 0, unknown: 0,
    would_have_been_missed: within.filter((duty) => duty.would_have_been_missed).length};
  for (const kind of KINDS) {
    const count = {compared: 0, agree: 0};
    result[kind] = count;
    const [ledger, observer] = sides[kind];
    for (const key of new Set([...ledger.keys(), ...observer.keys()])) {
      const [told, seen] = [ledger.get(key), observer.get(key)];
      const must = required.some(({from, to}) => slotOf(key) >= from && slotOf(key) <= to);
      if (told?.unknown) result.unknown++;
      else if (!told && !must) result.unrequired++;
      else if (kind === "sync" && !must && told.due !== seen?.due) result.unrequired++; // learnt in part
      else {
        count.compared++;
        if (!told) result.absent.push(`${kind} ${key} is not in the ledger; the observer: ${words(seen)}`);
        else if (!seen) result.disagreements.push(`${kind} ${key} is not in the observer's record; the ledger: ${words(told)}`);
        else if (!same(told, seen)) result.disagreements.push(`${kind} ${key}: the ledger has ${words(told)}, the observer ${words(seen)}`);
        else count.agree++;
      }
    }
  }
  return result;
}

function fromLedger(sides, {kind, slot, validator_index, outcome, distance, right_head, right_target, seats, seats_filled, explanation}) {
  const [ledger] = sides[kind];
  const unknown = outcome === "unknown";
  if (kind === "attestation") {
    ledger.set(`${slot}/${validator_index}`, {distance, rightHead: right_head === true, rightTarget: right_target === true, unknown, explanation});
  } else if (kind === "proposal") {
    ledger.set(`${slot}/${validator_index}`, {made: outcome === "made", unknown, explanation});
  } else {
    const sum = ledger.get(`${slot}`) ?? {due: 0, made: 0, unknown: false};
    ledger.set(`${slot}`, {due: sum.due + seats, made: sum.made + seats_filled, unknown: sum.unknown || unknown});
  }
}

function fromObserver({attestation, proposal, sync}, {slot, own, proposal: block}) {
  for (const {validator, distance, rightHead, rightTarget} of own.duties) attestation[1].set(`${slot}/${validator}`, {distance, rightHead, rightTarget});
  if (block && isUnderTest(block.validator)) proposal[1].set(`${slot}/${block.validator}`, {made: block.made});
  if (own.sync.due > 0) sync[1].set(`${slot}`, {due: own.sync.due, made: own.sync.made});
}

const slotOf = (key) => Number(key.split("/")[0]);

const same = (told, seen) => Object.entries(seen).every(([name, value]) => told[name] === value);

const words = ({unknown, explanation, ...facts}) => Object.entries(facts).map(([name, value]) => `${name}=${value}`).join(" ")
  + (explanation ? ` ("${explanation}")` : "");

export const ledgerLine = ({attestation, proposal, sync, aggregations, would_have_been_missed}) =>
  `RESULT ledger duties=${attestation.compared} agree=${attestation.agree} proposals=${proposal.compared} agree=${proposal.agree}`
  + ` sync=${sync.compared} agree=${sync.agree} would_have_been_missed=${would_have_been_missed} aggregations=${aggregations.seen} made=${aggregations.made}`;
