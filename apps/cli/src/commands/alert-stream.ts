import type { EventMail, OwnEventStream } from '@sekisho/client';
import { Argument, Option, type Command } from 'commander';
import { readFile } from 'node:fs/promises';
import type { CliContext } from '../context.js';
import { formatLocalTime } from '../print/local-time.js';
import { onOneLine } from '../print/one-line.js';
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

type StreamOptions = DirectoryOption & JsonOption;

/** `sekisho alerts stream`: how the member is told. */
export function registerAlertStream(alerts: Command, context: CliContext): void {
  const stream = alerts.command('stream').description('how you are told: by poll or push, and by mail');
  // Options such as --json are also those of `alerts`; what stands behind may be read by either.
  const given = (options: StreamOptions) => ({ ...alerts.opts<StreamOptions>(), ...options });
  const print = (options: StreamOptions, shown: OwnEventStream) => {
    context.stdout.write(options.json ? toJson(shown) : formatStream(shown, context));
  };

  const show = stream.command('show').description('endpoint, state, failures and mail');
  withJson(withDirectory(show)).action(async (options: StreamOptions) => {
    print(given(options), await (await openSession(given(options), context)).eventStream());
  });
  withExample(show, 'sekisho alerts stream show --dir /etc/sekisho/isp-a');

  const push = stream
    .command('push')
    .description('have events pushed to your receiver (RFC 8935)')
    .argument('<url>', 'https://, at public addresses only')
    .option('--authorization-file <file>', 'its first line is sent as Authorization header');
  withJson(withDirectory(push)).action(
    async (endpoint: string, options: StreamOptions & { authorizationFile?: string }) => {
      const text =
        options.authorizationFile === undefined
          ? undefined
          : await readFile(options.authorizationFile, 'utf8');
      const receiver = { endpoint, authorization: text?.split('\n')[0]?.trim() };
      print(given(options), await (await openSession(given(options), context)).setEventStream({ receiver }));
    },
  );
  withExample(push, 'sekisho alerts stream push https://abuse.isp-a.example/events --dir /etc/sekisho/isp-a');

  const poll = stream.command('poll').description('fetch events yourself from /events (RFC 8936)');
  withJson(withDirectory(poll)).action(async (options: StreamOptions) => {
    const session = await openSession(given(options), context);
    print(given(options), await session.setEventStream({ receiver: null }));
  });
  withExample(poll, 'sekisho alerts stream poll --dir /etc/sekisho/isp-a');

  registerMail(stream, context, given, print);

  const status = stream
    .command('set')
    .description('hold pushes back, or go on with them; nothing is lost meanwhile')
    .addArgument(new Argument('<state>', 'what becomes of pushes').choices(['paused', 'enabled'] as const));
  withJson(withDirectory(status)).action(async (state: 'paused' | 'enabled', options: StreamOptions) => {
    const session = await openSession(given(options), context);
    const change = { status: state === 'paused' ? 'PAUSED' : 'ENABLED' } as const;
    print(given(options), await session.setEventStream(change));
  });
  withExample(status, 'sekisho alerts stream set paused --dir /etc/sekisho/isp-a');

  const verify = stream
    .command('verify')
    .description('send a verification event, to see that your receiver is reached')
    .argument('[state]', 'what the event repeats', 'sekisho');
  withJson(withDirectory(verify)).action(async (state: string, options: StreamOptions) => {
    print(
      given(options),
      await (await openSession(given(options), context)).setEventStream({ verify: state }),
    );
  });
  withExample(verify, 'sekisho alerts stream verify --dir /etc/sekisho/isp-a');

  const refused = stream
    .command('refused')
    .description('events that your receiver could not use')
    .option('--again', 'push them again');
  withJson(withDirectory(refused)).action(async (options: StreamOptions & { again?: true }) => {
    const session = await openSession(given(options), context);
    if (options.again) {
      print(given(options), await session.setEventStream({ takeUp: true }));
      return;
    }
    const events = await session.refusedEvents();
    const lines = events.map(({ jti, type, refused: why }) => `${jti}  ${type}  ${onOneLine(why)}\n`);
    context.stdout.write(
      given(options).json ? toJson(events) : lines.length > 0 ? lines.join('') : 'no event was refused\n',
    );
  });
  withExample(refused, 'sekisho alerts stream refused --again --dir /etc/sekisho/isp-a');
}

function registerMail(
  stream: Command,
  context: CliContext,
  given: (options: StreamOptions) => StreamOptions,
  print: (options: StreamOptions, shown: OwnEventStream) => void,
): void {
  const mail = stream
    .command('mail')
    .description('have events sent to your abuse desk, many in one mail')
    .argument('<address>', 'of the abuse desk, or "none"')
    .addOption(
      new Option('--format <format>', 'RFC 5965 or X-ARF v4').choices(['arf', 'xarf']).default('arf'),
    )
    .addOption(new Option('--language <language>', 'of the text').choices(['en', 'ja']).default('en'));
  withJson(withDirectory(mail)).action(
    async (address: string, options: StreamOptions & { format: string; language: string }) => {
      const session = await openSession(given(options), context);
      const wanted = {
        address,
        format: options.format.toUpperCase() as EventMail['format'],
        language: options.language.toUpperCase() as EventMail['language'],
      };
      print(given(options), await session.setEventStream({ mail: address === 'none' ? null : wanted }));
    },
  );
  withExample(mail, 'sekisho alerts stream mail abuse@isp-a.example --language ja --dir /etc/sekisho/isp-a');
}

function formatStream(stream: OwnEventStream, { timeZone }: CliContext): string {
  const { endpoint, hasAuthorization, status, failures, nextAttemptAt, lastError, mail } = stream;
  return formatPairs([
    ['events', endpoint === null ? 'polled from /events' : `pushed to ${endpoint}`],
    ...(hasAuthorization ? [['authorization', 'sent'] as [string, string]] : []),
    ['state', status.toLowerCase()],
    ...(failures > 0
      ? ([
          ['failures', `${failures}: ${onOneLine(lastError ?? '')}`],
          ['next attempt', nextAttemptAt === null ? 'now' : formatLocalTime(nextAttemptAt, timeZone)],
        ] as [string, string][])
      : []),
    [
      'mail',
      mail
        ? `${mail.address}, ${mail.format === 'ARF' ? 'ARF' : 'X-ARF'}, ${mail.language.toLowerCase()}`
        : 'none',
    ],
  ]);
}
