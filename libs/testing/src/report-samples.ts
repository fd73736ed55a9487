import {
  readDmarcXml,
  readEvidence,
  readXarfText,
  type EvidenceRules,
  type Finding,
  type TrustedRelays,
} from '@sekisho/evidence';
import { parseNetwork } from '@sekisho/subject';
import { createHash } from 'node:crypto';
import { isIP } from 'node:net';

/** The header of a message, read as simply as a person does it; only samples are trusted so far. */
function receivedLines(bytes: Uint8Array): string[] {
  const text = new TextDecoder('latin1').decode(bytes.subarray(0, 65_536)).replace(/\r\n/g, '\n');
  const head = text.split('\n\n', 1)[0]?.replace(/\n[ \t]+/g, ' ') ?? '';
  return head.split('\n').filter((line) => /^received:/i.test(line));
}

const writerOf = (line: string) => /\sby\s+([^\s;()]+)/i.exec(line)?.[1]?.replace(/\.$/, '').toLowerCase();

/** The host that wrote the topmost Received line: the border of whoever kept the sample. */
export function borderOf(bytes: Uint8Array): TrustedRelays {
  const [top = ''] = receivedLines(bytes);
  return { networks: [], hosts: [writerOf(top) ?? []].flat() };
}

/** Trusts everybody down to the host that wrote the line that names the peer, and nobody when no line does. */
export function relaysDownTo(peer: string, bytes: Uint8Array): TrustedRelays {
  const lines = receivedLines(bytes);
  const last = lines.findIndex((line) => line.includes(peer));
  const inner = lines
    .slice(0, Math.max(0, last))
    .flatMap((line) => line.match(/\d{1,3}(?:\.\d{1,3}){3}/g) ?? []);
  return {
    hosts: lines.slice(0, last + 1).flatMap((line) => writerOf(line) ?? []),
    networks: inner.filter((ip) => ip !== peer && isIP(ip) === 4).map((ip) => parseNetwork(`${ip}/32`)),
  };
}

/** How samples are read: their own border is trusted, and their bounces answer mail that was never sent. */
export const sampleRules = (trusted: TrustedRelays): EvidenceRules => ({
  trusted,
  sha256: (bytes) => createHash('sha256').update(bytes).digest(),
  format: 'auto',
  bounces: { origin: 'never-sent', sendingHosts: [] },
  evidence: undefined,
  category: 'spam-source',
});

/** Reads a sample of an abuse desk's input by the end of its name. */
export function readSample(name: string, bytes: Uint8Array): Finding {
  if (name.endsWith('.json')) return readXarfText(new TextDecoder().decode(bytes));
  if (name.endsWith('.xml')) return readDmarcXml(new TextDecoder().decode(bytes));
  return readEvidence(bytes, sampleRules(borderOf(bytes)));
}

/** One line: each report as subject, category, evidence, count and last time, each reason with a minus. */
export function describeFinding({ reports, skipped }: Finding): string {
  return [
    ...reports.map(
      ({ subject, category, evidence, count, lastSeen }) =>
        `${subject.value} ${category} ${evidence} ${String(count)} ${lastSeen}`,
    ),
    ...skipped.map(({ reason, detail }) =>
      reason === 'report-refused' ? `-${reason}(${String(detail)})` : `-${reason}`,
    ),
  ].join('; ');
}
