// What can happen to a cluster, how to make it happen and undo it, and how it is known that the others have noticed.
// `f` is the trial: {victim, spare}: the box whose node serves the cloud member when the fault comes, and the other one that has a node.
import {ATTACKS} from "./attacks.mjs";
import {LENDERS, others} from "./plan.mjs";
import {isLost, isUnheard, peerOf, stackOf} from "./word.mjs";

// What a fault may have besides: `watchers`, who has to notice (all but the victim); `seen`, by what in their status (the victim is lost); `good`, whose node may
// serve the cloud member meanwhile (the spare one's); `wrong`, what a status must not say; `strangers`, who must not get in, `after` so many seconds;
// `seconds`, how long it lasts; `clocks`, the boxes with a node need clocks that can be set; `ruins`, the cluster is not to be used after it; `last`, nor are the nodes; `expiring`, it needs
// one whose certificates run out then; `mayCost`, what nobody could have served.
const NETWORK = {
  none: {
    says: "Nothing is broken on purpose.",
    means: "This is what the cluster gives when it is well.",
    inject: () => {},
    restore: () => {},
    watchers: () => [],
    good: () => LENDERS,
  },
  "broker-dies": {
    says: "Killing the broker of VICTIM.",
    means: "Nothing is heard of it any more, though its node is as good as ever: silence alone must move nobody.",
    inject: ({boxes}, {victim}) => boxes[victim].broker.kill(),
    restore: ({boxes}, {victim}) => boxes[victim].startBroker(),
    seen: (status, {victim}) => isUnheard(status, victim),
    good: () => LENDERS,
  },
  "bridge-cut": {
    says: "Cutting the bridge between VICTIM's broker and the cloud member's, and nothing else.",
    means: "The cloud member hears nothing of the box that it borrows from, and still reaches its node.",
    inject: ({network}, {victim}) => network.path(victim, "cloud", {cut: true}, "broker"),
    restore: ({network}, {victim}) => network.path(victim, "cloud", {}, "broker"),
    watchers: () => ["cloud"],
    seen: (status, {victim}) => isUnheard(status, victim),
    good: () => LENDERS,
  },
  "site-dark": {
    says: "The power of VICTIM goes: every process there is gone in the same moment.",
    means: "Nobody hears a last word: connections to it hang, and the broker that would publish its last will is dark as well.",
    inject: (lab, {victim}) => lab.darken(victim),
    restore: (lab, {victim}) => lab.lighten(victim),
  },
  partition: {
    says: "The network falls into two halves: VICTIM with uhuru, SPARE with the cloud member.",
    means: "Each half has a node, and hears nothing of the other.",
    inject: ({network}, {victim, spare}) => across([victim, "uhuru"], [spare, "cloud"], (a, b) => network.path(a, b, {cut: true})),
    restore: ({network}, {victim, spare}) => across([victim, "uhuru"], [spare, "cloud"], (a, b) => network.path(a, b, {})),
    watchers: ({spare}) => [spare, "cloud"],
  },
  "asymmetric-cut": {
    says: "What the cloud member sends to VICTIM is lost; what VICTIM sends still arrives.",
    means: "Half of a path looks alive, until its sender waits for an acknowledgement.",
    inject: ({network}, {victim}) => network.way("cloud", victim, {cut: true}),
    restore: ({network}, {victim}) => network.way("cloud", victim, {}),
    watchers: () => ["cloud"],
  },
  "bad-day": {
    says: "A satellite link on a bad day: 30 % loss and 600 ms each way around VICTIM.",
    means: "All gets through at last, and too late for an attestation.",
    inject: ({network}, {victim}) => network.around(victim, {delay: 600, loss: 0.3}),
    restore: ({network}, {victim}) => network.around(victim, {}),
    good: () => LENDERS,
  },
  "clock-off": {
    says: "The clock of VICTIM jumps 40 s ahead, for its agent, its execution client and its beacon node.",
    means: "What it says seems to come from the future, and its node thinks itself ten slots behind.",
    inject: (lab, {victim}) => lab.setClock(victim, 40),
    restore: (lab, {victim}) => lab.setClock(victim, 0),
    seen: (status, {victim}) => isLost(status, victim) || ["lagging", "syncing"].includes(stackOf(status, victim)?.tier)
      || Math.abs(peerOf(status, victim)?.clock_behind_ms ?? 0) > 20_000,
    good: () => LENDERS,
    clocks: true,
    // Lodestar holds what VICTIM's node said out of its time against it, and goes on cutting it off for many minutes: no state to begin another fault in.
    last: true,
  },
};

async function across(half, rest, action) {
  for (const a of half) for (const b of rest) await action(a, b);
}

const DEFAULTS = {
  watchers: ({victim}) => others(victim),
  seen: (status, {victim}) => isLost(status, victim),
  good: ({spare}) => [spare],
  wrong: () => [],
  strangers: () => [],
  after: 0,
};

export const FAULTS = Object.fromEntries(Object.entries({...NETWORK, ...ATTACKS}).map(([name, fault]) => [name, {...DEFAULTS, ...fault}]));
export const ALL = Object.keys(FAULTS).filter((name) => name !== "none");
