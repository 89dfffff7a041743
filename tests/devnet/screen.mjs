// What a person sees: notes that stay, and below them on a terminal a live part that is redrawn in place.
// Notes go to standard error, results to standard output.

const DRAW_EVERY_MS = 1000;
const PLAIN_EVERY_MS = 5000;

export class Screen {
  #terminal = process.stderr.isTTY === true;
  #drawn = 0;
  #live = async () => "";
  #timer;
  #busy;

  // `live(terminal)` gives the live part: many lines on a terminal, one short line elsewhere.
  constructor(live) {
    this.#live = live;
    this.#timer = setInterval(() => this.#refresh(), this.#terminal ? DRAW_EVERY_MS : PLAIN_EVERY_MS);
  }

  note(text) {
    this.#clear();
    process.stderr.write(text + "\n");
  }

  step(text) {
    const time = new Date().toISOString().slice(11, 19);
    this.note(this.#terminal ? `\x1b[1m${time}  ${text}\x1b[0m` : `${time}  ${text}`);
  }

  result(text) {
    this.#clear();
    process.stdout.write(text + "\n");
  }

  // For the moments that matter, where no terminal shows the live part all the time.
  picture(text) {
    if (!this.#terminal) this.note(text.replace(/^/gm, "    ").trimEnd());
  }

  async close() {
    clearInterval(this.#timer);
    await this.#busy;
    this.#clear();
  }

  #refresh() {
    this.#busy ??= this.#draw().finally(() => (this.#busy = undefined));
  }

  async #draw() {
    const text = await this.#live(this.#terminal);
    if (!this.#terminal) return this.note(text);
    const lines = text.trimEnd().split("\n").slice(0, (process.stderr.rows ?? 24) - 2);
    this.#clear();
    // Without line wrap each line takes one row, so that the next drawing knows how far up to go.
    process.stderr.write("\x1b[?7l" + lines.map((line) => line + "\x1b[0m\x1b[K\n").join("") + "\x1b[?7h");
    this.#drawn = lines.length;
  }

  #clear() {
    if (this.#drawn) process.stderr.write(`\x1b[${this.#drawn}A\x1b[J`);
    this.#drawn = 0;
  }
}
