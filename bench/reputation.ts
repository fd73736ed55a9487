// How well the reputation model foretells new reports, against simpler methods, on real reports:
//   npm run bench:reputation -- --data ../shared/data [--plot docs/reputation-calibration.svg]
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { trainLogistic, trainTrees, type Judge } from './reputation/ceilings.ts';
import { fitIsotonic } from './reputation/isotonic.ts';
import { brier, rank } from './reputation/metrics.ts';
import { calibrationPlot, type Curve } from './reputation/plot.ts';
import { METHODS, replay, type Replay } from './reputation/replay.ts';
import { formatIpv4, readMailFeeds, readOperators } from './reputation/windows.ts';

const { values } = parseArgs({ options: { data: { type: 'string' }, plot: { type: 'string' } } });
const data = values.data ?? '../shared/data';
const HOUR_MS = 3_600_000;
const MIN_HITS = 20;
const LISTED = 70;

interface Scene {
  readonly replays: readonly Replay[];
  /** Window whose replays the regressions and the calibration of others were trained on. */
  readonly teacher: string;
}

const scenes = new Map<string, Scene>();
function stage(win: ReturnType<typeof readMailFeeds>, at: number, end: number, teacher: string): void {
  const full = replay(win, at, end, undefined);
  const hitsOf = (r: Replay) => r.targets[0]?.hits.reduce((sum, hit) => sum + hit, 0) ?? 0;
  const worth = full.targets.filter(({ hits }) => hits.reduce((sum, hit) => sum + hit, 0) >= MIN_HITS);
  const others = new Set(win.channels.map(({ member }) => member)).size - 1;
  const left = others === 0 ? [] : worth.map(({ member }) => replay(win, at, end, member));
  scenes.set(win.name, { replays: [full, ...left.filter((r) => hitsOf(r) >= MIN_HITS)], teacher });
  console.log(
    `${win.name}: ${String(full.subjects.length)} subjects, ${full.observationsPerSecond.toFixed(0)} reports/s with learning, ` +
      `${full.rescoredPerSecond.toFixed(0)} subjects scored/s`,
  );
}

const december = readMailFeeds(data, '12');
stage(december, december.start + 10 * HOUR_MS, december.end, '2016-08');
const august = readMailFeeds(data, '08');
stage(august, august.start + 6.5 * HOUR_MS, august.end, '2016-12');
const july = readOperators(data, '2021-07', ['aigars-github']);
// One member, few returns: only the whole second half has enough of them to count.
stage(july, july.start + 16 * 24 * HOUR_MS, july.end, '2016-12');
const october = readOperators(data, '2025-10', ['duggytuxy', 'ramit-mitra']);
stage(october, october.start + 16 * 24 * HOUR_MS, october.start + 17 * 24 * HOUR_MS, '2016-12');

const judges = new Map<string, Judge>();
function scoresOf(r: Replay, method: string, teacher: string): Float64Array {
  const own = r.scores[method];
  if (own !== undefined) return own;
  const kind = r.without === undefined ? 'with' : 'out';
  const key = `${method} ${teacher} ${kind}`;
  let judge = judges.get(key);
  if (judge === undefined) {
    const lessons = lessonsOf(teacher, kind);
    judges.set(key, (judge = method === 'trees' ? trainTrees(lessons) : trainLogistic(lessons)));
  }
  return judge(r);
}

function lessonsOf(teacher: string, kind: string): Replay[] {
  return (scenes.get(teacher)?.replays ?? []).filter((r) => (r.without === undefined) === (kind === 'with'));
}

const curves = new Map<string, (score: number) => number>();
/** Scores become probabilities by what the same scores were worth in the other window. */
function probabilityOf(method: string, scene: Scene, kind: string): (score: number) => number {
  const key = `${method} ${scene.teacher} ${kind}`;
  let curve = curves.get(key);
  if (curve === undefined) {
    const scores: number[] = [];
    const hits: number[] = [];
    for (const r of lessonsOf(scene.teacher, kind)) {
      const all = scoresOf(r, method, scenes.get(scene.teacher)?.teacher ?? '');
      for (const target of r.targets) {
        for (const [k, i] of target.candidates.entries()) {
          scores.push(all[i] ?? 0);
          hits.push(target.hits[k] ?? 0);
        }
      }
    }
    curves.set(key, (curve = fitIsotonic(Float64Array.from(scores), Uint8Array.from(hits))));
  }
  return curve;
}

const methods = ['ours', ...METHODS, 'logistic', 'trees'];
const cell = (x: number) => x.toFixed(4).replace(/^0/, '');
console.log(
  `\naverage precision\n| window | member | | hits | base | ${methods.join(' | ')} | ours / distinct |`,
);
const details: string[] = [];
let rows = 0;
let reached = 0;
let first = 0;
for (const [window, scene] of scenes) {
  for (const r of scene.replays) {
    const kind = r.without === undefined ? 'with' : 'out';
    const all = new Map(methods.map((method) => [method, scoresOf(r, method, scene.teacher)]));
    for (const { member, candidates, hits } of r.targets) {
      const found = hits.reduce((sum, hit) => sum + hit, 0);
      if (found < MIN_HITS) continue;
      const base = found / candidates.length;
      const ranks = methods.map((method) => {
        const scores = Float64Array.from(candidates, (i) => all.get(method)?.[i] ?? 0);
        const curve = probabilityOf(method, scene, kind);
        return { ...rank(scores, hits), brier: brier(scores.map(curve), hits) };
      });
      const [ours, , distinct] = ranks.map(({ averagePrecision }) => averagePrecision);
      const ratio = (ours ?? 0) / (distinct ?? 1);
      const line = (values: readonly number[]) => values.map(cell).join(' | ');
      console.log(
        `| ${window} | ${member} | ${kind} | ${String(found)} | ${cell(base)} | ${line(ranks.map((x) => x.averagePrecision))} | ${ratio.toFixed(2)} |`,
      );
      details.push(
        `| ${window} | ${member} | ${kind} | ${line(ranks.map((x) => x.precisionAt1000))} |`,
        `| | | recall | ${line(ranks.map((x) => x.recallAt1Percent))} |`,
        `| | | Brier | ${line(ranks.map((x) => x.brier))} |`,
      );
      rows++;
      if (ratio >= 2.5) reached++;
      if (ranks.slice(1, 1 + METHODS.length).every((x) => x.averagePrecision <= (ours ?? 0))) first++;
    }
  }
}
console.log(
  `\n${String(rows)} rows: first among the explainable on ${String(first)}, 2.5 times distinct members on ${String(reached)}`,
);
console.log(
  `\nprecision in the first 1,000; recall at 1 % false positives; Brier score\n| window | member | | ${methods.join(' | ')} |`,
);
for (const line of details) console.log(line);

console.log('\ncalibration: all members, until the end of the window');
const plotted: Curve[] = [];
for (const [name, { replays }] of scenes) {
  const [full] = replays;
  if (full === undefined) continue;
  const order = Uint32Array.from(full.probability.keys()).sort(
    (a, b) => (full.probability[a] ?? 0) - (full.probability[b] ?? 0),
  );
  const step = Math.ceil(order.length / 12);
  const points = Array.from({ length: 12 }, (_, k) => {
    const part = order.subarray(k * step, (k + 1) * step);
    const mean = (of: Float64Array | Uint8Array) =>
      part.reduce((sum, i) => sum + (of[i] ?? 0), 0) / (part.length || 1);
    return { foretold: mean(full.probability), came: mean(full.came), subjects: part.length };
  }).filter(({ subjects }) => subjects > 0);
  plotted.push({ name, points });
  const rate = full.came.reduce((sum, x) => sum + x, 0) / full.came.length;
  const flat = new Float64Array(full.came.length).fill(rate);
  console.log(
    `${name}: Brier ${brier(full.probability, full.came).toFixed(4)} (constant ${brier(flat, full.came).toFixed(4)}), rate ${rate.toFixed(4)}; foretold -> came ` +
      points.map((p) => `${p.foretold.toFixed(3)} -> ${p.came.toFixed(3)}`).join(', '),
  );
}
if (values.plot !== undefined) writeFileSync(values.plot, calibrationPlot(plotted));

const [, ...mails] = readFileSync(join(data, 'mail/index.tsv'), 'utf8').split('\n');
const good = new Set(
  mails
    .map((line) => line.split('\t'))
    .filter(([, label]) => label === 'ham')
    .map((row) => row[4] ?? ''),
);
for (const [name, { replays }] of scenes) {
  const [full] = replays;
  const over = Array.from(full?.subjects ?? []).filter((_, i) => (full?.published[i] ?? 0) >= LISTED);
  console.log(
    `${name}: ${String(over.length)} at ${String(LISTED)} points or more, senders of good mail among them: ` +
      String(over.filter((subject) => good.has(formatIpv4(subject))).length),
  );
}
