import { Clusters, fingerprintKey, fingerprintOf, SKETCH_BYTES, type Fingerprint } from '@sekisho/campaign';
import type { LabelledMessage } from './corpus.ts';
import { randomSource } from './random.ts';

const ADDED = 100_000;
const CAMPAIGNS = 20_000;

/** Half of the stream are variants of campaigns, half are messages near no other. */
function stream(random: () => number): () => Fingerprint {
  const word = () => Math.floor(random() * 2 ** 32);
  const sketch = () => new Uint8Array(Uint32Array.from({ length: SKETCH_BYTES / 4 }, word).buffer);
  const originals = Array.from({ length: CAMPAIGNS }, sketch);
  /** A quarter of the values differ. */
  const varied = (original: Uint8Array) => {
    const words = new Uint32Array(original.slice().buffer);
    for (let i = 0; i < words.length; i++) if (random() < 0.25) words[i] = word();
    return new Uint8Array(words.buffer);
  };
  return () => {
    const original = random() < 0.5 ? originals[Math.floor(random() ** 2 * CAMPAIGNS)] : undefined;
    const values = original ? varied(original) : sketch();
    return {
      month: '2026-11',
      kind: 'text',
      sizeClass: 14,
      textDigest: '0123456789ab',
      hostsDigest: undefined,
      attachmentsDigest: undefined,
      sketch: values,
    };
  };
}

export function measureThroughput(live: number): void {
  const next = stream(randomSource(1));
  const before = process.memoryUsage();
  const clusters = new Clusters(live + 1);
  const slots: number[] = [];
  for (let i = 0; i < live; i++) slots.push(clusters.add(next()).slot);
  const took = new Float64Array(ADDED);
  // What made the fingerprints is left to the collector before the clock starts, as far as it wants to.
  const fingerprints = Array.from({ length: ADDED }, next);
  const start = process.threadCpuUsage();
  const startedAt = performance.now();
  for (const [i, fingerprint] of fingerprints.entries()) {
    const at = performance.now();
    clusters.remove(slots[i] ?? 0);
    clusters.add(fingerprint);
    took[i] = performance.now() - at;
  }
  const elapsedMs = performance.now() - startedAt;
  const { user, system } = process.threadCpuUsage(start);
  const memory = process.memoryUsage();
  took.sort();
  const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(0);
  const quantile = (share: number) => (took[Math.floor(share * (ADDED - 1))] ?? 0).toFixed(2);
  console.log(
    `\nthroughput: ${Math.round((ADDED * 1e6) / (user + system)).toLocaleString('en')} fingerprints/s of processor time` +
      ` (${Math.round((ADDED * 1e3) / elapsedMs).toLocaleString('en')}/s elapsed), each one expired and one added,` +
      ` against ${clusters.size.toLocaleString('en')} live; elapsed median ${quantile(0.5)} ms, 99.9 % ${quantile(0.999)} ms, slowest ${quantile(1)} ms;` +
      ` arrays ${mebibytes(clusters.bytes)} MiB, process grew by ${mebibytes(memory.rss - before.rss)} MiB with the bench's own stream`,
  );
}

export function measureFingerprinting(corpus: readonly LabelledMessage[]): void {
  const key = fingerprintKey(new Uint8Array(32).fill(7), '2026-11');
  for (const { content } of corpus) fingerprintOf(content, key);
  let slowest = 0;
  const start = process.threadCpuUsage();
  for (const { content } of corpus) {
    const at = performance.now();
    fingerprintOf(content, key);
    slowest = Math.max(slowest, performance.now() - at);
  }
  const { user, system } = process.threadCpuUsage(start);
  const seconds = (user + system) / 1e6;
  console.log(
    `\nfingerprinting: ${Math.round(corpus.length / seconds).toLocaleString('en')} real messages/s on one core, slowest ${slowest.toFixed(1)} ms (keyed hash of every shingle included)`,
  );
}
