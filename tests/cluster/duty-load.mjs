// What validator clients ask, without any keys: each has an event stream, and in each slot asks for duties' data and hands something in, at the times when
// a client does; once in a while one makes a block. Counts what was not answered well. Runs until SIGTERM, then prints one line of JSON.
//   node duty-load.mjs --url http://HOST:5070 --clients 3
import {setTimeout as pause} from "node:timers/promises";
import {parseArgs} from "node:util";
import {get} from "../devnet/facts.mjs";

const {values: options} = parseArgs({options: {url: {type: "string"}, clients: {type: "string", default: "3"}}});
const COMMITTEES = 4;
const VALIDATORS = 16;
const BLOCK_EVERY_SLOTS = 5;
const counts = {requests: 0, failed: 0, heads: 0, streams_ended: 0, problems: {}};
const signature = "0x" + "b".repeat(192);

const {data: {genesis_time}} = await get(`${options.url}/eth/v1/beacon/genesis`, {timeout: 10_000});
const {data: {SECONDS_PER_SLOT, SLOTS_PER_EPOCH}} = await get(`${options.url}/eth/v1/config/spec`, {timeout: 10_000});
const genesis = Number(genesis_time), seconds = Number(SECONDS_PER_SLOT), epochLength = Number(SLOTS_PER_EPOCH);

process.on("SIGTERM", () => {
  console.log(JSON.stringify(counts));
  process.exit(0);
});
await Promise.all(Array.from({length: Number(options.clients)}, (_, i) => Promise.all([stream(), client(i)])));

async function ask(path, body) {
  counts.requests++;
  try {
    const answer = await fetch(options.url + path, {signal: AbortSignal.timeout(6000), ...(body === undefined ? {} : {method: "POST", body: JSON.stringify(body),
      headers: {"content-type": "application/json", "eth-consensus-version": "electra"}})});
    const text = await answer.text();
    if (answer.ok) return text && JSON.parse(text);
    throw new Error(`${answer.status} ${text.slice(0, 150)}`);
  } catch (error) {
    counts.failed++;
    const what = `${path.replace(/\?.*/, "").replace(/\d{3,}/, "N")}: ${error.cause?.code ?? error.message}`;
    counts.problems[what] = (counts.problems[what] ?? 0) + 1;
  }
}

async function stream() {
  for (;;) {
    try {
      const answer = await fetch(`${options.url}/eth/v1/events?topics=head,block`, {headers: {accept: "text/event-stream"}});
      for await (const bytes of answer.body) counts.heads += Buffer.from(bytes).toString().split("event: head").length - 1;
    } catch {
      // Counted below.
    }
    counts.streams_ended++;
    await pause(1000);
  }
}

async function client(number) {
  for (let slot = Math.floor((Date.now() / 1000 - genesis) / seconds) + 1; ; slot++) {
    const at = (share) => pause(Math.max(0, (genesis + (slot + share) * seconds) * 1000 - Date.now()));
    const indices = Array.from({length: VALIDATORS}, (_, i) => `${number * VALIDATORS + i}`);
    const epoch = Math.floor(slot / epochLength);
    await at(0);
    await Promise.all([ask("/eth/v1/node/syncing"), ask("/eth/v1/beacon/headers/head")]);
    if (slot % epochLength === 0) {
      await Promise.all([ask(`/eth/v1/validator/duties/attester/${epoch + 1}`, indices), ask(`/eth/v1/validator/duties/proposer/${epoch}`),
        ask("/eth/v1/beacon/states/head/validators", {ids: indices}),
        ask("/eth/v1/validator/prepare_beacon_proposer", indices.map((validator_index) => ({validator_index, fee_recipient: "0x" + "1".repeat(40)}))),
        ask("/eth/v1/validator/beacon_committee_subscriptions", indices.map((validator_index) => ({validator_index, committee_index: "0", committees_at_slot: "1", slot: `${slot}`, is_aggregator: true})))]);
    }
    if ((slot + number) % BLOCK_EVERY_SLOTS === 0) {
      const block = await ask(`/eth/v3/validator/blocks/${slot}?randao_reveal=${signature}`);
      if (block) await ask("/eth/v2/beacon/blocks", {signed_block: {message: block.data.block, signature}, kzg_proofs: [], blobs: []});
    }
    await at(1 / 3);
    const data = await Promise.all(Array.from({length: COMMITTEES}, (_, committee) => ask(`/eth/v1/validator/attestation_data?slot=${slot}&committee_index=${committee}`)));
    await ask("/eth/v2/beacon/pool/attestations", indices.map((attester_index, i) => ({committee_index: `${i % COMMITTEES}`, attester_index, data: data[i % COMMITTEES]?.data, signature})));
    await at(2 / 3);
    const aggregate = await ask(`/eth/v2/validator/aggregate_attestation?slot=${slot}&committee_index=0&attestation_data_root=0x${"2".repeat(64)}`);
    await ask("/eth/v2/validator/aggregate_and_proofs", [{message: {aggregator_index: indices[0], aggregate: aggregate?.data, selection_proof: signature}, signature}]);
  }
}
