// The one place where SEKISHO_* is read. A bad value stops the process before it does anything.
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import {
  DEFAULT_RATES,
  ValueInvalid,
  access,
  count,
  flag,
  listen,
  listenList,
  mail,
  networkList,
  optional,
  otherwise,
  path,
  rates,
  url,
  word,
  zone,
  type DnsAccess,
  type ListenAddress,
  type ResponseRates,
  type Variable,
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

// Functions and no schema library: every process begins with this, and an edge would keep the library's 10 MB for good.
const environment = {
  SEKISHO_DATA_DIR: otherwise('.sekisho', path('/var/lib/sekisho')),
  SEKISHO_DATABASE_URL: optional(url(['postgres', 'postgresql'], 'postgres://sekisho@db.example/sekisho')),
  SEKISHO_DATABASE_REPLICA_URL: optional(
    url(['postgres', 'postgresql'], 'postgres://sekisho@replica.example/sekisho'),
  ),
  SEKISHO_QUEUE_URL: optional(
    url(['postgres', 'postgresql', 'redis', 'rediss'], 'redis://queue.example:6379'),
  ),
  SEKISHO_MIGRATE: otherwise(true, flag),
  SEKISHO_HTTP: otherwise({ host: '127.0.0.1', port: 8080 }, listen('127.0.0.1:8080')),
  SEKISHO_DNS: otherwise({ host: '127.0.0.1', port: 5353 }, listen('127.0.0.1:5353')),
  SEKISHO_ZONE: otherwise('sekisho.example', zone),
  SEKISHO_DNS_WORKERS: optional(count(1, 256, '3')),
  SEKISHO_DNS_HOT: otherwise(true, flag),
  SEKISHO_DNS_HTTP: optional(listen('127.0.0.1:9153')),
  SEKISHO_WORKER_HTTP: optional(listen('127.0.0.1:9154')),
  SEKISHO_DNS_MAX_AGE: otherwise(900, count(1, 31_536_000, '900')),
  SEKISHO_DNS_ACCESS: otherwise({ kind: 'open' }, access),
  SEKISHO_DNS_QUOTA: optional(count(1, 999_999_999, '60000')),
  SEKISHO_DNS_RRL: otherwise(DEFAULT_RATES, rates),
  SEKISHO_COOKIE_SECRET: optional(path('/etc/sekisho/cookie.secret')),
  SEKISHO_TRANSFER: otherwise([], networkList),
  SEKISHO_TSIG_KEYS: optional(path('/etc/sekisho/tsig.keys')),
  SEKISHO_NOTIFY: otherwise([], listenList),
  SEKISHO_DNS_TLS: optional(listen('[::]:853')),
  SEKISHO_DNS_TLS_CERT: optional(path('/etc/sekisho/tls/fullchain.pem')),
  SEKISHO_DNS_TLS_KEY: optional(path('/etc/sekisho/tls/privkey.pem')),
  SEKISHO_PUBLIC_URL: optional(url(['http', 'https'], 'https://sekisho.example')),
  SEKISHO_HUB_URL: optional(url(['http', 'https'], 'https://sekisho.example')),
  SEKISHO_TRUSTEE_URL: optional(url(['http', 'https'], 'https://trustee.example')),
  SEKISHO_TRUSTEE_DIR: optional(path('/var/lib/sekisho-trustee')),
  SEKISHO_TRUSTEE_HTTP: otherwise({ host: '127.0.0.1', port: 8090 }, listen('127.0.0.1:8090')),
  SEKISHO_TRUSTEE_SEAL_KEY: optional(path('/etc/sekisho/trustee-seal.key')),
  SEKISHO_TRUSTEE_MEMBERS: otherwise('pinned', word(['pinned', 'follow'], 'not pinned or follow', 'pinned')),
  SEKISHO_TRUSTEE_QUOTA: otherwise(10_000, count(1, 999_999_999, '10000')),
  SEKISHO_TRUSTED_PROXIES: otherwise([], networkList),
  SEKISHO_RESOLVER: otherwise([], listenList),
  SEKISHO_RATE_LIMIT: otherwise(true, flag),
  SEKISHO_SMTP_URL: optional(url(['smtp', 'smtps'], 'smtp://mail.example:25')),
  SEKISHO_MAIL_FROM: optional(mail('sekisho@hub.example')),
  SEKISHO_CHECK_QUOTA: otherwise(1_000, count(1, 999_999_999, '1000')),
  SEKISHO_DEMO: otherwise(false, flag),
  SEKISHO_INTROSPECTION: otherwise(false, flag),
  // 2 would tell a reporter that there is exactly one other.
  SEKISHO_PRIVACY_K: otherwise(3, count(3, 100, '3')),
  SEKISHO_SHADOW_MODEL: otherwise('none', word(['none', 'learned'], 'not none or learned', 'learned')),
  SEKISHO_OTLP_URL: optional(url(['http', 'https'], 'http://127.0.0.1:4318')),
  OTEL_EXPORTER_OTLP_ENDPOINT: optional(url(['http', 'https'], 'http://127.0.0.1:4318')),
  SEKISHO_TRACE_PERCENT: otherwise(100, count(0, 100, '10')),
  SEKISHO_LOG: otherwise(
    'info',
    word(['fatal', 'error', 'warn', 'info', 'debug', 'silent'], 'not a log level', 'info'),
  ),
} satisfies Readonly<Record<string, Variable<unknown>>>;

type Values = { [K in keyof typeof environment]: ReturnType<(typeof environment)[K]> };

/** Hold a password: each may be given by a file instead, named by the variable with _FILE behind it. */
const SECRETS = ['SEKISHO_DATABASE_URL', 'SEKISHO_QUEUE_URL'];
const fileOf = (name: string) => `${name}_FILE`;

const NAMES = [...Object.keys(environment), ...SECRETS.map(fileOf)];

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

/** `values` is whole only when there are no faults. */
function readValues(given: Readonly<Record<string, string | undefined>>): {
  values: Values;
  faults: string[];
} {
  const values: Record<string, unknown> = {};
  const faults: string[] = [];
  for (const [name, read] of Object.entries(environment)) {
    try {
      values[name] = read(given[name]);
    } catch (error) {
      if (!(error instanceof ValueInvalid)) throw error;
      faults.push(`${name}: ${error.message}`);
    }
  }
  return { values: values as Values, faults };
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
  const { values, faults: valueFaults } = readValues(complete);
  const faults = [
    ...fileFaults,
    ...valueFaults,
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
  if (faults.length > 0) throw new ConfigInvalid(faults);
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
