import type { Category, Evidence } from '@sekisho/report';

/** One report, or its end, as the ledger takes it. Times in milliseconds since 1970. */
export interface Observation {
  readonly time: number;
  readonly reporter: string;
  /** Canonical text of an address, network, domain or fingerprint. */
  readonly subject: string;
  readonly category: Category;
  readonly evidence: Evidence;
  /** Messages; at least 1. */
  readonly count: number;
  /** The reporter no longer sees the subject. That is silence, not innocence. */
  readonly ended?: boolean;
  /** Taken while our own verdict was in force: neither counts nor trains. */
  readonly influenced?: boolean;
}

/** What somebody who knows found out about a subject. */
export interface Outcome {
  readonly time: number;
  readonly subject: string;
  readonly source: 'owner-fixed' | 'appeal-upheld' | 'appeal-rejected' | 'trap' | 'working-group';
  /** True: the reports were right. */
  readonly abusive: boolean;
}

/** Whole seconds: they stay small integers in memory. */
export const toSeconds = (ms: number) => Math.floor(ms / 1_000);

export const HOUR_S = 3_600;

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** A total order, so that the order of arrival leaves no trace. */
export const byTimeThenText = (a: Observation, b: Observation) =>
  a.time - b.time ||
  compare(a.reporter, b.reporter) ||
  compare(a.subject, b.subject) ||
  compare(a.category, b.category) ||
  compare(a.evidence, b.evidence) ||
  Number(a.ended ?? false) - Number(b.ended ?? false);
