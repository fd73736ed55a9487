import { createTestDatabase, Federation, freePort, reportOf, type TestDatabase } from '@sekisho/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { OtlpReceiver, type ReceivedSpan } from '../setup/otlp-receiver.js';

let database: TestDatabase;
let collector: OtlpReceiver;

beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
});

beforeEach(async () => {
  collector = await OtlpReceiver.listen();
});

afterEach(async () => {
  await collector[Symbol.asyncDispose]();
});

afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

const named = (name: string, traceId?: string) =>
  collector.spans.find((span) => span.name === name && (traceId ?? span.traceId) === span.traceId);

async function received(name: string, traceId?: string): Promise<ReceivedSpan> {
  return vi.waitFor(
    () => {
      const span = named(name, traceId);
      if (!span)
        throw new Error(`no span ${name} among ${collector.spans.map((one) => one.name).join(', ')}`);
      return span;
    },
    { timeout: 30_000, interval: 50 },
  );
}

describe('traces', () => {
  it('follow one envelope from the request over the queue into the worker, and hold no subject', async () => {
    await using federation = await Federation.start(database.url, {
      processes: ['hub', 'worker'],
      env: { SEKISHO_OTLP_URL: collector.url },
    });
    const member = await federation.member('isp-a');
    const { receiptId } = await member.submit(reportOf('203.0.113.77'));
    const request = await received('POST /reports');
    const of = async (name: string) => received(name, request.traceId);
    const [verify, store, enqueue, score] = await Promise.all(
      ['verify envelope', 'store envelope', 'enqueue score-receipt', 'score-receipt'].map(of),
    );
    for (const child of [verify, store, enqueue]) expect(child?.parentSpanId).toBe(request.spanId);
    expect(score).toMatchObject({ parentSpanId: enqueue?.spanId, service: 'sekisho-worker' });
    expect(request.service).toBe('sekisho-hub');
    expect(score?.attributes).toContainEqual({ key: 'sekisho.receipt', value: { stringValue: receiptId } });

    await fetch(`${federation.hubUrl}/?subject=203.0.113.77`);
    const page = await received('GET /');
    expect(page.traceId).not.toBe(request.traceId);
    await fetch(`${federation.hubUrl}/no/203.0.113.77`);
    await received('GET no route');
    expect(collector.text).not.toContain('203.0.113.77');
  });

  it('do not begin at the word of whoever calls', async () => {
    await using federation = await Federation.start(database.url, {
      processes: ['hub'],
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
    });
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    await fetch(`${federation.hubUrl}/.well-known/sekisho`, {
      headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
    });
    await received('GET /.well-known/sekisho');
    expect(collector.spans.some((span) => span.traceId === traceId)).toBe(false);
  });

  it('cost nothing but themselves when the collector is away: reports are taken and the hub ends in order', async () => {
    await using federation = await Federation.start(database.url, {
      processes: ['hub'],
      env: { SEKISHO_OTLP_URL: `http://127.0.0.1:${await freePort()}` },
    });
    const member = await federation.member('isp-b');
    expect(await member.submit(reportOf('203.0.113.78'))).toMatchObject({ accepted: 1 });
    const start = performance.now();
    await federation.stop('hub');
    expect(performance.now() - start).toBeLessThan(9_000);
  });
});
