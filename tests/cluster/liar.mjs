// A member that holds its own broker and lies through it: whoever pulls from there gets messages under any topic.
//   node liar.mjs --mode garbage|replay|forge|flood --host A --port N --membership DIR --box NAME --heard FILE --rate N
import fs from "node:fs";
import path from "node:path";
import tls from "node:tls";
import {parseArgs} from "node:util";
import {flood, forgeries, garbage, replay} from "./lies.mjs";
import {TYPE, answerTo, packets, publish} from "./mqtt.mjs";

const TICK_MS = 10;
const MOST_HEARD = 3000;
const MOST_UNSENT = 4 << 20; // bytes: who does not read gets no more

const {values: options} = parseArgs({
  options: Object.fromEntries(["mode", "host", "port", "membership", "box", "heard", "rate"].map((name) => [name, {type: "string"}])),
});
const file = (name) => fs.readFileSync(path.join(options.membership, name));
// As mosquitto_sub wrote it: a topic and the payload in hexadecimal on each line, oldest first.
const heard = [...fs.readFileSync(options.heard, "utf8").matchAll(/^(dvstakers\/\S+) ([0-9a-f]+)$/gm)].slice(-MOST_HEARD)
  .map(([, topic, payload]) => ({topic, payload: Buffer.from(payload, "hex")}));
const make = {garbage, replay, forge: forgeries, flood}[options.mode];
const lies = make({heard, liar: options.box, key: file("box.key"), now: Date.now()}).map(({topic, payload}) => publish(topic, payload, {retain: true}));

const pullers = new Set();
let sent = 0;

const server = tls.createServer({ca: file("ca.crt"), cert: file("box.crt"), key: file("box.key"), requestCert: true, rejectUnauthorized: true}, (socket) => {
  socket.on("error", (error) => console.log(`a connection broke: ${error.message}`));
  socket.on("close", () => pullers.delete(socket));
  socket.on("data", packets((one) => {
    const answer = answerTo(one);
    if (answer) socket.write(answer);
    if (one.type === TYPE.SUBSCRIBE) pullers.add(socket);
  }));
});
server.on("tlsClientError", (error) => console.log(`refused: ${error.message}`));
server.listen(Number(options.port), options.host, () => console.log(`lying (${options.mode}), ${lies.length} different messages`));

// As many as the clock says are due, also when a tick comes late.
const began = Date.now();
let due = 0;
setInterval(() => {
  const until = Math.floor(((Date.now() - began) / 1000) * Number(options.rate));
  for (; due < until; due++) {
    const lie = lies[due % lies.length];
    for (const socket of pullers) {
      if (socket.writableLength > MOST_UNSENT) continue;
      socket.write(lie);
      sent++;
    }
  }
}, TICK_MS);
setInterval(() => console.log(`sent ${sent} to ${pullers.size}`), 1000);
