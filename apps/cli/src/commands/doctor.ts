import type { ListenAddress } from '@sekisho/config';
import type { Command } from 'commander';
import { isIP } from 'node:net';
import type { CliContext } from '../context.js';
import { examine } from '../doctor/examination.js';
import type { Finding } from '../doctor/finding.js';
import { CommandEnded, EXIT_FAILED } from '../failure.js';
import { formatTable } from '../print/table.js';
import { toJson, usage, withExample, withJson, type JsonOption } from './shared-options.js';

interface DoctorOptions extends JsonOption {
  readonly secondary?: readonly ListenAddress[];
}

export function registerDoctor(program: Command, context: CliContext): void {
  const command = program
    .command('doctor')
    .description('check configuration, clock, keys, database, queue and zones, and say what to do');
  const readSecondary = usage(command, readAddress);
  command.option(
    '--secondary <address>',
    'a name server that transfers the zones, with :port if not 53; may be repeated',
    (text: string, before: readonly ListenAddress[] | undefined) => [...(before ?? []), readSecondary(text)],
  );
  withJson(command).action(async ({ secondary = [], json }: DoctorOptions) => {
    const findings = await examine({ env: context.env, secondaries: secondary, now: context.now });
    context.stdout.write(json ? toJson(findings) : describe(findings));
    if (findings.some(({ state }) => state === 'wrong')) throw new CommandEnded(EXIT_FAILED);
  });
  withExample(command, 'sekisho doctor', 'sekisho doctor --secondary 192.0.2.53 --json');
}

/** @throws {RangeError} */
function readAddress(text: string): ListenAddress {
  const match = /^(?:\[([0-9a-f:.]+)\]|([\d.]+))(?::(\d{1,5}))?$/i.exec(text);
  const host = match?.[1] ?? match?.[2] ?? '';
  const port = Number(match?.[3] ?? 53);
  if (isIP(host) !== 0 && port >= 1 && port <= 65_535) return { host, port };
  throw new RangeError(
    `--secondary: not an address: ${JSON.stringify(text)}. Example: 192.0.2.53 or [2001:db8::53]:5353`,
  );
}

function describe(findings: readonly Finding[]): string {
  const table = formatTable(
    [{ title: 'CHECK' }, { title: 'STATE' }, { title: 'FOUND' }],
    findings.map(({ check, state, found }) => [check, state.toUpperCase(), found]),
  );
  const remedies = findings.flatMap(({ check, remedy }) => (remedy ? [`${check}: ${remedy}\n`] : []));
  return remedies.length === 0
    ? `${table}\nNothing is wrong.\n`
    : `${table}\nWhat to do:\n${remedies.map((line) => `  ${line}`).join('')}`;
}
