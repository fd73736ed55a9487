// A zone of addresses as records that any name server can hold. Networks become wildcards (RFC 4592) at the next label:
// an octet for IPv4, a hex digit for IPv6. A wildcard does not reach below a name that exists (its closest encloser
// wins), so every name that exists inside a listed network gets a wildcard of its own.

import { Steps, type Stretches } from './pause.js';

/** `octet`: IPv4, four labels of two hex digits each in a key. `nibble`: IPv6, 32 labels of one digit. */
export interface AddressFamily {
  readonly digitsPerLabel: 1 | 2;
  readonly labels: 4 | 32;
}

export const IPV4: AddressFamily = { digitsPerLabel: 2, labels: 4 };
export const IPV6: AddressFamily = { digitsPerLabel: 1, labels: 32 };

/** Addresses are hex digits, networks `LENGTH:DIGITS` as networkKey makes them. */
export interface AddressContent<T> {
  readonly exact: Iterable<readonly [string, T] | undefined>;
  readonly networks: ReadonlyMap<string, T>;
}

export interface ExpandedAddress<T> {
  /** Hex digits of the address, or of the part of it that a wildcard stands below. */
  readonly node: string;
  readonly isWildcard: boolean;
  readonly value: T;
}

/** The key of a network: its prefix length and the digits that it needs, masked. */
export function networkKey(digits: string, length: number): string {
  const whole = length >> 2;
  const rest = length & 3;
  if (rest === 0) return `${length}:${digits.slice(0, whole)}`;
  const last = Number.parseInt(digits.charAt(whole) || '0', 16) & (0xf0 >> rest);
  return `${length}:${digits.slice(0, whole)}${last.toString(16)}`;
}

/** Finds the longest network around a node, among those no longer than the node itself. */
export class Covers<T> {
  private readonly lengths: readonly number[];

  /** @param lengths the prefix lengths of the networks */
  constructor(
    private readonly networks: ReadonlyMap<string, T>,
    lengths: ReadonlySet<number>,
  ) {
    this.lengths = [...lengths].sort((a, b) => b - a);
  }

  static *of<T>(networks: ReadonlyMap<string, T>): Stretches<Covers<T>> {
    const lengths = new Set<number>();
    const pause = new Steps();
    for (const key of networks.keys()) {
      lengths.add(lengthOf(key));
      if (pause.isDue) yield undefined;
    }
    return new Covers(networks, lengths);
  }

  get isEmpty(): boolean {
    return this.lengths.length === 0;
  }

  of(node: string): T | undefined {
    for (const length of this.lengths) {
      if (length > node.length * 4) continue;
      const value = this.networks.get(networkKey(node, length));
      if (value !== undefined) return value;
    }
    return undefined;
  }
}

/**
 * The names of a family, each once, in no order, undefined where there may be a pause. `overrides` are addresses whose answer is fixed whatever is listed;
 * undefined for one that must not exist.
 */
export function* expandAddresses<T>(
  family: AddressFamily,
  { exact, networks }: AddressContent<T>,
  overrides: ReadonlyMap<string, T | undefined>,
): Generator<ExpandedAddress<T> | undefined> {
  const pause = new Steps();
  const covers = yield* Covers.of(networks);
  const fullLength = family.labels * family.digitsPerLabel;
  const nodes = new Set<string>();
  const covered = new Map<string, T>();
  const addAncestors = (digits: string) => {
    for (let length = digits.length - family.digitsPerLabel; length >= 0; length -= family.digitsPerLabel) {
      const node = digits.slice(0, length);
      if (nodes.has(node) || covers.of(node) === undefined) break;
      nodes.add(node);
    }
  };
  for (const one of exact) {
    if (!one) {
      yield undefined;
      continue;
    }
    const [digits, value] = one;
    if (!overrides.has(digits)) yield { node: digits, isWildcard: false, value };
    if (covers.isEmpty || covers.of(digits) === undefined) continue;
    covered.set(digits, value);
    addAncestors(digits);
  }
  for (const [digits, value] of overrides) {
    if (value !== undefined) yield { node: digits, isWildcard: false, value };
    addAncestors(digits);
  }
  const forced = new Set<string>();
  for (const key of networks.keys()) {
    for (const node of nodesOf(key, family)) {
      addAncestors(node);
      (node.length === fullLength ? forced : nodes).add(node);
      if (pause.isDue) yield undefined;
    }
  }
  // A set that grows while it is walked: what is added is visited too.
  for (const node of nodes) {
    if (pause.isDue) yield undefined;
    const value = covers.of(node);
    if (value === undefined) continue;
    if (mayHaveWildcard(node, family)) yield { node, isWildcard: true, value };
    else
      for (const child of childrenOf(node, family)) (child.length === fullLength ? forced : nodes).add(child);
  }
  for (const digits of forced) {
    if (pause.isDue) yield undefined;
    const value = covers.of(digits);
    if (value === undefined || covered.has(digits) || overrides.has(digits)) continue;
    yield { node: digits, isWildcard: false, value };
  }
}

/**
 * Both families share a zone: `1.0.0.2` is 2.0.0.1 and begins 2001::/16. A wildcard may not catch names of the other
 * family, nor 127.0.0.1, which must never exist (RFC 5782 section 5): there single addresses stand instead.
 */
function mayHaveWildcard(node: string, family: AddressFamily): boolean {
  if (family.digitsPerLabel === 1) return node.length >= 4;
  if (node === '7f0000') return false;
  for (let at = 0; at < node.length; at += 2) if (octetAt(node, at) > 9) return true;
  return false;
}

/** The nodes at the next label that a network is made of: 1 to 128 of them for IPv4, to 8 for IPv6. */
export function* nodesOf(key: string, { digitsPerLabel }: AddressFamily): Generator<string> {
  const length = lengthOf(key);
  const digits = key.slice(key.indexOf(':') + 1);
  const size = Math.ceil(length / (4 * digitsPerLabel)) * digitsPerLabel;
  const first = digits.padEnd(size, '0');
  const stem = first.slice(0, -digitsPerLabel || undefined);
  if (size === 0) {
    yield '';
    return;
  }
  const start = Number.parseInt(first.slice(-digitsPerLabel), 16);
  for (let i = 0; i < 2 ** (size * 4 - length); i++) {
    yield stem + (start + i).toString(16).padStart(digitsPerLabel, '0');
  }
}

function* childrenOf(node: string, { digitsPerLabel }: AddressFamily): Generator<string> {
  for (let i = 0; i < 16 ** digitsPerLabel; i++) yield node + i.toString(16).padStart(digitsPerLabel, '0');
}

/** The labels of a node as they stand in a name, the last part of the address first. */
export function labelsOfNode(node: string, { digitsPerLabel }: AddressFamily): string[] {
  const labels: string[] = [];
  for (let at = node.length - digitsPerLabel; at >= 0; at -= digitsPerLabel) {
    labels.push(digitsPerLabel === 1 ? node.charAt(at) : String(octetAt(node, at)));
  }
  return labels;
}

export const lengthOf = (key: string): number => Number.parseInt(key, 10);

const octetAt = (node: string, at: number): number => Number.parseInt(node.slice(at, at + 2), 16);
