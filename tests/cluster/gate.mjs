// Who gets in where: asks gateways and brokers with a certificate, and says what became of it.
import https from "node:https";
import {listen} from "./mqtt.mjs";
import {CLUSTER, PORTS, nameOf} from "./plan.mjs";

const QUESTION = "/eth/v1/node/version";

// `certificate`: {ca, cert, key} in PEM; cert and key may be missing. True if the gateway served it.
export function opensGateway(box, certificate) {
  return new Promise((resolve) => {
    const request = https.request({host: box.host, port: PORTS.gateway, servername: nameOf(box.site), path: QUESTION, timeout: 3000,
      rejectUnauthorized: false, agent: false, ...certificate}, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(false));
    request.end();
  });
}

export async function opensBroker(box, certificate) {
  try {
    const socket = await listen({host: box.host, port: PORTS.broker, name: nameOf(box.site), ...certificate}, "gate", `dvstakers/${CLUSTER}/#`, () => {});
    socket.destroy();
    return true;
  } catch {
    return false;
  }
}
