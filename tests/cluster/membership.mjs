// The cluster as its people make it: the real commands, and files carried by hand.
import fs from "node:fs";
import path from "node:path";
import {runToEnd} from "../devnet/child.mjs";
import {CLUSTER, FOUNDER, PORTS, SITES, THRESHOLD, nameOf, siteOf} from "./plan.mjs";

export class Membership {
  #binary;
  #folder;
  #env;

  // `env`: for the commands, such as another clock for them.
  constructor(binary, folder, {env} = {}) {
    this.#binary = binary;
    this.#folder = folder;
    this.#env = env;
  }

  directory(name) {
    return path.join(this.#folder, name);
  }

  // What a client of the box's needs to show itself.
  certificate(name) {
    return Object.fromEntries(Object.entries({ca: "ca.crt", cert: "box.crt", key: "box.key"})
      .map(([key, file]) => [key, fs.readFileSync(path.join(this.directory(name), file))]));
  }

  async make() {
    fs.mkdirSync(this.#folder, {recursive: true});
    const founder = siteOf(FOUNDER);
    await this.#cluster(FOUNDER, "init", CLUSTER, "--box", FOUNDER, "--threshold", String(THRESHOLD), ...this.#seat(founder));
    for (const site of SITES) if (site !== founder) await this.admit(site);
    for (const site of SITES) if (site !== founder && site !== SITES.at(-1)) await this.carryRoster(site.name);
  }

  // Three files, carried: the invitation there, the request back, the grant there.
  async admit(site) {
    const carried = (kind) => path.join(this.#folder, `${site.name}.${kind}`);
    await this.#cluster(FOUNDER, "invite", site.name, "--role", site.role, ...this.#seat(site), "--out", carried("invitation"));
    await this.#cluster(site.name, "join", carried("invitation"), "--out", carried("request"));
    await this.#cluster(FOUNDER, "join", carried("request"), "--out", carried("grant"));
    await this.#cluster(site.name, "join", carried("grant"));
  }

  remove(name) {
    return this.#cluster(FOUNDER, "remove", name);
  }

  carryRoster(name) {
    return this.#cluster(name, "join", path.join(this.directory(FOUNDER), "roster.json"));
  }

  #seat(site) {
    return ["--broker", `${nameOf(site)}:${PORTS.broker}`, "--shares", String(site.shares),
      ...(site.stack ? ["--gateway", `https://${nameOf(site)}:${PORTS.gateway}`] : [])];
  }

  #cluster(name, ...args) {
    return runToEnd(this.#binary, ["cluster", ...args, "--dir", this.directory(name)], {env: this.#env});
  }
}
