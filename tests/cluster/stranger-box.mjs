// A box with a person on it, in namespaces of its own (network, files, processes, name). It lasts as long as this program does, and nothing of it is left.
import {spawn} from "node:child_process";
import {once} from "node:events";
import fs from "node:fs";
import path from "node:path";
import {runToEnd} from "../devnet/child.mjs";

const INSIDE = path.join(import.meta.dirname, "box-as-installed.sh");
const PERSON = "pia";
const HOME = `/home/${PERSON}`;
// As after a login on Debian: no folder of root's commands.
const ENVIRONMENT = ["env", "-i", `HOME=${HOME}`, `USER=${PERSON}`, "TERM=dumb", "LANG=C.UTF-8", "PATH=/usr/local/bin:/usr/bin:/bin"];
const COMMAND_SECONDS = 120;

export class StrangerBox {
  #holder;
  #enter;
  #others = [];

  static async start(name, address, hosts) {
    const box = new StrangerBox();
    Object.assign(box, {name, address});
    box.#holder = spawn("setpriv", ["--pdeathsig", "KILL", "--", "unshare", "--net", "--mount", "--pid", "--uts", "--fork", "--kill-child", "--mount-proc",
      "--propagation", "private", INSIDE, name, hosts], {stdio: ["ignore", "pipe", "pipe"], detached: true});
    let errors = "";
    box.#holder.stderr.on("data", (data) => (errors += data));
    const ready = await Promise.race([once(box.#holder.stdout, "data"), once(box.#holder, "exit").then(() => null)]);
    if (!ready) throw new Error(`no namespaces for ${name}: ${errors.trim()}`);
    const {pid} = box.#holder;
    const first = fs.readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
    box.#enter = ["nsenter", "--target", first, "--net", "--mount", "--pid", "--uts", "--"];
    await runToEnd("ip", ["link", "add", `str-${name}`, "type", "veth", "peer", "name", "eth0", "netns", first]);
    await runToEnd("ip", ["link", "set", `str-${name}`, "master", "hub", "up"]);
    await box.asRoot(`ip address add ${address}/24 dev eth0 && ip link set eth0 up`);
    return box;
  }

  // What the person types: its exit code and all that it says.
  async type(command) {
    const [program, ...args] = [...this.#enter, ...ENVIRONMENT, "setpriv", "--reuid", PERSON, "--regid", PERSON, "--init-groups", "bash", "-c", `cd; ${command}`];
    const child = spawn(program, args, {stdio: ["ignore", "pipe", "pipe"], timeout: COMMAND_SECONDS * 1000});
    let said = "";
    for (const output of [child.stdout, child.stderr]) output.on("data", (data) => (said += data));
    const [code, signal] = await once(child, "close");
    return {code: code ?? signal, said};
  }

  // What to type in order to be there.
  get door() {
    return [...this.#enter, ...ENVIRONMENT, "setpriv", "--reuid", PERSON, "--regid", PERSON, "--init-groups", "bash"].join(" ");
  }

  asRoot(script) {
    return runToEnd(this.#enter[0], [...this.#enter.slice(1), "sh", "-c", script]);
  }

  // As scp does it: the person must be able to read the file here, and it is theirs there, with its mode.
  async carry(file, to) {
    const {code, said} = await this.type(`stat -c %a ${file} && base64 -w0 ${file}`);
    if (code !== 0) throw new Error(`${file} cannot be carried from ${this.name}: ${said.trim()}`);
    const [mode, content] = said.trim().split("\n");
    await to.put(file, Buffer.from(content, "base64"), mode);
  }

  put(file, content, mode) {
    return this.#input(`umask 077; cat >${HOME}/${file}; chmod ${mode} ${HOME}/${file}; chown ${PERSON}: ${HOME}/${file}`, content);
  }

  async has(file) {
    return (await this.type(`test -e ${file}`)).code === 0;
  }

  run(program, ...args) {
    const child = spawn("setpriv", ["--pdeathsig", "KILL", "--", ...this.#enter, program, ...args], {stdio: "ignore", detached: true});
    this.#others.push(child);
  }

  // The end of what its agent and its broker said.
  logs() {
    return this.asRoot("tail -n 15 /var/log/journal.d/* /var/log/mosquitto/*.log 2>&1 || true");
  }

  close() {
    this.#holder?.kill("SIGKILL");
    for (const one of this.#others) one.kill("SIGKILL");
  }

  async #input(script, content) {
    const child = spawn(this.#enter[0], [...this.#enter.slice(1), "sh", "-c", script], {stdio: ["pipe", "ignore", "inherit"]});
    child.stdin.end(content);
    const [code] = await once(child, "close");
    if (code !== 0) throw new Error(`${this.name}: ${script} ended with code ${code}`);
  }
}
