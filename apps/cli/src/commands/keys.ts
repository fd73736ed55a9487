import { rotateKeys } from '@sekisho/client';
import type { Command } from 'commander';
import { memberDirectoryPath, type CliContext } from '../context.js';
import { formatLocalTime } from '../print/local-time.js';
import { formatPairs } from '../print/table.js';
import { openSession, patience } from './member-session.js';
import {
  toJson,
  withDirectory,
  withExample,
  withJson,
  type DirectoryOption,
  type JsonOption,
} from './shared-options.js';

const TELL_THE_TRUSTEE = 'not told: for matching subscribers give its operator the new signing key';

export function registerKeys(program: Command, context: CliContext): void {
  const keys = program.command('keys').description("the member's own keys");
  const rotate = keys.command('rotate').description('replace both keys; the old ones stay valid for a week');
  withJson(withDirectory(rotate)).action(async (options: DirectoryOption & JsonOption) => {
    const rotated = await rotateKeys(memberDirectoryPath(options, context), { retry: patience(context) });
    context.stdout.write(
      options.json
        ? toJson(rotated)
        : formatPairs([
            ['signing key', rotated.signingKid],
            ['encryption key', rotated.encryptionKid],
            ['old keys valid', `until ${formatLocalTime(rotated.previousValidUntil, context.timeZone)}`],
            ...(rotated.isTrusteeTold === undefined
              ? []
              : ([['trustee', rotated.isTrusteeTold ? 'took the new key over' : TELL_THE_TRUSTEE]] as const)),
          ]),
    );
  });
  const rotateDns = keys
    .command('rotate-dns')
    .description('replace the key in DNS names; the old one stops working at once');
  withJson(withDirectory(rotateDns)).action(async (options: DirectoryOption & JsonOption) => {
    const session = await openSession(options, context);
    const dnsKey = await session.rotateDnsKey();
    context.stdout.write(options.json ? toJson({ dnsKey }) : formatPairs([['DNS key', dnsKey]]));
  });
  withExample(keys, 'sekisho keys rotate --dir /etc/sekisho/isp-a');
  withExample(rotate, 'sekisho keys rotate --dir /etc/sekisho/isp-a');
  withExample(rotateDns, 'sekisho keys rotate-dns --dir /etc/sekisho/isp-a');
}
