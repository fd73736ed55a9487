import { ActionAgent, MemberDirectory, systemRuntime } from '@sekisho/client';
import type { Command } from 'commander';
import { memberDirectoryPath, type CliContext } from '../context.js';
import { withDirectory, withExample, type DirectoryOption } from './shared-options.js';

export function registerAgent(program: Command, context: CliContext): void {
  const command = program
    .command('agent')
    .description('carry out joint actions at their moment: runs beside policyd until it is stopped')
    .option(
      '--on-apply <command>',
      'run this at T0 and at the end: the order as JSON on its input, SEKISHO_ACTION_EVENT apply or remove',
    );
  withDirectory(command).action(async (options: DirectoryOption & { onApply?: string }) => {
    const path = memberDirectoryPath(options, context);
    const member = await new MemberDirectory(path).open();
    const stopping = new AbortController();
    const stop = () => {
      stopping.abort();
    };
    process.once('SIGTERM', stop).once('SIGINT', stop);
    const agent = await ActionAgent.open(member, path, {
      onApply: options.onApply,
      runtime: {
        ...systemRuntime,
        // A poll that waits for news ends with the agent.
        fetch: (url, init) =>
          fetch(url, {
            ...init,
            signal: AbortSignal.any([stopping.signal, ...(init.signal ? [init.signal] : [])]),
          }),
      },
      log: (text) => {
        context.stderr.write(`${new Date(context.now()).toISOString()} ${text}\n`);
      },
    });
    context.stderr.write(`sekisho: the agent of ${member.id} is there\n`);
    await agent.run(stopping.signal);
  });
  withExample(
    command,
    'sekisho agent --dir /etc/sekisho/isp-a',
    "sekisho agent --dir /etc/sekisho/isp-a --on-apply '/usr/local/sbin/joint-action'",
  );
}
