import { formatBar } from '../print/bar.js';
import { formatPairs, formatTable } from '../print/table.js';
import { formatListen } from '@sekisho/config';
import { parseSubject } from '@sekisho/subject';
import { countReporters } from './demo-members.js';
import type { DemoFederation } from './demo-federation.js';

const TOP = 10;

/** The strongest listings with what their scores are made of, and the federation's figures. */
export async function formatResults({ members }: DemoFederation): Promise<string> {
  const [first] = members;
  if (!first) return '';
  const reporters = Array.from(countReporters(members.map(({ demo }) => demo)));
  const candidates = reporters.filter(([, count]) => count >= 2).map(([ip]) => ip);
  const found = await first.session.lookup(candidates.map((value) => parseSubject('ip', value)));
  const listed = found
    .filter((reputation) => reputation?.listed)
    .filter((reputation) => reputation !== undefined);
  const top = listed.sort((a, b) => b.score - a.score || (a.subject < b.subject ? -1 : 1)).slice(0, TOP);
  const table = formatTable(
    [
      ...[{ title: 'ADDRESS' }, { title: 'SCORE', isNumber: true }, { title: '' }, { title: 'CATEGORIES' }],
      ...[{ title: 'MEMBERS', isNumber: true }, { title: 'ADVICE' }, { title: 'BECAUSE' }],
    ],
    top.map(({ subject, score, categories, memberCount, recommendation, explanation }) => [
      ...[subject, String(score), formatBar(score, 100, 10), categories.map(readable).join(' ')],
      ...[String(memberCount), readable(recommendation)],
      explanation
        .map(({ factor, contribution }) => `${factor} ${contribution > 0 ? '+' : ''}${contribution}`)
        .join(', '),
    ]),
  );
  const { subjects, listings, reports } = await first.session.statistics();
  const figures = `${String(reports)} reports about ${String(subjects)} subjects; ${String(listings)} are listed`;
  return `Top listings 上位の掲載 (${figures}):\n${table}`;
}

export function formatTryIt({ config, members, signInUrl }: DemoFederation): string {
  const [first] = members;
  const dir = first?.dir ?? '';
  const ip = first?.demo.observations.find(({ category }) => category === 'zombie')?.ip ?? '127.0.0.2';
  const name = `${ip.split('.').reverse().join('.')}.ip.${config.zone}`;
  const at = `@${config.dns.host} -p ${config.dns.port}`;
  const query = `{"query":"{ listings(first: 5) { edges { node { subject score categories } } } }"}`;
  return `
It keeps running; try it from another terminal (Ctrl-C here stops it). 続けて動いています。別の端末から試せます:

  sign in as a reviewer 審査担当としてコンソールへ
    ${signInUrl}

${formatPairs([
  ['  a mail server asks', `dig ${at} ${name} A`],
  ['  and why', `dig ${at} ${name} TXT`],
  ['  every code has a test', `dig ${at} 3.0.0.127.ip.${config.zone} A`],
  ['  score and explanation', `npx sekisho lookup ${ip} --dir ${dir}`],
  ['  report something', `npx sekisho report ip 203.0.113.9 --category zombie --evidence trap --dir ${dir}`],
  ['  what the hub says of itself', `curl ${config.publicUrl}/.well-known/sekisho`],
])}  GraphQL
    curl ${config.publicUrl}/graphql -H 'content-type: application/json' \\
      -H "authorization: Bearer $(npx sekisho token --dir ${dir})" \\
      -d '${query}'

hub ${config.publicUrl} · DNS ${formatListen(config.dns)} · zone ${config.zone}`;
}

/** `SPAM_SOURCE` as it is written in reports: `spam-source`. */
const readable = (name: string) => name.toLowerCase().replaceAll('_', '-');
