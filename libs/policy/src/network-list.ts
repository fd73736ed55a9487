import { maskBytes, parseIp, parseNetwork, SubjectInvalid, type Ip } from '@sekisho/subject';

const DOMAIN = /^(?=.{1,253}$)\.?(?:(?!-)[a-z0-9_-]{1,63}(?<!-)\.)+(?!-)[a-z0-9-]{1,63}(?<!-)$/i;

const keyOf = (bytes: Uint8Array, prefixLength: number) =>
  `${prefixLength}/${maskBytes(bytes, prefixLength).join('.')}`;

export interface ListMatch {
  /** As written. */
  readonly entry: string;
  /** Bits of the prefix that matched; a name counts as a whole address. */
  readonly specificity: number;
}

/** Addresses, networks and host names that a member wrote down. A name covers itself and everything below it. */
export class NetworkList {
  private readonly networks = new Map<string, string>();
  private readonly names = new Map<string, string>();
  private readonly lengths4: readonly number[];
  private readonly lengths6: readonly number[];

  /** @throws {SubjectInvalid} for an entry that is none of them */
  constructor(entries: readonly string[]) {
    const lengths = { 4: new Set<number>(), 16: new Set<number>() };
    for (const entry of entries) {
      if (!/[:/]/.test(entry) && !/^[\d.]+$/.test(entry)) {
        if (!DOMAIN.test(entry)) throw malformed(entry);
        this.names.set(entry.toLowerCase().replace(/^\./, ''), entry);
        continue;
      }
      const { bytes, prefixLength } = entry.includes('/')
        ? parseNetwork(entry)
        : { bytes: parseIp(entry).bytes, prefixLength: undefined };
      const length = prefixLength ?? bytes.length * 8;
      lengths[bytes.length === 4 ? 4 : 16].add(length);
      this.networks.set(`${bytes.length}:${keyOf(bytes, length)}`, entry);
    }
    this.lengths4 = [...lengths[4]].sort((a, b) => b - a);
    this.lengths6 = [...lengths[16]].sort((a, b) => b - a);
  }

  /** The most specific entry for an address with that verified host name. */
  match({ bytes }: Ip, name: string | undefined): ListMatch | undefined {
    for (const length of bytes.length === 4 ? this.lengths4 : this.lengths6) {
      const entry = this.networks.get(`${bytes.length}:${keyOf(bytes, length)}`);
      if (entry === undefined) continue;
      // An exact address is as specific as can be, in either family.
      return { entry, specificity: length === bytes.length * 8 ? WHOLE : length };
    }
    const entry =
      this.names.size > 0 && name !== undefined ? this.entryOfName(name.toLowerCase()) : undefined;
    return entry === undefined ? undefined : { entry, specificity: WHOLE };
  }

  private entryOfName(name: string): string | undefined {
    for (let rest = name; rest !== '';) {
      const entry = this.names.get(rest);
      if (entry !== undefined) return entry;
      const dot = rest.indexOf('.');
      rest = dot < 0 ? '' : rest.slice(dot + 1);
    }
    return undefined;
  }
}

const WHOLE = 128;

const malformed = (entry: string) =>
  new SubjectInvalid(
    'subject-malformed',
    `not an address, a network or a host name: ${JSON.stringify(entry.slice(0, 80))}. Example: 192.0.2.0/24 or mail.example`,
  );
