// What each step of the OPRF costs on one core, with libsodium (what Sekisho uses) and with @noble/curves:
//   npm run bench:oprf-core
import { ristretto255_oprf } from '@noble/curves/ed25519.js';
import { frameInput, loadSuite } from '@sekisho/oprf';
import { randomBytes } from 'node:crypto';
import { describeMachine } from '#harness/machine';

const SECONDS = 1;
const WARM_UP_SECONDS = 0.3;
const BATCHES = [1, 5, 100];

const random = (length = 32): Uint8Array<ArrayBuffer> => Uint8Array.from(randomBytes(length));
const { voprf, oprf } = ristretto255_oprf;

/** Elements a second of this thread's processor time. */
function measure(elements: number, step: () => unknown): number {
  const run = (seconds: number) => {
    const start = process.threadCpuUsage();
    let [done, spent] = [0, 0];
    while (spent < seconds) {
      step();
      done += elements;
      const { user, system } = process.threadCpuUsage(start);
      spent = (user + system) / 1e6;
    }
    return done / spent;
  };
  run(WARM_UP_SECONDS);
  return run(SECONDS);
}

const suite = await loadSuite();
const hub = suite.randomKeyShare(random);
const trustee = suite.randomKeyShare(random);
const secret = hub.exportSecret();

const rows: [step: string, batch: number, libsodium: number, noble: number][] = [];
for (const batch of BATCHES) {
  const inputs = Array.from({ length: batch }, (_, i) =>
    frameInput({ type: 'phone', canonVersion: 1, value: `+8190${String(10_000_000 + i)}` }),
  );
  const blinded = suite.blind(inputs, random);
  const elements = blinded.map(({ element }) => element);
  const answer = suite.evaluate(hub, elements, random);
  const verified = suite.verify(hub.publicKey, elements, answer);
  const other = suite.verify(trustee.publicKey, elements, suite.evaluate(trustee, elements, random));
  const combined = suite.combine(verified, other);
  const items = blinded.map(({ input, blind, element }, i) => ({
    input,
    blind,
    blinded: element,
    evaluated: answer.evaluated[i] ?? new Uint8Array(),
  }));
  rows.push(
    [
      'blind',
      batch,
      measure(batch, () => suite.blind(inputs, random)),
      measure(batch, () => inputs.map((input) => voprf.blind(input, random))),
    ],
    [
      'evaluate and prove',
      batch,
      measure(batch, () => suite.evaluate(hub, elements, random)),
      measure(batch, () => voprf.blindEvaluateBatch(secret, hub.publicKey, elements, random)),
    ],
    // noble has no verification of its own: its figure is for verifying and unblinding together.
    [
      'verify (noble: and finalise)',
      batch,
      measure(batch, () => suite.verify(hub.publicKey, elements, answer)),
      measure(batch, () => voprf.finalizeBatch(items, hub.publicKey, answer.proof)),
    ],
    [
      'finalise',
      batch,
      measure(batch, () => suite.finalize(blinded, combined)),
      measure(batch, () =>
        items.map(({ input, blind, evaluated }) => oprf.finalize(input, blind, evaluated)),
      ),
    ],
  );
}

console.log(describeMachine());
console.log('elements a second of processor time, one thread');
console.log('step                          batch   libsodium       noble   ratio');
for (const [step, batch, libsodium, noble] of rows) {
  const cells = [
    step.padEnd(28),
    String(batch).padStart(6),
    Math.round(libsodium).toLocaleString('en').padStart(11),
    Math.round(noble).toLocaleString('en').padStart(11),
    (libsodium / noble).toFixed(1).padStart(7),
  ];
  console.log(cells.join(' '));
}
