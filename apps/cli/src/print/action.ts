import type { JointAction } from '@sekisho/client';
import type { CliContext } from '../context.js';
import { formatLocalTime } from './local-time.js';
import { onOneLine } from './one-line.js';
import { formatPairs, formatTable } from './table.js';

/** `in-force` → `IN_FORCE`, as GraphQL has it. */
export const inCapitals = (word: string): string => word.replaceAll('-', '_').toUpperCase();
const inWords = (word: string): string => word.replaceAll('_', '-').toLowerCase();

export function formatActions(actions: readonly JointAction[], { timeZone }: CliContext): string {
  if (actions.length === 0) return 'no actions\n';
  return formatTable(
    ['ID', 'KIND', 'STATE', 'YES', 'NO', 'T0', 'TITLE'].map((title) => ({ title })),
    actions.map(({ id, kind, state, tally, effectiveAt, title }) => [
      ...[id, inWords(kind), inWords(state), String(tally.yes), String(tally.no)],
      ...[effectiveAt === null ? '-' : formatLocalTime(effectiveAt, timeZone), onOneLine(title)],
    ]),
  );
}

export function formatAction(action: JointAction, { timeZone }: CliContext): string {
  const time = (at: string | null) => (at === null ? '-' : formatLocalTime(at, timeZone));
  const { tally, rehearsal } = action;
  const pairs: (readonly [string, string])[] = [
    ['action', action.id],
    ['title', onOneLine(action.title)],
    ['kind', inWords(action.kind) + (action.isEmergency ? ', emergency' : '')],
    ['state', inWords(action.state)],
    ['subjects', action.subjects.join(', ') || (action.concerns ?? '-')],
    ['proposed', `${time(action.proposedAt)} by ${action.proposedBy}`],
    ['why', onOneLine(action.reason)],
    [
      'votes',
      `${tally.yes} yes, ${tally.no} no, ${tally.abstain} abstained; ${tally.quorum} of ${tally.eligible} needed` +
        (tally.recused > 0 ? `; ${tally.recused} recused` : ''),
    ],
    ['your vote', action.isRecused ? 'recused' : inWords(action.myVote ?? '-')],
    ['vote until', time(action.votingEndsAt)],
    ['T0', time(action.effectiveAt)],
    ['until', time(action.rollBackAt ?? action.expiresAt)],
  ];
  const sections = [formatPairs(pairs)];
  if (rehearsal && rehearsal.distribution.length > 0) {
    sections.push(
      formatTable(
        ['REHEARSED', 'PER MEMBER', 'MEMBERS'].map((title) => ({ title })),
        rehearsal.distribution.map(({ measure, text, members }) => [inWords(measure), text, String(members)]),
      ),
    );
  }
  if (action.participants.length > 0) {
    sections.push(
      formatTable(
        ['MEMBER', 'HAS', 'AT', 'SKEW'].map((title) => ({ title })),
        action.participants.map(({ memberId, state, at, skewMs, note }) => [
          ...[memberId, state === 'SILENT' ? 'not acted' : inWords(state), time(at)],
          skewMs === null ? onOneLine(note) || '-' : `${Math.round(skewMs)} ms`,
        ]),
      ),
    );
  }
  sections.push(
    formatTable(
      ['WHEN', 'WHO', 'WHAT', 'WHY'].map((title) => ({ title })),
      action.history.map(({ at, by, transition, reason }) => [
        time(at),
        by,
        transition,
        onOneLine(reason) || '-',
      ]),
    ),
  );
  for (const { at, memberId, text } of action.comments) {
    sections.push(`${time(at)} ${memberId}: ${onOneLine(text)}\n`);
  }
  return sections.join('\n');
}
