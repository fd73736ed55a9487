// All that an import does for a message at the member: reading, fingerprint and hosts of links, and its share of a signed
// envelope. Disk and network are left out.
import { fingerprintKey, fingerprintOf, formatFingerprint, readContent } from '@sekisho/campaign';
import { generateMemberKeys, importPrivateKey, signEnvelope } from '@sekisho/client';
import { readEvidence, type EvidenceRules } from '@sekisho/evidence';
import type { ReportInput } from '@sekisho/report';
import { inFull } from '#harness/figures';

interface Message {
  readonly bytes: Uint8Array;
  readonly rules: EvidenceRules;
}
/** As the client does. */
const ENVELOPE_REPORTS = 500;
const ROUNDS = 3;

const key = fingerprintKey(new Uint8Array(32).fill(7), '2026-11');

function reportsOf({ bytes, rules }: Message): ReportInput[] {
  const { reports, content } = readEvidence(bytes, rules);
  if (!content || reports.length === 0) return [...reports];
  const read = readContent(content);
  const fingerprint = formatFingerprint(fingerprintOf(content, key, read));
  return reports.map((report) => ({ ...report, fingerprint, urlHosts: read.hosts.slice(0, 20) }));
}

export async function measureWholeImport(messages: readonly Message[]): Promise<void> {
  const signing = await importPrivateKey((await generateMemberKeys()).signing);
  const member = { id: 'isp-a', hub: 'https://hub.example', signing };
  let jti = 0;
  const sign = (reports: readonly ReportInput[]) =>
    signEnvelope(member, reports, { now: Date.UTC(2026, 10, 1), jti: `envelope-${String((jti += 1))}` });
  for (const message of messages) reportsOf(message);

  let waiting: ReportInput[] = [];
  let [count, printed, slowestMs, slowestProcessorMs] = [0, 0, 0, 0];
  const start = process.cpuUsage();
  for (let round = 0; round < ROUNDS; round++) {
    for (const message of messages) {
      const own = process.threadCpuUsage();
      const began = performance.now();
      const reports = reportsOf(message);
      slowestMs = Math.max(slowestMs, performance.now() - began);
      const { user, system } = process.threadCpuUsage(own);
      slowestProcessorMs = Math.max(slowestProcessorMs, (user + system) / 1e3);
      count += 1;
      if (reports.some(({ fingerprint }) => fingerprint !== undefined)) printed += 1;
      waiting.push(...reports);
      if (waiting.length < ENVELOPE_REPORTS) continue;
      await sign(waiting.slice(0, ENVELOPE_REPORTS));
      waiting = waiting.slice(ENVELOPE_REPORTS);
    }
  }
  if (waiting.length > 0) await sign(waiting);
  const { user, system } = process.cpuUsage(start);
  console.log(
    `\nwith fingerprints (${inFull(printed)} of ${inFull(count)}) and signing: ${inFull(count / ((user + system) / 60e6))} messages a minute of` +
      ` processor time, all threads; slowest ${slowestProcessorMs.toFixed(1)} ms of processor time, ${slowestMs.toFixed(1)} ms elapsed`,
  );
}
