// One direction of the path between two sites, as TCP shows it to those who use it. Its knobs may change at any time.
const SEGMENT_BYTES = 1400;
const LEAST_TIMEOUT_MS = 200; // Linux's least retransmission time-out
const MOST_DOUBLINGS = 6;

export class Way {
  delay = 0; // milliseconds
  loss = 0; // of the segments, 0 to 1
  cut = false; // nothing passes; TCP goes on trying, so that what was sent passes when it ends

  constructor(random = Math.random) {
    this.random = random;
  }

  // How long a piece of data is held up because segments of it are lost: the receiver waits for the last of them, and
  // each further loss of the same one doubles the time-out. The acknowledgement's way back counts for the time-out alone.
  stall(bytes, back) {
    const timeout = Math.max(LEAST_TIMEOUT_MS, 2 * (this.delay + back.delay));
    let worst = 0;
    for (let left = bytes; left > 0 && this.loss > 0; left -= SEGMENT_BYTES) {
      let times = 0;
      while (times < MOST_DOUBLINGS && this.random() < this.loss) times++;
      worst = Math.max(worst, timeout * (2 ** times - 1));
    }
    return worst;
  }
}
