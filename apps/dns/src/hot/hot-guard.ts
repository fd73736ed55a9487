/* eslint-disable @typescript-eslint/no-non-null-assertion -- reads of typed arrays inside their bounds */
// Who may ask and how often, decided without an object per query. What is not plainly allowed goes to the ordinary path,
// which decides again, exactly, and refuses.
import type { DnsAccess } from '@sekisho/config';
import { parseIp } from '@sekisho/subject';
import { KeyTable, NetworkTable, type SharedNetworks } from '@sekisho/zone';
import { networkOfIpv4, networkOfIpv6, RateTable, type SharedRates } from '../access/rate-table.js';
import { cellOf, KEY_LABEL_BYTES, readLabel, type SharedMembers } from '../access/shared-members.js';
import { AF_INET } from './socket-address.js';

/** Verdicts of the rates: the answer goes out, goes out without its records, or does not. */
export const SEND = 0;
export const CUT = 1;
const SUPPRESS = 2;
const MS_PER_MINUTE = 60_000;

/** The rules of the hot path; can be sent to another thread. */
export interface HotRules {
  /** Undefined: every address may ask. */
  readonly networks: { readonly ipv4: SharedNetworks; readonly ipv6: SharedNetworks } | undefined;
  /** undefined: no limits. */
  readonly rates: SharedRates | undefined;
  /** Names have a member's key in front of the zone. */
  readonly isByKey: boolean;
}

/** @param rates of access `open`; they are ignored with any other, where the askers are known */
export function hotRules(access: DnsAccess, rates: SharedRates | undefined): HotRules {
  return {
    networks: access.kind === 'networks' ? tablesOf(access.networks) : undefined,
    rates: access.kind === 'open' ? rates : undefined,
    isByKey: access.kind === 'key',
  };
}

function tablesOf(networks: readonly string[]): HotRules['networks'] {
  const ipv4 = new NetworkTable(1);
  const ipv6 = new NetworkTable(4);
  for (const text of networks) {
    const [host = '', length] = text.split('/');
    const { bytes } = parseIp(host);
    const isMapped = bytes.length === 4 && host.includes(':');
    const prefixLength = Math.max(0, Number(length) - (isMapped ? 96 : 0));
    // Host bits may be written here, as the ordinary path allows it.
    const words = Uint32Array.from({ length: bytes.length / 4 }, (_, i) => {
      const kept = Math.min(32, Math.max(0, prefixLength - i * 32));
      return wordAt(bytes, i * 4) & (kept === 0 ? 0 : -1 << (32 - kept));
    });
    (words.length === 1 ? ipv4 : ipv6).set(words, 0, prefixLength, 1);
  }
  return { ipv4: ipv4.shared, ipv6: ipv6.shared };
}

export class HotGuard {
  private readonly networks: { readonly ipv4: NetworkTable; readonly ipv6: NetworkTable } | undefined;
  private readonly word = new Uint32Array(1);
  private readonly words = new Uint32Array(4);
  private readonly label = new Uint32Array(KEY_LABEL_BYTES / 4);
  private readonly rates: RateTable | undefined;
  private labels: KeyTable | undefined;
  private counts: Uint32Array = new Uint32Array(0);
  private quota: number | undefined;
  private nowMs = 0;
  private minute = 0;
  private network = 0;

  constructor(private readonly rules: HotRules) {
    const { networks, rates } = rules;
    this.networks = networks && {
      ipv4: NetworkTable.attach(1, networks.ipv4),
      ipv6: NetworkTable.attach(4, networks.ipv6),
    };
    this.rates = rates && new RateTable(rates);
  }

  get isByKey(): boolean {
    return this.rules.isByKey;
  }

  /** Admits these members from now on. */
  use(members: SharedMembers): void {
    this.labels = KeyTable.attach(KEY_LABEL_BYTES / 4, members.labels);
    this.counts = members.counts;
    this.quota = members.quota;
  }

  /** Sets the clock; before each batch. */
  begin(nowMs: number): void {
    this.nowMs = nowMs;
    this.minute = Math.floor(nowMs / MS_PER_MINUTE);
  }

  /** Looks at a client, a sockaddr at bytes[at…]. False: the ordinary path decides. */
  isAllowed(bytes: Uint8Array, at: number): boolean {
    const { networks, words, word, rules } = this;
    if (!networks && !rules.rates) return true;
    const isInet = bytes[at] === AF_INET;
    for (let i = 0; i < 4; i++) words[i] = isInet ? 0 : wordAt(bytes, at + 8 + i * 4);
    const isMapped = !isInet && words[0] === 0 && words[1] === 0 && words[2] === 0xffff;
    if (isInet || isMapped) {
      word[0] = isInet ? wordAt(bytes, at + 4) : words[3]!;
      this.network = networkOfIpv4(word[0]);
      return networks?.ipv4.find(word) !== 0;
    }
    this.network = networkOfIpv6(words[0]!, words[1]!);
    return networks?.ipv6.find(words) !== 0;
  }

  /** Judges one answer for a name to the client looked at last, and counts it. */
  judgeName(kind: number, type: number, bytes: Uint8Array, start: number, end: number): number {
    const { rates } = this;
    if (!rates?.isLimited(kind)) return SEND;
    return this.judge(rates, rates.placeOfName(this.network, kind, type, bytes, start, end), kind);
  }

  /** The same for what is not there. */
  judgeZone(kind: number, zone: number): number {
    const { rates } = this;
    if (!rates?.isLimited(kind)) return SEND;
    return this.judge(rates, rates.placeOfZone(this.network, kind, zone), kind);
  }

  private judge(rates: RateTable, place: number, kind: number): number {
    if (rates.take(place, kind, this.nowMs)) return SEND;
    return rates.isSlipped(place) ? CUT : SUPPRESS;
  }

  /** The slot of the member whose key label stands at bytes[at…], length octet first; -1: not known here. */
  memberOf(bytes: Uint8Array, at: number): number {
    if (!this.labels || bytes[at] !== KEY_LABEL_BYTES) return -1;
    readLabel(bytes, at + 1, this.label);
    return this.labels.get(this.label) - 1;
  }

  /** Counts a query of a member; false, and not counted, when it is over its quota. */
  count(slot: number): boolean {
    const cell = cellOf(slot, this.minute);
    if (cell >= this.counts.length) return false;
    const before = Atomics.add(this.counts, cell, 1);
    if (this.quota === undefined || before < this.quota) return true;
    Atomics.sub(this.counts, cell, 1);
    return false;
  }
}

/** For access that is open and without limits. */
export const OPEN: HotRules = { networks: undefined, rates: undefined, isByKey: false };

function wordAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

/* eslint-enable @typescript-eslint/no-non-null-assertion */
