// The cluster as its people make it: the real commands, and files carried by hand.
import fs from "node:fs";
import path from "node:path";
import {runToEnd} from "../devnet/child.mjs";
import {CLUSTER, DOMAIN, PORTS, SITES, THRESHOLD} from "./plan.mjs";

export class Membership {
  #binary;
  #folder;
  #env;
  #sites;
  #founder;
  #domain;

  // `env`: for the commands, such as another clock for them. `sites`: the first of them makes the cluster. `domain`: what their host names end in.
  constructor(binary, folder, {env, sites = SITES, domain = DOMAIN} = {}) {
    this.#binary = binary;
    this.#folder = folder;
    this.#env = env;
    this.#sites = sites;
    this.#founder = sites[0].name;
    this.#domain = domain;
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
    const [founder, ...others] = this.#sites;
    await this.#cluster(founder.name, "init", CLUSTER, "--box", founder.name, "--threshold", String(THRESHOLD), ...this.#seat(founder));
    for (const site of others) await this.admit(site);
    // Who joined last has the newest already.
    for (const site of others.slice(0, -1)) await this.carryRoster(site.name);
  }

  // Three files, carried: the invitation there, the request back, the grant there.
  async admit(site) {
    const carried = (kind) => path.join(this.#folder, `${site.name}.${kind}`);
    await this.#cluster(this.#founder, "invite", site.name, "--role", site.role, ...this.#seat(site), "--out", carried("invitation"));
    await this.#cluster(site.name, "join", carried("invitation"), "--out", carried("request"));
    await this.#cluster(this.#founder, "join", carried("request"), "--out", carried("grant"));
    await this.#cluster(site.name, "join", carried("grant"));
  }

  remove(name) {
    return this.#cluster(this.#founder, "remove", name);
  }

  carryRoster(name) {
    return this.#cluster(name, "join", path.join(this.directory(this.#founder), "roster.json"));
  }

  #seat(site) {
    const host = `${site.name}.${this.#domain}`;
    return ["--broker", `${host}:${PORTS.broker}`, "--shares", String(site.shares), ...(site.stack ? ["--gateway", `https://${host}:${PORTS.gateway}`] : [])];
  }

  #cluster(name, ...args) {
    return runToEnd(this.#binary, ["cluster", ...args, "--dir", this.directory(name)], {env: this.#env});
  }
}
