// From the reports of a receipt to the messages that they tell of. One message gives a report about the address that
// sent it and may give others about the domain in From, a linked host or an address in it, all with its fingerprint.
import { authVerdict } from '@sekisho/campaign';
import type { BounceSighting, CampaignReport, CampaignSighting } from '@sekisho/persistence';
import { parseSubject, rollUpNetworks, SubjectInvalid } from '@sekisho/subject';

/** A sighting with the fingerprint that it is of. */
export interface FingerprintedSighting extends CampaignSighting {
  readonly fingerprint: string;
}

type Draft = { -readonly [K in keyof FingerprintedSighting]: FingerprintedSighting[K] };

/**
 * The sightings of fingerprints in reports, in their order. What is said of a domain or an address belongs to the reports
 * about senders that stand before it in the receipt with the same fingerprint; without any it is a sighting of its own.
 */
export function sightingsIn(reports: readonly CampaignReport[]): FingerprintedSighting[] {
  const sightings: Draft[] = [];
  const open = new Map<string, { drafts: Draft[]; isClosed: boolean }>();
  for (const report of reports) {
    if (report.fingerprint === null) continue;
    const key = `${report.receiptId} ${report.fingerprint}`;
    const before = open.get(key);
    const draft = draftOf(report, report.fingerprint);
    if (report.subjectType !== 'domain' && report.subjectType !== 'address') {
      sightings.push(draft);
      if (before && !before.isClosed) before.drafts.push(draft);
      else open.set(key, { drafts: [draft], isClosed: false });
      continue;
    }
    if (!before?.drafts.some((one) => accepts(one, draft))) {
      sightings.push(draft);
      open.set(key, { drafts: [draft], isClosed: true });
      continue;
    }
    before.isClosed = true;
    for (const one of before.drafts) if (accepts(one, draft)) add(one, draft);
  }
  return sightings;
}

/** One message has one domain in From: another one tells of another message. */
const accepts = (one: Draft, { fromDomain }: Draft): boolean =>
  fromDomain === undefined || one.fromDomain === undefined || one.fromDomain === fromDomain;

function add(one: Draft, more: Draft): void {
  one.items = [...one.items, ...more.items];
  one.evidence = [...new Set([...one.evidence, ...more.evidence])].sort();
  if (one.verdict === 'unknown') one.verdict = more.verdict;
  if (more.category === 'phishing') one.category = more.category;
  one.fromDomain ??= more.fromDomain;
  one.addressHash ??= more.addressHash;
  one.urlHosts = [...new Set([...one.urlHosts, ...more.urlHosts])];
}

function draftOf(report: CampaignReport, fingerprint: string): Draft {
  const { subject, subjectType, category } = report;
  const isSender = category === 'forged-domain' || category === 'spam-domain';
  const isAbuse = category !== 'ham' && !report.influenced;
  return {
    ...{ receiptId: report.receiptId, items: [report.item], memberId: report.reporter, fingerprint },
    ...{ seenAt: report.lastSeen, copies: report.count, category },
    evidence: isAbuse ? [report.evidence] : [],
    verdict: authVerdict(report.auth ?? {}),
    network: networkOf(report),
    fromDomain: subjectType === 'domain' && isSender ? subject : undefined,
    addressHash:
      subjectType === 'address' && category !== 'ham' ? subject.slice('address:'.length) : undefined,
    urlHosts: [
      ...new Set([
        ...domainsAmong(report.urlHosts ?? []),
        ...(subjectType === 'domain' && !isSender ? [subject] : []),
      ]),
    ],
  };
}

/** Floods of bounces: said of the forged domain itself, or of the host that sent them, which names it among its hosts. */
export function bouncesIn(reports: readonly CampaignReport[]): BounceSighting[] {
  return reports
    .filter(({ evidence, influenced }) => evidence === 'bounce' && !influenced)
    .flatMap((report) => {
      const domains =
        report.subjectType === 'domain'
          ? report.category === 'forged-domain'
            ? [report.subject]
            : []
          : report.category === 'backscatter-source'
            ? domainsAmong(report.urlHosts ?? [])
            : [];
      return [...new Set(domains)].map((domain) => ({
        ...{ receiptId: report.receiptId, item: report.item, domain, memberId: report.reporter },
        ...{ seenAt: report.lastSeen, copies: report.count, network: networkOf(report) },
      }));
    });
}

/** The /24 or /48 of the sender. */
function networkOf({ subjectType, subject }: CampaignReport): string | undefined {
  if (subjectType === 'network') return subject;
  return subjectType === 'ip' ? rollUpNetworks(subject).at(-1) : undefined;
}

/** Hosts are written as the member found them: what is no domain says nothing here. */
function domainsAmong(hosts: readonly string[]): string[] {
  return hosts.flatMap((host) => {
    try {
      return [parseSubject('domain', host).value];
    } catch (error) {
      if (error instanceof SubjectInvalid) return [];
      throw error;
    }
  });
}
