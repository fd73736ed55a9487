import { beforeEach, describe, expect, it } from 'vitest';
import type { MemberSummary, OperatorDatabase } from '../admin/operator-database.js';
import { unused, UnusedDatabase } from '../admin/operator-database.fixture.js';
import { runCommand } from '../test-context.fixture.js';

class MemberUnknown extends Error {
  readonly kind = 'Rejected';
  readonly code = 'member-unknown';
}

/** The contract of the database, kept in memory. */
class MemoryDatabase extends UnusedDatabase {
  readonly stored: MemberSummary[] = [];
  readonly trusts: unknown[] = [];
  closed = 0;
  override readonly members: OperatorDatabase['members'] = {
    add: (member) => {
      this.stored.push({ ...member, isEnrolled: false, isSuspended: false });
      return Promise.resolve(this.code);
    },
    list: () => Promise.resolve(this.stored),
    suspend: (id) => this.change(id, true),
    resume: (id) => this.change(id, false),
    newCode: () => Promise.resolve(this.code),
    setTrust: (id, trust, reason) => {
      this.trusts.push({ id, trust, reason });
      return Promise.resolve({ trust, byRule: 0.762 });
    },
    followTrustRule: (id) => {
      this.trusts.push({ id });
      return Promise.resolve({ trust: 0.762, byRule: 0.762 });
    },
    weights: () =>
      Promise.resolve([
        { id: 'isp-a', trust: 0.8, newUntil: undefined, voice: undefined },
        {
          ...{ id: 'isp-b', trust: 0.762, newUntil: new Date('2026-12-20T15:00:00Z') },
          voice: { of: 'isp-a', repeats: 'isp-a', share: 0.8123 },
        },
      ]),
  };
  override readonly privacy: OperatorDatabase['privacy'] = {
    report: () => Promise.resolve([]),
    requests: { access: unused, correct: unused, delete: unused, list: unused },
  };
  private readonly code = { code: 'K7QM-2ZTD-9XWB', expiresAt: new Date('2026-11-21T01:30:00Z') };

  override close(): Promise<void> {
    this.closed++;
    return Promise.resolve();
  }

  private change(id: string, isSuspended: boolean): Promise<void> {
    const at = this.stored.findIndex((member) => member.id === id);
    const found = this.stored[at];
    if (!found) return Promise.reject(new MemberUnknown(`no member ${id}`));
    this.stored[at] = { ...found, isSuspended };
    return Promise.resolve();
  }
}

let database: MemoryDatabase;
beforeEach(() => {
  database = new MemoryDatabase();
});
const admin = (...words: string[]) => runCommand(['admin', 'member', ...words], { database });
const ADD = ['add', '--id', 'isp-a', '--name', 'ISP A', '--network', '192.0.2.0/24', '--asn', '64500'];

describe('admin member', () => {
  it('takes a member in with its networks and ASNs and prints the command that it runs', async () => {
    const { status, stdout } = await admin(...ADD, '--network', '2001:DB8::/32', '--asn', 'AS64501');
    expect(status).toBe(0);
    expect(database.stored).toEqual([
      {
        id: 'isp-a',
        name: 'ISP A',
        role: 'member',
        networks: ['192.0.2.0/24', '2001:db8::/32'],
        asns: [64_500, 64_501],
        isEnrolled: false,
        isSuspended: false,
      },
    ]);
    expect(stdout).toBe(
      [
        'member   isp-a',
        'code     K7QM-2ZTD-9XWB',
        'valid    once, until 2026-11-21 10:30 GMT+9',
        'it runs  sekisho enrol --hub http://127.0.0.1:8080 --code K7QM-2ZTD-9XWB --dir DIR',
        '',
      ].join('\n'),
    );
  });

  it('prints the code as JSON for a program that hands it on', async () => {
    const { stdout } = await admin(...ADD, '--role', 'reviewer', '--json');
    expect(JSON.parse(stdout)).toEqual({
      id: 'isp-a',
      member: { id: 'isp-a', name: 'ISP A', role: 'reviewer', networks: ['192.0.2.0/24'], asns: [64_500] },
      code: 'K7QM-2ZTD-9XWB',
      expiresAt: '2026-11-21T01:30:00.000Z',
      hubUrl: 'http://127.0.0.1:8080',
    });
  });

  it('lists members with their state', async () => {
    await admin(...ADD);
    await admin('suspend', 'isp-a');
    const { stdout } = await admin('list');
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['ID', 'NAME', 'ROLE', 'STATE', 'NETWORKS', 'ASNS'],
      ['isp-a', 'ISP A', 'member', 'suspended', '192.0.2.0/24', '64500'],
      [''],
    ]);
    await admin('resume', 'isp-a');
    expect(JSON.parse((await admin('list', '--json')).stdout)).toMatchObject([{ isSuspended: false }]);
  });

  it('says who is new, and who is one voice with whom', async () => {
    const { stdout } = await admin('weights');
    expect(stdout).toBe(
      [
        'ID     TRUST  ON PROBATION UNTIL      ONE VOICE WITH  REPEATS   SHARE',
        'isp-a  0.800  -                       -               -             -',
        'isp-b  0.762  2026-12-21 00:00 GMT+9  isp-a           isp-a    81.2 %',
        '',
      ].join('\n'),
    );
    expect(JSON.parse((await admin('weights', '--json')).stdout)).toHaveLength(2);
  });

  it('sets what reports are weighed with, with a reason, and gives it back to the rule', async () => {
    const { stdout } = await admin('trust', 'isp-a', '0.5', '--reason', 'traps of its own lists');
    expect(stdout).toBe('isp-a has trust 0.500, by the rule it would be 0.762\n');
    expect((await admin('trust', 'isp-a', '--by-rule')).stdout).toBe('isp-a has trust 0.762, by the rule\n');
    expect(database.trusts).toEqual([
      { id: 'isp-a', trust: 0.5, reason: 'traps of its own lists' },
      { id: 'isp-a' },
    ]);
  });

  it.each([
    [['1.5', '--reason', 'x'], 'not a number from 0 to 1: "1.5". Example: 0.5'],
    [['nought', '--reason', 'x'], 'not a number from 0 to 1: "nought"'],
    [['0.5'], 'give --reason'],
    [[], 'give a trust, or --by-rule'],
    [['0.5', '--by-rule'], 'give a trust, or --by-rule'],
  ])('refuses the trust %j and changes nothing', async (words, message) => {
    const { status, stderr } = await admin('trust', 'isp-a', ...words);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
    expect(database.trusts).toEqual([]);
  });

  it('fails with the words of the database and closes it all the same', async () => {
    expect(await admin('suspend', 'isp-z')).toEqual({
      status: 1,
      stdout: '',
      stderr: 'sekisho: no member isp-z\nwhat to do: correct it and run the command again\n',
    });
    expect(database.closed).toBe(1);
  });
});
