// Faults on a devnet, counted: through the agent, through Lodestar's own fail-over (the baseline), or both.
// Exit code 0 only if the agent cost nothing in any of the four faults that were run.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import {parseArgs} from "node:util";
import {Agent} from "./agent.mjs";
import {startBroker} from "./broker.mjs";
import {Interrupted, withDevnet} from "./devnet.mjs";
import {FAULTS, THE_FOUR} from "./faults.mjs";
import {layout} from "./layout.mjs";
import {Observer} from "./observer.mjs";
import {overview} from "./overview.mjs";
import {Screen} from "./screen.mjs";
import {Trial, isPerfect, proposalsLine, resultLine} from "./trial.mjs";

const {values: options} = parseArgs({
  options: {
    install: {type: "string"},
    agent: {type: "string"},
    baseline: {type: "boolean", default: false},
    fault: {type: "string", multiple: true, default: THE_FOUR},
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
for (const name of options.fault) if (!Object.hasOwn(FAULTS, name)) usage(`no fault is called ${name}; there are ${Object.keys(FAULTS).join(", ")}`);
if (!options.install) usage("--install DIR is missing (install.sh prints it)");
if (!options.agent && !options.baseline) usage("--agent PATH or --baseline (or both) is needed");

const dir = options.dir ?? fs.mkdtempSync(path.join(os.tmpdir(), "dvstakers-edge-devnet-"));
const plan = layout({dir, install: options.install, basePort: Number(options["base-port"]), secondsPerSlot: Number(options["seconds-per-slot"]), seed: options.seed});

const raw = [plan.stacks[1].beacon.url, plan.stacks[2].beacon.url];
const WAYS = {
  agent: {
    faults: options.fault,
    says: "Validators 24-31 now work through the agent, with the raw beacon nodes BN1 and BN2 as their last resort.",
    prepare: async (net) => {
      net.agent = new Agent(net, options.agent);
      await net.agent.start();
      await net.pointValidator([net.agent.url, ...raw]);
    },
  },
  lodestar: {
    faults: options.fault.filter((name) => !FAULTS[name].agent),
    says: "Validators 24-31 now work without the agent: Lodestar's own fail-over from BN1 to BN2.",
    prepare: async (net) => {
      if (net.agent?.running) await net.agent.stop();
      await net.pointValidator(raw);
    },
  },
};
const ways = [...(options.agent ? ["agent"] : []), ...(options.baseline ? ["lodestar"] : [])];

async function measure(net, screen, observer) {
  const trial = new Trial(net, observer, screen, {seconds: Number(options.seconds), phase: options.phase === undefined ? undefined : Number(options.phase)});
  for (const via of ways) {
    const way = WAYS[via];
    await way.prepare(net);
    screen.step(way.says);
    await trial.ready(via);
    const picture = async () => {
      if (net.agent?.running) screen.picture(await net.agent.status().catch((error) => `no status: ${error.message}`));
    };
    await picture();
    for (const name of way.faults) {
      await trial.run(name, via, picture);
      await trial.ready(via);
    }
    await trial.finish();
  }
  return trial.windows;
}

function report(screen, windows, alarms) {
  screen.note(`
${ways.length > 1 ? "Per fault, the agent beside Lodestar's own fail-over" : "Per fault"}: attestations due while it lasted, those that came into a block, those that were for
the right (newest) block, and those that came in later than the next block.`);
  const inOrder = [...new Set(options.fault)].flatMap((name) => windows.filter(({fault}) => fault === name));
  for (const window of inOrder) screen.result(resultLine(window));
  for (const window of inOrder) screen.result(proposalsLine(window));
  for (const alarm of alarms) screen.result(`ALARM ${alarm}`);
  const judged = windows.filter(({fault, via}) => via === "agent" && THE_FOUR.includes(fault));
  return alarms.length === 0 && judged.every(isPerfect);
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
      observer.write({kind: "run", seed: plan.seed, genesis_time: net.genesisTime, seconds_per_slot: plan.secondsPerSlot, ways});
      screen.step(`The devnet is up: three beacon nodes, three execution clients. Genesis in ${Math.ceil(net.genesisTime - Date.now() / 1000)} s. Seed of the duties: ${plan.seed}.`);
      if (!(await startBroker(net))) screen.note("There is no mosquitto here: the agent runs without MQTT.");
      const right = report(screen, await measure(net, screen, observer), observer.alarms);
      if (options.keep) {
        if (options.agent && !net.agent.running) await WAYS.agent.prepare(net);
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
