// The cluster on its devnet: four boxes in their namespaces, the nodes at two of them, and the cloud member's validator.
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import {Box} from "./box.mjs";
import {shifted} from "./clock.mjs";
import {Membership} from "./membership.mjs";
import {LENDERS, LIAR, SITES, others, siteOf} from "./plan.mjs";
import {isKnown, stackOf} from "./word.mjs";

const LEAD_SECONDS = 150; // from the making of certificates that are to expire until they do: the boxes must have met by then

export class Lab {
  #binary;
  #clocks;
  boxes = {};

  // `clocks`: by site, those that can be set.
  constructor(net, network, binary, clocks) {
    this.net = net;
    this.network = network;
    this.#binary = binary;
    this.#clocks = clocks;
  }

  async start() {
    await this.#found(new Membership(this.#binary, path.join(this.net.plan.dir, "cluster")));
    const place = this.network.places.cloud;
    await this.net.pointValidator([this.boxes.cloud.proxy], place);
    this.heard = this.net.spawn("heard", "mosquitto_sub", ["-h", "127.0.0.1", "-t", "dvstakers/#", "-F", "%t %x"], this.network.places[LIAR]);
  }

  // The same boxes in a cluster whose certificates run out soon. Returns when: in seconds, as Date.now() / 1000.
  async foundExpiring() {
    for (const box of Object.values(this.boxes)) await box.stop();
    const {dir} = this.net.plan;
    const lasting = expiryOf(this.membership, SITES[0].name) - Date.now() / 1000;
    await this.#found(new Membership(this.#binary, path.join(dir, "expiring"), {env: shifted(LEAD_SECONDS - lasting)}));
    return Math.max(...SITES.map(({name}) => expiryOf(this.membership, name)));
  }

  async #found(membership) {
    this.membership = membership;
    await membership.make();
    for (const site of SITES) this.boxes[site.name] = new Box(this.net, this.#binary, site, this.network.places[site.name], membership);
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

  // Waits until a box's roster is as it should be, and makes its broker follow.
  async followRoster(name, isRight) {
    const file = path.join(this.membership.directory(name), "roster.json");
    await this.net.until(`the roster to reach ${name}`, 60, () => isRight(JSON.parse(fs.readFileSync(file, "utf8"))));
    await this.boxes[name].restartBroker();
  }

  // As a new member of the same name.
  async readmit(name) {
    await this.boxes[name].stop();
    fs.rmSync(this.membership.directory(name), {recursive: true});
    await this.membership.admit(siteOf(name));
    for (const other of others(name)) await this.followRoster(other, (roster) => roster.members.some(({box}) => box === name));
    await this.boxes[name].start();
  }
}

const expiryOf = (membership, name) => Date.parse(new crypto.X509Certificate(membership.certificate(name).cert).validTo) / 1000;
