// Somebody who has read docs/cluster.md and nothing else makes its cluster: each command as it stands there, on the box that the page says.
// Must run as root in a network and mount namespace of its own: stranger.sh does that.
import fs from "node:fs";
import https from "node:https";
import path from "node:path";
import {setTimeout as pause} from "node:timers/promises";
import {parseArgs} from "node:util";
import {runToEnd} from "../devnet/child.mjs";
import {listen} from "./mqtt.mjs";
import {stepsOf} from "./page.mjs";
import {StrangerBox} from "./stranger-box.mjs";
import {isKnown} from "./word.mjs";

const {values: options} = parseArgs({options: {agent: {type: "string"}, package: {type: "string"}, page: {type: "string"}, verbose: {type: "boolean", default: false}, keep: {type: "boolean", default: false}}});
const REPOSITORY = path.join(import.meta.dirname, "../..");
const PAGE = fs.readFileSync(options.page ?? path.join(REPOSITORY, "docs/cluster.md"), "utf8");
const BOXES = ["nuc-1", "nuc-2", "cloud"], WITH_NODES = ["nuc-1", "nuc-2"];
const CLUSTER = "kili", PROXY = "http://127.0.0.1:5070", PORTS = {gateway: 5071, broker: 8883};
const BROUGHT = {"dvstakers-edge_*.deb": options.package};
// The page says half a minute; a busy machine may take more. What was waited is in the sum.
const WITHIN_SECONDS = 180;
const addressOf = (name) => `10.78.0.${["nuc-1", "nuc-2", "cloud", "uninvited"].indexOf(name) + 1}`;

const boxes = {};
let commands = 0, carried = 0, checks = 0;
const tell = (text) => console.error(text);
const check = (holds, what) => {
  if (!holds) throw new Error(`not so: ${what}`);
  checks++;
  tell(`  ok  ${what}`);
};

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => {
  for (const box of Object.values(boxes)) box.close();
  process.exit(130);
});

const began = performance.now();
try {
  await open();
  await follow("Three boxes in ten minutes");
  const minutes = ((performance.now() - began) / 60_000).toFixed(1);
  const told = {commands, carried};
  await promised();
  if (options.keep) {
    for (const box of Object.values(boxes)) tell(`To be on ${box.name}: ${box.door}`);
    tell("They go on until Ctrl-C.");
    await new Promise(() => {});
  }
  await uninvited();
  await takenOut();
  tell(`${told.carried} files carried, ${checks} checks`);
  console.log(`RESULT stranger boxes=${BOXES.length} commands=${told.commands} minutes=${minutes}`);
} catch (error) {
  for (const box of Object.values(boxes)) console.error(`--- ${box.name}\n${await box.logs().catch((lost) => lost.message)}`);
  console.error(`\nerror: ${error.message}`);
  process.exitCode = 1;
} finally {
  for (const box of Object.values(boxes)) box.close();
}
process.exit();

async function open() {
  for (const command of ["link set lo up", "link add hub type bridge", "address add 10.78.0.254/24 dev hub", "link set hub up"]) await runToEnd("ip", command.split(" "));
  const names = [...BOXES, "uninvited"];
  const hosts = ["127.0.0.1 localhost", ...names.map((name) => `${addressOf(name)} ${name}.example ${name}`)].join("\n");
  for (const name of names) boxes[name] = await StrangerBox.start(name, addressOf(name), hosts);
  const genesis = Math.floor(Date.now() / 1000) - 1000;
  for (const name of WITH_NODES) boxes[name].run(process.execPath, path.join(import.meta.dirname, "fake-node.mjs"), `${genesis}`, name);
}

// A command that looks may have to be repeated until what the page promises is there; any other one works at once.
async function follow(heading) {
  tell(`== ${heading}`);
  for (const step of stepsOf(PAGE, heading, BOXES)) {
    if (step.file) await carry(step);
    else await type(step.box, step.command);
  }
}

async function type(name, command) {
  commands++;
  tell(`${name}$ ${command}`);
  const looks = / cluster list$| status$/.test(command);
  const until = performance.now() + WITHIN_SECONDS * 1000;
  for (;;) {
    const {code, said} = await boxes[name].type(command);
    if (options.verbose) tell(said.replace(/^/gm, "    "));
    const isRight = code === 0 && (!command.endsWith(" cluster list") || /^This box's agent hears them all\.$/m.test(said));
    if (isRight) return said;
    if (!looks || performance.now() > until) throw new Error(`${name}$ ${command}\n${said}\nexit code ${code}${looks ? `, and for ${WITHIN_SECONDS} s not what the page promises` : ""}`);
    await pause(1000);
  }
}

async function carry({file, to}) {
  carried++;
  if (BROUGHT[file]) {
    const name = path.basename(BROUGHT[file]);
    await boxes[to].put(name, fs.readFileSync(BROUGHT[file]), "644");
    return tell(`carried ${name} to ${to}`);
  }
  const has = await Promise.all(BOXES.map((name) => name !== to && boxes[name].has(file)));
  const from = BOXES.filter((_, i) => has[i]);
  if (from.length !== 1) throw new Error(`the page says to carry ${file} to ${to}, and ${from.length ? `both ${from.join(" and ")} have it` : "no box has made it"}`);
  await boxes[from[0]].carry(file, boxes[to]);
  tell(`carried ${file} from ${from[0]} to ${to}`);
}

async function answerOf(name, url) {
  return (await boxes[name].type(`curl --silent --show-error --fail --max-time 5 ${url}`)).said;
}

async function statusOf(name) {
  return JSON.parse((await boxes[name].type("dvstakers-edge status --json")).said);
}

async function listOf(name) {
  return JSON.parse((await boxes[name].type("sudo dvstakers-edge cluster list --json")).said);
}

function othersOf(name) {
  return BOXES.filter((other) => other !== name);
}

async function until(what, holds) {
  const end = performance.now() + WITHIN_SECONDS * 1000;
  let last = "";
  while (!(await holds().catch((error) => void (last = error.message)))) {
    if (performance.now() > end) throw new Error(`not so within ${WITHIN_SECONDS} s: ${what}. ${last}`);
    await pause(500);
  }
  check(true, what);
}

async function promised() {
  tell("== What the reader was promised");
  for (const name of BOXES) {
    const {members} = await listOf(name);
    check(members.map(({box}) => box).join() === BOXES.join(), `${name} lists ${BOXES.join(", ")}`);
    await until(`${name} hears ${othersOf(name).join(" and ")} over MQTT`, async () => {
      const status = await statusOf(name);
      return othersOf(name).every((other) => isKnown(status, other));
    });
  }
  await servedByALender(WITH_NODES);
}

async function servedByALender(lenders) {
  await until(`the validator on cloud is served through the gateway of ${lenders.join(" or ")}`, async () => {
    const version = await answerOf("cloud", `${PROXY}/eth/v1/node/version`);
    const {serving} = await statusOf("cloud");
    return lenders.includes(serving) && version.includes(`(${serving})`);
  });
}

async function uninvited() {
  tell("== A machine that nobody invited");
  const stranger = boxes.uninvited;
  await stranger.put("dvstakers-edge", fs.readFileSync(options.agent), "755");
  // It makes a cluster of the same name, with a box of the same name: as much as anybody can.
  const {code, said} = await stranger.type(`./dvstakers-edge cluster init ${CLUSTER} --box nuc-2 --gateway https://nuc-2.example:5071 --broker nuc-2.example:8883 --dir own`);
  if (code !== 0) throw new Error(said);
  const own = await certificateOf(stranger, "/home/pia/own");
  const {ca, ...member} = await certificateOf(boxes.cloud);
  for (const name of BOXES) {
    // Without this a door that is shut to all would do as well.
    check(await opens("broker", name, {ca, ...member}), `the broker of ${name} lets a member in`);
    for (const [what, shown] of [["no certificate", {}], ["its own one", {cert: own.cert, key: own.key}]]) check(!await opens("broker", name, {ca, ...shown}), `the broker of ${name} does not let it in with ${what}`);
  }
  for (const name of WITH_NODES) {
    check(await opens("gateway", name, {ca, ...member}), `the gateway of ${name} serves a member`);
    for (const [what, shown] of [["no certificate", {}], ["its own one", {cert: own.cert, key: own.key}]]) check(!await opens("gateway", name, {ca, ...shown}), `the gateway of ${name} does not serve it with ${what}`);
  }
  for (const [port, what] of [[5070, "proxy"], [5072, "status"], [1883, "broker without TLS"], [5052, "beacon node"]])
    check((await stranger.type(`timeout 3 bash -c 'exec 3<>/dev/tcp/nuc-1.example/${port}'`)).code !== 0, `the ${what} of nuc-1 is not to be reached from outside`);
  // An invitation works once.
  const used = await boxes["nuc-1"].type("sudo dvstakers-edge cluster join nuc-2.request");
  check(used.code !== 0, `the request that was granted is refused: ${used.said.trim()}`);
}

async function takenOut() {
  const removed = await certificateOf(boxes["nuc-2"]);
  const left = BOXES.filter((name) => name !== "nuc-2");
  check(await opens("gateway", "nuc-1", removed) && await opens("broker", "nuc-1", removed), "nuc-1 lets nuc-2 in so far");
  const steps = stepsOf(PAGE, "Take a box out", BOXES);
  tell("== Take a box out");
  for (const {box, command} of steps) {
    // The page says that MQTT brings the roster; until it has, there is nothing to render.
    if (command.includes("broker render")) await until(`the roster without nuc-2 has come to ${box}`, async () => (await listOf(box)).members.length === left.length);
    await type(box, command);
  }
  for (const name of left) {
    const {members, removed: out} = await listOf(name);
    check(members.map(({box}) => box).join() === left.join() && out.some(({box}) => box === "nuc-2"), `${name} lists ${left.join(", ")}, and nuc-2 as removed`);
    await until(`the broker of ${name} runs, and refuses nuc-2`, async () => await opens("broker", name, await certificateOf(boxes.cloud)) && !await opens("broker", name, removed));
  }
  await until("the gateway of nuc-1 serves cloud, and refuses nuc-2", async () => await opens("gateway", "nuc-1", await certificateOf(boxes.cloud)) && !await opens("gateway", "nuc-1", removed));
  await servedByALender(["nuc-1"]);
  await until("nuc-1 and cloud hear each other again", async () => isKnown(await statusOf("nuc-1"), "cloud") && isKnown(await statusOf("cloud"), "nuc-1"));
}

async function certificateOf(box, folder = "/etc/dvstakers-edge/cluster") {
  const files = await Promise.all(["ca.crt", "box.crt", "box.key"].map((file) => box.asRoot(`cat ${folder}/${file}`)));
  return {ca: files[0], cert: files[1], key: files[2]};
}

// From the bridge between the boxes, where every machine could be. True where the door opens.
async function opens(door, name, certificate) {
  const [host, servername, port] = [addressOf(name), `${name}.example`, PORTS[door]];
  if (door === "broker") {
    return listen({host, port, name: servername, ...certificate}, "knock", `dvstakers/${CLUSTER}/#`, () => {}).then((socket) => (socket.destroy(), true), () => false);
  }
  return new Promise((resolve) => {
    const request = https.request({host, port, servername, path: "/eth/v1/node/version", timeout: 5000, agent: false, ...certificate}, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    request.on("timeout", () => request.destroy(new Error("silent")));
    request.on("error", () => resolve(false));
    request.end();
  });
}
