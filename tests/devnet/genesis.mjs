// Writes the genesis state: past the merge and in Capella from slot 0, with keys everyone knows (interop).
//   node genesis.mjs --install DIR --out FILE --validators N --time UNIX --execution-hash H --seconds-per-slot N
import fs from "node:fs";
import path from "node:path";
import {pathToFileURL} from "node:url";
import {parseArgs} from "node:util";

const {values: options} = parseArgs({
  options: {
    install: {type: "string"},
    out: {type: "string"},
    validators: {type: "string"},
    time: {type: "string"},
    "execution-hash": {type: "string"},
    "seconds-per-slot": {type: "string"},
  },
});

// The clients are installed outside the checkout, so their modules are named by path; the preset is read when they load.
process.env.LODESTAR_PRESET = "minimal";
const load = (module) => import(pathToFileURL(path.join(options.install, "node_modules/@lodestar", module)));
const {nodeUtils} = await load("beacon-node/lib/index.js");
const {createIChainForkConfig} = await load("config/lib/index.js");
const {minimalChainConfig} = await load("config/lib/presets.js");

const config = createIChainForkConfig({
  ...minimalChainConfig,
  ALTAIR_FORK_EPOCH: 0,
  BELLATRIX_FORK_EPOCH: 0,
  CAPELLA_FORK_EPOCH: 0,
  TERMINAL_TOTAL_DIFFICULTY: 0n,
  SECONDS_PER_SLOT: Number(options["seconds-per-slot"]),
});
const {state} = nodeUtils.initDevState(config, Number(options.validators), {
  genesisTime: Number(options.time),
  eth1BlockHash: Buffer.from(options["execution-hash"].slice(2), "hex"),
});
fs.writeFileSync(options.out, state.serialize());
