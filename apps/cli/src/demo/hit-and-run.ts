// The hit-and-run step of the demo: what matches, and what hub and trustee hold of it.
import { SubscriberAgent } from '@sekisho/client';
import { canonicalise } from '@sekisho/identifier';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Check } from './checks.js';
import type { DemoFederation, EnrolledDemoMember } from './demo-federation.js';
import { APPLICANTS, TERMINATED } from './subscribers.js';

const EXPECTED = ['A-4', 'A-8'];

export function hitAndRunChecks(
  { dataDir }: DemoFederation,
  [reporter, asker]: readonly [EnrolledDemoMember, EnrolledDemoMember],
  day: string,
): Check[] {
  return [
    {
      title:
        'of ten sign-ups at one ISP, the two of spammers that another ISP terminated match, under lent names',
      run: async () => {
        const terminating = await SubscriberAgent.open(reporter.session, reporter.dir);
        for (const { ref, identifiers } of TERMINATED) {
          await terminating.terminate({
            ...{ identifiers, reason: 'spam-sending', evidence: 'samples', caseNumber: `demo-case-${ref}` },
            terminatedOn: day,
          });
        }
        const checking = await SubscriberAgent.open(asker.session, asker.dir);
        await checking.declareSignUps(day, APPLICANTS.length);
        const found: string[] = [];
        for (const { ref, identifiers } of APPLICANTS) {
          const said = { noticeVersion: 'demo-1', legalBasis: 'joint-use-notice' } as const;
          const { strength } = await checking.check(identifiers, said);
          if (strength === 'strong') found.push(ref);
          else if (strength !== 'none') throw new Error(`${ref}: ${strength}`);
        }
        if (found.join() !== EXPECTED.join()) throw new Error(`matched ${found.join(', ') || 'nobody'}`);
        return `${found.join(' and ')}, by phone and address`;
      },
    },
    {
      title: 'hub and trustee hold no name, number or address of them, in database, log or file',
      run: async () => {
        // The case number is stored: finding it shows that the search would find the others.
        const known = `demo-case-${TERMINATED[0]?.ref ?? ''}`;
        const { found, bytes } = await search(dataDir, [known, ...everyForm()]);
        if (!found.has(known)) throw new Error('the search finds nothing at all');
        found.delete(known);
        if (found.size > 0) throw new Error(`found ${[...found].join(', ')}`);
        return `${Math.round(bytes / 1_000_000)} MB searched for ${everyForm().length} texts`;
      },
    },
  ];
}

/** Every identifier of everybody, as it was given and as it is matched. */
function everyForm(): string[] {
  const forms = [...TERMINATED, ...APPLICANTS].flatMap(({ identifiers }) =>
    identifiers.flatMap((source) => {
      const given =
        source.type === 'phone'
          ? [source.number]
          : source.type === 'address'
            ? [source.text]
            : source.type === 'name-birth'
              ? [source.name]
              : source.type === 'email'
                ? [source.address]
                : [];
      return [...given, ...canonicalise(source).map(({ value }) => value)];
    }),
  );
  return [...new Set(forms)];
}

/** Which of the texts stand anywhere in the files of a directory: the database's own files and write-ahead log among them. */
async function search(
  directory: string,
  texts: readonly string[],
): Promise<{ found: Set<string>; bytes: number }> {
  const needles = texts.map((text) => ({ text, octets: Buffer.from(text) }));
  const overlap = Math.max(...needles.map(({ octets }) => octets.length));
  const found = new Set<string>();
  let bytes = 0;
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    let tail = Buffer.alloc(0);
    const chunks = createReadStream(join(entry.parentPath, entry.name), { highWaterMark: 1 << 20 });
    try {
      for await (const chunk of chunks) {
        const window = Buffer.concat([tail, chunk as Buffer]);
        for (const { text, octets } of needles) if (window.includes(octets)) found.add(text);
        tail = window.subarray(-overlap);
        bytes += (chunk as Buffer).length;
      }
    } catch (error) {
      // The database removes files of its own while we read.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return { found, bytes };
}
