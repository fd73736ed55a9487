import { DEFAULT_TTL_SECONDS, parseZoneSpec, type ZoneSpec } from '@sekisho/rbldnsd';
import { parseArgs } from 'node:util';

/** How often the files are looked at; rbldnsd's -c has a minute. */
const DEFAULT_CHECK_SECONDS = 5;

export interface LoadArguments {
  readonly specs: readonly ZoneSpec[];
  readonly checkSeconds: number;
  readonly ttlSeconds: number;
}

/**
 * The process's arguments; undefined when it is to follow a hub.
 * @throws {ZoneSpecInvalid | RangeError | TypeError} for arguments that cannot be read
 */
export function readLoadArguments(argv: readonly string[]): LoadArguments | undefined {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      load: { type: 'string', multiple: true },
      check: { type: 'string', default: String(DEFAULT_CHECK_SECONDS) },
      ttl: { type: 'string', default: String(DEFAULT_TTL_SECONDS) },
    },
  });
  if (!values.load) return undefined;
  return {
    specs: values.load.map(parseZoneSpec),
    checkSeconds: readSeconds('--check', values.check, 0),
    ttlSeconds: readSeconds('--ttl', values.ttl, 1),
  };
}

function readSeconds(name: string, text: string, least: number): number {
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (seconds >= least) return seconds;
  throw new RangeError(`${name}: not a whole number of seconds from ${least}: ${JSON.stringify(text)}`);
}
