import { ConfigInvalid, readConfig } from '@sekisho/config';
import { parseZoneSpec, ZoneSpecInvalid } from '@sekisho/rbldnsd';
import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { UsageFault } from '../failure.js';
import { commandPath, readInteger, usage, withExample } from './shared-options.js';

interface DnsOptions {
  readonly load?: readonly string[];
  readonly listen?: string;
  readonly check?: number;
  readonly ttl?: number;
}

/** Options with which the DNS process serves data files of rbldnsd in the place of a hub's zones. */
export function withDnsOptions(command: Command): void {
  command
    .option(
      '--load <zone:type:file,file...>',
      'serve data files of rbldnsd, without hub and database; may be repeated, the same zone too\n' +
        '(types: ip4set, ip4trie, ip4tset, ip6trie, ip6tset, dnset, generic, combined)',
      (spec: string, before: readonly string[] | undefined) => [...(before ?? []), checkSpec(command, spec)],
    )
    .option('--listen <address:port>', 'where to answer (default: SEKISHO_DNS)', (text: string) =>
      checkListen(command, text),
    )
    .option(
      '--check <seconds>',
      'with --load: how often to look for changed files; 0 for SIGHUP only (default: 5)',
      usage(command, readInteger('--check', 0, 86_400)),
    )
    .option(
      '--ttl <seconds>',
      'with --load: TTL where the files give none (default: 2100)',
      usage(command, readInteger('--ttl', 1, 2 ** 31 - 1)),
    );
  withExample(
    command,
    'SEKISHO_DATA_DIR=/var/lib/sekisho sekisho dns',
    'sekisho dns --listen 192.0.2.1:53 --load bl.example:ip4set:/var/lib/bl/ip,/var/lib/bl/more',
  );
}

/** What the process gets. @throws {UsageFault} */
export function dnsProcess(
  command: Command,
  options: DnsOptions,
  env: CliContext['env'],
): { args: string[]; env: CliContext['env'] } {
  const { load, listen, check, ttl } = options;
  if (!load && (check !== undefined || ttl !== undefined)) {
    throw new UsageFault('--check and --ttl go with --load', `${commandPath(command)} --help`);
  }
  return {
    args: [
      ...(load ?? []).flatMap((spec) => ['--load', spec]),
      ...(check === undefined ? [] : ['--check', String(check)]),
      ...(ttl === undefined ? [] : ['--ttl', String(ttl)]),
    ],
    env: listen === undefined ? env : { ...env, SEKISHO_DNS: listen },
  };
}

function checkSpec(command: Command, spec: string): string {
  try {
    parseZoneSpec(spec);
    return spec;
  } catch (error) {
    if (!(error instanceof ZoneSpecInvalid)) throw error;
    throw new UsageFault(`--load: ${error.message}`, `${commandPath(command)} --help`);
  }
}

function checkListen(command: Command, text: string): string {
  try {
    readConfig({ SEKISHO_DNS: text });
    return text;
  } catch (error) {
    if (!(error instanceof ConfigInvalid)) throw error;
    throw new UsageFault(error.message.replace('SEKISHO_DNS', '--listen'), `${commandPath(command)} --help`);
  }
}
