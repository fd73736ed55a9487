import { fingerprintSubject, formatFingerprint } from '@sekisho/campaign';
import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { formatPairs } from '../print/table.js';
import { fingerprintFiles } from './message-files.js';
import { toJson, withExample, withJson, type JsonOption } from './shared-options.js';

export interface FingerprintOptions extends JsonOption {
  readonly month?: string;
  readonly keyFile?: string;
}

export const withFingerprintKey = (command: Command): Command =>
  command
    .option('--month <month>', 'the key epoch, as 2026-11 (default: this month)')
    .option(
      '--key-file <file>',
      "the federation's fingerprint secret (default: comparable on this machine only)",
    );

export function registerFingerprint(program: Command, context: CliContext): void {
  const command = program
    .command('fingerprint')
    .description('show the fingerprint of messages that would leave the member; sends nothing')
    .argument('<message...>', 'files that hold one message each');
  withJson(withFingerprintKey(command)).action(async (files: string[], options: FingerprintOptions) => {
    const shown = (await fingerprintFiles(files, options, context)).map(({ file, fingerprint }) => ({
      file,
      kind: fingerprint.kind,
      fingerprint: formatFingerprint(fingerprint),
      subject: `fingerprint:${fingerprintSubject(fingerprint)}`,
    }));
    context.stdout.write(
      options.json ? toJson(shown) : shown.map((each) => formatPairs(Object.entries(each))).join('\n'),
    );
  });
  withExample(
    command,
    'sekisho fingerprint spam.eml',
    'sekisho fingerprint --json --month 2026-11 trap/*.eml',
  );
}
