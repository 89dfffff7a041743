// Faults on a devnet, counted: through the agent, through Lodestar's own fail-over (the baseline), or both.
// Exit code 0 only if the faults that must cost nothing cost nothing, and the agent's own ledger agrees with the observer.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import {parseArgs} from "node:util";
import {Agent} from "./agent.mjs";
import {startBroker} from "./broker.mjs";
import {Interrupted, withDevnet} from "./devnet.mjs";
import {COST_NOTHING, FAULTS, THE_FOUR} from "./faults.mjs";
import {SLOTS_PER_EPOCH, layout} from "./layout.mjs";
import {Ledger, ledgerLine} from "./ledger.mjs";
import {Observer} from "./observer.mjs";
import {overview} from "./overview.mjs";
import {Screen} from "./screen.mjs";
import {epochOf} from "./score.mjs";
import {Trial, isPerfect, proposalsLine, resultLine, totalLine} from "./trial.mjs";

const {values: options} = parseArgs({
  options: {
    install: {type: "string"},
    agent: {type: "string"},
    baseline: {type: "boolean", default: false},
    fault: {type: "string", multiple: true, default: THE_FOUR}, // each may be a list with commas
    all: {type: "boolean", default: false},
    seconds: {type: "string", default: "42"},
    phase: {type: "string"}, // how much of a slot has passed when a fault comes, 0 to 1; random when not given
    dir: {type: "string"},
    "base-port": {type: "string", default: "29000"},
    "seconds-per-slot": {type: "string", default: "4"},
    seed: {type: "string"}, // repeats the duties of an earlier run
    keep: {type: "boolean", default: false},
  },
});
const usage = (text) => {
  console.error(text);
  process.exit(2);
};
const wanted = options.all ? COST_NOTHING : options.fault.flatMap((names) => names.split(","));
for (const name of wanted) if (!Object.hasOwn(FAULTS, name)) usage(`no fault is called ${name}; there are ${Object.keys(FAULTS).join(", ")}`);
if (!options.install) usage("--install DIR is missing (install.sh prints it)");
if (!options.agent && !options.baseline) usage("--agent PATH or --baseline (or both) is needed");

const dir = options.dir ?? fs.mkdtempSync(path.join(os.tmpdir(), "dvstakers-edge-devnet-"));
const plan = layout({dir, install: options.install, basePort: Number(options["base-port"]), secondsPerSlot: Number(options["seconds-per-slot"]), seed: options.seed});

const raw = (peer) => [1, 2, ...(peer ? [0] : [])].map((i) => plan.stacks[i].beacon.served);
const WAYS = {
  agent: {
    says: (peer) => `Validators 24-31 now work through the agent, with the raw beacon nodes ${peer ? "BN1, BN2 and a peer's BN0" : "BN1 and BN2"} as their last resort.`,
    prepare: async (net, peer) => {
      if (net.agent?.running) await net.agent.stop();
      net.agent = new Agent(net, options.agent, {peer});
      await net.agent.start();
      await net.pointValidator([net.agent.url, ...raw(peer)]);
    },
  },
  lodestar: {
    says: (peer) => `Validators 24-31 now work without the agent: Lodestar's own fail-over from BN1 to BN2${peer ? ", then a peer's BN0" : ""}.`,
    prepare: async (net, peer) => {
      if (net.agent?.running) await net.agent.stop();
      await net.pointValidator(raw(peer));
    },
  },
};
const ways = [...(options.agent ? ["agent"] : []), ...(options.baseline ? ["lodestar"] : [])];
// A peer's node would make the other faults easier: those that need it have an agent of their own. They come first, because BN0 alone must then carry the
// chain, and Lodestar stops serving without any peer, as it may be for minutes after bn-stop.
const legs = ways.flatMap((via) => [true, false].map((peer) => ({
  via,
  peer,
  faults: wanted.filter((name) => (FAULTS[name].peer ?? false) === peer && (via === "agent" || !FAULTS[name].agent)),
}))).filter(({faults}) => faults.length > 0);

async function measure(net, screen, observer) {
  const trial = new Trial(net, observer, screen, {seconds: Number(options.seconds), phase: options.phase === undefined ? undefined : Number(options.phase)});
  const ledger = new Ledger(`http://127.0.0.1:${plan.agent.status}/duties`);
  // Its account of all until now, before the agent ends: what it has not told by then, nobody can ask for any more.
  const closeAccount = async () => {
    const end = await trial.finish();
    screen.step(`Reading the agent's own ledger, up to slot ${end}.`);
    await ledger.readUpTo(end, net, observer.records);
    ledger.requireUntil(end);
  };
  for (const {via, peer, faults} of legs) {
    await WAYS[via].prepare(net, peer);
    screen.step(WAYS[via].says(peer));
    await trial.ready(via);
    if (via === "agent") ledger.requireFrom(observer.slotNow() + 1);
    const picture = async () => {
      if (net.agent?.running) screen.picture(await net.agent.status().catch((error) => `no status: ${error.message}`));
    };
    await picture();
    for (const [i, name] of faults.entries()) {
      if (FAULTS[name].agent) await closeAccount();
      await trial.run(name, via, picture, {isLast: i === faults.length - 1});
      // The client asks for the duties of this epoch and the next at each epoch's start: from the one after, no other node has told it of any.
      if (FAULTS[name].agent) ledger.requireFrom((epochOf(observer.slotNow()) + 2) * SLOTS_PER_EPOCH);
      if (via === "agent") await ledger.read();
    }
    if (via === "agent") await closeAccount();
    else await trial.finish();
  }
  return {windows: trial.windows, account: options.agent ? ledger.verdict(observer.records) : undefined};
}

function report(screen, {windows, account}, alarms) {
  screen.note(`
${ways.length > 1 ? "Per fault, the agent beside Lodestar's own fail-over" : "Per fault"}: attestations due while it lasted, those that came into a block, those that were for
the right (newest) block, and those that came in later than the next block.`);
  const inOrder = [...new Set(wanted)].flatMap((name) => windows.filter(({fault}) => fault === name));
  for (const window of inOrder) screen.result(resultLine(window));
  for (const window of inOrder) screen.result(proposalsLine(window));
  if (inOrder.length) screen.note(`          (load of the machine, one fault after the other: ${inOrder.map(({load}) => load).join(" ")})`);
  for (const via of ways) screen.result(totalLine(via, windows.filter((window) => window.via === via)));
  if (account) {
    screen.result(account.line);
    screen.note(`          (${account.unknown} of unknown outcome, ${account.unrequired} that the client may have learnt of without the agent)`);
  }
  const allAlarms = [...alarms, ...(account?.alarms ?? [])];
  for (const alarm of allAlarms) screen.result(`ALARM ${alarm}`);
  const judged = windows.filter(({fault, via}) => via === "agent" && COST_NOTHING.includes(fault));
  return allAlarms.length === 0 && judged.every(isPerfect);
}

const lookAround = (net) => `
It goes on running. Ctrl-C ends it and removes everything. Look around:
  logs            ${dir}/logs
  beacon nodes    ${plan.stacks.map(({beacon}) => beacon.url).join(" ")}
  execution       ${plan.stacks.map(({execution}) => execution.url).join(" ")}${net.agent?.running ? `
  the agent       ${net.agent.url} (proxy), http://127.0.0.1:${plan.agent.status} (status)
  its screen      ${options.agent} status --config ${plan.agent.config}
  its messages    mosquitto_sub -h 127.0.0.1 -p ${plan.broker.port} -v -t 'dvstakers/#'` : ""}`;

console.error("Starting the devnet: a genesis of its own, three beacon nodes, three execution clients ...");
let allRight = false;
try {
  allRight = await withDevnet(plan, async (net) => {
    const observer = new Observer(plan.stacks[0].beacon.url, {genesisTime: net.genesisTime, secondsPerSlot: plan.secondsPerSlot}, path.join(dir, "slots.jsonl"));
    const screen = new Screen(async (terminal) => {
      const line = await overview(net, observer);
      return terminal && net.agent?.running ? `${line}\n${await net.agent.status().catch((error) => error.message)}` : line;
    });
    const watching = observer.run(net.signal).catch((error) => net.fail(error));
    try {
      observer.write({kind: "run", seed: plan.seed, genesis_time: net.genesisTime, seconds_per_slot: plan.secondsPerSlot, ways, faults: wanted});
      screen.step(`The devnet is up: three beacon nodes, three execution clients. Genesis in ${Math.ceil(net.genesisTime - Date.now() / 1000)} s. Seed of the duties: ${plan.seed}.`);
      if (!(await startBroker(net))) screen.note("There is no mosquitto here: the agent runs without MQTT.");
      const right = report(screen, await measure(net, screen, observer), observer.alarms);
      if (options.keep) {
        if (options.agent && !net.agent.running) await WAYS.agent.prepare(net, false);
        screen.note(lookAround(net));
        await new Promise(() => {});
      }
      if (net.agent?.running) await net.agent.stop();
      return right;
    } finally {
      await screen.close();
      void watching;
    }
  });
} catch (error) {
  console.error(error.message);
  if (!(error instanceof Interrupted)) console.error(`logs and records are in ${dir}`);
  process.exitCode = error instanceof Interrupted ? 130 : 1;
}
if (process.exitCode === undefined) process.exitCode = allRight ? 0 : 1;
const failed = process.exitCode === 1;
if (!options.dir && !failed) fs.rmSync(dir, {recursive: true, force: true});
process.exit();
