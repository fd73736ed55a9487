import { enrol } from '@sekisho/client';
import type { Command } from 'commander';
import { resolve } from 'node:path';
import { memberDirectoryPath, readStandardInput, type CliContext } from '../context.js';
import { UsageFault } from '../failure.js';
import { formatPairs } from '../print/table.js';
import { patience } from './member-session.js';
import {
  toJson,
  withDirectory,
  withExample,
  withJson,
  type DirectoryOption,
  type JsonOption,
} from './shared-options.js';

export function registerEnrol(program: Command, context: CliContext): void {
  const command = program
    .command('enrol')
    .description('make keys and register the public ones with a one-time code')
    .requiredOption('--hub <url>', "the hub's URL")
    .requiredOption(
      '--code <code>',
      'the one-time code from the hub operator; - reads it from standard input',
    );
  withJson(withDirectory(command)).action(
    async (options: DirectoryOption & JsonOption & { hub: string; code: string }) => {
      const code = (options.code === '-' ? await readStandardInput(context) : options.code).trim();
      if (!/^https?:\/\/\S+$/i.test(options.hub) || !URL.canParse(options.hub)) {
        throw new UsageFault(
          `--hub: not an http:// or https:// URL: ${JSON.stringify(options.hub)}`,
          'give the URL that opens the hub in a browser. Example: https://hub.example',
        );
      }
      if (code === '') throw new UsageFault('--code: empty', 'give the code that the hub operator sent');
      warnOfPlainHttp(options.hub, context);
      const dir = resolve(memberDirectoryPath(options, context));
      const enrolled = await enrol({ hubUrl: options.hub, code, dir }, { retry: patience(context) });
      if (options.json) {
        context.stdout.write(toJson({ ...enrolled, dir }));
        return;
      }
      const { member } = enrolled;
      context.stdout.write(
        formatPairs([
          ['enrolled', `${member.id} (${member.name}) as ${member.role}`],
          ['hub', enrolled.hub],
          ['networks', member.networks.join(', ') || '-'],
          ['keys', `${dir} (keep a backup; nobody else has them)`],
          ['signing key', enrolled.signingKid],
        ]),
      );
    },
  );
  withExample(
    command,
    'sekisho enrol --hub https://hub.example --code K7QM-2ZTD-9XWB --dir /etc/sekisho/isp-a',
  );
}

function warnOfPlainHttp(hubUrl: string, context: CliContext): void {
  const { protocol, hostname } = new URL(hubUrl);
  const isLoopback = /^(?:localhost|127\.[\d.]+|\[::1\])$/.test(hostname);
  if (protocol === 'https:' || isLoopback) return;
  context.stderr.write(
    'sekisho: warning: without https:// others on the way can read the code and use it first\n',
  );
}
