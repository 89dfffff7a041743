// The cluster on its devnet: four boxes in their namespaces, the nodes at two of them, and the cloud member's validator.
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import {Box} from "./box.mjs";
import {shiftToExpire, shifted} from "./clock.mjs";
import {Membership} from "./membership.mjs";
import {LENDERS, LIAR, SITES, others, siteOf} from "./plan.mjs";
import {isKnown, stackOf} from "./word.mjs";

const LEAD_SECONDS = 180; // from the making of certificates that are to expire until they do: the boxes must have met by then
const ROSTER_WITHIN_SECONDS = 60;

export class Lab {
  #binary;
  #clocks;
  #clusters = 0;
  boxes = {};

  // `clocks`: by site, those that can be set.
  constructor(net, network, binary, clocks) {
    this.net = net;
    this.network = network;
    this.#binary = binary;
    this.#clocks = clocks;
  }

  async start() {
    await this.found();
    // Another cluster of the same name, with members of the same names: as much as a stranger can have.
    this.impostors = new Membership(this.#binary, path.join(this.net.plan.dir, "impostors"));
    await this.impostors.make();
    const place = this.network.places.cloud;
    await this.net.pointValidator([this.boxes.cloud.proxy], place);
    this.heard = this.net.spawn("heard", "mosquitto_sub", ["-h", "127.0.0.1", "-t", "dvstakers/#", "-F", "%t %x"], this.network.places[LIAR]);
  }

  // The same boxes in a cluster whose certificates run out soon: at `expiry`, in seconds.
  async foundExpiring() {
    await this.found(shifted(shiftToExpire(Date.now() / 1000, expiryOf(this.membership, SITES[0].name), LEAD_SECONDS)));
    this.expiry = Math.max(...SITES.map(({name}) => expiryOf(this.membership, name)));
  }

  // A new cluster of these boxes. `env`: for the commands that make it.
  async found(env) {
    for (const box of Object.values(this.boxes)) await box.stop();
    this.membership = new Membership(this.#binary, path.join(this.net.plan.dir, `cluster-${++this.#clusters}`), {env});
    await this.membership.make();
    for (const site of SITES) this.boxes[site.name] = new Box(this.net, this.#binary, site, this.network.places[site.name], this.membership);
    await Promise.all(Object.values(this.boxes).map((box) => box.start()));
  }

  // All know of all, every node can serve, and the cloud member is served.
  async healthy() {
    await this.net.until("the whole cluster to be well", 240, async () => {
      for (const site of SITES) {
        const status = await this.boxes[site.name].status();
        const unknown = others(site.name).filter((name) => !isKnown(status, name));
        if (unknown.length) throw new Error(`${site.name} does not know ${unknown.join(", ")}`);
        const lent = LENDERS.filter((name) => name !== site.name).map((name) => stackOf(status, name));
        const bad = [...status.stacks.filter(({name}) => name === "home"), ...lent].filter((one) => one?.tier !== "healthy" || one.recovering);
        if (bad.length) throw new Error(`${site.name} finds ${bad.map((one) => `${one?.name} ${one?.tier}: ${one?.reason}`).join("; ")}`);
        if (!status.ready) throw new Error(`${site.name} is not ready`);
      }
      return (await Promise.all([1, 2].map((i) => this.net.onHeadOfFirst(i)))).every(Boolean);
    }, {every: 500});
  }

  async servingCloud() {
    return (await this.boxes.cloud.status()).serving;
  }

  // As when the power goes. The network first: a process that is killed still closes its connections.
  async darken(name) {
    await this.network.around(name, {cut: true});
    const {stack} = siteOf(name);
    await Promise.all([this.boxes[name].kill(), this.net.beacon[stack].kill(), this.net.execution[stack].kill()]);
  }

  async lighten(name) {
    const {stack} = siteOf(name);
    await this.network.around(name, {});
    await Promise.all([this.boxes[name].start(), this.net.startExecution(stack).then(() => this.net.startBeacon(stack))]);
    await this.net.connected(stack);
  }

  setClock(name, seconds) {
    this.#clocks[name].set(seconds);
  }

  // When the right roster has come to a box, its broker is rendered anew. Nothing to be thrown: where it does not come, those who must not get in do.
  async brokerFollows(name, isRight) {
    const file = path.join(this.membership.directory(name), "roster.json");
    const came = await this.net.until(`the roster to reach ${name}`, ROSTER_WITHIN_SECONDS, () => isRight(JSON.parse(fs.readFileSync(file, "utf8")))).then(() => true, () => false);
    if (came) await this.boxes[name].restartBroker();
  }
}

const expiryOf = (membership, name) => Date.parse(new crypto.X509Certificate(membership.certificate(name).cert).validTo) / 1000;
