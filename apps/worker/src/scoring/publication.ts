// From a reputation to what the zones say of its subject (DESIGN 4.5).
import type { WantedEntry } from '@sekisho/persistence';
import type { Reputation } from '@sekisho/reputation';
import { formatSubject, type Subject } from '@sekisho/subject';
import { categoryNumber, encodeReturnCode, type ZoneName } from '@sekisho/zone';

/** The score at which a declared dynamic range is published: its owner says so itself. */
const DECLARED = 100;

/**
 * The entries wanted of one subject in every zone that could hold it. A zone that should not hold it is named too,
 * with no codes, so that an entry of before is withdrawn.
 */
export function publicationOf(
  subject: Subject,
  reputation: Reputation,
  { isDynamicRange }: { isDynamicRange: boolean },
): WantedEntry[] {
  const listed = listingCodes(subject, reputation);
  // A network answers for every address in it: before it is listed, that would say something of strangers.
  const isKnown = reputation.listed || (reputation.score > 0 && subject.type !== 'network');
  const { score, confidence } = reputation;
  const entries = (zone: ZoneName, codes: readonly string[]): WantedEntry => ({
    ...{ zone, codes },
    subject: formatSubject(subject),
  });
  const scores = entries('score', isKnown ? [encodeReturnCode({ score, confidence })] : []);
  switch (subject.type) {
    case 'ip':
      return [scores, entries('ip', listed), entries('high.ip', reputation.highConfidence ? listed : [])];
    case 'network':
      return [
        ...[scores, entries('ip', listed), entries('high.ip', reputation.highConfidence ? listed : [])],
        entries(
          'policy',
          isDynamicRange
            ? [encodeReturnCode({ score: DECLARED, category: 'dynamic-range', type: 'network' })]
            : [],
        ),
      ];
    case 'domain':
      return [scores, entries('domain', listed)];
    case 'address':
    case 'fingerprint':
      return [scores, entries('hash', listed)];
    case 'subscriber':
      // Matched by the oblivious protocol, never published.
      return [];
  }
}

/**
 * One code a listed category. Categories of one family share the subject's score, which is what a threshold in the third
 * octet asks for; a forged domain is a victim and has the score of the forgery alone.
 */
function listingCodes({ type }: Subject, { listed, score, categories }: Reputation): string[] {
  if (!listed) return [];
  const codes = categories
    .filter((entry) => entry.listed && categoryNumber(entry.category, type) !== undefined)
    .map(({ category, score: own }) =>
      encodeReturnCode({ category, type, score: category === 'forged-domain' ? own : score }),
    );
  return [...new Set(codes)].sort();
}
