// One folder per run: data, logs, pids. A folder is used again only when nothing of its last run is alive.
import fs from "node:fs";
import net from "node:net";
import path from "node:path";

export async function claimRunFolder(dir) {
  const alive = livingProcesses(dir);
  if (alive.length) throw new Error(`a devnet runs already in ${dir} (${alive.join(", ")})`);
  // Only what a run wrote is removed, should somebody name a folder with other things in it.
  if (fs.existsSync(dir) && fs.readdirSync(dir).length > 0 && !fs.existsSync(path.join(dir, "pids"))) {
    throw new Error(`${dir} is not empty and was not made by a devnet run`);
  }
  fs.rmSync(dir, {recursive: true, force: true});
  fs.mkdirSync(path.join(dir, "logs"), {recursive: true});
  fs.mkdirSync(path.join(dir, "pids"));
}

function livingProcesses(dir) {
  const pids = path.join(dir, "pids");
  if (!fs.existsSync(pids)) return [];
  return fs.readdirSync(pids).filter((name) => {
    const pid = fs.readFileSync(path.join(pids, name), "utf8").trim();
    // A pid may have been given to somebody else since: the command line tells.
    const commandLine = `/proc/${pid}/cmdline`;
    return fs.existsSync(commandLine) && fs.readFileSync(commandLine, "utf8").includes(dir);
  });
}

export async function portsInUse(ports) {
  const free = await Promise.all(ports.map((port) => new Promise((resolve) => {
    const server = net.createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  })));
  return ports.filter((_, i) => !free[i]);
}
