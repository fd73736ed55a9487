import type { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import { readStandardInput, type CliContext } from '../context.js';
import { formatLocalTime } from '../print/local-time.js';
import { formatPairs, formatTable } from '../print/table.js';
import {
  toJson,
  withDirectory,
  withExample,
  withJson,
  type DirectoryOption,
  type JsonOption,
} from './shared-options.js';
import { openAgent } from './subscriber-agent.js';

type Common = DirectoryOption & JsonOption;

/** `cases` and `message`: two members look into a match without knowing who the other one is. */
export function registerSubscriberCases(parent: Command, context: CliContext): void {
  const cases = parent
    .command('cases')
    .description('matches on either side, or what was said about one; the other member is never named');
  cases.argument('[case]', 'show the messages of this case');
  withJson(withDirectory(cases)).action(async (id: string | undefined, options: Common) => {
    if (id !== undefined) {
      await printMessages(id, options, context);
      return;
    }
    const all = await (await openAgent(options, context)).cases.list();
    context.stdout.write(
      options.json
        ? toJson(
            all.map((one) => ({
              ...one,
              ownKey: undefined,
              otherKey: undefined,
              canTalk: one.otherKey !== null,
            })),
          )
        : formatTable(
            ['CASE', 'OPENED', 'YOU', 'MATCH', 'SAME', 'REASON', 'RECORD', 'NUMBER', 'MESSAGES'].map(
              (title) => ({ title }),
            ),
            all.map((one) => [
              ...[one.id, one.openedAt.slice(0, 10), one.isReporter ? 'reported' : 'asked', one.strength],
              ...[one.types.join(' '), one.reason, one.state, one.caseNumber ?? '', String(one.messages)],
            ]),
          ),
    );
  });
  withExample(cases, 'sekisho subscriber cases --json');

  const message = parent
    .command('message')
    .description('write to the other member of a case; the hub relays what it cannot read');
  message.argument('<case>', 'its id').argument('[file]', 'the text; - is standard input', '-');
  withJson(withDirectory(message)).action(async (id: string, file: string, options: Common) => {
    const text = file === '-' ? await readStandardInput(context) : await readFile(file, 'utf8');
    await (await openAgent(options, context)).cases.send(id, text.trim());
    context.stdout.write(options.json ? toJson({ sent: id }) : formatPairs([['sent', id]]));
  });
  withExample(message, 'sekisho subscriber message 0199c5a0-7d3e-7c11-9f0e-3b1f6c1a2d44 < question.txt');
}

async function printMessages(id: string, options: Common, context: CliContext): Promise<void> {
  const messages = await (await openAgent(options, context)).cases.messages(id);
  if (options.json) {
    context.stdout.write(toJson(messages));
    return;
  }
  for (const { isOwn, at, text } of messages) {
    // Written by somebody unknown: nothing in it may steer the terminal.
    const lines = text.split('\n').map((line) => `  ${line.replace(/\p{Cc}/gu, '')}`);
    const head = `${isOwn ? 'you' : 'the other side'}, ${formatLocalTime(at, context.timeZone)}`;
    context.stdout.write(`${[head, ...lines].join('\n')}\n`);
  }
}
