// A cluster of any number of boxes, each in a network namespace of its own with a real mosquitto, the agent, and counters of what passes its
// interface: for measuring, with no faults. Its nodes have no chain (fake-nodes.mjs). Must be in a network namespace of its own already.
import {spawn} from "node:child_process";
import {once} from "node:events";
import fs from "node:fs";
import path from "node:path";
import {MOSQUITTO, accepts} from "../devnet/broker.mjs";
import {Child, runToEnd} from "../devnet/child.mjs";
import {get, until} from "../devnet/facts.mjs";
import {PORTS as NODES} from "./fake-nodes.mjs";
import {Membership} from "./membership.mjs";
import {PORTS} from "./plan.mjs";

const ADDRESS = "10.77";
const HUB = `${ADDRESS}.255.254`;
const NODES_PER_BOX = 2;
// Only the boxes see these hosts.
const HOLD = `file=$(mktemp) && cat >"$file" && mount --bind "$file" /etc/hosts && rm "$file" && echo ready && exec sleep infinity`;
// By port and by who began; what a box says to itself does not go by its interface.
const COUNTED = {mqtt: [PORTS.broker, "both"], asks: [PORTS.gateway, "client"], lends: [PORTS.gateway, "server"]};

// `every`: of so many boxes one is auxiliary, the last of them; all others have two nodes, and lend them.
export const boxesOf = (count, every = 3) => Array.from({length: count}, (_, i) => {
  const full = (i + 1) % every !== 0;
  return {name: `box-${i + 1}`, number: i + 1, role: full ? "full" : "auxiliary", shares: 1, stack: full ? i + 1 : 0};
});

export class Fleet {
  #agent;
  #dir;
  #secondsPerSlot;
  #holders = [];
  #children = [];
  #died = new AbortController();
  boxes;

  constructor(agent, boxes, dir, secondsPerSlot) {
    this.#agent = agent;
    this.#dir = dir;
    this.#secondsPerSlot = secondsPerSlot;
    this.boxes = boxes.map((box) => ({...box, host: `${ADDRESS}.${box.number >> 8}.${box.number & 255}`, link: linkOf(box.number), stacks: []}));
    const lenders = this.boxes.filter(({role}) => role === "full");
    lenders.forEach((box, i) => (box.stacks = Array.from({length: NODES_PER_BOX}, (_, k) => i * NODES_PER_BOX + k)));
    this.nodes = lenders.length * NODES_PER_BOX;
    // So that whoever waits ends in order.
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => this.#died.abort(new Error(`ended by ${signal}`)));
  }

  get signal() {
    return this.#died.signal;
  }

  async start() {
    await this.open();
    for (const box of this.boxes) await this.startBroker(box);
    for (const box of this.boxes) await this.startAgent(box);
    await this.settled();
  }

  // The network, the cluster's files, and the nodes.
  async open() {
    for (const folder of ["logs", "pids"]) fs.mkdirSync(path.join(this.#dir, folder), {recursive: true});
    await ip("link set lo up");
    await ip("link add trf type bridge");
    await ip(`address add ${HUB}/16 dev trf`);
    await ip(`link set trf address ${linkOf(0)} up`);
    await know([], "trf", this.boxes);
    this.membership = new Membership(this.#agent, path.join(this.#dir, "cluster"), {sites: this.boxes, domain: "trf"});
    await this.membership.make();
    const hosts = ["127.0.0.1 localhost", ...this.boxes.map(({name, host}) => `${host} ${name}.trf ${name}`)].join("\n");
    for (const box of this.boxes) box.enter = await this.#place(box, hosts);
    const nodes = this.spawn("fake-nodes", process.execPath, [path.join(import.meta.dirname, "fake-nodes.mjs"), "--host", HUB, "--count", String(this.nodes),
      "--seconds-per-slot", String(this.#secondsPerSlot)]);
    await this.until("the nodes to listen", 30, () => fs.readFileSync(nodes.log, "utf8").includes("ready"));
  }

  // Everybody knows everybody and can be served.
  async settled() {
    await this.until("every box to know every other and to be served", 60 + 10 * this.boxes.length, async () => {
      for (const box of this.boxes) {
        const {ready, peers, stacks} = await this.status(box);
        const lacking = [...peers.filter(({standing}) => standing !== "known").map((one) => `${one.box} ${one.standing}`),
          ...stacks.filter(({tier}) => tier !== "healthy").map(({name, tier, reason}) => `${name} ${tier}: ${reason}`)];
        if (lacking.length || !ready) throw new Error(`${box.name}: ${lacking.join(", ") || "not ready"}`);
      }
      return true;
    });
  }

  // `place`: the box in whose namespace it runs.
  spawn(name, command, args, {place, env} = {}) {
    const child = new Child(name, command, args, {dir: this.#dir, env, enter: place?.enter, died: (error) => this.#died.abort(error)});
    this.#children.push(child);
    return child;
  }

  listens(box) {
    return this.until(`the broker of ${box.name} to listen`, 30, () => accepts(PORTS.broker, box.host));
  }

  tells(box) {
    return this.until(`the agent of ${box.name} to tell its status`, 60, () => this.status(box));
  }

  status(box) {
    return get(`http://${box.host}:${PORTS.status}/status`, {timeout: 5000});
  }

  // Bytes of IP packets since the start: {mqtt: {in, out}, asks: ..., lends: ...}.
  async bytes(box) {
    const {nftables} = JSON.parse(await runToEnd(box.enter[0], [...box.enter.slice(1), "nft", "-j", "list", "counters"]));
    const of = (name) => nftables.find(({counter}) => counter?.name === name).counter.bytes;
    return Object.fromEntries(Object.keys(COUNTED).map((kind) => [kind, {in: of(`${kind}_in`), out: of(`${kind}_out`)}]));
  }

  async close() {
    for (const child of this.#children) if (child.running) await child.kill();
    for (const holder of this.#holders) holder.kill("SIGKILL");
  }

  until(what, seconds, fact) {
    return until(what, seconds, fact, {signal: this.signal, every: 500});
  }

  async #place(box, hosts) {
    const holder = spawn("setpriv", ["--pdeathsig", "KILL", "--", "unshare", "--net", "--mount", "--propagation", "private", "sh", "-c", HOLD],
      {stdio: ["pipe", "pipe", "inherit"], detached: true});
    this.#holders.push(holder);
    holder.stdin.end(hosts);
    if (!(await Promise.race([once(holder.stdout, "data"), once(holder, "exit").then(() => null)]))) throw new Error(`no namespace for ${box.name}`);
    const enter = ["nsenter", `--net=/proc/${holder.pid}/ns/net`, `--mount=/proc/${holder.pid}/ns/mnt`, "--"];
    const inside = (command, ...args) => runToEnd(enter[0], [...enter.slice(1), command, ...args]);
    await ip(`link add trf${box.number} type veth peer name eth0 address ${box.link} netns ${holder.pid}`);
    await ip(`link set trf${box.number} master trf gso_max_segs 1 up`);
    await inside("ip", "link", "set", "lo", "up");
    await inside("ip", "address", "add", `${box.host}/16`, "dev", "eth0");
    // Packets as they would go over a line, none of them larger.
    await inside("ip", "link", "set", "eth0", "gso_max_segs", "1", "up");
    await know(enter, "eth0", [{host: HUB, link: linkOf(0)}, ...this.boxes.filter((other) => other !== box)]);
    const rules = path.join(this.#dir, `counters-${box.name}.nft`);
    fs.writeFileSync(rules, counters());
    await inside("nft", "-f", rules);
    return enter;
  }

  async startBroker(box) {
    const folder = path.join(this.#dir, box.name, "mosquitto");
    await runToEnd(this.#agent, ["broker", "render", "--dir", this.membership.directory(box.name), "--out", folder, "--address", box.host]);
    // As root it would become another user, who cannot enter this folder.
    fs.writeFileSync(path.join(folder, "mosquitto.conf"), `user root\ninclude_dir ${folder}/conf.d\nlog_dest stderr\n`);
    box.broker = this.spawn(`mosquitto-${box.name}`, MOSQUITTO, ["-c", path.join(folder, "mosquitto.conf")], {place: box});
    await this.listens(box);
  }

  async startAgent(box) {
    const folder = path.join(this.#dir, box.name), config = path.join(folder, "edge.yaml");
    fs.mkdirSync(path.join(folder, "state"), {recursive: true});
    fs.writeFileSync(config, this.#configuration(box));
    box.agent = this.spawn(`agent-${box.name}`, this.#agent, ["run", "--config", config], {place: box, env: {STATE_DIRECTORY: path.join(folder, "state")}});
    await this.tells(box);
  }

  #configuration({name, host, stacks}) {
    const own = stacks.map((node, i) => `  - name: home-${i + 1}
    beacon-node: http://${HUB}:${NODES.beacon(node)}
    execution-client: http://${HUB}:${NODES.execution(node)}
`).join("");
    return `${own ? `stacks:\n${own}gateway:\n  listen: ${host}:${PORTS.gateway}\n` : "role: auxiliary\n"}membership:
  directory: ${this.membership.directory(name)}
proxy:
  listen: 127.0.0.1:${PORTS.proxy}
status:
  listen: ${host}:${PORTS.status}
mqtt:
  host: ${name}.trf
  tls: cluster
`;
  }
}

const ip = (command) => runToEnd("ip", command.split(" "));
const linkOf = (number) => `02:00:0a:4d:${[number >> 8, number & 255].map((byte) => byte.toString(16).padStart(2, "0")).join(":")}`;

// The kernel's table of neighbours is one for all namespaces, and too small for what so many boxes would learn of each other; what is set by hand has room.
const know = (enter, device, neighbours) => runToEnd("sh", ["-c", 'lines=$1; shift; printf "%s\n" "$lines" | "$@"', "sh",
  neighbours.map(({host, link}) => `neighbour replace ${host} lladdr ${link} nud permanent dev ${device}`).join("\n"), ...enter, "ip", "-batch", "-"]);

function counters() {
  const names = Object.keys(COUNTED).flatMap((kind) => [`counter ${kind}_in { }`, `counter ${kind}_out { }`]);
  const rules = (way, interfaceName) => Object.entries(COUNTED).flatMap(([kind, [port, began]]) => {
    // The server's port is the destination of what the client sends.
    const toServer = `${interfaceName} eth0 tcp dport ${port} counter name ${kind}_${way}`;
    const fromServer = `${interfaceName} eth0 tcp sport ${port} counter name ${kind}_${way}`;
    if (began === "both") return [toServer, fromServer];
    return [(began === "client") === (way === "out") ? toServer : fromServer];
  });
  return `table inet trf {
  ${names.join("\n  ")}
  chain in { type filter hook input priority 0; policy accept;
    ${rules("in", "iifname").join("\n    ")}
  }
  chain out { type filter hook output priority 0; policy accept;
    ${rules("out", "oifname").join("\n    ")}
  }
}
`;
}
