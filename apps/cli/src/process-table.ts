import { fileURLToPath } from 'node:url';

export interface ProcessEntry {
  readonly name: string;
  readonly summary: string;
  /** The compiled entry point. Apps do not import each other: a process is started by its file. */
  readonly file: string;
}

const entry = (name: string, summary: string): ProcessEntry => ({
  name,
  summary,
  file: fileURLToPath(new URL(`../../${name}/dist/main.js`, import.meta.url)),
});

/**
 * For every process. Answers of a megabyte are built of small objects that live for one request: in the 16 MiB that V8
 * gives the young by default they are copied again and again (bench/reputations.ts: a sixth less processor time).
 */
export const NODE_ARGUMENTS = ['--enable-source-maps', '--max-semi-space-size=64'] as const;

/** The processes of a hub; each runs by itself, or all together in `sekisho up`. */
export const PROCESSES = [
  entry('hub', 'serve reports, GraphQL, tokens and zone snapshots over HTTP (SEKISHO_HTTP)'),
  entry('worker', 'score subjects and expire what is old'),
  entry('dns', 'answer DNS queries from memory (SEKISHO_DNS)'),
  entry('trustee', 'hold the second half of the subscriber keys, apart from the hub (SEKISHO_TRUSTEE_HTTP)'),
] as const;

/** Runs beside a mail server, which is seldom where the hub is: not part of `sekisho up`. */
export const POLICYD = entry(
  'policyd',
  'answer the policy questions of Postfix, from the DNS edge and a policy file',
);
