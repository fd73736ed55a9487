// How much of what independent members newly report another had reported shortly before: what docs/reputation.md takes as the
// distance between them and a copier.
//   npm run bench:voices -- --data ../shared/data
import { VOICE } from '@sekisho/reputation';
import { parseArgs } from 'node:util';
import { printTable } from '#harness/figures';
import { readMailFeeds, type Window } from './reputation/windows.ts';

const DAY_MS = 86_400_000;
const SHOWN = 8;

const { values } = parseArgs({ options: { data: { type: 'string', default: '../shared/data' } } });

function repeatsOf(win: Window): string[][] {
  const seen = new Map<number, Map<string, number>>();
  const news = new Map<string, number>();
  const repeats = new Map<string, Map<string, number>>();
  for (const [i, time] of win.time.entries()) {
    const member = win.channels[win.channel[i] ?? 0]?.member;
    if (win.ended[i] === 1 || member === undefined) continue;
    const subject = win.subject[i] ?? 0;
    const latest = seen.get(subject) ?? new Map<string, number>();
    seen.set(subject, latest);
    if (win.fresh[i] === 1 && time - (latest.get(member) ?? -Infinity) > DAY_MS) {
      news.set(member, (news.get(member) ?? 0) + 1);
      const ofMember = repeats.get(member) ?? new Map<string, number>();
      repeats.set(member, ofMember);
      for (const [other, at] of latest) {
        // What the window begins with is of unknown age.
        if (other === member || at <= win.start || time - at > VOICE.followMs) continue;
        ofMember.set(other, (ofMember.get(other) ?? 0) + 1);
      }
    }
    latest.set(member, time);
  }
  return [...repeats]
    .flatMap(([member, ofMember]) =>
      Array.from(ofMember, ([other, count]) => ({ member, other, count, total: news.get(member) ?? count })),
    )
    .sort((a, b) => b.count / b.total - a.count / a.total)
    .slice(0, SHOWN)
    .map(({ member, other, count, total }) => [
      ...[win.name, member, other, String(count), String(total)],
      `${((100 * count) / total).toFixed(1)} %`,
    ]);
}

printTable(
  ['window', 'member', 'repeats', 'repeated', 'new', 'share'],
  [readMailFeeds(values.data, '08'), readMailFeeds(values.data, '12')].flatMap(repeatsOf),
);
