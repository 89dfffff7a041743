// One fault from a cluster that is well to one that is well again, and what it was like meanwhile.
import os from "node:os";
import {setTimeout as pause} from "node:timers/promises";
import {atPhase, attestRightly, explainLosses, isPerfect} from "../devnet/trial.mjs";
import {slotsOfFault, tally} from "../devnet/score.mjs";
import {FAULTS} from "./faults.mjs";
import {opensBroker, opensGateway} from "./gate.mjs";
import {LENDERS, SITES} from "./plan.mjs";
import {Watch, changesOf, firstSaid, servedAfter} from "./watch.mjs";

const KNOCK_EVERY_MS = 2000;

export class Trial {
  #lab;
  #observer;
  #screen;
  #seconds;
  results = [];

  constructor(lab, observer, screen, seconds) {
    this.#lab = lab;
    this.#observer = observer;
    this.#screen = screen;
    this.#seconds = seconds;
  }

  async ready() {
    await this.#lab.healthy();
    await attestRightly(this.#lab.net, this.#observer, "the cloud member's agent");
  }

  async run(name) {
    const lab = this.#lab;
    const {net} = lab;
    const fault = FAULTS[name];
    const seconds = Math.max(fault.seconds ?? 0, this.#seconds);
    const victim = await this.#victim();
    const f = {victim, spare: LENDERS.find((one) => one !== victim)};
    const words = (text) => text.replaceAll("VICTIM", f.victim).replaceAll("SPARE", f.spare);
    const watch = new Watch(SITES.map((site) => lab.boxes[site.name]), lab.boxes.cloud, this.#observer.chain);
    const accepted = new Set();
    let knocking, injected;
    watch.begin();
    try {
      if (fault.expiring) await pause(Math.max(0, lab.expiry * 1000 - Date.now()), undefined, {signal: net.signal});
      else await atPhase(net, Math.random());
      injected = Date.now() / 1000;
      await fault.inject(lab, f);
      this.#screen.step(`${words(fault.says)} It lasts ${seconds} s.`);
      this.#screen.note(`          ${words(fault.means)}`);
      knocking = this.#knock(fault.strangers(lab, f), injected + fault.after, injected + seconds, accepted);
      await pause(injected * 1000 + seconds * 1000 - Date.now(), undefined, {signal: net.signal});
    } finally {
      await watch.end();
      await knocking;
    }
    const restored = Date.now() / 1000;
    if (name !== "none" && !fault.mayCost) this.#screen.step("Letting it come back.");
    await fault.restore(lab, f);
    for (const {at, status} of watch.samples) {
      for (const [box, said] of Object.entries(status)) {
        if (!said || at < injected || !fault.watchers(f).includes(box)) continue;
        for (const what of fault.wrong(said, {...f, elapsed: at - injected})) accepted.add(`${box} believes ${what}`);
      }
    }
    const {genesisTime, plan} = net;
    const {first, last} = slotsOfFault({genesisTime, secondsPerSlot: plan.secondsPerSlot}, injected, restored);
    await net.until(`slot ${last} to be settled`, 40 * plan.secondsPerSlot, () => this.#observer.record(last));
    const slots = this.#observer.between(first, last);
    const result = {
      fault: name,
      detected: firstSaid(watch.samples, injected, fault.watchers(f), (status) => fault.seen(status, f)),
      rerouted: servedAfter(watch.samples, watch.reads, injected, "cloud", fault.good(f)),
      ...tally(slots),
      accepted: [...accepted],
      changes: changesOf(watch.samples.filter(({at}) => at >= injected), "cloud"),
      load: Number(os.loadavg()[0].toFixed(1)),
      mayCost: fault.mayCost ?? false,
      victim,
    };
    this.results.push(result);
    this.#observer.write({kind: "fault", ...result, injected, restored, first, last});
    this.#screen.result(resultLine(result));
    this.#screen.note(`          ${aside(result)}`);
    for (const what of result.accepted) this.#screen.note(`  wrongly accepted: ${what}`);
    for (const line of explainLosses(net, this.#observer, slots, injected)) this.#screen.note(line);
    if (!isPerfect(result)) for (const line of await this.#account(first, last)) this.#screen.note(line);
  }

  // Why, by the cloud member's agent: whether the fault was to blame, or a validator that never asked.
  async #account(first, last) {
    const duties = await this.#lab.boxes.cloud.duties().catch(() => []);
    return duties.filter(({kind, slot, outcome}) => ["attestation", "proposal"].includes(kind) && slot >= first && slot <= last && outcome !== "made")
      .map(({kind, slot, validator_index: validator, explanation}) => `  the agent: ${kind} of validator ${validator} in slot ${slot}: ${explanation}`);
  }

  async #victim() {
    let serving;
    await this.#lab.net.until("the cloud member to be served by another box's node", 60, async () => LENDERS.includes((serving = await this.#lab.servingCloud())));
    return serving;
  }

  // Those who must not get in try again and again, from when nobody may let them in any more.
  async #knock(strangers, from, until, accepted) {
    if (strangers.length === 0) return;
    await pause(Math.max(0, from * 1000 - Date.now()));
    while (Date.now() / 1000 < until) {
      await Promise.all(strangers.flatMap(({box, certificate, who}) => [
        ...(box.site.stack ? [opensGateway(box, certificate).then((open) => open && accepted.add(`the gateway of ${box.name} served ${who}`))] : []),
        opensBroker(box, certificate).then((open) => open && accepted.add(`the broker of ${box.name} let in ${who}`)),
      ]));
      await pause(KNOCK_EVERY_MS);
    }
  }
}

const seconds = (value) => (value === null ? "never" : value.toFixed(1));

export const resultLine = ({fault, detected, rerouted, duties, included, right_head, accepted}) =>
  `RESULT fault=${fault} detected_s=${seconds(detected)} rerouted_s=${seconds(rerouted)} duties=${duties} included=${included} right_head=${right_head} wrong_accepts=${accepted.length}`;

const aside = ({victim, changes, proposals_made, proposals_due, others_duties, others_right_head, load}) =>
  `${victim} served the cloud member before; another node came to serve it ${changes} times. Blocks ${proposals_made} of ${proposals_due}. `
  + `Of the ${others_duties} duties of the validators that nobody touched, ${others_right_head} were right; the machine's load is ${load}.`;

// Nothing lost that a node within reach could have served, and nothing accepted that should not be.
export const isGood = (result) => result.accepted.length === 0 && (result.mayCost || isPerfect(result));
