// XARF 3 (abusix/xarf) and 4 (xarf/xarf-spec): JSON reports of abuse. Only what tells who sends mail becomes a report.
import type { Category, Evidence } from '@sekisho/report';
import { findingOf, skip, type Draft, type Finding } from './finding.js';
import { parseDate } from './header-fields.js';
import { tryIp } from './received.js';
import { faultOfXarf } from './xarf-schema.js';

interface Meaning {
  readonly category: Category;
  /** When the report does not say how it is known. */
  readonly evidence: Evidence;
  /** The subject is where a link leads, not who connected. */
  readonly isLink?: true;
}

const MEANING: Readonly<Record<string, Meaning>> = {
  'messaging/spam': { category: 'spam-source', evidence: 'complaint' },
  'messaging/bulk_messaging': { category: 'spam-source', evidence: 'complaint' },
  'connection/infected_host': { category: 'zombie', evidence: 'malware' },
  // A host that breaks into others is in strange hands itself.
  'connection/login_attack': { category: 'zombie', evidence: 'manual' },
  'infrastructure/botnet': { category: 'zombie', evidence: 'malware' },
  'infrastructure/compromised_server': { category: 'zombie', evidence: 'manual' },
  'content/phishing': { category: 'phishing', evidence: 'complaint', isLink: true },
  'content/fraud': { category: 'phishing', evidence: 'complaint', isLink: true },
};

const SOURCES: Readonly<Record<string, Evidence>> = {
  spamtrap: 'trap',
  honeypot: 'trap',
  user_complaint: 'complaint',
  automated_filter: 'filter',
  content_analysis: 'filter',
  automated_scan: 'filter',
};

/** Somebody else's list is not evidence of its own. */
const LISTS: ReadonlySet<string> = new Set(['reputation_feed', 'threat_intelligence', 'blocklist']);

/** The names of version 3, lower case without marks, and what they are called in version 4. */
const TYPES_OF_3: Readonly<Record<string, string>> = {
  spam: 'messaging/spam',
  loginattack: 'connection/login_attack',
  botnet: 'infrastructure/botnet',
  phishing: 'content/phishing',
};

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

export const isXarf = (value: unknown): boolean =>
  isObject(value) && ('xarf_version' in value || ('Version' in value && 'Report' in value));

/** A JSON text of one XARF report. Total. */
export function readXarfText(text: string): Finding {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return skip('xarf-malformed', 'no JSON');
  }
  return readXarf(value);
}

export function readXarf(value: unknown): Finding {
  if (!isObject(value)) return skip('xarf-malformed', 'no JSON object');
  if ('xarf_version' in value) {
    const version = textOf(value['xarf_version']);
    if (version !== undefined && !version.startsWith('4.'))
      return skip('xarf-version-unknown', version.slice(0, 20));
    const fault = faultOfXarf(value, '4');
    return fault === undefined ? readVersion4(value) : skip('xarf-malformed', fault);
  }
  const version = textOf(value['Version']);
  if (version === undefined) return skip('xarf-malformed', 'no version');
  if (!/^3(?:\.|$)/.test(version)) return skip('xarf-version-unknown', version.slice(0, 20));
  const { Report: report } = value;
  const hasSource = isObject(report) && 'Source' in report;
  const fault = faultOfXarf(value, hasSource ? '3-source' : '3');
  return fault === undefined && isObject(report) ? readVersion3(report) : skip('xarf-malformed', fault);
}

function readVersion4(report: Json): Finding {
  const type = `${String(report['category'])}/${String(report['type'])}`;
  const source = textOf(report['evidence_source']);
  if (type.startsWith('reputation/') || (source !== undefined && LISTS.has(source))) {
    return skip('verdict-of-a-list');
  }
  const protocol = textOf(report['protocol']);
  if (type.startsWith('messaging/') && protocol !== 'smtp')
    return skip('xarf-type-unused', `${type} ${protocol ?? ''}`);
  return draft(type, {
    address: textOf(report['source_identifier']),
    link: textOf(report['url']),
    evidence: source === undefined ? undefined : SOURCES[source],
    at: textOf(report['timestamp']),
    from: textOf(report['first_seen']),
    until: textOf(report['last_seen']),
  });
}

function readVersion3(report: Json): Finding {
  const written = textOf(report['ReportType']) ?? '';
  const name = written.toLowerCase().replace(/[^a-z]/g, '');
  const source = isObject(report['Source']) ? report['Source'] : {};
  const extra = isObject(report['AdditionalInfo']) ? report['AdditionalInfo'] : {};
  const how = (textOf(report['ReportSubType']) ?? textOf(extra['DetectionMethod']) ?? '').toLowerCase();
  return draft(TYPES_OF_3[name] ?? written, {
    address: textOf(report['SourceIp']) ?? textOf(source['IP']),
    link: textOf(report['SourceUrl']) ?? textOf(report['Url']) ?? textOf(source['URL']),
    evidence: how === 'trap' ? 'trap' : SOURCES[how],
    at: textOf(report['Date']),
    from: textOf(report['FirstSeen']) ?? textOf(extra['FirstSeen']),
    until: textOf(extra['LastSeen']),
  });
}

interface Incident {
  readonly address: string | undefined;
  readonly link: string | undefined;
  readonly evidence: Evidence | undefined;
  readonly at: string | undefined;
  readonly from: string | undefined;
  readonly until: string | undefined;
}

function draft(type: string, incident: Incident): Finding {
  const meaning = Object.hasOwn(MEANING, type) ? MEANING[type] : undefined;
  if (!meaning) return skip('xarf-type-unused', type.slice(0, 60));
  const subject = meaning.isLink
    ? subjectOfLink(incident.link ?? incident.address)
    : subjectOfHost(incident.address);
  if (!subject) return skip('no-source-address');
  const seenAt = parseDate(incident.until) ?? parseDate(incident.at);
  if (seenAt === undefined) return skip('xarf-malformed', 'no date');
  const { category, evidence } = meaning;
  const firstSeenAt = parseDate(incident.from);
  return findingOf([
    {
      ...subject,
      category,
      evidence: incident.evidence ?? evidence,
      seenAt,
      ...(firstSeenAt !== undefined && { firstSeenAt }),
    },
  ]);
}

type Subject = Pick<Draft, 'type' | 'value'>;

const subjectOfHost = (text: string | undefined): Subject | undefined => {
  const ip = tryIp(text);
  return ip && { type: 'ip', value: ip.text };
};

/** The host of a URL, a bare host name or an address. */
export function subjectOfLink(text: string | undefined): Subject | undefined {
  if (text === undefined) return undefined;
  const ip = tryIp(text);
  if (ip) return { type: 'ip', value: ip.text };
  const host = URL.parse(text.includes('://') ? text : `http://${text}`)?.hostname;
  if (host === undefined || host === '') return undefined;
  return subjectOfHost(host) ?? { type: 'domain', value: host };
}
