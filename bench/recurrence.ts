// How much likelier a source that left an operator's list is to be on it again within a week when it has been back before: what
// docs/reputation.md says of recurrence. Absences of less than a day are left out, as lists lose and regain addresses.
//   npm run bench:recurrence -- --data ../shared/data
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { printTable } from '#harness/figures';

const DAY_S = 86_400;
const WEEK_S = 7 * DAY_S;
/** More returns than this are counted together. */
const MOST = 3;
/** The one operator whose removals are in the data by the ten thousand; it forgets an address after 15 days. */
const FILE = 'ip/operators-2025-10/duggytuxy.events.tsv.gz';

interface Stay {
  readonly from: number;
  until: number | undefined;
}

const { values } = parseArgs({ options: { data: { type: 'string', default: '../shared/data' } } });
const lines = gunzipSync(readFileSync(join(values.data, FILE)))
  .toString('utf8')
  .trimEnd()
  .split('\n');
const stays = new Map<string, Stay[]>();
let end = 0;
for (const line of lines) {
  const [time = '', change, ip = ''] = line.split('\t');
  const at = Number(time);
  end = Math.max(end, at);
  const ofIp = stays.get(ip) ?? [];
  stays.set(ip, ofIp);
  const last = ofIp.at(-1);
  if (change === '-') {
    if (last?.until === undefined && last) last.until = at;
    // It was there before the window.
    else if (!last) ofIp.push({ from: 0, until: at });
  } else if (last?.until !== undefined && at - last.until < DAY_S) last.until = undefined;
  else if (!last || last.until !== undefined) ofIp.push({ from: at, until: undefined });
}

const left = new Array<number>(MOST + 1).fill(0);
const came = new Array<number>(MOST + 1).fill(0);
for (const ofIp of stays.values()) {
  ofIp.forEach(({ until }, i) => {
    // What left in the last week of the window is not known to stay away.
    if (until === undefined || until + WEEK_S > end) return;
    const returns = Math.min(i, MOST);
    left[returns] = (left[returns] ?? 0) + 1;
    const next = ofIp[i + 1];
    if (next && next.from - until <= WEEK_S) came[returns] = (came[returns] ?? 0) + 1;
  });
}
printTable(
  ['returns before', 'left', 'back within a week', 'share'],
  left.map((count, returns) => [
    ...[
      returns === MOST ? `${String(MOST)} and more` : String(returns),
      String(count),
      String(came[returns]),
    ],
    `${((100 * (came[returns] ?? 0)) / count).toFixed(1)} %`,
  ]),
);
