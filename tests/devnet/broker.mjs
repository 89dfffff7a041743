// A mosquitto of our own on loopback, with nothing kept on disk.
import fs from "node:fs";
import net from "node:net";
import path from "node:path";

export const MOSQUITTO = ["/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/usr/bin/mosquitto"].find((file) => fs.existsSync(file));

// False when there is none on this machine: the agent must do without.
export async function startBroker(devnet) {
  if (!MOSQUITTO) return false;
  const {dir, broker} = devnet.plan;
  const config = path.join(dir, "mosquitto.conf");
  fs.writeFileSync(config, `listener ${broker.port} 127.0.0.1\nallow_anonymous true\npersistence false\nlog_dest stderr\n`);
  devnet.spawn("mosquitto", MOSQUITTO, ["-c", config]);
  await devnet.until("mosquitto to listen", 10, () => accepts(broker.port));
  return true;
}

export const accepts = (port, host = "127.0.0.1") => new Promise((resolve, reject) => {
  const socket = net.connect(port, host, () => {
    socket.destroy();
    resolve(true);
  });
  socket.once("error", reject);
});
