// A TCP relay in front of a beacon node's REST port, where its clients find the node. It can make the node slow, and it
// tells at once when a request comes. It shares the node's fate: closed, its port refuses as the port of a dead node does.
import {once} from "node:events";
import net from "node:net";
import {setTimeout as pause} from "node:timers/promises";

const LONGEST_REQUEST_LINE = 256;

export class Front {
  #port;
  #nodePort;
  #server;
  #sockets = new Set();
  #watches = new Set();

  // How much later the node takes up what is sent to it from now on. What it says is passed on as it comes: an answer
  // is late by this much, and so is the opening of an event stream, but not each event.
  delay = 0;

  constructor(port, nodePort) {
    this.#port = port;
    this.#nodePort = nodePort;
  }

  async open() {
    this.#server = net.createServer((client) => this.#relay(client));
    this.#server.listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
  }

  async close() {
    if (!this.#server) return;
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server = undefined;
    for (const socket of this.#sockets) socket.resetAndDestroy();
    await closed;
  }

  // Fulfilled when a request line that matches has just been handed to the node, before the node can have answered.
  request(pattern, seconds, signal) {
    return new Promise((resolve, reject) => {
      const watch = {pattern, resolve: () => end(resolve)};
      const end = (settle, reason) => {
        this.#watches.delete(watch);
        clearTimeout(limit);
        settle(reason);
      };
      const limit = setTimeout(() => end(reject, new Error(`no request came within ${seconds} s that matches ${pattern}`)), seconds * 1000);
      signal?.addEventListener("abort", () => end(reject, signal.reason), {once: true});
      this.#watches.add(watch);
    });
  }

  #relay(client) {
    const node = net.connect(this.#nodePort, "127.0.0.1");
    for (const [socket, other] of [[client, node], [node, client]]) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      // A broken side breaks the other, as if they were one connection; "close" follows.
      socket.on("error", () => other.resetAndDestroy());
      socket.on("close", () => {
        this.#sockets.delete(socket);
        other.destroySoon();
      });
    }
    node.pipe(client);
    let sent = Promise.resolve();
    let unfinished = ""; // the start of a line whose end is in the next piece
    const later = (action) => {
      const due = Date.now() + this.delay;
      sent = sent.then(async () => {
        if (due > Date.now()) await pause(due - Date.now());
        if (!node.destroyed) action();
      });
    };
    client.on("data", (chunk) => later(() => {
      node.write(chunk);
      const text = unfinished + chunk.toString("latin1");
      this.#tell(text);
      unfinished = text.slice(text.lastIndexOf("\n") + 1).slice(-LONGEST_REQUEST_LINE);
    }));
    client.on("end", () => later(() => node.end()));
  }

  #tell(text) {
    for (const watch of this.#watches) if (watch.pattern.test(text)) watch.resolve();
  }
}
