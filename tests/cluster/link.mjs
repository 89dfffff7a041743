// A TCP relay from one site to a port of another: what the kernel's netem would do to packets, done to a stream.
// It takes connections itself, so one that cannot come about is taken, and stays silent.
import {once} from "node:events";
import net from "node:net";
import {setTimeout as pause} from "node:timers/promises";

const LOOK_EVERY_MS = 20; // whether a cut has ended
const MOST_WAITING = 1 << 20; // bytes; then the sender is held back
const UNACKNOWLEDGED = 14_000; // bytes that a sender gives away before it waits for an acknowledgement: ten segments

export class Link {
  #server;
  #sockets = new Set();

  // `out` and `back`: the ways of what the client sends, and of the answers.
  constructor({listen, to, out, back}) {
    Object.assign(this, {listen, to, out, back});
  }

  async open() {
    this.#server = net.createServer({allowHalfOpen: true}, (near) => this.#relay(near));
    this.#server.listen(this.listen.port, this.listen.host);
    await once(this.#server, "listening");
    this.port = this.#server.address().port;
  }

  async close() {
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #relay(near) {
    const {out, back} = this;
    const far = new net.Socket({allowHalfOpen: true});
    for (const socket of [near, far]) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.once("close", () => this.#sockets.delete(socket));
    }
    // The handshake needs both ways, and the client's first data comes a round trip after it began.
    const there = new Flow(near, far, out, back, out.delay + back.delay);
    const here = new Flow(far, near, back, out, 0);
    there.later(0, () => far.connect(this.to.port, this.to.host), {handshake: true});
    there.begin();
    here.begin();
  }
}

// What one side sends, in order, to the other: data, its end, or its breaking off.
class Flow {
  #from;
  #to;
  #way;
  #back;
  #notBefore;
  #sent = Promise.resolve();
  #waiting = 0;
  #unacknowledged = 0;

  constructor(from, to, way, back, headStart) {
    this.#from = from;
    this.#to = to;
    this.#way = way;
    this.#back = back;
    this.#notBefore = Date.now() + headStart;
  }

  begin() {
    const [from, to] = [this.#from, this.#to];
    let over = false;
    const once = (action) => {
      if (!over) this.later(0, action);
      over = true;
    };
    from.on("data", (chunk) => this.later(chunk.length, () => to.write(chunk)));
    from.on("end", () => once(() => to.end()));
    from.on("error", () => once(() => to.resetAndDestroy()));
    from.on("close", () => once(() => to.destroySoon()));
  }

  later(bytes, action, {handshake = false} = {}) {
    const [way, back] = [this.#way, this.#back];
    const due = (handshake ? Date.now() : Math.max(Date.now(), this.#notBefore)) + way.delay + way.stall(Math.max(bytes, 1), back);
    this.#hold(bytes);
    this.#sent = this.#sent.then(async () => {
      if (due > Date.now()) await pause(due - Date.now());
      while (way.cut || (back.cut && (handshake || this.#unacknowledged >= UNACKNOWLEDGED))) await pause(LOOK_EVERY_MS);
      this.#unacknowledged = back.cut ? this.#unacknowledged + bytes : 0;
      if (!this.#to.destroyed) action();
      this.#hold(-bytes);
    });
  }

  #hold(bytes) {
    this.#waiting += bytes;
    if (this.#waiting > MOST_WAITING) this.#from.pause();
    else if (bytes < 0 && this.#from.isPaused()) this.#from.resume();
  }
}
