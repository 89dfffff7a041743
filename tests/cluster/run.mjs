// Faults of a cluster, counted. Must run as root in a network and mount namespace of its own: run.sh does that.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import {parseArgs} from "node:util";
import {Interrupted, withDevnet} from "../devnet/devnet.mjs";
import {layout} from "../devnet/layout.mjs";
import {Observer} from "../devnet/observer.mjs";
import {Screen} from "../devnet/screen.mjs";
import {tally} from "../devnet/score.mjs";
import {Clock} from "./clock.mjs";
import {ALL, FAULTS} from "./faults.mjs";
import {Lab} from "./lab.mjs";
import {Network} from "./network.mjs";
import {HUB, LENDERS, SITES} from "./plan.mjs";
import {Trial, isGood, resultLine} from "./trial.mjs";

const {values: options} = parseArgs({
  options: {
    install: {type: "string"},
    agent: {type: "string"},
    fault: {type: "string", multiple: true, default: ["site-dark", "partition"]}, // each may be a list with commas
    all: {type: "boolean", default: false},
    seconds: {type: "string", default: "42"}, // some last longer by themselves
    // With 4 s, what a silent node and a peer 250 ms away leave of a slot's last third is too little for an aggregate, and Lodestar leaves out the slot after it.
    "seconds-per-slot": {type: "string", default: "6"},
    dir: {type: "string"},
    seed: {type: "string"},
    keep: {type: "boolean", default: false},
  },
});
const usage = (text) => {
  console.error(text);
  process.exit(2);
};
const asked = options.all ? ALL : options.fault.flatMap((names) => names.split(","));
for (const name of asked) if (!Object.hasOwn(FAULTS, name)) usage(`no fault is called ${name}; there are ${Object.keys(FAULTS).join(", ")}`);
if (!options.agent || !fs.existsSync(options.agent)) usage("--agent PATH must name the agent's binary");
// After what ruins the cluster it has to be made anew; after what ruins the nodes nothing can come.
const harm = ({ruins, last}) => (last ? 2 : ruins ? 1 : 0);
const wanted = [...asked].sort((one, other) => harm(FAULTS[one]) - harm(FAULTS[other]));

const dir = options.dir ? path.resolve(options.dir) : fs.mkdtempSync(path.join(os.tmpdir(), "dvstakers-edge-cluster-"));
const clockFolder = fs.mkdtempSync(path.join(os.tmpdir(), "dvstakers-edge-clocks-"));
let allRight = false, network;
try {
  network = await Network.open();
  const clocks = wanted.some((name) => FAULTS[name].clocks)
    ? Object.fromEntries(LENDERS.map((name) => [name, new Clock(path.join(clockFolder, name))])) : {};
  for (const [name, clock] of Object.entries(clocks)) network.places[name].env = clock.environment;
  const places = [{host: HUB, enter: []}, ...LENDERS.map((name) => network.places[name])];
  const plan = layout({dir, install: options.install, secondsPerSlot: Number(options["seconds-per-slot"]), seed: options.seed, places, fronts: false});
  console.error("Starting the devnet: a genesis of its own, three beacon nodes, two of them at sites of the cluster ...");
  allRight = await withDevnet(plan, (net) => measure(net, clocks));
} catch (error) {
  console.error(error.message);
  if (!(error instanceof Interrupted)) console.error(`logs and records are in ${dir}`);
  process.exitCode = error instanceof Interrupted ? 130 : 1;
} finally {
  await network?.close();
  fs.rmSync(clockFolder, {recursive: true, force: true});
}
process.exitCode ??= allRight ? 0 : 1;
if (!options.dir && process.exitCode === 0) fs.rmSync(dir, {recursive: true, force: true});
process.exit();

async function measure(net, clocks) {
  const observer = new Observer(net.plan.stacks[0].beacon.url, {genesisTime: net.genesisTime, secondsPerSlot: net.plan.secondsPerSlot}, path.join(dir, "slots.jsonl"));
  const lab = new Lab(net, network, options.agent, clocks);
  const screen = new Screen(() => overview(lab, observer));
  const trial = new Trial(lab, observer, screen, Number(options.seconds));
  let ruined = false;
  void observer.run(net.signal).catch((error) => net.fail(error));
  try {
    observer.write({kind: "run", seed: net.plan.seed, genesis_time: net.genesisTime, seconds_per_slot: net.plan.secondsPerSlot, faults: wanted});
    screen.step(`The devnet is up. Seed of the duties: ${net.plan.seed}. Making the cluster: ${SITES.map(({name}) => name).join(", ")}.`);
    await lab.start();
    for (const name of wanted) {
      const {expiring, ruins} = FAULTS[name];
      if (expiring || ruined) screen.step(`Making the cluster anew${expiring ? ", with certificates that run out soon" : ""}.`);
      if (expiring) await lab.foundExpiring();
      else if (ruined) await lab.found();
      // The first votes after a new start may still be on their way when the certificates run out.
      await (expiring ? lab.healthy() : trial.ready());
      await trial.run(name);
      ruined = ruins ?? false;
    }
    screen.note("\nPer fault: until another box's status says so, until the cloud member is served by a good node for good, its attestations due, in a block, and for the right one:");
    for (const result of trial.results) screen.result(resultLine(result));
    for (const alarm of observer.alarms) screen.result(`ALARM ${alarm}`);
    if (options.keep) {
      screen.note(`It goes on running until Ctrl-C. Logs and files are in ${dir}. To enter a site: ${SITES.map(({name}) => network.places[name].enter.join(" ")).join(" | ")} bash`);
      await new Promise(() => {});
    }
    return observer.alarms.length === 0 && trial.results.every(isGood);
  } finally {
    await screen.close();
  }
}

// The whole in one line: whose node each box uses, and how the cloud member's validator fared.
async function overview(lab, observer) {
  const done = tally(observer.records);
  const boxes = await Promise.all(Object.values(lab.boxes).map(async (box) => `${box.name} ${await box.status().then(({serving}) => `on ${serving ?? "nothing"}`, () => "does not answer")}`));
  return `slot ${observer.slotNow()} | ${boxes.join(" | ")} | the cloud member: ${done.duties} duties so far, ${done.duties - done.included} missed, ${done.included - done.right_head} on a wrong head`;
}
