// The one place where SEKISHO_* is read. A bad value stops the process before it does anything.
import ipaddr from 'ipaddr.js';
import { availableParallelism } from 'node:os';
import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

export type DnsAccess =
  { readonly kind: 'open' } | { readonly kind: 'networks'; readonly networks: readonly string[] };

export interface Config {
  readonly dataDir: string;
  /** undefined: the embedded PostgreSQL in dataDir. */
  readonly databaseUrl: string | undefined;
  /** undefined: the queue lives in the database. */
  readonly queueUrl: string | undefined;
  readonly migrate: boolean;
  readonly http: ListenAddress;
  readonly dns: ListenAddress;
  /** The apex Z: lower case, no final dot. */
  readonly zone: string;
  readonly dnsAccess: DnsAccess;
  /** Threads that answer UDP, 1 to 256. */
  readonly dnsWorkers: number;
  /** false: UDP is answered by the main thread, without batched system calls. */
  readonly isDnsHot: boolean;
  /** Where the DNS process serves its metrics and health; undefined: nowhere. */
  readonly dnsHttp: ListenAddress | undefined;
  /** An edge that has not heard of its hub for longer is not ready; it goes on answering. */
  readonly dnsMaxAgeSeconds: number;
  /** Where people and members reach the hub; without a final slash. */
  readonly publicUrl: string;
  /** Where an edge follows the hub. */
  readonly hubUrl: string;
  readonly trusteeUrl: string | undefined;
  /** Demo mode: documentation and private addresses may be reported. */
  readonly isDemo: boolean;
  readonly hasIntrospection: boolean;
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent';
}

export class ConfigInvalid extends Error {
  override readonly name = 'ConfigInvalid';
  readonly code = 'config-invalid';
  readonly kind = 'Rejected';
  constructor(readonly faults: readonly string[]) {
    super(faults.join('\n'));
  }
}

/** A fault names the variable, what is wrong and a good example; never the value, which may be a secret. */
const fault = (what: string, example: string) => `${what}. Example: ${example}`;

const url = (schemes: readonly string[], example: string) =>
  z
    .string()
    .refine((text) => schemes.some((scheme) => text.startsWith(`${scheme}://`)) && URL.canParse(text), {
      error: fault(`not a ${schemes.map((scheme) => `${scheme}://`).join(' or ')} URL`, example),
    });

const listen = (example: string) =>
  z.string().transform((text, context): ListenAddress => {
    const match = /^(?:\[([0-9a-f:]+)\]|([^:[\]]+)):(\d{1,5})$/i.exec(text);
    const host = match?.[1] ?? match?.[2] ?? '';
    const port = Number(match?.[3]);
    if (!ipaddr.isValid(host) || !(port >= 0 && port <= 65_535)) {
      context.addIssue({ code: 'custom', message: fault('not an address and port', example) });
      return z.NEVER;
    }
    return { host, port };
  });

const count = (least: number, most: number, example: string) =>
  z
    .string()
    .regex(/^\d{1,9}$/, fault('not a number', example))
    .transform(Number)
    .refine((value) => value >= least && value <= most, fault(`not between ${least} and ${most}`, example));

const flag = z
  .enum(['0', '1', 'true', 'false', 'yes', 'no'], { error: fault('not yes or no', 'yes') })
  .transform((text) => ['1', 'true', 'yes'].includes(text));

const zone = z
  .string()
  .transform((text) => text.toLowerCase().replace(/\.$/, ''))
  .refine(
    (text) => /^(?:(?!-)[a-z0-9_-]{1,63}(?<!-)\.)*(?!-)[a-z0-9-]{1,63}$/.test(text) && text.length <= 150,
    {
      error: fault('not a domain name of at most 150 characters', 'sekisho.example'),
    },
  );

const access = z.string().transform((text, context): DnsAccess => {
  if (text === 'open') return { kind: 'open' };
  const networks = text.split(/[\s,]+/).filter((part) => part !== '');
  if (networks.length === 0 || !networks.every((network) => ipaddr.isValidCIDR(network))) {
    context.addIssue({
      code: 'custom',
      message: fault('not `open` and not a list of networks', '192.0.2.0/24,2001:db8::/32'),
    });
    return z.NEVER;
  }
  return { kind: 'networks', networks };
});

const environment = z.object({
  SEKISHO_DATA_DIR: z.string().min(1, fault('empty', '/var/lib/sekisho')).default('.sekisho'),
  SEKISHO_DATABASE_URL: url(['postgres', 'postgresql'], 'postgres://sekisho@db.example/sekisho').optional(),
  SEKISHO_QUEUE_URL: url(
    ['postgres', 'postgresql', 'redis', 'rediss'],
    'redis://queue.example:6379',
  ).optional(),
  SEKISHO_MIGRATE: flag.default(true),
  SEKISHO_HTTP: listen('127.0.0.1:8080').default({ host: '127.0.0.1', port: 8080 }),
  SEKISHO_DNS: listen('127.0.0.1:5353').default({ host: '127.0.0.1', port: 5353 }),
  SEKISHO_ZONE: zone.default('sekisho.example'),
  SEKISHO_DNS_WORKERS: count(1, 256, '3').optional(),
  SEKISHO_DNS_HOT: flag.default(true),
  SEKISHO_DNS_HTTP: listen('127.0.0.1:9153').optional(),
  SEKISHO_DNS_MAX_AGE: count(1, 31_536_000, '900').default(900),
  SEKISHO_DNS_ACCESS: access.default({ kind: 'open' }),
  SEKISHO_PUBLIC_URL: url(['http', 'https'], 'https://sekisho.example').optional(),
  SEKISHO_HUB_URL: url(['http', 'https'], 'https://sekisho.example').optional(),
  SEKISHO_TRUSTEE_URL: url(['http', 'https'], 'https://trustee.example').optional(),
  SEKISHO_DEMO: flag.default(false),
  SEKISHO_INTROSPECTION: flag.default(false),
  SEKISHO_LOG: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'], { error: fault('not a log level', 'info') })
    .default('info'),
});

const NAMES = Object.keys(environment.shape);

/**
 * Reads and validates the environment. An empty variable counts as unset.
 * @throws {ConfigInvalid} every fault at once, also a SEKISHO_ variable that does not exist (a slip of the pen).
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(
      ([name, value]) => name.startsWith('SEKISHO_') && value !== undefined && value !== '',
    ),
  );
  const unknown = Object.keys(given).filter((name) => !NAMES.includes(name));
  const parsed = environment.safeParse(given);
  const faults = [
    ...(parsed.error?.issues ?? []).map((issue) => `${String(issue.path[0])}: ${issue.message}`),
    ...unknown.map((name) => `${name}: no such variable. Known: ${NAMES.join(', ')}`),
  ];
  if (!parsed.success || faults.length > 0) throw new ConfigInvalid(faults);
  const values = parsed.data;
  const local = `http://${formatListen(values.SEKISHO_HTTP)}`;
  const dataDir = values.SEKISHO_DATA_DIR;
  return {
    dataDir: isAbsolute(dataDir) ? dataDir : resolve(dataDir),
    databaseUrl: values.SEKISHO_DATABASE_URL,
    queueUrl: values.SEKISHO_QUEUE_URL,
    migrate: values.SEKISHO_MIGRATE,
    http: values.SEKISHO_HTTP,
    dns: values.SEKISHO_DNS,
    zone: values.SEKISHO_ZONE,
    dnsAccess: values.SEKISHO_DNS_ACCESS,
    // One processor is left to the thread that follows the hub and answers what is unusual.
    dnsWorkers: values.SEKISHO_DNS_WORKERS ?? Math.max(1, availableParallelism() - 1),
    isDnsHot: values.SEKISHO_DNS_HOT,
    dnsHttp: values.SEKISHO_DNS_HTTP,
    dnsMaxAgeSeconds: values.SEKISHO_DNS_MAX_AGE,
    publicUrl: (values.SEKISHO_PUBLIC_URL ?? local).replace(/\/+$/, ''),
    hubUrl: (values.SEKISHO_HUB_URL ?? local).replace(/\/+$/, ''),
    trusteeUrl: values.SEKISHO_TRUSTEE_URL,
    isDemo: values.SEKISHO_DEMO,
    hasIntrospection: values.SEKISHO_INTROSPECTION,
    logLevel: values.SEKISHO_LOG,
  };
}

/** `127.0.0.1:8080`, `[::1]:8080` */
export function formatListen({ host, port }: ListenAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** For a process's first line: a faulty configuration is told on standard error, and the process ends with status 1. */
export function readConfigOrExit(env: Readonly<Record<string, string | undefined>>): Config {
  try {
    return readConfig(env);
  } catch (error) {
    if (!(error instanceof ConfigInvalid)) throw error;
    process.stderr.write(`sekisho: the configuration is not valid\n${error.message}\n`);
    process.exit(1);
  }
}
