import type { ReportInput } from '@sekisho/report';
import { decodeJwt } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HubPeer, stillRuntime, type PeerRequest } from './hub-peer.fixture.js';
import type { EnrolledMember } from './member-directory.js';
import { generateMemberKeys, importPrivateKey } from './member-keys.js';
import { submitReports, type BatchReceipt, type SubmissionProgress } from './submission.js';

const { runtime } = stillRuntime(Date.parse('2026-11-20T01:30:00Z'));
let peer: HubPeer;
let member: EnrolledMember;

beforeEach(async () => {
  peer = await HubPeer.start();
  const keys = await generateMemberKeys();
  member = {
    id: 'isp-a',
    name: 'ISP A',
    role: 'member',
    networks: [],
    asns: [],
    hub: 'https://hub.example',
    hubUrl: peer.url,
    signing: await importPrivateKey(keys.signing),
    encryption: await importPrivateKey(keys.encryption),
  };
  peer.answer = accept;
});
afterEach(async () => {
  await peer.stop();
});

const reportsIn = ({ body }: PeerRequest) => decodeJwt<{ reports: ReportInput[] }>(body).reports;

function accept(request: PeerRequest) {
  const { jti } = decodeJwt(request.body);
  const accepted = reportsIn(request).length;
  return { status: 202, json: { receiptId: `of-${String(jti)}`, accepted, rejected: [] } };
}

const report = (n: number): ReportInput => ({
  subject: { type: 'ip', value: `203.0.113.${String(n)}` },
  category: 'zombie',
  evidence: 'trap',
  firstSeen: '2026-11-20T01:10:00Z',
  lastSeen: '2026-11-20T01:20:00Z',
});
const reports = (count: number) => Array.from({ length: count }, (_, n) => report(n));

async function all(receipts: AsyncIterable<BatchReceipt>): Promise<BatchReceipt[]> {
  const list: BatchReceipt[] = [];
  for await (const receipt of receipts) list.push(receipt);
  return list;
}

describe('submitReports', () => {
  it('sends every report once, in envelopes of the batch size, and says where each began', async () => {
    const receipts = await all(submitReports(member, reports(25), { batchSize: 10, runtime }));
    expect(receipts.map(({ firstIndex, size }) => [firstIndex, size])).toEqual([
      [0, 10],
      [10, 10],
      [20, 5],
    ]);
    const sent = peer.received('/reports').flatMap(reportsIn);
    expect(sent.map((one) => one.subject.value).toSorted()).toEqual(
      reports(25)
        .map((one) => one.subject.value)
        .toSorted(),
    );
    expect(new Set(receipts.map(({ jti }) => jti)).size).toBe(3);
  });

  it("keeps to the hub's limits of reports and of bytes", async () => {
    // Room for 360 bytes of JSON; a report here takes about 150.
    peer.limits = { reportsPerEnvelope: 7, envelopeBytes: 1_024 + 480 };
    const small = await all(submitReports(member, reports(9), { runtime }));
    expect(small.map(({ size }) => size)).toEqual([2, 2, 2, 2, 1]);
    const requests = peer.received('/reports');
    expect(requests.every(({ body }) => body.length <= 1_024 + 480)).toBe(true);
    expect(requests.flatMap(reportsIn)).toHaveLength(9);
    peer.limits = { reportsPerEnvelope: 7, envelopeBytes: 4_194_304 };
    const receipts = await all(submitReports(member, reports(9), { runtime }));
    expect(receipts.map(({ size }) => size)).toEqual([7, 2]);
  });

  it('sends nothing when there is nothing to say', async () => {
    expect(await all(submitReports(member, [], { runtime }))).toEqual([]);
    expect(peer.received('/reports')).toEqual([]);
  });

  it('reads no further ahead than the envelopes under way', async () => {
    let read = 0;
    function* endless() {
      for (;;) yield report(++read % 256);
    }
    const receipts = submitReports(member, endless(), { batchSize: 10, concurrency: 2, runtime });
    await receipts.next();
    expect(read).toBeLessThanOrEqual(40);
    await receipts.return();
  });

  it('reports progress with what was accepted and rejected', async () => {
    peer.answer = (request) => ({
      status: 202,
      json: {
        receiptId: 'r',
        accepted: reportsIn(request).length - 1,
        rejected: [{ index: 0, code: 'subject-reserved', message: 'no' }],
      },
    });
    const seen: SubmissionProgress[] = [];
    const onProgress = (progress: SubmissionProgress) => seen.push(progress);
    await all(submitReports(member, reports(6), { batchSize: 3, runtime, onProgress }));
    expect(seen).toEqual([
      { judged: 3, accepted: 2, rejected: 1 },
      { judged: 6, accepted: 4, rejected: 2 },
    ]);
  });

  it('stops at the first envelope that fails for good, after the receipts before it', async () => {
    let envelopes = 0;
    peer.answer = (request) =>
      ++envelopes === 1 ? accept(request) : { status: 403, json: { code: 'member-suspended' } };
    const seen: number[] = [];
    const run = async () => {
      for await (const receipt of submitReports(member, reports(5), {
        batchSize: 1,
        concurrency: 1,
        runtime,
      })) {
        seen.push(receipt.firstIndex);
      }
    };
    await expect(run()).rejects.toMatchObject({ code: 'member-suspended', status: 403 });
    expect(seen).toEqual([0]);
    expect(peer.received('/reports')).toHaveLength(2);
  });

  it('sends nothing to a hub with another id', async () => {
    peer.hubId = 'https://other.example';
    await expect(all(submitReports(member, reports(1), { runtime }))).rejects.toMatchObject({
      code: 'hub-changed',
    });
    expect(peer.received('/reports')).toEqual([]);
  });
});
