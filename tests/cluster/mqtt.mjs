// As much of MQTT 3.1.1 as it takes to listen at a broker, to be one that lies, and to be refused.
import {once} from "node:events";
import tls from "node:tls";

export const TYPE = {CONNECT: 1, CONNACK: 2, PUBLISH: 3, PUBACK: 4, SUBSCRIBE: 8, SUBACK: 9, PINGREQ: 12, PINGRESP: 13};

export function packet(type, flags, body) {
  const length = [];
  for (let left = body.length; length.length === 0 || left > 0; left = Math.floor(left / 128)) length.push((left % 128) | (left >= 128 ? 128 : 0));
  return Buffer.concat([Buffer.from([(type << 4) | flags, ...length]), body]);
}

const text = (value) => {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
};

export const connect = (clientId) => packet(TYPE.CONNECT, 0, Buffer.concat([text("MQTT"), Buffer.from([4, 2, 0, 60]), text(clientId)]));
export const connack = () => packet(TYPE.CONNACK, 0, Buffer.from([0, 0]));
export const subscribe = (id, filter) => packet(TYPE.SUBSCRIBE, 2, Buffer.concat([Buffer.from([id >> 8, id & 255]), text(filter), Buffer.from([0])]));
export const publish = (topic, payload, {retain = false} = {}) => packet(TYPE.PUBLISH, retain ? 1 : 0, Buffer.concat([text(topic), payload]));

// What a broker must answer to keep a client content; null where there is nothing to say.
export function answerTo({type, flags, body}) {
  if (type === TYPE.CONNECT) return connack();
  if (type === TYPE.PINGREQ) return packet(TYPE.PINGRESP, 0, Buffer.alloc(0));
  if (type === TYPE.SUBSCRIBE) return packet(TYPE.SUBACK, 0, Buffer.from([body[0], body[1], ...filtersOf(body).map(() => 0)]));
  if (type === TYPE.PUBLISH && (flags & 6) === 2) return packet(TYPE.PUBACK, 0, body.subarray(2 + body.readUInt16BE(0)).subarray(0, 2));
  return null;
}

export function filtersOf(body) {
  const filters = [];
  for (let at = 2; at < body.length; ) {
    const length = body.readUInt16BE(at);
    filters.push(body.toString("utf8", at + 2, at + 2 + length));
    at += 2 + length + 1;
  }
  return filters;
}

export function messageOf({flags, body}) {
  const length = body.readUInt16BE(0);
  const payload = body.subarray(2 + length + ((flags & 6) > 0 ? 2 : 0));
  return {topic: body.toString("utf8", 2, 2 + length), payload, retain: (flags & 1) === 1};
}

// Gives the whole packets of a stream, however it is cut into pieces.
export function packets(take) {
  let rest = Buffer.alloc(0);
  return (chunk) => {
    rest = rest.length ? Buffer.concat([rest, chunk]) : chunk;
    for (;;) {
      let length = 0, at = 1;
      for (let shift = 0; ; shift += 7, at++) {
        if (at >= rest.length) return;
        length += (rest[at] & 127) << shift;
        if (rest[at] < 128) break;
      }
      const end = at + 1 + length;
      if (rest.length < end) return;
      take({type: rest[0] >> 4, flags: rest[0] & 15, body: rest.subarray(at + 1, end)});
      rest = rest.subarray(end);
    }
  };
}

// Connects with a certificate and hears what comes by `filter`. Rejects, with the reason, where the broker does not let us in.
export async function listen({host, port, name, ca, cert, key}, clientId, filter, heard) {
  const socket = tls.connect({host, port, ca, cert, key, servername: name});
  const admitted = new Promise((resolve, reject) => {
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("it closed the connection")));
    socket.on("data", packets((one) => {
      if (one.type === TYPE.CONNACK) one.body[1] === 0 ? resolve() : reject(new Error(`refused with code ${one.body[1]}`));
      if (one.type === TYPE.PUBLISH) heard(messageOf(one));
    }));
  });
  const silence = setTimeout(() => socket.destroy(new Error("no answer within 3 s")), 3000);
  try {
    await Promise.race([once(socket, "secureConnect"), admitted]);
    socket.write(connect(clientId));
    await admitted;
    socket.write(subscribe(1, filter));
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(silence);
  }
}
