// One box of the cluster in its namespace: a mosquitto as the agent renders it, and the agent.
import fs from "node:fs";
import path from "node:path";
import {MOSQUITTO, accepts} from "../devnet/broker.mjs";
import {runToEnd} from "../devnet/child.mjs";
import {get} from "../devnet/facts.mjs";
import {PORTS, nameOf} from "./plan.mjs";

export class Box {
  #net;
  #binary;
  #folder;
  membership;

  constructor(net, binary, site, place, membership) {
    this.#net = net;
    this.#binary = binary;
    this.place = place;
    this.#folder = path.join(net.plan.dir, site.name);
    this.site = site;
    this.name = site.name;
    this.host = place.host;
    this.proxy = `http://${place.host}:${PORTS.proxy}`;
    this.membership = membership;
    fs.mkdirSync(path.join(this.#folder, "state"), {recursive: true});
  }

  // Of these two the pid does not change with the namespace, so that a signal finds the process itself.
  broker;
  agent;

  async render() {
    await runToEnd(this.#binary, ["broker", "render", "--dir", this.membership.directory(this.name), "--out", this.#mosquitto(), "--address", this.host]);
    // As root it would become another user, who cannot enter this folder.
    fs.writeFileSync(this.#mosquitto("mosquitto.conf"), `user root\ninclude_dir ${this.#mosquitto("conf.d")}\nlog_dest stderr\nlog_timestamp_format %Y-%m-%dT%H:%M:%S\n`);
  }

  async startBroker() {
    await this.render();
    this.broker = this.#net.spawn(`mosquitto-${this.name}`, MOSQUITTO, ["-c", this.#mosquitto("mosquitto.conf")], {enter: this.place.enter});
    await this.#net.until(`the broker of ${this.name} to listen`, 10, () => accepts(PORTS.broker, this.host));
  }

  // What only a restart changes are bridges and certificates; all others wait for it no longer than for a restart of their own.
  async restartBroker() {
    await this.broker.stop(5);
    await this.startBroker();
  }

  startAgent() {
    const config = path.join(this.#folder, "edge.yaml");
    fs.writeFileSync(config, this.#configuration());
    this.agent = this.#net.spawn(`agent-${this.name}`, this.#binary, ["run", "--config", config],
      {enter: this.place.enter, env: {...this.place.env, STATE_DIRECTORY: path.join(this.#folder, "state")}});
    return this.#net.until(`the agent of ${this.name} to tell its status`, 20, () => this.status());
  }

  async start() {
    await this.startBroker();
    await this.startAgent();
  }

  // As when the power goes: nobody gets to say a word.
  async kill() {
    await Promise.all([this.agent, this.broker].map((child) => child?.running && child.kill()));
  }

  async stop() {
    for (const child of [this.agent, this.broker]) if (child?.running) await child.stop(5);
  }

  status() {
    return get(`http://${this.host}:${PORTS.status}/status`, {timeout: 1000});
  }

  // The agent's own account of the duties that it carried.
  async duties() {
    return (await get(`http://${this.host}:${PORTS.status}/duties`)).duties;
  }

  // What a validator behind this agent would get now.
  async head() {
    const {data} = await get(`${this.proxy}/eth/v1/beacon/headers/head`, {timeout: 3000});
    return Number(data.header.message.slot);
  }

  get log() {
    return this.agent.log;
  }

  #mosquitto(file = "") {
    return path.join(this.#folder, "mosquitto", file);
  }

  #configuration() {
    const {beacon, execution} = this.#net.plan.stacks[this.site.stack ?? 0];
    const own = this.site.stack ? `stacks:
  - name: home
    beacon-node: ${beacon.url}
    execution-client: ${execution.url}
gateway:
  listen: ${this.host}:${PORTS.gateway}
` : "role: auxiliary\n";
    return `${own}membership:
  directory: ${this.membership.directory(this.name)}
proxy:
  listen: ${this.host}:${PORTS.proxy}
status:
  listen: ${this.host}:${PORTS.status}
mqtt:
  host: ${nameOf(this.site)}
  port: ${PORTS.broker}
  tls: cluster
ranking:
  min-peers: 1 # the whole network has three nodes
log:
  level: debug
`;
  }
}
