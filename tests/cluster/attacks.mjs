// What people do: a member that lies, one that was removed, and certificates that nobody renewed.
import {fileURLToPath} from "node:url";
import {accepts} from "../devnet/broker.mjs";
import {MARK} from "./lies.mjs";
import {FOUNDER, LENDERS, LIAR, PORTS, SITES, others} from "./plan.mjs";
import {isKnown, isLost, peerOf, refusedOf} from "./word.mjs";

// The time to live of the last true word, and then some: whoever is said to be known after it is wrongly so.
const LONG_SILENT = 40;

const believed = (status) => (status.peers ?? [])
  .filter((peer) => peer.agent_version === MARK.version || peer.serving === MARK.stack || peer.box === MARK.box)
  .map(({box}) => `a lie in the name of ${box}`);

const lie = (mode, says, {rate = 50, ...more} = {}) => ({
  says: `The owner of ${LIAR} lies through a broker of his own: ${says}`,
  means: "Whoever pulls from it gets what it likes under any topic. It has a member's key, and no other.",
  inject: async (lab, f) => {
    f.refusedBefore = Object.fromEntries(await Promise.all(others(LIAR).map(async (name) => [name, refusedOf(await lab.boxes[name].status())])));
    await takeOver(lab, mode, rate);
  },
  restore: giveBack,
  watchers: () => others(LIAR),
  seen: (status, f) => refusedOf(status) > f.refusedBefore[status.box],
  good: () => LENDERS,
  wrong: (status, {elapsed}) => [...believed(status), ...(elapsed > LONG_SILENT && isKnown(status, LIAR) ? [`${LIAR}, which says nothing true`] : [])],
  ...more,
});

export const ATTACKS = {
  garbage: lie("garbage", "random bytes, broken and oversized messages, its own signature under nonsense."),
  forge: lie("forge", "messages in the names of the others, and a roster with one member more. Meanwhile strangers knock, who made themselves a cluster of the same names.", {
    strangers: (lab) => others(LIAR).flatMap((name) => [
      {box: lab.boxes[name], certificate: lab.impostors.certificate("cloud"), who: "the cloud member of another CA"},
      {box: lab.boxes[name], certificate: {}, who: "somebody without a certificate"},
    ]),
  }),
  replay: lie("replay", "all that it ever heard of the others, again, while VICTIM is dark.", {
    inject: async (lab, {victim}) => {
      await lab.darken(victim);
      await takeOver(lab, "replay", 50);
    },
    restore: async (lab, f) => {
      await giveBack(lab);
      await lab.lighten(f.victim);
    },
    watchers: ({victim}) => others(victim, LIAR),
    seen: (status, {victim}) => isLost(status, victim),
    good: ({spare}) => [spare],
    wrong: (status, {victim, elapsed}) => (elapsed > LONG_SILENT && isKnown(status, victim) ? [`${victim}, which is dark`] : []),
    seconds: 70,
  }),
  flood: lie("flood", "10,000 messages a second to each of the others.", {rate: 10_000, seconds: 50}),
  removed: {
    says: `Removing ${LIAR} from the cluster; it keeps trying.`,
    means: "The roster says so, and travels by MQTT and from gateway to gateway; each broker is rendered anew. From then on it gets in nowhere.",
    inject: async (lab, f) => {
      f.certificate = lab.membership.certificate(LIAR);
      await lab.membership.remove(LIAR);
      await lab.boxes[FOUNDER].restartBroker();
      // The others' brokers follow when their agents have the roster.
      f.following = Promise.all(others(LIAR, FOUNDER).map((name) => lab.brokerFollows(name, (roster) => !roster.members.some(({box}) => box === LIAR))));
    },
    restore: (lab, f) => f.following,
    watchers: () => others(LIAR, FOUNDER),
    seen: (status) => peerOf(status, LIAR) === undefined,
    good: () => LENDERS,
    strangers: (lab, f) => others(LIAR).map((name) => ({box: lab.boxes[name], certificate: f.certificate, who: `${LIAR}, removed`})),
    after: 15,
    ruins: true,
  },
  expired: {
    says: "Every certificate of the cluster runs out in this second.",
    means: "Nobody may let anybody in. A box with a node goes on alone; the cloud member has nobody left to serve it.",
    inject: () => {},
    restore: () => {},
    watchers: () => SITES.map(({name}) => name),
    seen: (status) => status.conditions.some(({code}) => /certificate/.test(code)) || others(status.box).some((name) => isLost(status, name)),
    good: () => [],
    wrong: (status, {elapsed}) => (elapsed > LONG_SILENT ? (status.peers ?? []).filter(({standing}) => standing === "known").map(({box}) => `${box}, whose certificate has expired`) : []),
    strangers: (lab) => others("cloud").map((name) => ({box: lab.boxes[name], certificate: lab.membership.certificate("cloud"), who: "the cloud member, expired"})),
    after: 2,
    expiring: true,
    ruins: true,
    mayCost: true,
    seconds: 60,
  },
};

async function takeOver(lab, mode, rate) {
  const box = lab.boxes[LIAR];
  await box.broker.kill();
  lab.liar = lab.net.spawn("liar", process.execPath, [fileURLToPath(new URL("liar.mjs", import.meta.url)), "--mode", mode, "--host", box.host, "--port", String(PORTS.broker),
    "--membership", lab.membership.directory(LIAR), "--box", LIAR, "--heard", lab.heard.log, "--rate", String(rate)], {enter: box.place.enter});
  await lab.net.until("the liar's broker to listen", 10, () => accepts(PORTS.broker, box.host));
}

async function giveBack(lab) {
  await lab.liar.kill();
  await lab.boxes[LIAR].startBroker();
}
