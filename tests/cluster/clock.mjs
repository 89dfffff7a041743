// Other clocks than this machine's for single programs: libfaketime, which reads a file again and again.
import fs from "node:fs";

const FOLDERS = ["/usr/lib/x86_64-linux-gnu/faketime", "/usr/lib/aarch64-linux-gnu/faketime"];
const LIBRARY = FOLDERS.map((folder) => `${folder}/libfaketimeMT.so.1`).find((file) => fs.existsSync(file));

// Only the time of day is another: waiting takes as long as ever. Without the last one libfaketime 0.9.10 makes waits for a monotonic time return at once,
// and a program that waits so uses a whole processor.
const environment = (more) => ({LD_PRELOAD: LIBRARY, FAKETIME_DONT_FAKE_MONOTONIC: "1", FAKETIME_FORCE_MONOTONIC_FIX: "0", ...more});

// A clock that is off by `seconds` from the start.
export const shifted = (seconds) => environment({FAKETIME: `${seconds < 0 ? "" : "+"}${Math.round(seconds)}`});

// How far off a clock must be for what it makes now to run out in `lead` seconds, by what was made at about `now` and lasts until `expiry`: whole years,
// which are not all of one length.
export function shiftToExpire(now, expiry, lead) {
  const years = Math.round((expiry - now) / (365.25 * 86_400));
  const made = new Date((now + lead) * 1000);
  made.setUTCFullYear(made.getUTCFullYear() - years);
  return made.getTime() / 1000 - now;
}

// A clock that is right until it is set, within a second of that.
export class Clock {
  #file;

  constructor(file) {
    this.#file = file;
    this.set(0);
  }

  get environment() {
    return environment({FAKETIME_TIMESTAMP_FILE: this.#file, FAKETIME_CACHE_DURATION: "1"});
  }

  set(seconds) {
    fs.writeFileSync(this.#file, `${seconds < 0 ? "" : "+"}${seconds}\n`);
  }
}
