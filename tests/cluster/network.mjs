// A network namespace for each site, on one bridge with the harness, which must be in a namespace of its own already.
// A namespace is held by a process that sleeps: when that ends, or the harness does, nothing is left of it.
import {spawn} from "node:child_process";
import {once} from "node:events";
import {runToEnd} from "../devnet/child.mjs";
import {HUB, PORTS, PREFIX_LENGTH, SERVICES, SITES, addressOf, delayBetween, hostsOf, pairs, relayAddress} from "./plan.mjs";
import {Relays} from "./relays.mjs";

// Only the sites see their own /etc/hosts.
const HOLD = `file=$(mktemp) && printf '%s\\n' "$1" >"$file" && mount --bind "$file" /etc/hosts && rm "$file" && echo ready && exec sleep infinity`;

export class Network {
  #holders = [];
  #relays;
  places = {}; // by site: where its processes run

  static async open() {
    const network = new Network();
    try {
      await network.#open();
    } catch (error) {
      await network.close();
      throw error;
    }
    return network;
  }

  async #open() {
    await ip("link set lo up");
    await ip("link add hub type bridge");
    await ip(`address add ${HUB}/${PREFIX_LENGTH} dev hub`);
    for (const {from, to} of pairs()) await ip(`address add ${relayAddress(from, to)}/32 dev hub`);
    await ip("link set hub up");
    for (const site of SITES) this.places[site.name] = await this.#site(site);
    this.#relays = await Relays.open(pairs().flatMap(({from, to}) => SERVICES.map((service) => ({
      from: from.name,
      to: to.name,
      service,
      listen: {host: relayAddress(from, to), port: PORTS[service]},
      target: {host: addressOf(to), port: PORTS[service]},
    }))));
    for (const {from, to} of pairs()) await this.way(from.name, to.name, {});
  }

  // Changes the path from one site to another, in this direction; what is not named is as on a good day.
  way(from, to, knobs, service) {
    const [a, b] = [from, to].map((name) => SITES.find((site) => site.name === name));
    return this.#relays.set(from, to, {delay: delayBetween(a, b), loss: 0, cut: false, ...knobs}, service);
  }

  // In both directions.
  async path(a, b, knobs, service) {
    await this.way(a, b, knobs, service);
    await this.way(b, a, knobs, service);
  }

  // All paths of a site.
  async around(name, knobs) {
    for (const other of SITES) if (other.name !== name) await this.path(name, other.name, knobs);
  }

  async close() {
    await this.#relays?.close();
    for (const holder of this.#holders) holder.kill("SIGKILL");
  }

  async #site(site) {
    const holder = spawn("setpriv", ["--pdeathsig", "KILL", "--", "unshare", "--net", "--mount", "--propagation", "private",
      "sh", "-c", HOLD, "sh", hostsOf(site)], {stdio: ["ignore", "pipe", "pipe"], detached: true});
    this.#holders.push(holder);
    let errors = "";
    holder.stderr.on("data", (data) => (errors += data));
    const ready = await Promise.race([once(holder.stdout, "data"), once(holder, "exit").then(() => null)]);
    if (!ready) throw new Error(`no namespace for ${site.name}: ${errors.trim()}`);
    const enter = ["nsenter", `--net=/proc/${holder.pid}/ns/net`, `--mount=/proc/${holder.pid}/ns/mnt`, "--"];
    const inside = (command) => runToEnd(enter[0], [...enter.slice(1), "ip", ...command.split(" ")]);
    await ip(`link add ${site.name} type veth peer name eth0 netns ${holder.pid}`);
    await ip(`link set ${site.name} master hub up`);
    await inside("link set lo up");
    await inside(`address add ${addressOf(site)}/${PREFIX_LENGTH} dev eth0`);
    await inside("link set eth0 up");
    return {host: addressOf(site), enter};
  }
}

const ip = (command) => runToEnd("ip", command.split(" "));
