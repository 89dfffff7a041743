// What the devnet is made of: three stacks, two validator clients, and where each of them listens.
import crypto from "node:crypto";
import path from "node:path";

export const SLOTS_PER_EPOCH = 8; // the minimal preset
export const VALIDATORS = 32;
// The first validator client keeps the chain alive with three quarters of the stake; the second is under test.
export const CROWD = {first: 0, last: 23};
export const UNDER_TEST = {first: 24, last: 31};
export const isUnderTest = (validator) => validator >= UNDER_TEST.first && validator <= UNDER_TEST.last;

// Where a process runs: the address that it listens at, and the command that brings it there.
const THIS_MACHINE = {host: "127.0.0.1", enter: []};

// `places`: of the three stacks; `fronts`: whether clients reach the beacon nodes through relays of the harness.
export function layout({dir, install, basePort = 29000, secondsPerSlot = 4, seed = crypto.randomBytes(8).toString("hex"),
  places = [THIS_MACHINE, THIS_MACHINE, THIS_MACHINE], fronts = true}) {
  const port = (group, i = 0) => basePort + group * 10 + i;
  return {
    dir,
    secondsPerSlot,
    lodestar: path.join(install, "node_modules/@chainsafe/lodestar/lib/index.js"),
    install,
    genesisFile: path.join(dir, "genesis.ssz"),
    jwtFile: path.join(dir, "jwt.hex"),
    seed,
    // Also the chain's first randomness: with interop keys the same hash gives the same duties in every run.
    executionGenesis: "0x" + crypto.createHash("sha256").update(seed).digest("hex"),
    fronts,
    stacks: places.map((place, i) => ({
      place,
      beacon: {
        name: `bn${i}`,
        host: place.host,
        rest: port(0, i),
        p2p: port(1, i),
        url: `http://${place.host}:${port(0, i)}`, // its own port, for the harness
        front: port(5, i),
        served: `http://${place.host}:${port(fronts ? 5 : 0, i)}`, // where the clients under test find it
      },
      execution: {name: `el${i}`, rpc: port(2, i), engine: port(3, i), url: `http://${place.host}:${port(2, i)}`},
    })),
    agent: {proxy: port(4, 0), status: port(4, 1), config: path.join(dir, "agent.yaml")},
    broker: {port: port(4, 2)},
  };
}

export const allPorts = (plan) => [
  ...plan.stacks.flatMap(({beacon, execution}) => [beacon.rest, beacon.p2p, beacon.front, execution.rpc, execution.engine]),
  plan.agent.proxy,
  plan.agent.status,
  plan.broker.port,
];

export const chainParameters = (plan) => [
  ["ALTAIR_FORK_EPOCH", 0],
  ["BELLATRIX_FORK_EPOCH", 0],
  ["CAPELLA_FORK_EPOCH", 0],
  ["TERMINAL_TOTAL_DIFFICULTY", 0],
  ["SECONDS_PER_SLOT", plan.secondsPerSlot],
].flatMap(([name, value]) => [`--params.${name}`, String(value)]);
