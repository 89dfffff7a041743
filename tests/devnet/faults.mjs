// What can go wrong, how to make it happen, how to undo it, and what it means to a person who watches.
// EL1 and BN1 are the primary stack of the validators under test, EL2 and BN2 the secondary one.
import {setTimeout as pause} from "node:timers/promises";

const PRIMARY = 1;
const SECONDARY = 2;

async function startBeacon(net, i) {
  await net.startBeacon(i);
  await net.connected(i);
}

const killPrimaryBeacon = {
  inject: (net) => net.killBeacon(PRIMARY),
  restore: (net) => startBeacon(net, PRIMARY),
};

const slowPrimaryBeacon = (seconds) => ({
  says: `Slowing the beacon node of the primary stack (BN1): it takes up every request ${seconds} s late.`,
  means: "It is up, in sync and right, and too late: no error tells.",
  inject: (net) => { net.front[PRIMARY].delay = seconds * 1000; },
  restore: (net) => { net.front[PRIMARY].delay = 0; },
});

// What a fault may have besides: `phase`, how much of a slot has passed when it comes; `moment`, what it waits for;
// `seconds`, how long it lasts; `meanwhile`, what goes on in that time; `itsSlot`, it answers for the slot it falls into
// however late; `peer`, the validators may also use a peer's node; `agent`, it hits the agent and makes sense there only.
export const FAULTS = {
  none: {
    says: "Nothing is broken on purpose.",
    means: "This is what a healthy stack gives.",
    inject: () => {},
    restore: () => {},
  },
  "el-kill": {
    says: "Killing the execution client of the primary stack (EL1).",
    means: "Its beacon node still looks alive and still answers with 200, but its head stands still: this is the hole.",
    inject: (net) => net.execution[PRIMARY].kill(),
    restore: (net) => net.startExecution(PRIMARY),
  },
  "el-stop": {
    says: "Freezing the execution client of the primary stack (EL1): it accepts connections and never answers.",
    means: "Its beacon node waits for it, looks alive, and offers an old head to vote for.",
    inject: (net) => net.execution[PRIMARY].suspend(),
    restore: (net) => net.execution[PRIMARY].resume(),
  },
  "bn-kill": {
    says: "Killing the beacon node of the primary stack (BN1).",
    means: "Its port refuses connections: the easy case.",
    ...killPrimaryBeacon,
  },
  "bn-stop": {
    says: "Freezing the beacon node of the primary stack (BN1): it accepts connections and never answers.",
    means: "Every request to it costs a full time-out, and an attestation has only seconds.",
    inject: (net) => net.beacon[PRIMARY].suspend(),
    restore: async (net) => {
      net.beacon[PRIMARY].resume();
      await net.connected(PRIMARY);
    },
  },
  "bn-slow-1s": slowPrimaryBeacon(1),
  "bn-slow-3s": slowPrimaryBeacon(3),
  "mid-slot-kill": {
    says: "Killing the beacon node of the primary stack (BN1) in the middle of a slot.",
    means: "The slot's votes are with it; its aggregates are still to be made.",
    phase: 0.5,
    itsSlot: true,
    ...killPrimaryBeacon,
  },
  "deadline-kill": {
    says: "Killing the beacon node of the primary stack (BN1) at the attestation deadline, a third into a slot.",
    means: "Votes are due or just made: what it has and has not passed on goes with it.",
    phase: 1 / 3,
    itsSlot: true,
    ...killPrimaryBeacon,
  },
  "attestation-kill": {
    says: "Killing the beacon node of the primary stack (BN1) while it is asked for attestation data.",
    means: "The question goes down with it, and the vote is due now.",
    moment: (net) => net.front[PRIMARY].request(/^GET \/eth\/v\d\/validator\/attestation_data\?/m, 60, net.signal),
    itsSlot: true,
    ...killPrimaryBeacon,
  },
  "proposal-kill": {
    says: "Killing the beacon node of the primary stack (BN1) while it makes a block for one of our validators.",
    means: "A block comes once in hours or months, and has seconds.",
    moment: (net) => net.front[PRIMARY].request(/^GET \/eth\/v\d\/validator\/(blinded_)?blocks\/\d+/m, 300, net.signal),
    itsSlot: true,
    ...killPrimaryBeacon,
  },
  alternating: {
    says: "Every 20 s another fault of the primary stack: EL1 killed, EL1 back, BN1 killed, BN1 back, and again.",
    means: "It is never well for long: coming back too early costs as much as leaving too late.",
    seconds: 600,
    inject: () => {},
    meanwhile: alternate,
    restore: async (net) => {
      if (!net.execution[PRIMARY].running) await net.startExecution(PRIMARY);
      if (!net.beacon[PRIMARY].running) await startBeacon(net, PRIMARY);
    },
  },
  "peer-left": {
    says: "Killing the execution client of the primary stack (EL1) and the beacon node of the secondary (BN2).",
    means: "One is stale, the other gone: only a peer's node is left.",
    peer: true,
    inject: (net) => Promise.all([net.execution[PRIMARY].kill(), net.killBeacon(SECONDARY)]),
    restore: (net) => Promise.all([net.startExecution(PRIMARY), startBeacon(net, SECONDARY)]),
  },
  "agent-kill": {
    agent: true,
    says: "Killing the agent itself.",
    means: "The validator client goes on by itself with the raw local beacon nodes behind it in its list.",
    inject: (net) => net.agent.kill(),
    restore: (net) => net.agent.start(),
  },
  "agent-stop": {
    agent: true,
    says: "Freezing the agent itself: it accepts connections and never answers.",
    means: "The validator client's own time-outs have to carry it over to the raw beacon nodes.",
    inject: (net) => net.agent.suspend(),
    restore: (net) => net.agent.resume(),
  },
};

const EVERY_SECONDS = 20;

async function alternate(net, end) {
  const steps = [
    () => net.execution[PRIMARY].kill(),
    () => net.startExecution(PRIMARY),
    () => net.killBeacon(PRIMARY),
    () => startBeacon(net, PRIMARY),
  ];
  for (let step = 0, due = Date.now(); due < end; step++, due += EVERY_SECONDS * 1000) {
    await pause(Math.max(0, due - Date.now()), undefined, {signal: net.signal});
    await steps[step % steps.length]();
  }
}

// The four that a run is made of when it is not told otherwise, and all that must cost nothing. A beacon node that was
// frozen loses its peers again and again for minutes: last, it does not spoil what comes after it.
export const THE_FOUR = ["el-kill", "el-stop", "bn-kill", "bn-stop"];
export const COST_NOTHING = ["el-kill", "el-stop", "bn-kill", "bn-slow-1s", "bn-slow-3s", "mid-slot-kill", "deadline-kill", "attestation-kill",
  "proposal-kill", "alternating", "bn-stop", "peer-left"];
