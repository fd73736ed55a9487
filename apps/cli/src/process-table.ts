import { fileURLToPath } from 'node:url';

export interface ProcessEntry {
  readonly name: string;
  readonly summary: string;
  /** The compiled entry point. Apps do not import each other: a process is started by its file. */
  readonly file: string;
  /** What its Node is started with. */
  readonly nodeArguments: readonly string[];
}

/**
 * For every process but the edge. Answers of a megabyte are built of small objects that live for one request: in the 16 MiB that
 * V8 gives the young by default they are copied again and again (bench/reputations.ts: a sixth less processor time).
 */
const NODE_ARGUMENTS: readonly string[] = ['--enable-source-maps', '--max-semi-space-size=64'];

/**
 * An edge runs for months and starts once. So it makes Node's own objects anew instead of taking them from the picture that
 * Node starts from, of which it would keep 8 MB (30 ms of its start), and does without V8's middle compiler, 2 MB of code that
 * it needs for the first second of load only: what answers queries is compiled by the best one (docs/dns-performance.md).
 */
const EDGE_ARGUMENTS: readonly string[] = ['--no-node-snapshot', '--no-maglev'];

const fileOf = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const entry = (name: string, summary: string): ProcessEntry => ({
  ...{ name, summary },
  file: fileOf(`${name}/dist/main.js`),
  nodeArguments: NODE_ARGUMENTS,
});

/** Bundled, so that each of its threads has in memory only what it uses (tools/bundle-edge.mjs). */
export const EDGE: ProcessEntry = {
  name: 'dns',
  summary: 'answer DNS queries from memory (SEKISHO_DNS)',
  file: fileOf('dns/dist/edge/main.js'),
  nodeArguments: EDGE_ARGUMENTS,
};

/** The processes of a hub; each runs by itself, or all together in `sekisho up`. */
export const PROCESSES: readonly ProcessEntry[] = [
  entry('hub', 'serve reports, GraphQL, tokens and zone snapshots over HTTP (SEKISHO_HTTP)'),
  entry('worker', 'score subjects and expire what is old'),
  EDGE,
  entry('trustee', 'hold the second half of the subscriber keys, apart from the hub (SEKISHO_TRUSTEE_HTTP)'),
];

/** Runs beside a mail server, which is seldom where the hub is: not part of `sekisho up`. */
export const POLICYD = entry(
  'policyd',
  'answer the policy questions of Postfix, from the DNS edge and a policy file',
);
