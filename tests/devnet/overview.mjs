// The devnet in one line, from outside: what answers, who lags, what the validators under test have done so far.
import {explain, post} from "./facts.mjs";
import {tally} from "./score.mjs";

export async function overview(net, observer) {
  const slot = observer.slotNow();
  if (slot < 0) return `genesis in ${Math.ceil(net.genesisTime - Date.now() / 1000)} s`;
  const [one, two] = await Promise.all([stack(net, 1, slot), stack(net, 2, slot)]);
  const done = tally(observer.records);
  return `slot ${slot} | ${one} | ${two} | validators 24-31: ${done.duties} duties so far, ${done.duties - done.included} missed, `
    + `${done.included - done.right_head} on a wrong head`;
}

async function stack(net, i, slot) {
  const [head, execution] = await Promise.all([
    net.head(i).then((head) => (slot - head.slot > 1 ? `BN${i} ${slot - head.slot} slots behind` : `BN${i} live`), (error) => `BN${i} ${silence(error)}`),
    post(net.plan.stacks[i].execution.url, {jsonrpc: "2.0", id: 1, method: "eth_blockNumber", params: []}, {timeout: 700})
      .then(() => `EL${i} answers`, (error) => `EL${i} ${silence(error)}`),
  ]);
  return `${head}, ${execution}`;
}

const silence = (error) => (error.name === "TimeoutError" ? "hangs" : explain(error).includes("ECONNREFUSED") ? "is gone" : "fails");
