import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { openSession } from './member-session.js';
import { withDirectory, withExample, type DirectoryOption } from './shared-options.js';

export function registerToken(program: Command, context: CliContext): void {
  const command = program
    .command('token')
    .description("print an access token for the hub's GraphQL API, valid for ten minutes");
  withDirectory(command).action(async (options: DirectoryOption) => {
    const session = await openSession(options, context);
    context.stdout.write(`${await session.accessToken()}\n`);
  });
  withExample(
    command,
    'curl -H "Authorization: Bearer $(sekisho token --dir isp-a)" https://hub.example/graphql …',
  );
}
