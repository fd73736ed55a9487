// The one place where SEKISHO_* is read. A bad value stops the process before it does anything.
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import {
  DEFAULT_RATES,
  access,
  count,
  fault,
  flag,
  listen,
  listenList,
  networkList,
  path,
  rates,
  url,
  zone,
  type DnsAccess,
  type ListenAddress,
  type ResponseRates,
} from './values.js';

/** DNS over TLS: where, and the files of certificate chain and key. */
export interface DnsTls extends ListenAddress {
  readonly certificatePath: string;
  readonly keyPath: string;
}

/** What the trustee's own process runs with. */
export interface TrusteeConfig {
  /** Its keys, member register and audit; nothing of the hub's. */
  readonly dir: string;
  readonly http: ListenAddress;
  /** Where the key is that seals its shares; undefined: `seal.key` in its directory. */
  readonly sealKeyPath: string | undefined;
  /** `pinned`: its operator accepts every member key; `follow`: it takes the hub's word for them. */
  readonly members: 'pinned' | 'follow';
  /** Elements that one member may have evaluated in a day (UTC). */
  readonly quota: number;
}

export interface Config {
  readonly dataDir: string;
  /** undefined: the embedded PostgreSQL in dataDir. */
  readonly databaseUrl: string | undefined;
  /** A streaming replica for reads that may be a little old; undefined: all is read where it is written. */
  readonly databaseReplicaUrl: string | undefined;
  /** undefined: the queue lives in the database. */
  readonly queueUrl: string | undefined;
  readonly migrate: boolean;
  readonly http: ListenAddress;
  readonly dns: ListenAddress;
  /** The apex Z: lower case, no final dot. */
  readonly zone: string;
  readonly dnsAccess: DnsAccess;
  /** Queries a minute that each member may make with its key; undefined: no limit. */
  readonly dnsQuota: number | undefined;
  /** Of access `open`; undefined: no limit on equal answers. */
  readonly dnsRates: ResponseRates | undefined;
  /** A file with the secret of server cookies, the same on all edges of an address; undefined: one for this process. */
  readonly cookieSecretPath: string | undefined;
  /** Networks that may transfer zones without a key. */
  readonly transferNetworks: readonly string[];
  /** Keys of secondaries, in BIND's syntax. */
  readonly tsigKeysPath: string | undefined;
  /** Secondaries to tell of changes. */
  readonly notify: readonly ListenAddress[];
  readonly dnsTls: DnsTls | undefined;
  /** Threads that answer UDP, 1 to 256. */
  readonly dnsWorkers: number;
  /** false: UDP is answered by the main thread, without batched system calls. */
  readonly isDnsHot: boolean;
  /** Where the DNS process serves its metrics and health; undefined: nowhere. */
  readonly dnsHttp: ListenAddress | undefined;
  /** Where the worker serves its metrics and health; undefined: nowhere. */
  readonly workerHttp: ListenAddress | undefined;
  /** An edge that has not heard of its hub for longer is not ready; it goes on answering. */
  readonly dnsMaxAgeSeconds: number;
  /** Where people and members reach the hub; without a final slash. */
  readonly publicUrl: string;
  /** Where an edge follows the hub. */
  readonly hubUrl: string;
  /** The trustee's id and URL; undefined: `sekisho up` runs one of its own, a hub alone does no matching. */
  readonly trusteeUrl: string | undefined;
  readonly trustee: TrusteeConfig;
  /** Whose `X-Forwarded-For` is believed: proxies in front of the hub. */
  readonly trustedProxies: readonly string[];
  /** Servers that the hub asks for TXT records of members' domains; none: those of the machine. */
  readonly resolvers: readonly ListenAddress[];
  /** Requests of one address are counted and limited. */
  readonly hasRateLimit: boolean;
  /** Where mail to members goes out, and from which address; undefined: no mail is sent. */
  readonly mail: { readonly url: string; readonly from: string } | undefined;
  /** Sign-up checks of one member in a day. */
  readonly checkQuota: number;
  /** Demo mode: documentation and private addresses may be reported. */
  readonly isDemo: boolean;
  readonly hasIntrospection: boolean;
  /** Counts of members below this read "fewer than k"; 3 to 100. */
  readonly privacyK: number;
  /** A model that follows the hub in shadow in one of the workers; undefined: none. */
  readonly shadowModel: 'learned' | undefined;
  /** Where hub and worker send traces, OTLP over HTTP; undefined: nowhere. */
  readonly otlpUrl: string | undefined;
  /** Traces of a hundred that are sent. */
  readonly tracePercent: number;
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

const environment = z.object({
  SEKISHO_DATA_DIR: z.string().min(1, fault('empty', '/var/lib/sekisho')).default('.sekisho'),
  SEKISHO_DATABASE_URL: url(['postgres', 'postgresql'], 'postgres://sekisho@db.example/sekisho').optional(),
  SEKISHO_DATABASE_REPLICA_URL: url(
    ['postgres', 'postgresql'],
    'postgres://sekisho@replica.example/sekisho',
  ).optional(),
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
  SEKISHO_WORKER_HTTP: listen('127.0.0.1:9154').optional(),
  SEKISHO_DNS_MAX_AGE: count(1, 31_536_000, '900').default(900),
  SEKISHO_DNS_ACCESS: access.default({ kind: 'open' }),
  SEKISHO_DNS_QUOTA: count(1, 999_999_999, '60000').optional(),
  SEKISHO_DNS_RRL: rates.default(DEFAULT_RATES),
  SEKISHO_COOKIE_SECRET: path('/etc/sekisho/cookie.secret').optional(),
  SEKISHO_TRANSFER: networkList.default([]),
  SEKISHO_TSIG_KEYS: path('/etc/sekisho/tsig.keys').optional(),
  SEKISHO_NOTIFY: listenList.default([]),
  SEKISHO_DNS_TLS: listen('[::]:853').optional(),
  SEKISHO_DNS_TLS_CERT: path('/etc/sekisho/tls/fullchain.pem').optional(),
  SEKISHO_DNS_TLS_KEY: path('/etc/sekisho/tls/privkey.pem').optional(),
  SEKISHO_PUBLIC_URL: url(['http', 'https'], 'https://sekisho.example').optional(),
  SEKISHO_HUB_URL: url(['http', 'https'], 'https://sekisho.example').optional(),
  SEKISHO_TRUSTEE_URL: url(['http', 'https'], 'https://trustee.example').optional(),
  SEKISHO_TRUSTEE_DIR: path('/var/lib/sekisho-trustee').optional(),
  SEKISHO_TRUSTEE_HTTP: listen('127.0.0.1:8090').default({ host: '127.0.0.1', port: 8090 }),
  SEKISHO_TRUSTEE_SEAL_KEY: path('/etc/sekisho/trustee-seal.key').optional(),
  SEKISHO_TRUSTEE_MEMBERS: z
    .enum(['pinned', 'follow'], { error: fault('not pinned or follow', 'pinned') })
    .default('pinned'),
  SEKISHO_TRUSTEE_QUOTA: count(1, 999_999_999, '10000').default(10_000),
  SEKISHO_TRUSTED_PROXIES: networkList.default([]),
  SEKISHO_RESOLVER: listenList.default([]),
  SEKISHO_RATE_LIMIT: flag.default(true),
  SEKISHO_SMTP_URL: url(['smtp', 'smtps'], 'smtp://mail.example:25').optional(),
  SEKISHO_MAIL_FROM: z.email(fault('not a mail address', 'sekisho@hub.example')).optional(),
  SEKISHO_CHECK_QUOTA: count(1, 999_999_999, '1000').default(1_000),
  SEKISHO_DEMO: flag.default(false),
  SEKISHO_INTROSPECTION: flag.default(false),
  // 2 would tell a reporter that there is exactly one other.
  SEKISHO_PRIVACY_K: count(3, 100, '3').default(3),
  SEKISHO_SHADOW_MODEL: z
    .enum(['none', 'learned'], { error: fault('not none or learned', 'learned') })
    .default('none'),
  SEKISHO_OTLP_URL: url(['http', 'https'], 'http://127.0.0.1:4318').optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: url(['http', 'https'], 'http://127.0.0.1:4318').optional(),
  SEKISHO_TRACE_PERCENT: count(0, 100, '10').default(100),
  SEKISHO_LOG: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'], { error: fault('not a log level', 'info') })
    .default('info'),
});

/** Hold a password: each may be given by a file instead, named by the variable with _FILE behind it. */
const SECRETS = ['SEKISHO_DATABASE_URL', 'SEKISHO_QUEUE_URL'];
const fileOf = (name: string) => `${name}_FILE`;

const NAMES = [...Object.keys(environment.shape), ...SECRETS.map(fileOf)];

/** The variables with what the files hold in their places. */
function withFiles(given: Record<string, string | undefined>): {
  values: Record<string, string | undefined>;
  faults: string[];
} {
  const values = { ...given };
  const faults: string[] = [];
  for (const name of SECRETS) {
    const path = values[fileOf(name)];
    if (path === undefined) continue;
    if (values[name] !== undefined)
      faults.push(`${fileOf(name)}: ${name} is set as well; set one of the two`);
    try {
      values[name] = readFileSync(path, 'utf8').trim();
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'error';
      faults.push(`${fileOf(name)}: the file cannot be read (${code}). Example: /run/secrets/database-url`);
    }
  }
  return { values, faults };
}
/** The collector as every program with OpenTelemetry takes it. */
const STANDARD_OTLP = 'OTEL_EXPORTER_OTLP_ENDPOINT';

/**
 * Reads and validates the environment. An empty variable counts as unset.
 * @throws {ConfigInvalid} every fault at once, also a SEKISHO_ variable that does not exist (a slip of the pen).
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(
      ([name, value]) =>
        (name.startsWith('SEKISHO_') || name === STANDARD_OTLP) && value !== undefined && value !== '',
    ),
  );
  const unknown = Object.keys(given).filter((name) => !NAMES.includes(name));
  const { values: complete, faults: fileFaults } = withFiles(given);
  const parsed = environment.safeParse(complete);
  const faults = [
    ...fileFaults,
    ...(parsed.error?.issues ?? []).map((issue) => `${String(issue.path[0])}: ${issue.message}`),
    ...unknown.map((name) => `${name}: no such variable. Known: ${NAMES.join(', ')}`),
  ];
  const tlsParts = ['SEKISHO_DNS_TLS', 'SEKISHO_DNS_TLS_CERT', 'SEKISHO_DNS_TLS_KEY'];
  const missing = tlsParts.filter((name) => given[name] === undefined);
  if (missing.length > 0 && missing.length < tlsParts.length) {
    faults.push(
      ...missing.map((name) => `${name}: not set; DNS over TLS needs address, certificate and key together`),
    );
  }
  const mailParts = ['SEKISHO_SMTP_URL', 'SEKISHO_MAIL_FROM'].filter((name) => given[name] === undefined);
  if (mailParts.length === 1) {
    faults.push(`${mailParts[0] ?? ''}: not set; mail needs server and address together`);
  }
  if (!parsed.success || faults.length > 0) throw new ConfigInvalid(faults);
  const values = parsed.data;
  const {
    SEKISHO_DNS_TLS: tls,
    SEKISHO_DNS_TLS_CERT: certificatePath,
    SEKISHO_DNS_TLS_KEY: keyPath,
  } = values;
  const local = `http://${formatListen(values.SEKISHO_HTTP)}`;
  const dataDir = resolve(values.SEKISHO_DATA_DIR);
  return {
    dataDir,
    databaseUrl: values.SEKISHO_DATABASE_URL,
    databaseReplicaUrl: values.SEKISHO_DATABASE_REPLICA_URL,
    queueUrl: values.SEKISHO_QUEUE_URL,
    migrate: values.SEKISHO_MIGRATE,
    http: values.SEKISHO_HTTP,
    dns: values.SEKISHO_DNS,
    zone: values.SEKISHO_ZONE,
    dnsAccess: values.SEKISHO_DNS_ACCESS,
    dnsQuota: values.SEKISHO_DNS_QUOTA,
    dnsRates: values.SEKISHO_DNS_RRL === 'off' ? undefined : values.SEKISHO_DNS_RRL,
    cookieSecretPath: values.SEKISHO_COOKIE_SECRET,
    transferNetworks: values.SEKISHO_TRANSFER,
    tsigKeysPath: values.SEKISHO_TSIG_KEYS,
    notify: values.SEKISHO_NOTIFY,
    dnsTls: tls && certificatePath && keyPath ? { ...tls, certificatePath, keyPath } : undefined,
    // One processor is left to the thread that follows the hub and answers what is unusual.
    dnsWorkers: values.SEKISHO_DNS_WORKERS ?? Math.max(1, availableParallelism() - 1),
    isDnsHot: values.SEKISHO_DNS_HOT,
    trustedProxies: values.SEKISHO_TRUSTED_PROXIES,
    dnsHttp: values.SEKISHO_DNS_HTTP,
    workerHttp: values.SEKISHO_WORKER_HTTP,
    dnsMaxAgeSeconds: values.SEKISHO_DNS_MAX_AGE,
    publicUrl: (values.SEKISHO_PUBLIC_URL ?? local).replace(/\/+$/, ''),
    hubUrl: (values.SEKISHO_HUB_URL ?? local).replace(/\/+$/, ''),
    trusteeUrl: values.SEKISHO_TRUSTEE_URL?.replace(/\/+$/, ''),
    trustee: {
      dir: resolve(values.SEKISHO_TRUSTEE_DIR ?? join(dataDir, 'trustee')),
      http: values.SEKISHO_TRUSTEE_HTTP,
      sealKeyPath: values.SEKISHO_TRUSTEE_SEAL_KEY,
      members: values.SEKISHO_TRUSTEE_MEMBERS,
      quota: values.SEKISHO_TRUSTEE_QUOTA,
    },
    resolvers: values.SEKISHO_RESOLVER,
    hasRateLimit: values.SEKISHO_RATE_LIMIT,
    mail:
      values.SEKISHO_SMTP_URL !== undefined && values.SEKISHO_MAIL_FROM !== undefined
        ? { url: values.SEKISHO_SMTP_URL, from: values.SEKISHO_MAIL_FROM }
        : undefined,
    checkQuota: values.SEKISHO_CHECK_QUOTA,
    isDemo: values.SEKISHO_DEMO,
    hasIntrospection: values.SEKISHO_INTROSPECTION,
    privacyK: values.SEKISHO_PRIVACY_K,
    shadowModel: values.SEKISHO_SHADOW_MODEL === 'none' ? undefined : values.SEKISHO_SHADOW_MODEL,
    otlpUrl: (values.SEKISHO_OTLP_URL ?? values.OTEL_EXPORTER_OTLP_ENDPOINT)?.replace(/\/+$/, ''),
    tracePercent: values.SEKISHO_TRACE_PERCENT,
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
