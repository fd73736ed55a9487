import { Answers } from './answers.js';
import type { Dataset } from './dataset.js';
import { DatasetLoader, type LoadOptions } from './dataset-loader.js';
import type { LineFault } from './errors.js';
import { LoadedZone } from './loaded-zone.js';
import type { DatasetType } from './zone-spec.js';

export const NOW_SECONDS = Date.UTC(2026, 10, 24) / 1000;

/** A dataset of one file given as text or octets, and the faults in it. */
export function loadText(
  type: DatasetType,
  text: string | Uint8Array,
  options: Partial<LoadOptions> = {},
): { dataset: Dataset; faults: LineFault[] } {
  const faults: LineFault[] = [];
  const loader = new DatasetLoader(type, {
    nowSeconds: NOW_SECONDS,
    onFault: (fault) => faults.push(fault),
    ...options,
  });
  loader.startFile('list');
  loader.push(typeof text === 'string' ? new TextEncoder().encode(text) : text);
  loader.endFile();
  return { dataset: loader.finish(), faults };
}

export const wireOf = (name: string): Uint8Array =>
  Uint8Array.from(
    name
      .split('.')
      .filter(Boolean)
      .flatMap((label) => [label.length, ...Array.from(label, (character) => character.charCodeAt(0))]),
  );

const ANSWERS = new Answers();

/** What the labels in front of a zone made of these datasets get: addresses, texts, and a word for everything else. */
export function ask(datasets: readonly Dataset[], name: string): string[] {
  const wire = wireOf(name);
  const zone = new LoadedZone(datasets, 1_700_000_000);
  zone.find(wire, 0, wire.length, { addresses: true, texts: true, others: true }, ANSWERS);
  const state = ANSWERS.isFound ? [] : [ANSWERS.isAbove ? 'above' : 'absent'];
  return [
    ...state,
    ...Array.from(ANSWERS.addresses, (word) =>
      [24, 16, 8, 0].map((shift) => (word >>> shift) & 255).join('.'),
    ),
    ...ANSWERS.texts.map((content) => new TextDecoder().decode(content.subarray(1))),
    ...ANSWERS.others.map(({ type }) => `type ${type}`),
  ];
}
