import { labelsOfName } from '@sekisho/dns-wire';
import { formatSubject, type Subject } from '@sekisho/subject';
import { subjectOfName, summaryOfCodes, type ReturnCode, type ZoneIndex } from '@sekisho/zone';

/** The one line of a TXT record: `zombie, score 91: https://hub/?subject=203.0.113.9`. */
export function explain(
  codes: readonly ReturnCode[],
  index: ZoneIndex,
  name: Uint8Array,
  end: number,
  publicUrl: string,
): string {
  const labels = labelsOfName(name, 0, end).map((label) => label.toLowerCase());
  const subject = hashedAs(index, subjectOfName(labels));
  return explainSubject(codes, subject ? formatSubject(subject) : labels.join('.'), publicUrl);
}

/** The same for a subject that is known, as people write it. */
export const explainSubject = (codes: readonly ReturnCode[], subject: string, publicUrl: string): string =>
  `${summaryOfCodes(codes)}: ${publicUrl}/?subject=${encodeURIComponent(subject).replaceAll('%3A', ':')}`;

/** A hash label does not say whether it is an address or a fingerprint: the zone knows. */
function hashedAs(index: ZoneIndex, subject: Subject | undefined): Subject | undefined {
  if (subject?.type !== 'address') return subject;
  const fingerprint: Subject = { type: 'fingerprint', value: subject.value };
  return index.codesOfEntry(fingerprint) ? fingerprint : subject;
}
