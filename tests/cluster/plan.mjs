// The cluster under test: three sites and a cloud member, how far they are from one another, and where each listens.
// Each site has an address of its own in the lab's network. Under the name of another it finds that one's relay.
const ADDRESS = "10.78";
export const HUB = `${ADDRESS}.255.254`;
export const PREFIX_LENGTH = 16;
export const CLUSTER = "lab";
export const DOMAIN = "lab";
export const THRESHOLD = 6;
export const PORTS = {gateway: 5071, broker: 8883, proxy: 5070, status: 5072};
// What the sites reach of each other, and so what the relays carry. The beacon nodes' own network goes by no relay.
export const SERVICES = ["gateway", "broker"];

// `stack`: which of the devnet's nodes stand there. Number 0 is the rest of the chain's network, at none of the sites.
export const SITES = [
  {name: "kili", number: 1, role: "full", shares: 3, stack: 1},
  {name: "meru", number: 2, role: "full", shares: 3, stack: 2},
  {name: "uhuru", number: 3, role: "auxiliary", shares: 0},
  {name: "cloud", number: 4, role: "auxiliary", shares: 3},
];
export const FOUNDER = "kili";
export const LIAR = "uhuru";
export const LENDERS = SITES.filter(({stack}) => stack).map(({name}) => name);

// Milliseconds each way.
const DELAYS = {"kili meru": 5, "kili uhuru": 80, "meru uhuru": 250, "kili cloud": 80, "meru cloud": 250, "uhuru cloud": 5};

export const others = (...names) => SITES.map(({name}) => name).filter((name) => !names.includes(name));
export const siteOf = (name) => SITES.find((site) => site.name === name);
export const addressOf = ({number}) => `${ADDRESS}.0.${number}`;
export const relayAddress = (from, to) => `${ADDRESS}.${from.number}.${to.number}`;
export const nameOf = ({name}) => `${name}.${DOMAIN}`;
export const delayBetween = (a, b) => DELAYS[`${a.name} ${b.name}`] ?? DELAYS[`${b.name} ${a.name}`];
export const pairs = () => SITES.flatMap((from) => SITES.filter((to) => to !== from).map((to) => ({from, to})));

// What a site's /etc/hosts says.
export const hostsOf = (site) => ["127.0.0.1 localhost", `${addressOf(site)} ${nameOf(site)}`,
  ...SITES.filter((other) => other !== site).map((other) => `${relayAddress(site, other)} ${nameOf(other)}`)].join("\n");
