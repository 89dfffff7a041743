// The agent under test: its configuration, its process, and its word on whether it is ready.
import fs from "node:fs";
import {runToEnd} from "./child.mjs";
import {get} from "./facts.mjs";

export class Agent {
  #net;
  #binary;
  #child;
  #peer;

  // `peer`: it may also use BN0, as a node that a peer lends.
  constructor(net, binary, {peer}) {
    this.#net = net;
    this.#binary = binary;
    this.#peer = peer;
    this.url = `http://127.0.0.1:${net.plan.agent.proxy}`;
  }

  async start() {
    const {agent} = this.#net.plan;
    fs.writeFileSync(agent.config, configuration(this.#net.plan, this.#peer));
    this.#child = this.#net.spawn("agent", this.#binary, ["run", "--config", agent.config], {env: {STATE_DIRECTORY: this.#net.plan.dir}});
    await this.#net.until("the agent's proxy to be ready", 30, async () => {
      const answer = await fetch(`${this.url}/eth/v1/node/health`, {signal: AbortSignal.timeout(2000)});
      await answer.arrayBuffer();
      return answer.status === 200;
    });
  }

  kill() {
    return this.#child.kill();
  }

  suspend() {
    this.#child.suspend();
  }

  resume() {
    this.#child.resume();
  }

  // It promises to stop within 5 s.
  async stop() {
    if (!(await this.#child.stop(5))) throw new Error("the agent did not stop within 5 s of SIGTERM and was killed");
  }

  get running() {
    return this.#child?.running ?? false;
  }

  // The beacon node that reads through the proxy come from, by what the node says of itself.
  async servedBy() {
    const {peer_id} = (await get(`${this.url}/eth/v1/node/identity`)).data;
    const identities = await Promise.allSettled(this.#net.plan.stacks.map(({beacon}) => get(`${beacon.url}/eth/v1/node/identity`)));
    return identities.findIndex(({value}) => value?.data.peer_id === peer_id);
  }

  // The screen a person sees.
  status() {
    return runToEnd(this.#binary, ["status", "--config", this.#net.plan.agent.config], {timeout: 5000});
  }
}

// Both ways to reach an execution client are used: the open port, and the engine port with its secret.
function configuration({stacks, agent, broker, jwtFile}, withPeer) {
  const [peer, primary, secondary] = stacks;
  return `cluster: devnet
box: box-1
stacks:
  - name: primary
    beacon-node: ${primary.beacon.served}
    execution-client: ${primary.execution.url}
  - name: secondary
    beacon-node: ${secondary.beacon.served}
    execution-client: http://127.0.0.1:${secondary.execution.engine}
    jwt-secret: ${jwtFile}
${withPeer ? `  - name: peer
    beacon-node: ${peer.beacon.served}
    execution-client: ${peer.execution.url}
` : ""}proxy:
  listen: 127.0.0.1:${agent.proxy}
status:
  listen: 127.0.0.1:${agent.status}
mqtt:
  host: 127.0.0.1
  port: ${broker.port}
ranking:
  min-peers: 1 # the whole network has three nodes
log:
  level: debug
`;
}
