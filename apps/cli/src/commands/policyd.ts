import { readConfig } from '@sekisho/config';
import type { Command } from 'commander';
import { existsSync } from 'node:fs';
import type { CliContext } from '../context.js';
import { CommandEnded, CommandFailed } from '../failure.js';
import { POLICYD } from '../process-table.js';
import { runProcess } from '../run-process.js';
import { withExample } from './shared-options.js';

interface PolicydOptions {
  readonly listen?: readonly string[];
  readonly milter?: string;
  readonly fingerprintKey?: string;
  readonly edge?: string;
  readonly embedded?: true;
  readonly dir?: string;
  readonly actions?: string;
  readonly keepLookups?: string;
  readonly edgeHealth?: string;
  readonly keyFile?: string;
  readonly policy?: string;
  readonly shadow?: true;
  readonly http?: string;
  readonly maxConnections?: string;
}

export function registerPolicyd(program: Command, context: CliContext): void {
  const command = program.command(POLICYD.name).description(POLICYD.summary);
  command
    .option(
      '--listen <address>',
      'where Postfix asks: ADDRESS:PORT or unix:/PATH; may be repeated (default: 127.0.0.1:10040)',
      (text: string, former: readonly string[] | undefined) => [...(former ?? []), text],
    )
    .option(
      '--milter <address>',
      'where a mail server for submission gives messages, to be compared with known campaigns',
    )
    .option('--fingerprint-key <file>', "with --milter: the federation's fingerprint secret")
    .option('--edge <address:port>', 'the DNS edge to ask (default: that of SEKISHO_DNS)')
    .option('--embedded', 'follow the hub and keep its zones in memory: no edge is asked')
    .option(
      '--dir <folder>',
      'with --embedded: follow as the member in this folder, not as an edge of the operator',
    )
    .option('--actions <folder>', "the member's directory: carry out what its `sekisho agent` has in force")
    .option('--keep-lookups <days>', 'with --actions: keep the addresses that asked there, for rehearsals')
    .option('--edge-health <url>', "the edge's /health/ready: while it says 503, nothing it says counts")
    .option('--key-file <file>', 'a file with the DNS key of `sekisho me`, for an edge with access by key')
    .option('--policy <file>', 'the policy file (default: never reject, slow down what is strongly bad, tag)')
    .option('--shadow', 'only log what would be done')
    .option('--http <address:port>', 'metrics and health over HTTP (default: nowhere)')
    .option('--max-connections <number>', 'connections of mail servers at once (default: 10000)')
    .action(async (options: PolicydOptions) => {
      // Checked here too, so that a fault is told in the same words by every command.
      readConfig(context.env);
      if (!existsSync(POLICYD.file))
        throw new CommandFailed(
          'the policyd process is not built',
          "run `npm run build` in the project's root",
        );
      const status = await runProcess(POLICYD, {
        env: context.env,
        args: argumentsOf(options),
        isTerminal: process.stdin.isTTY,
      });
      if (status !== 0) throw new CommandEnded(status);
    });
  withExample(
    command,
    'sekisho policyd --policy /etc/sekisho/policy.yaml --shadow',
    'sekisho policyd --embedded --dir isp-a --policy /etc/sekisho/policy.yaml',
    'SEKISHO_ZONE=rep.example.net sekisho policyd --edge 192.0.2.53:53 --listen unix:/run/sekisho/policy.sock',
  );
}

/** The process reads its options itself: it also runs without this command. */
function argumentsOf({ listen = [], shadow, embedded, ...options }: PolicydOptions): string[] {
  const single: readonly (readonly [string, string | undefined])[] = [
    ['--milter', options.milter],
    ['--fingerprint-key', options.fingerprintKey],
    ['--edge', options.edge],
    ['--dir', options.dir],
    ['--actions', options.actions],
    ['--keep-lookups', options.keepLookups],
    ['--edge-health', options.edgeHealth],
    ['--key-file', options.keyFile],
    ['--policy', options.policy],
    ['--http', options.http],
    ['--max-connections', options.maxConnections],
  ];
  return [
    ...listen.map((where) => `--listen=${where}`),
    ...single.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`])),
    ...(embedded ? ['--embedded'] : []),
    ...(shadow ? ['--shadow'] : []),
  ];
}
