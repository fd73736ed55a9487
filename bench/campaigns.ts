// Campaigns on real mail: pairwise precision and recall, the adversary's curve, good mail, outbreak, throughput.
//   npm run bench:campaigns -- --data ../shared/data [--live 1000000] [--only choosing|kinds|reporting|good-mail|outbreaks|fingerprinting|throughput]
import { parseArgs } from 'node:util';
import { measureAbuseEvidence } from './campaigns/abuse-evidence.ts';
import { halfOf, readCorpus } from './campaigns/corpus.ts';
import { measureGoodMail } from './campaigns/good-mail.ts';
import { pyzorLike, rspamdLike, sekisho, tlsh, type Method } from './campaigns/methods.ts';
import { MUTATION_KINDS, mutate, paragraphsOf, type MutationKind } from './campaigns/mutation.ts';
import { measureOutbreaks } from './campaigns/outbreaks.ts';
import { scorePairs } from './campaigns/pair-score.ts';
import { randomSource } from './campaigns/random.ts';
import { measureFingerprinting, measureThroughput } from './campaigns/throughput.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    live: { type: 'string', default: '1000000' },
    /** Choosing: leaves the reporting half and the whole corpus out. Constants are chosen so. */
    only: { type: 'string', default: '' },
  },
});
if (values.data === undefined) throw new Error('--data DIR: the folder that holds mail/index.tsv');
const corpus = readCorpus(values.data);
const foreign = paragraphsOf(corpus.filter(({ isSpam }) => !isSpam).map(({ content }) => content));
const STRENGTHS = [0, 0.5, 1, 1.5, 2, 3];

function line(
  name: string,
  method: Method,
  half: 0 | 1 | undefined,
  strength: number,
  only?: MutationKind,
): void {
  const messages = corpus.filter((message) => half === undefined || halfOf(message) === half);
  const random = randomSource(20_021_122 + (half ?? 2));
  const contents = messages.map(({ content }) =>
    strength === 0 ? content : mutate(content, { strength, random, foreign, only }),
  );
  const { precision, recall, wrong, missed, labelled } = scorePairs(messages, method.groups(contents));
  console.log(
    [
      name.padEnd(36),
      (half === undefined ? 'all' : half === 0 ? 'choosing' : 'reporting').padEnd(9),
      strength.toFixed(1).padStart(8),
      precision.toFixed(4).padStart(9),
      recall.toFixed(4).padStart(7),
      String(wrong).padStart(6),
      String(missed).padStart(6),
      String(labelled).padStart(6),
    ].join('  '),
  );
}

console.log(`${'method'.padEnd(36)}  half       strength  precision  recall   wrong  missed   pairs`);
const isWanted = (part: string) => values.only === '' || values.only === part;
if (isWanted('choosing')) for (const strength of STRENGTHS) line(sekisho.name, sekisho, 0, strength);
// Which change of the adversary costs what: each alone.
if (isWanted('kinds')) {
  for (const kind of MUTATION_KINDS) {
    for (const strength of [1, 2, 3]) line(`${sekisho.name}, ${kind} alone`, sekisho, 0, strength, kind);
  }
}
if (isWanted('reporting')) {
  for (const strength of STRENGTHS) line(sekisho.name, sekisho, 1, strength);
  for (const strength of [0, 1]) line(sekisho.name, sekisho, undefined, strength);
  for (const method of [tlsh(30), tlsh(60), tlsh(100), rspamdLike, pyzorLike]) {
    for (const strength of [0, 1, 2]) line(method.name, method, 1, strength);
  }
}
if (isWanted('good-mail')) {
  measureGoodMail(corpus, foreign);
  measureAbuseEvidence();
}
if (isWanted('outbreaks')) measureOutbreaks(corpus, foreign);
if (isWanted('fingerprinting')) measureFingerprinting(corpus);
if (isWanted('throughput')) measureThroughput(Number(values.live));
