import { readConfig, ConfigInvalid, type Config, type ListenAddress } from '@sekisho/config';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

export type Listen = ListenAddress | { readonly path: string };

export interface Options {
  readonly listen: readonly Listen[];
  /** Where a mail server gives whole messages to be compared with campaigns. */
  readonly milter: Listen | undefined;
  /** The federation's, by which fingerprints are made. */
  readonly fingerprintKeyPath: string | undefined;
  readonly edge: ListenAddress;
  /** Zones in this process instead of an edge that is asked. */
  readonly isEmbedded: boolean;
  /** With `isEmbedded`: follow as this member, not as the operator's edge. */
  readonly memberPath: string | undefined;
  /** The member's directory, whose agent says which joint actions are in force. */
  readonly actionsPath: string | undefined;
  /** For how many days addresses that asked are kept there, for rehearsals; 0: not at all. */
  readonly keepLookupDays: number;
  readonly edgeHealthUrl: string | undefined;
  /** Secret. */
  readonly keyLabel: string | undefined;
  readonly policyPath: string | undefined;
  readonly isShadow: boolean;
  readonly http: ListenAddress | undefined;
  readonly maxConnections: number;
}

/** The command line cannot be understood. */
export class OptionsInvalid extends Error {
  override readonly name = 'OptionsInvalid';
  readonly code = 'options-invalid';
  readonly kind = 'Rejected';
}

const ANY_HOST: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** @throws {OptionsInvalid} */
export function readOptions(args: readonly string[], config: Config): Options {
  const values = parse(args);
  const key = values['key-file'];
  const { dns } = config;
  return {
    // A process that compares messages answers no policy questions by the way.
    listen: (values.listen ?? (values.milter === undefined ? ['127.0.0.1:10040'] : [])).map((text) =>
      place('--listen', text),
    ),
    milter: milter(values),
    fingerprintKeyPath: values['fingerprint-key'],
    edge:
      values.edge === undefined
        ? { host: ANY_HOST[dns.host] ?? dns.host, port: dns.port }
        : address('--edge', values.edge),
    isEmbedded: embedded(values),
    memberPath: values.dir,
    actionsPath: values.actions,
    keepLookupDays: keepLookups(values),
    edgeHealthUrl: values['edge-health'] === undefined ? undefined : url(values['edge-health']),
    keyLabel: key === undefined ? undefined : keyLabel(key),
    policyPath: values.policy,
    isShadow: values.shadow ?? false,
    http: values.http === undefined ? undefined : address('--http', values.http),
    maxConnections: count('--max-connections', values['max-connections'] ?? '10000'),
  };
}

const place = (option: string, text: string): Listen =>
  text.startsWith('unix:') ? { path: pathOf(option, text) } : address(option, text);

function milter(values: ReturnType<typeof parse>): Listen | undefined {
  const { milter: text, 'fingerprint-key': key } = values;
  if ((text === undefined) !== (key === undefined))
    throw new OptionsInvalid('--milter and --fingerprint-key go together');
  if (text === undefined) return undefined;
  if (values.embedded)
    throw new OptionsInvalid('--milter asks an edge: name it by --edge, without --embedded');
  return place('--milter', text);
}

function embedded(values: ReturnType<typeof parse>): boolean {
  const isEmbedded = values.embedded ?? false;
  if (values.dir !== undefined && !isEmbedded)
    throw new OptionsInvalid('--dir: only with --embedded does the daemon speak to the hub');
  const others = (['edge', 'edge-health', 'key-file'] as const).filter((name) => values[name] !== undefined);
  if (!isEmbedded || others.length === 0) return isEmbedded;
  throw new OptionsInvalid(`--embedded: no edge is asked, so --${others.join(', --')} has no meaning`);
}

/** A month of addresses is more than any rehearsal needs. */
const MOST_LOOKUP_DAYS = 31;

function keepLookups(values: ReturnType<typeof parse>): number {
  const text = values['keep-lookups'];
  if (text === undefined) return 0;
  const days = /^\d{1,2}$/.test(text) ? Number(text) : 0;
  if (days < 1 || days > MOST_LOOKUP_DAYS) {
    throw new OptionsInvalid(`--keep-lookups: not a number of days from 1 to ${MOST_LOOKUP_DAYS}`);
  }
  if (values.actions !== undefined) return days;
  throw new OptionsInvalid('--keep-lookups: needs --actions, the directory to keep them in');
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        listen: { type: 'string', multiple: true },
        milter: { type: 'string' },
        'fingerprint-key': { type: 'string' },
        edge: { type: 'string' },
        embedded: { type: 'boolean' },
        dir: { type: 'string' },
        actions: { type: 'string' },
        'keep-lookups': { type: 'string' },
        'edge-health': { type: 'string' },
        'key-file': { type: 'string' },
        policy: { type: 'string' },
        shadow: { type: 'boolean' },
        http: { type: 'string' },
        'max-connections': { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new OptionsInvalid(error instanceof Error ? error.message : String(error));
  }
}

/** The one reading of addresses is that of the configuration. */
function address(option: string, text: string): ListenAddress {
  try {
    return readConfig({ SEKISHO_DNS: text }).dns;
  } catch (error) {
    if (!(error instanceof ConfigInvalid)) throw error;
    throw new OptionsInvalid(`${option}: not an address and port. Example: 127.0.0.1:10040`);
  }
}

function pathOf(option: string, text: string): string {
  const path = text.slice('unix:'.length);
  // sun_path of unix(7) has 108 octets, the last one zero.
  if (path.startsWith('/') && Buffer.byteLength(path) < 108) return path;
  throw new OptionsInvalid(
    `${option}: not an absolute path of at most 107 octets. Example: unix:/run/sekisho/policy.sock`,
  );
}

function url(text: string): string {
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text;
  throw new OptionsInvalid('--edge-health: not an http:// URL. Example: http://127.0.0.1:9153/health/ready');
}

function keyLabel(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim().toLowerCase();
  } catch (error) {
    throw new OptionsInvalid(`--key-file: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (/^[a-z2-7]{26,63}$/.test(text)) return text;
  throw new OptionsInvalid('--key-file: the file does not hold a DNS key, which `sekisho me` shows');
}

function count(option: string, text: string): number {
  const value = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  if (value >= 1) return value;
  throw new OptionsInvalid(`${option}: not a number of 1 or more`);
}
