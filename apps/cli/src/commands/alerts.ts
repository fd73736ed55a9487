import {
  fetchEvidence,
  followAlerts,
  HubUnreachable,
  MemberDirectory,
  type HubSession,
  type OpenedEvidence,
  type OwnAlert,
} from '@sekisho/client';
import { Argument, type Command } from 'commander';
import { setTimeout } from 'node:timers/promises';
import { memberDirectoryPath, type CliContext } from '../context.js';
import { formatLocalTime } from '../print/local-time.js';
import { formatTable } from '../print/table.js';
import { registerAlertStream } from './alert-stream.js';
import { formatPiece, toPlain } from './evidence.js';
import { openSession } from './member-session.js';
import {
  toJson,
  withDirectory,
  withExample,
  withJson,
  type DirectoryOption,
  type JsonOption,
} from './shared-options.js';

/** In one answer; the oldest of more than these have waited too long anyway. */
const LIMIT = 1_000;
const ANSWERS = ['seen', 'found', 'fixed'] as const;
/** Between two attempts to fetch evidence from a hub that is away. */
const AGAIN_MS = 2_000;

interface AlertsOptions extends DirectoryOption, JsonOption {
  readonly all?: true;
  readonly follow?: true;
}

export function registerAlerts(program: Command, context: CliContext): void {
  const command = program
    .command('alerts')
    .description('what became suspect in your own networks, newest first')
    .option('--all', 'closed ones too')
    .option('--follow', 'then each change as it happens, with the sealed evidence opened here; does not end');
  withJson(withDirectory(command)).action(async (options: AlertsOptions) => {
    const session = await openSession(options, context);
    if (options.follow) {
      await follow(session, options, context);
      return;
    }
    const alerts = await session.alerts({ first: LIMIT, openOnly: !options.all });
    context.stdout.write(options.json ? toJson(alerts) : formatAlerts(alerts, context));
    if (!options.json && alerts.some(({ evidenceCount }) => evidenceCount > 0)) {
      context.stderr.write(
        'sekisho: exact times and ports are in sealed evidence; open it with sekisho evidence\n',
      );
    }
  });
  withExample(command, 'sekisho alerts --dir /etc/sekisho/isp-a');
  registerAnswer(command, context);
  registerAlertStream(command, context);
}

/** Evidence is opened, each piece once, and not acknowledged: it stays at the hub for sekisho evidence. */
async function follow(session: HubSession, options: AlertsOptions, context: CliContext): Promise<void> {
  const directory = new MemberDirectory(memberDirectoryPath(options, context));
  const onLost = () => {
    context.stderr.write('sekisho: the connection to the hub was lost; connecting again\n');
  };
  const printed = new Set<string>();
  const unprinted = async ({ subject, evidenceCount }: OwnAlert): Promise<readonly OpenedEvidence[]> => {
    const isWanted = (piece: { id: string; subject: string }) =>
      piece.subject === subject && !printed.has(piece.id);
    while (evidenceCount > 0) {
      try {
        return (await fetchEvidence(session, directory, { limit: LIMIT, isWanted })).opened;
      } catch (error) {
        if (!(error instanceof HubUnreachable)) throw error;
        onLost();
        await setTimeout(AGAIN_MS);
      }
    }
    return [];
  };
  for await (const { change, alert } of followAlerts(session, { onLost })) {
    const pieces = await unprinted(alert);
    // It came with what was told before.
    if (change === 'evidence' && pieces.length === 0) continue;
    if (options.json) {
      context.stdout.write(
        `${JSON.stringify({ change: change ?? null, ...alert, evidence: pieces.map(toPlain) })}\n`,
      );
    } else {
      context.stdout.write(`${change ?? 'open'}: ${alert.subject}\n${formatAlerts([alert], context)}`);
      for (const piece of pieces) context.stdout.write(formatPiece(piece, context));
    }
    for (const { id } of pieces) printed.add(id);
  }
}

function registerAnswer(alerts: Command, context: CliContext): void {
  const command = alerts
    .command('answer')
    .description('say what became of it; a fix that stays quiet ends the listing early')
    .argument('<id>', 'as sekisho alerts shows it')
    .addArgument(new Argument('<answer>', 'how far you are').choices(ANSWERS));
  withJson(withDirectory(command)).action(
    async (id: string, answer: (typeof ANSWERS)[number], options: DirectoryOption & JsonOption) => {
      // Both commands take --json and --dir; what stands behind `answer` may be read by either.
      const given = { ...alerts.opts<AlertsOptions>(), ...options };
      const alert = await (await openSession(given, context)).answerAlert(id, answer);
      context.stdout.write(given.json ? toJson(alert) : formatAlerts([alert], context));
    },
  );
  withExample(
    command,
    'sekisho alerts answer 0199c5a0-7d3e-7c11-9f0e-3b1f6c1a2d44 fixed --dir /etc/sekisho/isp-a',
  );
}

function formatAlerts(alerts: readonly OwnAlert[], { timeZone }: CliContext): string {
  if (alerts.length === 0) return 'no alerts\n';
  const columns = ['ID', 'SUBJECT', 'CATEGORY', 'MESSAGES', 'LAST SEEN', 'STATE', 'EVIDENCE'];
  return formatTable(
    columns.map((title) => ({ title })),
    alerts.map((alert) => [
      ...[alert.id, alert.subject, alert.category, `${String(alert.messages)}+`],
      ...[formatLocalTime(alert.lastSeen, timeZone), stateOf(alert, timeZone), String(alert.evidenceCount)],
    ]),
  );
}

function stateOf({ state, outcome, quietAt, endsEarly }: OwnAlert, timeZone: CliContext['timeZone']): string {
  if (outcome !== null) return outcome;
  if (quietAt === null) return state;
  const until = `quiet until ${formatLocalTime(quietAt, timeZone)}?`;
  return endsEarly ? until : `${until} (full term)`;
}
