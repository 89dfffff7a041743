// One process of the devnet: its log, its recorded pid, and every way to end it or to let it hang.
import {spawn} from "node:child_process";
import {once} from "node:events";
import fs from "node:fs";
import path from "node:path";

export class Child {
  #process;
  #exit;
  #ending = false;

  // `died` is told of an exit that nobody asked for. `enter`: a command that runs another one elsewhere.
  constructor(name, command, args, {dir, env = {}, enter = [], died}) {
    this.name = name;
    this.log = path.join(dir, "logs", `${name}.log`);
    const log = fs.openSync(this.log, "a");
    fs.writeSync(log, `--- ${new Date().toISOString()} starting: ${command} ${args.join(" ")}\n`);
    // The kernel ends the child should the harness die without a chance to clean up. Detached, so that Ctrl-C
    // reaches the harness alone, which ends everything in order.
    this.#process = spawn("setpriv", ["--pdeathsig", "KILL", "--", ...enter, command, ...args], {
      stdio: ["ignore", log, log],
      detached: true,
      env: {...process.env, ...env},
    });
    fs.closeSync(log);
    this.pidFile = path.join(dir, "pids", name);
    if (this.pid !== undefined) fs.writeFileSync(this.pidFile, `${this.pid}\n`);
    this.#exit = new Promise((resolve) => {
      this.#process.once("error", (error) => resolve(`could not be started: ${error.message}`));
      this.#process.once("exit", (code, signal) => resolve(signal ? `ended by ${signal}` : `exited with code ${code}`));
    }).then((how) => {
      this.ended = how;
      fs.rmSync(this.pidFile, {force: true});
      if (!this.#ending) died(new Error(`${name} ${how} by itself; the end of ${this.log}:\n${this.lastLines(15)}`));
    });
  }

  get pid() {
    return this.#process.pid;
  }

  get running() {
    return this.ended === undefined;
  }

  async kill() {
    this.#ending = true;
    this.#signal("SIGKILL");
    await this.#exit;
  }

  suspend() {
    this.#signal("SIGSTOP");
  }

  resume() {
    this.#signal("SIGCONT");
  }

  // False if it had to be killed because SIGTERM did not end it in time.
  async stop(seconds = 5) {
    this.#ending = true;
    let inTime = true;
    this.#signal("SIGCONT");
    this.#signal("SIGTERM");
    const late = setTimeout(() => {
      inTime = false;
      this.#signal("SIGKILL");
    }, seconds * 1000);
    await this.#exit;
    clearTimeout(late);
    return inTime;
  }

  lastLines(count) {
    return fs.readFileSync(this.log, "utf8").trimEnd().split("\n").slice(-count).join("\n");
  }

  #signal(name) {
    if (this.running) this.#process.kill(name);
  }
}

// For commands that end by themselves: their output, or an error that carries it.
export async function runToEnd(command, args, {env = {}, timeout = 60_000} = {}) {
  const child = spawn(command, args, {stdio: ["ignore", "pipe", "pipe"], env: {...process.env, ...env}, timeout});
  let output = "", errors = "";
  child.stdout.on("data", (data) => (output += data));
  child.stderr.on("data", (data) => (errors += data));
  const [code, signal] = await once(child, "close");
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${signal ?? `code ${code}`}: ${errors || output}`);
  return output;
}
