// What each step of the OPRF costs on one core, with libsodium as WebAssembly and as the system's
// library (what Sekisho uses where it is there), and with @noble/curves:
//   npm run bench:oprf-core
import { ristretto255_oprf } from '@noble/curves/ed25519.js';
import { frameInput, loadSuite, type Suite } from '@sekisho/oprf';
import { nativeElements } from '@sekisho/sodium';
import { randomBytes } from 'node:crypto';
import { inFull, printTable } from '#harness/figures';
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

const inputsOf = (batch: number) =>
  Array.from({ length: batch }, (_, i) =>
    frameInput({ type: 'phone', canonVersion: 1, value: `+8190${String(10_000_000 + i)}` }),
  );

/** Each step of ours, on whatever arithmetic the suite has now. */
function measureOurs(suite: Suite, batch: number): number[] {
  const [hub, trustee] = [suite.randomKeyShare(random), suite.randomKeyShare(random)];
  const inputs = inputsOf(batch);
  const blinded = suite.blind(inputs, random);
  const elements = blinded.map(({ element }) => element);
  const answer = suite.evaluate(hub, elements, random);
  const verified = suite.verify(hub.publicKey, elements, answer);
  const other = suite.verify(trustee.publicKey, elements, suite.evaluate(trustee, elements, random));
  const combined = suite.combine(verified, other);
  return [
    measure(batch, () => suite.blind(inputs, random)),
    measure(batch, () => suite.evaluate(hub, elements, random)),
    measure(batch, () => suite.verify(hub.publicKey, elements, answer)),
    measure(batch, () => suite.finalize(blinded, combined)),
  ];
}

function measureNoble(batch: number): number[] {
  const { secretKey, publicKey } = voprf.generateKeyPair();
  const inputs = inputsOf(batch);
  const blinded = inputs.map((input) => ({ input, ...voprf.blind(input, random) }));
  const elements = blinded.map((one) => one.blinded);
  const answer = voprf.blindEvaluateBatch(secretKey, publicKey, elements, random);
  const items = blinded.map((one, i) => ({ ...one, evaluated: answer.evaluated[i] ?? new Uint8Array() }));
  return [
    measure(batch, () => inputs.map((input) => voprf.blind(input, random))),
    measure(batch, () => voprf.blindEvaluateBatch(secretKey, publicKey, elements, random)),
    // noble has no verification of its own: its figure is for verifying and unblinding together.
    measure(batch, () => voprf.finalizeBatch(items, publicKey, answer.proof)),
    measure(batch, () => items.map(({ input, blind, evaluated }) => oprf.finalize(input, blind, evaluated))),
  ];
}

const STEPS = ['blind', 'evaluate and prove', 'verify (noble: and finalise)', 'finalise'];
const columns: { name: string; rates: number[] }[] = [];
const add = (name: string, measureAll: (batch: number) => number[]) =>
  columns.push({ name, rates: BATCHES.flatMap(measureAll) });

const wasm = await loadSuite();
add('noble', measureNoble);
add('wasm', (batch) => measureOurs(wasm, batch));
const elements = nativeElements();
if (elements) {
  const native = await loadSuite(elements);
  add('native', (batch) => measureOurs(native, batch));
} else console.log('no libsodium on this machine: sudo apt-get install libsodium23');

console.log(describeMachine());
console.log('elements a second of processor time, one thread');
printTable(
  ['step', 'batch', ...columns.map(({ name }) => name)],
  BATCHES.flatMap((batch, b) =>
    STEPS.map((step, i) => [
      step,
      String(batch),
      ...columns.map(({ rates }) => inFull(rates[b * STEPS.length + i] ?? Number.NaN)),
    ]),
  ),
);
