// The ways of telling which messages belong together that are compared. Each gives every message a group.
import { Clusters, fingerprintKey, fingerprintOf, type MessageContent } from '@sekisho/campaign';
import { createHash } from 'node:crypto';
import hash from 'tlsh';
import DigestHashBuilder from 'tlsh/lib/digests/digest-hash-builder.js';

export interface Method {
  readonly name: string;
  readonly groups: (contents: readonly MessageContent[]) => (number | string)[];
}

const KEY = fingerprintKey(new Uint8Array(32).fill(7), '2026-11');

export const sekisho: Method = {
  name: 'Sekisho',
  groups: (contents) => {
    const clusters = new Clusters(Math.max(1, contents.length));
    const slots = contents.map((content) => clusters.add(fingerprintOf(content, KEY)).slot);
    return slots.map((slot) => clusters.campaignOf(slot) ?? -1);
  },
};

/** Tags and comments taken out, nothing else: what a common filter does. */
function plainText({ texts, htmls }: MessageContent): string {
  const html = htmls
    .join('\n')
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/<[^>]*>/g, ' ');
  return html.trim() === '' ? texts.join('\n') : html;
}

function linked(length: number, isLinked: (a: number, b: number) => boolean): number[] {
  const parent = Array.from({ length }, (_, i) => i);
  const root = (of: number): number => {
    let at = of;
    while (parent[at] !== at) at = parent[at] ?? at;
    return at;
  };
  for (let a = 0; a < length; a++) {
    for (let b = 0; b < a; b++) if (isLinked(a, b)) parent[root(a)] = root(b);
  }
  return parent.map((_, i) => root(i));
}

/** TLSH of the plain text; `distance`: the usual reading is that 30 is near and 100 far. */
export const tlsh = (distance: number): Method => ({
  name: `TLSH, distance up to ${String(distance)}`,
  groups: (contents) => {
    const digests = contents.map((content) => {
      try {
        return DigestHashBuilder()
          .withHash(hash(plainText(content).toLowerCase()))
          .build();
      } catch {
        // Too short or too uniform for TLSH.
        return undefined;
      }
    });
    return linked(contents.length, (a, b) => {
      const [one, other] = [digests[a], digests[b]];
      return one !== undefined && other !== undefined && one.calculateDifference(other, true) <= distance;
    });
  },
});

/** As rspamd's fuzzy storage: 32 minima over windows of three words, a match when more than 16 are equal. */
export const rspamdLike: Method = {
  name: 'rspamd-like, 32 hashes, > 16 equal',
  groups: (contents) => {
    const minima = contents.map((content) => {
      const words =
        plainText(content)
          .toLowerCase()
          .match(/[\p{L}\p{N}]+/gu) ?? [];
      if (words.length < 3) return undefined;
      const lowest = new Uint32Array(32).fill(0xffffffff);
      for (let at = 0; at + 3 <= words.length; at++) {
        const digest = createHash('shake256', { outputLength: 128 })
          .update(words.slice(at, at + 3).join(' '))
          .digest();
        for (let i = 0; i < 32; i++) lowest[i] = Math.min(lowest[i] ?? 0, digest.readUInt32LE(4 * i));
      }
      return lowest;
    });
    return linked(contents.length, (a, b) => {
      const [one, other] = [minima[a], minima[b]];
      return (
        one !== undefined && other !== undefined && one.filter((value, i) => value === other[i]).length > 16
      );
    });
  },
};

/** As Pyzor: lines without addresses, URLs, long words and blanks; three at 20 % and three at 60 % when over four. */
export const pyzorLike: Method = {
  name: 'Pyzor-like digest',
  groups: (contents) =>
    contents.map((content, at) => {
      const lines = plainText(content)
        .split('\n')
        .map((line) =>
          line
            .replace(/\S{10,}/g, '')
            .replace(/\S+@\S+/g, '')
            .replace(/[a-z]+:\S+/gi, '')
            .replace(/\s/g, ''),
        )
        .filter(({ length }) => length >= 8);
      const from = (share: number) => Math.floor(lines.length * share);
      const chosen =
        lines.length <= 4 ? lines : [0.2, 0.6].flatMap((share) => lines.slice(from(share), from(share) + 3));
      return chosen.length === 0
        ? `none-${String(at)}`
        : createHash('sha1').update(chosen.join('')).digest('hex');
    }),
};
