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
    const urlHosts = readContent(content)
      .hosts.filter(({ length }) => length <= MAX_HOST_CHARACTERS)
      .slice(0, MAX_URL_HOSTS);
    return reports.map((report) => {
      const fingerprint = fingerprintOf(content, this.keyOf(report.lastSeen.slice(0, 7)));
      const isEmpty = fingerprint.kind === 'none' && fingerprint.attachmentsDigest === undefined;
      return {
        ...report,
        ...(!isEmpty && { fingerprint: formatFingerprint(fingerprint) }),
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
