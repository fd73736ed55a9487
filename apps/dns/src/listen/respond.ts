import type { Transport } from '../answer/server-state.js';

/** The answer to a packet, undefined for none. Never throws. */
export type Respond = (message: Uint8Array, transport: Transport, client: string) => Uint8Array | undefined;
