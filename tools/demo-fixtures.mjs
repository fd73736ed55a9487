// Cuts the demo's member reports from a folder of public data (FIXTURES.md says what and under which licence):
//   node tools/demo-fixtures.mjs FOLDER
// One file a member, one line a report, in the order of time: position in the replay (0 to 1), address, category,
// evidence class, count.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const [source] = process.argv.slice(2);
if (!source) {
  console.error('usage: node tools/demo-fixtures.mjs FOLDER');
  process.exit(2);
}
const target = new URL('../fixtures/demo/', import.meta.url);
const lines = async (path) => {
  const bytes = await readFile(join(source, path));
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8').trim().split('\n');
};
const isIpv4 = (text) => /^\d+\.\d+\.\d+\.\d+$/.test(text);

/** An hourly sensor network: what it listed in October 2025, and of what it had listed before all that others saw too. */
async function sensorNetwork(others) {
  const events = (await lines('ip/operators-2025-10/ramit-mitra.events.tsv.gz')).map((line) =>
    line.split('\t'),
  );
  const added = events.filter(([, sign, ip]) => sign === '+' && isIpv4(ip));
  const first = Number(added[0][0]);
  const span = Number(added.at(-1)[0]) - first;
  const before = (await lines('ip/operators-2025-10/ramit-mitra.initial.txt.gz')).filter((ip) =>
    others.has(ip),
  );
  const seen = new Set();
  const rows = [];
  for (const [at, ip] of [
    ...before.map((ip, i) => [i / before.length / 4, ip]),
    ...added.map(([time, , ip]) => [(Number(time) - first) / span, ip]),
  ]) {
    if (seen.has(ip)) continue;
    seen.add(ip);
    rows.push([at, ip, 'zombie', 'trap', 1]);
  }
  return rows;
}

const CATEGORY_OF = { abuse: 'spam-source', 'dropper host': 'malware-sender' };

/** A honeypot operator, by the day it first saw each address. */
async function honeypotOperator(keep) {
  const rows = (await lines('ip/shadowwhisperer-threats-to-2026-05.csv')).slice(1).map((line) => {
    const [ip, category] = line.split(',');
    const [firstSeen] = line.split(',').slice(-2);
    return { ip, category: CATEGORY_OF[category] ?? 'zombie', time: Date.parse(firstSeen) };
  });
  const kept = rows.filter(({ ip }) => isIpv4(ip)).filter(keep);
  const times = kept.map(({ time }) => time);
  const [first, last] = [Math.min(...times), Math.max(...times)];
  return kept.map(({ ip, category, time }, i) => [
    // Days only: within a day in the order of the file.
    Math.min(1, (time - first) / (last - first + 86_400_000) + (i / kept.length) * 0.01),
    ...[ip, category, 'trap', 1],
  ]);
}

/** A clearing house that counts on how many public lists an address is. */
async function clearingHouse(keep) {
  const rows = (await lines('ip/operators-2025-10/ipsum-2025-11-05.tsv.gz')).map((line) => line.split('\t'));
  const kept = rows.filter(([ip, count]) => keep(ip, Number(count)));
  return kept.map(([ip, count], i) => [i / kept.length, ip, 'zombie', 'filter', Number(count)]);
}

/** A mail operator: who handed over the spam, and the good mail, of the SpamAssassin corpus. */
async function mailOperator() {
  const rows = (await lines('mail/index.tsv')).slice(1).map((line) => line.split('\t'));
  const counts = new Map();
  for (const [, label, , epoch, ip] of rows) {
    if (!isIpv4(ip ?? '')) continue;
    const key = `${ip} ${label}`;
    const before = counts.get(key) ?? { ip, label, count: 0, time: Number(epoch) };
    counts.set(key, { ...before, count: before.count + 1 });
  }
  const sorted = [...counts.values()].sort((a, b) => a.time - b.time);
  return sorted.map(({ ip, label, count }, i) => [
    ...[i / sorted.length, ip, label === 'spam' ? 'spam-source' : 'ham', 'filter', count],
  ]);
}

const ipsum = new Map(
  (await lines('ip/operators-2025-10/ipsum-2025-11-05.tsv.gz')).map((line) => line.split('\t')),
);
const honeypot = new Set(
  (await lines('ip/shadowwhisperer-threats-to-2026-05.csv')).map((line) => line.split(',')[0]),
);
const sensors = new Set([
  ...(await lines('ip/operators-2025-10/ramit-mitra.initial.txt.gz')),
  ...(await lines('ip/operators-2025-10/ramit-mitra.events.tsv.gz')).map((line) => line.split('\t')[2]),
]);
const members = {
  'sensor-net': await sensorNetwork(new Set([...ipsum.keys()].filter((ip) => honeypot.has(ip)))),
  'honeypot-lab': await honeypotOperator(({ ip }, i) => ipsum.has(ip) || sensors.has(ip) || i % 5 === 0),
  'clearing-house': await clearingHouse((ip, count) => honeypot.has(ip) || (sensors.has(ip) && count >= 3)),
  'mail-isp': await mailOperator(),
};
await mkdir(target, { recursive: true });
for (const [member, rows] of Object.entries(members)) {
  const sorted = rows.sort((a, b) => a[0] - b[0] || (a[1] < b[1] ? -1 : 1));
  const text = sorted.map(([at, ...rest]) => [at.toFixed(5), ...rest].join('\t')).join('\n');
  await writeFile(new URL(`${member}.tsv`, target), `${text}\n`);
  console.log(`${member}: ${sorted.length} reports`);
}
