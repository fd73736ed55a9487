// Replays an action on what this member's own mail servers were asked. Only buckets leave the machine, signed.
import { NetworkList } from '@sekisho/policy';
import { countsOf, RESULT_TYP, type ActionOrder, type Counts } from '@sekisho/workgroup';
import { SignJWT } from 'jose';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseIp } from '@sekisho/subject';
import type { EnrolledMember } from '../member-directory.js';

interface Replayed {
  /** With lookups in the stretch of time. */
  readonly days: number;
  readonly counts: Counts;
}

/** As `sekisho policyd --keep-lookups` writes it: time, address, `good` when the member's own list allows it, connections. */
const LINE = /^(\S+) (\S+) (good|-) (\d+)$/;

/** What an action hits of the lookups between two moments, by milliseconds since 1970. */
export async function replay(
  memberPath: string,
  { subjects }: Pick<ActionOrder, 'subjects'>,
  { from, to }: { from: number; to: number },
): Promise<Replayed> {
  const list = new NetworkList(subjects.filter((subject) => /^[\da-f:.]+(\/\d+)?$/i.test(subject)));
  const folder = join(memberPath, 'lookups');
  const files = (await readdir(folder).catch(() => []))
    .filter((name) => /^\d{4}-\d\d-\d\d$/.test(name))
    .sort();
  const senders = new Set<string>();
  let [connections, knownGood, days] = [0, 0, 0];
  for (const file of files) {
    const start = Date.parse(`${file}T00:00:00Z`);
    if (start + 86_400_000 <= from || start >= to) continue;
    days++;
    for await (const line of createInterface({ input: createReadStream(join(folder, file)) })) {
      const [, time = '', address = '', good, count] = LINE.exec(line) ?? [];
      const at = Date.parse(time);
      if (!(at >= from - 600_000 && at < to) || !list.match(parseIp(address), undefined)) continue;
      senders.add(address);
      connections += Number(count);
      if (good === 'good') knownGood += Number(count);
    }
  }
  return { days, counts: countsOf({ connections, senders: senders.size, knownGood }) };
}

export function signResult(
  member: EnrolledMember,
  claims: {
    action: string;
    phase: 'rehearsal' | 'actual';
    days: number;
    counts: Counts;
    before?: Counts;
  },
  { now, jti }: { now: number; jti: string },
): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'EdDSA', typ: RESULT_TYP, kid: member.signing.kid })
    .setIssuer(member.id)
    .setAudience(member.hub)
    .setIssuedAt(Math.floor(now / 1_000))
    .setJti(jti)
    .sign(member.signing.key);
}
