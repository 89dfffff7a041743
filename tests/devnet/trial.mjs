// One fault from the healthy state back to the healthy state, and its count.
import os from "node:os";
import {setTimeout as pause} from "node:timers/promises";
import {FAULTS} from "./faults.mjs";
import {UNDER_TEST} from "./layout.mjs";
import {slotsOfFault, tally} from "./score.mjs";

export class Trial {
  #net;
  #observer;
  #screen;
  #seconds;
  #phase;
  windows = [];

  constructor(net, observer, screen, {seconds, phase}) {
    this.#net = net;
    this.#observer = observer;
    this.#screen = screen;
    this.#seconds = seconds;
    this.#phase = phase;
  }

  // The validators under test do their work through `via`; measured, not assumed: two whole slots of right votes.
  async ready(via) {
    await attestRightly(this.#net, this.#observer, via);
    await this.#stacksHealthy();
    // A fault of the primary says nothing while the secondary is the one in use.
    if (via === "agent") await this.#net.until("the agent to use the primary stack again", 180, async () => (await this.#net.agent.servedBy()) === 1);
  }

  // From healthy to healthy. The count settles while the validators come back to where the next fault can hit them, if there is one.
  async run(name, via, picture, {isLast}) {
    const fault = FAULTS[name];
    const net = this.#net;
    const screen = this.#screen;
    const seconds = fault.seconds ?? this.#seconds;
    const injected = await this.#injected(fault);
    const phase = Number((((injected - net.genesisTime) / net.plan.secondsPerSlot) % 1).toFixed(2));
    screen.step(`${fault.says} It lasts ${seconds} s.`);
    screen.note(`          ${fault.means}`);
    screen.note(`          (${phase} of a slot has passed)`);
    const end = (injected + seconds) * 1000;
    const halfTime = pause((seconds * 1000) / 2, undefined, {signal: net.signal}).then(picture);
    await Promise.all([fault.meanwhile?.(net, end), halfTime, pause(end - Date.now(), undefined, {signal: net.signal})]);
    const restored = Date.now() / 1000;
    if (name !== "none") screen.step("Letting it come back.");
    await fault.restore(net);
    await this.#stacksHealthy();
    const {first, last} = slotsOfFault({genesisTime: net.genesisTime, secondsPerSlot: net.plan.secondsPerSlot}, injected, restored, fault.itsSlot);
    screen.step(`The stacks are healthy and on the common head again, ${Math.round(Date.now() / 1000 - restored)} s after. Waiting until no block can change the count.`);
    const load = Number(os.loadavg()[0].toFixed(1));
    await Promise.all([this.#count({fault: name, via, phase, injected, restored, first, last, load}), isLast || this.ready(via)]);
  }

  async #count(facts) {
    const net = this.#net;
    const screen = this.#screen;
    const {first, last, injected, load} = facts;
    await net.until(`slot ${last} to be settled`, 30 * net.plan.secondsPerSlot, () => this.#observer.record(last));
    const slots = this.#observer.between(first, last);
    const window = {...facts, ...tally(slots)};
    this.windows.push(window);
    screen.result(resultLine(window));
    screen.note(`          ${inWords(window)}`);
    screen.note(`          Of the ${window.others_duties} duties of the validators that nobody touched, ${window.others_right_head} were right; the machine's load is ${load}.`);
    for (const line of explainLosses(net, this.#observer, slots, injected)) screen.note(line);
  }

  // Gives the last slot of all that was measured. The slots after each fault and before the next: a failure to come back belongs to the fault before it.
  async finish() {
    const end = this.#observer.slotNow();
    await this.#net.until(`slot ${end} to be settled`, 30 * this.#net.plan.secondsPerSlot, () => this.#observer.record(end));
    this.windows.forEach((window, i) => {
      if (window.recovery) return;
      const next = this.windows[i + 1]?.first ?? end + 1;
      const slots = this.#observer.between(window.last + 1, next - 1);
      window.recovery = tally(slots);
      const prefixed = Object.fromEntries(Object.entries(window.recovery).map(([key, value]) => [`recovery_${key}`, value]));
      const {recovery, ...counts} = window;
      this.#observer.write({kind: "fault", ...counts, ...prefixed});
      if (isPerfect(recovery)) return;
      this.#screen.note(`After ${window.fault} via ${window.via}, in the ${slots.length} slots before the next fault: ${counted(recovery)}`);
      for (const line of explainLosses(this.#net, this.#observer, slots, window.injected)) this.#screen.note(line);
    });
    return end;
  }

  // Waits for the fault's moment, and lets it happen before anything else can: the second in which it did.
  async #injected({moment, phase, inject}) {
    const net = this.#net;
    if (moment) await moment(net);
    else await atPhase(net, phase ?? this.#phase ?? Math.random());
    const injected = Date.now() / 1000;
    await inject(net);
    return injected;
  }

  #stacksHealthy() {
    return this.#net.until("both stacks to be healthy and on the common head", 150, async () =>
      (await Promise.all([1, 2].map((i) => this.#net.onHeadOfFirst(i)))).every(Boolean));
  }
}

// What goes before ends when a block arrives, so that without this every fault would fall just behind a block.
export async function atPhase({genesisTime, plan, signal}, phase) {
  const now = (Date.now() / 1000 - genesisTime) / plan.secondsPerSlot;
  const slots = (1 + phase - (now % 1)) % 1;
  await pause(slots * plan.secondsPerSlot * 1000, undefined, {signal});
}

// The validators under test do their work: two whole slots of right votes from now on.
export function attestRightly(net, observer, via) {
  const from = Math.max(1, observer.slotNow() + 1);
  return net.until(`validators ${UNDER_TEST.first}-${UNDER_TEST.last} to attest rightly via ${via}`, 240, () => {
    const withDuty = observer.records.slice(from).filter(({own}) => own.duties.length > 0);
    return withDuty.slice(-2).length === 2 && withDuty.slice(-2).every(({own}) => own.duties.every(({rightHead}) => rightHead));
  });
}

// One line for each vote or block that was missing or wrong, with what may have been the reason.
export function explainLosses({genesisTime, plan}, observer, slots, injected) {
  return slots.flatMap(({slot, right, own, others, proposal}) => {
    const when = `slot ${slot}, which began ${(genesisTime + slot * plan.secondsPerSlot - injected).toFixed(1)} s after the fault`;
    const crowd = `${others.right_head} of the ${others.duties} other validators of that slot had it right`
      + (proposal?.own && proposal.made ? `; the block was validator ${proposal.validator}'s to make, one of ours` : "");
    const rightSlot = observer.chain.slotOf(right);
    const lines = own.duties.filter(({rightHead}) => !rightHead).map(({validator, vote, distance}) => vote === null
      ? `  missed: validator ${validator} in ${when}: no block up to slot ${slot + 8} carries its vote; right was the block of slot ${rightSlot}; ${crowd}`
      : `  wrong head: validator ${validator} in ${when}: voted for the block of slot ${vote.head_slot ?? "(not in the chain)"} (${vote.head.slice(0, 10)}), `
        + `right was that of slot ${rightSlot} (${right.slice(0, 10)}), included after ${distance}; ${crowd}`);
    if (proposal?.own && !proposal.made) lines.push(`  no block: validator ${proposal.validator} was to propose in ${when}`);
    return lines;
  });
}

export const isPerfect = ({duties, included, right_head, proposals_due, proposals_made}) =>
  included === duties && right_head === duties && proposals_made === proposals_due;

function inWords(window) {
  const {duties, included, right_head} = window;
  if (isPerfect(window)) return `All ${duties} duties done, each with a vote for the newest block.`;
  return `Of ${duties} duties, ${duties - included} were missed and ${included - right_head} voted for an outdated block:`;
}

export const resultLine = ({fault, via, duties, included, right_head, late}) =>
  `RESULT fault=${fault} via=${via} duties=${duties} included=${included} right_head=${right_head} late=${late}`;

export const counted = ({duties, included, right_head, late, proposals_due, proposals_made, sync_due, sync_made}) =>
  `${duties} duties, ${included} included, ${right_head} with the right head, ${late} late; `
  + `blocks ${proposals_made} of ${proposals_due}, sync committee votes ${sync_made} of ${sync_due}`;

const sum = (windows, name) => windows.reduce((total, window) => total + window[name], 0);

export const totalLine = (via, windows) => `RESULT total via=${via} faults=${windows.length} `
  + ["duties", "included", "right_head", "late", "proposals_due", "proposals_made"].map((name) => `${name}=${sum(windows, name)}`).join(" ");

export const proposalsLine = ({fault, via, proposals_due, proposals_made, sync_due, sync_made}) =>
  `PROPOSALS fault=${fault} via=${via} due=${proposals_due} made=${proposals_made} sync_due=${sync_due} sync_made=${sync_made}`;
