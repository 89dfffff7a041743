// Looks at every agent's status four times a second, and at what the cloud member's validator gets, while a fault lasts.
import {setTimeout as pause} from "node:timers/promises";

const EVERY_MS = 250;

export class Watch {
  #boxes;
  #client;
  #chain;
  #over = new AbortController();
  #running;
  samples = []; // {at, status: {by box; undefined where there is no answer}}
  reads = []; // {at, late}: heads read through the client's agent; `late`, how many slots behind, or undefined for no answer

  // `client`: the box whose validator is counted; `chain`: how the chain really is.
  constructor(boxes, client, chain) {
    this.#boxes = boxes;
    this.#client = client;
    this.#chain = chain;
  }

  begin() {
    this.#running = Promise.all([this.#each(() => this.#sample()), this.#each(() => this.#read())]);
  }

  async end() {
    this.#over.abort();
    await this.#running;
  }

  async #each(action) {
    while (!this.#over.signal.aborted) await Promise.all([action(), pause(EVERY_MS)]);
  }

  async #sample() {
    const at = Date.now() / 1000;
    const answers = await Promise.all(this.#boxes.map(async (box) => [box.name, await box.status().catch(() => undefined)]));
    this.samples.push({at, status: Object.fromEntries(answers)});
  }

  async #read() {
    const at = Date.now() / 1000;
    const slot = await this.#client.head().catch(() => undefined);
    this.reads.push({at, late: slot === undefined ? undefined : Math.max(0, this.#chain.head.slot - slot)});
  }
}

// Seconds from `from` to the first sample in which one of the `watchers` says so; null: none did.
export function firstSaid(samples, from, watchers, says) {
  const found = samples.find(({at, status}) => at >= from && watchers.some((name) => status[name] && says(status[name], name)));
  return found ? found.at - from : null;
}

// Seconds from `from` until the client was served by a good node for good; 0: it always was; null: not in the end.
export function servedAfter(samples, reads, from, client, good) {
  const bad = [
    ...samples.filter(({status}) => !good.includes(status[client]?.serving)),
    ...reads.filter(({late}) => late === undefined || late > 1),
  ].map(({at}) => at).filter((at) => at >= from);
  if (bad.length === 0) return 0;
  const last = Math.max(...bad);
  const then = [...samples, ...reads].map(({at}) => at).filter((at) => at > last);
  const goodAgain = samples.find(({at}) => at > last);
  return goodAgain && then.length > 1 ? goodAgain.at - from : null;
}

// How often another stack came to serve it.
export function changesOf(samples, client) {
  const serving = samples.map(({status}) => status[client]?.serving).filter((name) => name !== undefined);
  return serving.filter((name, i) => i > 0 && name !== serving[i - 1]).length;
}
