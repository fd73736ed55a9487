// The federation of the demo: who its members are, and what each of them saw (FIXTURES.md).
import type { ReportInput } from '@sekisho/report';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const FOLDER = new URL('../../../../fixtures/demo/', import.meta.url);

export interface DemoMember {
  readonly id: string;
  readonly name: string;
  /** From the ranges that are set aside for documentation (RFC 5737). */
  readonly networks: readonly string[];
  readonly asn: number;
  readonly observations: readonly Observation[];
}

export interface Observation {
  /** When in the replay: 0 is its start, 1 its end. */
  readonly at: number;
  readonly ip: string;
  readonly category: ReportInput['category'];
  readonly evidence: ReportInput['evidence'];
  readonly count: number;
}

const MEMBERS = [
  { id: 'sensor-net', name: 'Sensor Network 観測網', networks: ['192.0.2.0/24'], asn: 64_496 },
  { id: 'honeypot-lab', name: 'Honeypot Lab おとり研究所', networks: ['198.51.100.0/25'], asn: 64_497 },
  { id: 'clearing-house', name: 'Clearing House 集計所', networks: ['198.51.100.128/25'], asn: 64_498 },
  { id: 'mail-isp', name: 'Mail ISP メール事業者', networks: ['203.0.113.0/24'], asn: 64_499 },
] as const;

const row = z.tuple([
  z.coerce.number().min(0).max(1),
  z.ipv4(),
  z.enum(['zombie', 'spam-source', 'malware-sender', 'ham']),
  z.enum(['trap', 'filter']),
  z.coerce.number().int().min(1),
]);

export async function readDemoMembers(): Promise<DemoMember[]> {
  return Promise.all(
    MEMBERS.map(async (member) => {
      const text = await readFile(new URL(`${member.id}.tsv`, FOLDER), 'utf8');
      const observations = text
        .trim()
        .split('\n')
        .map((line) => row.parse(line.split('\t')))
        .map(([at, ip, category, evidence, count]) => ({ at, ip, category, evidence, count }));
      return { ...member, observations };
    }),
  );
}

/** What the data says without any score: how many members report each address for abuse. */
export function countReporters(members: readonly DemoMember[]): Map<string, number> {
  const reporters = new Map<string, Set<string>>();
  for (const { id, observations } of members) {
    for (const { ip, category } of observations) {
      if (category === 'ham') continue;
      reporters.set(ip, (reporters.get(ip) ?? new Set()).add(id));
    }
  }
  return new Map(Array.from(reporters, ([ip, ids]) => [ip, ids.size]));
}
