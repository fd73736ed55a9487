// Fingerprints of March 2030 that are as like one another as a test wants.
import { formatFingerprint, SKETCH_BYTES, type Fingerprint } from '@sekisho/campaign';
import { createHash } from 'node:crypto';

/** A sketch that follows from a name and agrees with those of no other name. */
const sketchOf = (name: string): Uint8Array =>
  Buffer.concat(
    Array.from({ length: SKETCH_BYTES / 32 }, (_, i) => createHash('sha256').update(`${name} ${i}`).digest()),
  );
/** Which of some sources a place of a sketch is from; places go by threes as the bands of the index do. */
const blend = (choose: (share: number) => Uint8Array): Uint8Array =>
  Uint8Array.from({ length: SKETCH_BYTES }, (_, i) => {
    const place = createHash('sha256')
      .update(`place ${Math.floor(i / 3)}`)
      .digest();
    return choose(place.readUInt16BE() / 65_536)[i] ?? 0;
  });
/** Of one original, 45 of 100 places alike: too little to be one campaign by themselves. */
const kinOf = (name: string): Uint8Array => blend((share) => sketchOf(share < 0.45 ? 'the original' : name));
export function print(name: string, sketch = sketchOf(name), change: Partial<Fingerprint> = {}): string {
  return formatFingerprint({
    ...{ month: '2030-03', kind: 'text', sizeClass: 16, sketch },
    textDigest: createHash('sha256').update(name).digest('hex').slice(0, 12),
    ...{ hostsDigest: undefined, attachmentsDigest: undefined },
    ...change,
  });
}
export const kin = (name: string): string => print(name, kinOf(name));
/** As like the one as the other: 73 of 100 places alike. */
export const between = (a: string, b: string): string => {
  const [one, other] = [kinOf(a), kinOf(b)];
  return print(
    `${a} and ${b}`,
    blend((share) => (share < 0.725 ? one : other)),
  );
};
/** Copies of a text in a frame: 97 of 100 places are the text's own, and texts of two names have 55 alike. */
export const copyOf = (name: string, number: number): string => {
  const wording = blend((share) => sketchOf(share < 0.55 ? 'the frame' : name));
  const own = sketchOf(`${name} ${number}`);
  return print(
    `${name} ${number}`,
    blend((share) => (share < 0.97 ? wording : own)),
  );
};
