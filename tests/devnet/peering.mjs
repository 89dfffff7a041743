// Connects a beacon node to the others at once: discovery alone takes half a minute, and a node that was
// stopped comes back alone.
import {get, post} from "./facts.mjs";

// One attempt; true when the node has all the others as peers and they have it.
export async function connectToAll(url, others) {
  const own = await identity(url);
  const connected = await Promise.all(others.map(async ({beacon}) => {
    const other = await identity(beacon.url);
    const [here, there] = [await hasPeer(url, other), await hasPeer(beacon.url, own)];
    if (here && there) return true;
    // A half-open connection (two dials crossed, or one side slept) blocks a new one: drop what is left of it.
    if (there) await post(`${beacon.url}/eth/v1/lodestar/disconnect_peer?peerId=${own}`);
    if (here) await post(`${url}/eth/v1/lodestar/disconnect_peer?peerId=${other}`);
    const address = encodeURIComponent(`/ip4/127.0.0.1/tcp/${beacon.p2p}`);
    await post(`${url}/eth/v1/lodestar/connect_peer?peerId=${other}&multiaddr=${address}`, undefined, {timeout: 5000});
    return false;
  }));
  return connected.every(Boolean);
}

const identity = async (url) => (await get(`${url}/eth/v1/node/identity`)).data.peer_id;

const hasPeer = async (url, id) =>
  (await get(`${url}/eth/v1/node/peers?state=connected`)).data.some(({peer_id}) => peer_id === id);
