// What can go wrong, how to make it happen, how to undo it, and what it means to a person who watches.
// EL1 and BN1 are the primary stack of the validators under test.

const PRIMARY = 1;

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
    inject: (net) => net.beacon[PRIMARY].kill(),
    restore: async (net) => {
      await net.startBeacon(PRIMARY);
      await net.connected(PRIMARY);
    },
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

// The four that must cost nothing.
export const THE_FOUR = ["el-kill", "el-stop", "bn-kill", "bn-stop"];
