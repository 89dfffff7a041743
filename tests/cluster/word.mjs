// What one box's status says of another.
export const peerOf = (status, name) => status.peers?.find(({box}) => box === name);
export const stackOf = (status, name) => status.stacks.find((one) => one.name === name);
export const isKnown = (status, name) => peerOf(status, name)?.standing === "known";
export const isUnheard = (status, name) => peerOf(status, name)?.standing === "silent";
export const isLost = (status, name) => isUnheard(status, name) || ["suspect", "out"].includes(stackOf(status, name)?.tier);
export const refusedOf = (status) => (status.peers ?? []).reduce((sum, {refused}) => sum + refused, 0);
