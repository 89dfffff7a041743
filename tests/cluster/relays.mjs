// All ways between the sites, in a thread of their own: what the harness is busy with must not delay a packet.
import {once} from "node:events";
import {Worker, isMainThread, parentPort, workerData} from "node:worker_threads";
import {Link} from "./link.mjs";
import {Way} from "./way.mjs";

// `routes`: {from, to, service, listen, target}; every route has two ways of its own.
export class Relays {
  #worker;

  static async open(routes) {
    const relays = new Relays();
    relays.#worker = new Worker(new URL(import.meta.url), {workerData: routes});
    await once(relays.#worker, "message");
    return relays;
  }

  // Sets delay, loss or cut of all that goes from one site to another, questions and answers alike; of one service if it is named.
  async set(from, to, knobs, service) {
    const done = once(this.#worker, "message");
    this.#worker.postMessage({from, to, knobs, service});
    await done;
  }

  close() {
    return this.#worker.terminate();
  }
}

async function relay(routes) {
  const links = await Promise.all(routes.map(async ({listen, target, ...route}) => {
    const link = {...route, out: new Way(), back: new Way()};
    await new Link({listen, to: target, out: link.out, back: link.back}).open();
    return link;
  }));
  parentPort.on("message", ({from, to, knobs, service}) => {
    for (const link of links.filter((one) => service === undefined || one.service === service)) {
      if (link.from === from && link.to === to) Object.assign(link.out, knobs);
      if (link.from === to && link.to === from) Object.assign(link.back, knobs);
    }
    parentPort.postMessage("set");
  });
  parentPort.postMessage("open");
}

if (!isMainThread) await relay(workerData);
