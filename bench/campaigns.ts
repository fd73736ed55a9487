// Campaigns on real mail: pairwise precision and recall, the adversary's curve, good mail, outbreak, throughput.
//   npm run bench:campaigns -- --data ../shared/data [--live 1000000] [--only choosing|kinds|reporting|labels|good-mail|outbreaks|fingerprinting|throughput]
//   npm run bench:campaigns -- --data ../shared/data --other FOLDER     other mail alone, *.eml or *.txt (docs/campaigns.md)
import { parseArgs } from 'node:util';
import { measureAbuseEvidence } from './campaigns/abuse-evidence.ts';
import { halfOf, readCorpus } from './campaigns/corpus.ts';
import { measureGoodMail } from './campaigns/good-mail.ts';
import { pyzorLike, rspamdLike, sekisho, tlsh, type Method } from './campaigns/methods.ts';
import { MUTATION_KINDS, mutate, paragraphsOf, type MutationKind } from './campaigns/mutation.ts';
import { measureOutbreaks } from './campaigns/outbreaks.ts';
import { readOtherMail, partsOf } from './campaigns/other-mail.ts';
import { labelsOf, LABEL_LIMIT } from './campaigns/label-rule.ts';
import { printScore, scorePairs, SCORE_HEADER, sumOfScores } from './campaigns/pair-score.ts';
import { randomSource } from './campaigns/random.ts';
import { measureFingerprinting, measureThroughput } from './campaigns/throughput.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    live: { type: 'string', default: '1000000' },
    /** Choosing: leaves the reporting half and the whole corpus out. Constants are chosen so. */
    only: { type: 'string', default: '' },
    /** A folder of other mail: nothing else is measured. */
    other: { type: 'string' },
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
  const of = half === undefined ? 'all' : half === 0 ? 'choosing' : 'reporting';
  printScore(name, of, strength, scorePairs(messages, method.groups(contents)));
}

/** By the given labels, and by their rule with other limits, over good mail too. */
function measureLabels(): void {
  const contents = corpus.map(({ content }) => content);
  const random = randomSource(20_021_124);
  for (const strength of [0, 1]) {
    const varied =
      strength === 0 ? contents : contents.map((of) => mutate(of, { strength, random, foreign }));
    const groups = sekisho.groups(varied);
    printScore('labels as given', 'all', strength, scorePairs(corpus, groups));
    for (const limit of [LABEL_LIMIT, 0.58, 0.56, 0.54, 0.52, 0.5]) {
      const labels = labelsOf(contents, limit).map((label) => ({ campaign: String(label) }));
      printScore(`labels from ${limit.toFixed(2)}`, 'all', strength, scorePairs(labels, groups));
    }
  }
}

/** The even parts are to choose on, the odd ones to check what was chosen. */
function measureOther(folder: string): void {
  const messages = readOtherMail(folder);
  const labelled = messages.filter(({ campaign }) => campaign !== '');
  const parts = partsOf(messages);
  console.log(
    `${String(messages.length)} messages, ${String(labelled.length)} of them in ${String(new Set(labelled.map(({ campaign }) => campaign)).size)} campaigns; ` +
      `${String(parts.flat().length)} in ${String(parts.length)} parts are measured`,
  );
  for (const [half, name] of ['even', 'odd'].entries()) {
    const own = parts.filter((_, i) => i % 2 === half);
    if (own.length === 0) continue;
    for (const strength of [0, 0.5, 1]) {
      const random = randomSource(20_021_122 + half);
      const scores = own.map((part) => {
        const contents = part.map(({ content }) =>
          strength === 0 ? content : mutate(content, { strength, random, foreign }),
        );
        return scorePairs(part, sekisho.groups(contents));
      });
      printScore('Sekisho, other mail', name, strength, sumOfScores(scores));
    }
  }
}

console.log(SCORE_HEADER);
if (values.other !== undefined) measureOther(values.other);
const isWanted = (part: string) => values.other === undefined && (values.only === '' || values.only === part);
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
if (isWanted('labels')) measureLabels();
if (isWanted('good-mail')) {
  measureGoodMail(corpus, foreign);
  measureAbuseEvidence();
}
if (isWanted('outbreaks')) measureOutbreaks(corpus, foreign);
if (isWanted('fingerprinting')) measureFingerprinting(corpus);
if (isWanted('throughput')) measureThroughput(Number(values.live));
