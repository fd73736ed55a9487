import {
  fingerprintKey,
  fingerprintOf,
  formatFingerprint,
  readContent,
  type FingerprintKey,
} from '@sekisho/campaign';
import type { MessageFinding } from '@sekisho/evidence';
import type { ReportInput } from '@sekisho/report';

/** As many hosts of links as a report may name, and the longest name of the DNS. */
const MAX_URL_HOSTS = 20;
const MAX_HOST_CHARACTERS = 253;

/** Adds to the reports of a message what tells its copies: the fingerprint under the month's key, and the hosts it links to. */
export class ContentPrint {
  private readonly keys = new Map<string, FingerprintKey>();

  /** @param secret the federation's; with another one the fingerprints are comparable with nobody's */
  constructor(private readonly secret: Uint8Array) {}

  /** The reports as they are when the content is not there, or says nothing. */
  addTo({ reports, content }: MessageFinding): readonly ReportInput[] {
    if (!content) return reports;
    const read = readContent(content);
    const urlHosts = read.hosts.filter(({ length }) => length <= MAX_HOST_CHARACTERS).slice(0, MAX_URL_HOSTS);
    // Reports of one message are nearly always of one month, and the sketch is what costs time.
    const prints = new Map<string, string | undefined>();
    const printOf = (month: string): string | undefined => {
      const fingerprint = fingerprintOf(content, this.keyOf(month), read);
      const isEmpty = fingerprint.kind === 'none' && fingerprint.attachmentsDigest === undefined;
      return isEmpty ? undefined : formatFingerprint(fingerprint);
    };
    return reports.map((report) => {
      const month = report.lastSeen.slice(0, 7);
      if (!prints.has(month)) prints.set(month, printOf(month));
      const fingerprint = prints.get(month);
      return {
        ...report,
        ...(fingerprint !== undefined && { fingerprint }),
        ...(urlHosts.length > 0 && { urlHosts }),
      };
    });
  }

  private keyOf(month: string): FingerprintKey {
    const known = this.keys.get(month);
    if (known) return known;
    const made = fingerprintKey(this.secret, month);
    this.keys.set(month, made);
    return made;
  }
}
