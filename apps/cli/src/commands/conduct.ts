import { WorkingGroup } from '@sekisho/client';
import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { formatLocalTime } from '../print/local-time.js';
import { formatPairs } from '../print/table.js';
import { openSession } from './member-session.js';
import {
  toJson,
  withDirectory,
  withExample,
  withJson,
  type DirectoryOption,
  type JsonOption,
} from './shared-options.js';

type Options = DirectoryOption & JsonOption;

export function registerConduct(program: Command, context: CliContext): void {
  const command = program.command('conduct').description('the code of conduct of the working group');
  const show = command.command('show').description('which version is in force, and whether you accepted it');
  withJson(withDirectory(show)).action(async (options: Options) => {
    const conduct = await new WorkingGroup(await openSession(options, context)).conduct();
    context.stdout.write(options.json ? toJson(conduct) : formatConduct(conduct, context));
  });
  withExample(show, 'sekisho conduct show --dir /etc/sekisho/isp-a');
  const accept = command.command('accept').description('accept the version in force for your member');
  withJson(withDirectory(accept)).action(async (options: Options) => {
    const group = new WorkingGroup(await openSession(options, context));
    const conduct = await group.acceptConduct((await group.conduct()).version);
    context.stdout.write(options.json ? toJson(conduct) : formatConduct(conduct, context));
  });
  withExample(accept, 'sekisho conduct accept --dir /etc/sekisho/isp-a');
}

const formatConduct = (
  { version, url, acceptedAt }: Awaited<ReturnType<WorkingGroup['conduct']>>,
  { timeZone }: CliContext,
): string =>
  formatPairs([
    ['version', version],
    ['text', url],
    ['accepted', acceptedAt === null ? 'not yet' : formatLocalTime(acceptedAt, timeZone)],
  ]);
