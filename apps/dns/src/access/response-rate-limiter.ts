// Response rate limiting as BIND does it: a bucket for equal answers to one network, so that this server is of no use
// for flooding somebody with answers to queries that he never sent.
import { octetsOfClient } from './client-address.js';
import {
  networkOfIpv4,
  networkOfIpv6,
  RATE,
  RateTable,
  type AnswerKind,
  type SharedRates,
} from './rate-table.js';

/** `cut`: send it without records and with TC, so that who really asked comes back by TCP. */
export type Verdict = 'send' | 'cut' | 'drop';

/** What makes answers equal: a listing's name (wire form) and type, or the number of a zone of what is not there. */
export type Equal = { readonly name: Uint8Array; readonly type: number } | number;

/** The ordinary path's view of the buckets that all threads share. */
export class ResponseRateLimiter {
  /** Answers that were not sent, and those sent cut, by this thread. */
  dropped = 0;
  slipped = 0;
  private readonly table: RateTable;

  constructor(readonly shared: SharedRates) {
    this.table = new RateTable(shared);
  }

  judge(client: string, kind: AnswerKind, equal: Equal, nowMs: number): Verdict {
    const { table } = this;
    const rate = RATE[kind];
    if (!table.isLimited(rate)) return 'send';
    const network = networkOf(octetsOfClient(client));
    const place =
      typeof equal === 'number'
        ? table.placeOfZone(network, rate, equal)
        : table.placeOfName(network, rate, equal.type, equal.name, 0, equal.name.length);
    if (table.take(place, rate, nowMs)) return 'send';
    if (!table.isSlipped(place)) {
      this.dropped++;
      return 'drop';
    }
    this.slipped++;
    // TC in an error would be no help to anybody: now and then one goes out as it is.
    return kind === 'errors' ? 'send' : 'cut';
  }
}

/** The network that is protected: /24 or /56, as somebody who is flooded shares his line with it. */
function networkOf(octets: Uint8Array): number {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  if (octets.length === 4) return networkOfIpv4(view.getUint32(0));
  return networkOfIpv6(view.getUint32(0), view.getUint32(4));
}
