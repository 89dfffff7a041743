// Pure judgement: what became of a duty, given the chain; which duties belong to a fault; and the count.
import {SLOTS_PER_EPOCH} from "./layout.mjs";

// What became of one attester duty. Settled when it is in a block that has a successor, or when no later block can take it.
export function judge(duty, chain) {
  const lastSlot = duty.slot + SLOTS_PER_EPOCH;
  for (let slot = duty.slot + 1; slot <= lastSlot; slot++) {
    for (const attestation of chain.blockAt(slot)?.attestations ?? []) {
      if (attestation.slot !== duty.slot || attestation.committee !== duty.committee) continue;
      if (attestation.bits.length !== duty.length) {
        throw new Error(`a block at slot ${slot} votes with ${attestation.bits.length} members, the duties say ${duty.length}`);
      }
      if (!attestation.bits[duty.position]) continue;
      return {
        settled: chain.head.slot > slot,
        distance: slot - duty.slot,
        vote: attestation,
        rightHead: attestation.head === chain.rootAt(duty.slot),
        rightTarget: attestation.target.root === chain.rootAt(epochOf(duty.slot) * SLOTS_PER_EPOCH),
      };
    }
  }
  return {settled: chain.head.slot >= lastSlot, distance: null, vote: null, rightHead: false, rightTarget: false};
}

export const epochOf = (slot) => Math.floor(slot / SLOTS_PER_EPOCH);

// The slots a fault is answerable for: those that start while it lasts, and the one it falls into when the
// validators of that slot had not yet to attest (a third into the slot), or when it is `itsSlot` however late.
export function slotsOfFault({genesisTime, secondsPerSlot}, injected, restored, itsSlot = false) {
  const slotOf = (time) => (time - genesisTime) / secondsPerSlot;
  const at = slotOf(injected);
  const first = itsSlot || at - Math.floor(at) < 1 / 3 ? Math.floor(at) : Math.floor(at) + 1;
  return {first, last: Math.ceil(slotOf(restored)) - 1};
}

// `slots`: the observer's records; only those of the validators under test are counted.
export function tally(slots) {
  const duties = slots.flatMap(({own}) => own.duties);
  const proposals = slots.map(({proposal}) => proposal).filter((proposal) => proposal?.own);
  const count = (list, fact) => list.filter(fact).length;
  return {
    duties: duties.length,
    included: count(duties, ({distance}) => distance !== null),
    right_head: count(duties, ({rightHead}) => rightHead),
    late: count(duties, ({distance}) => distance > 1),
    wrong_target: count(duties, ({distance, rightTarget}) => distance !== null && !rightTarget),
    proposals_due: proposals.length,
    proposals_made: count(proposals, ({made}) => made),
    others_duties: slots.reduce((sum, {others}) => sum + others.duties, 0),
    others_right_head: slots.reduce((sum, {others}) => sum + others.right_head, 0),
    sync_due: slots.reduce((sum, {own}) => sum + own.sync.due, 0),
    sync_made: slots.reduce((sum, {own}) => sum + own.sync.made, 0),
  };
}

// The participation flags that the state must hold for a validator whose duty was judged so (timely source,
// target, head: bits 0 to 2). An account of the same thing that the observer had no part in.
export function flagsOf({distance, rightHead, rightTarget}) {
  if (distance === null) return 0;
  const source = distance <= Math.floor(Math.sqrt(SLOTS_PER_EPOCH)) ? 1 : 0;
  const target = rightTarget ? 2 : 0;
  const head = rightTarget && rightHead && distance === 1 ? 4 : 0;
  return source | target | head;
}
