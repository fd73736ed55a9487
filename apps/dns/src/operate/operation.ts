// Metrics and health over HTTP. Loaded only when the operator asks for it: an edge without has no use for the library.
import {
  Counter,
  createMetrics,
  Gauge,
  OperationServer,
  type Logger,
  type Registry,
} from '@sekisho/telemetry';
import type { ServedZones } from '@sekisho/zone-follow';
import { COUNT } from '../hot/hot-control.js';
import type { Labelled, QueryCounter } from './query-counter.js';
import type { TlsCounter } from './tls-counter.js';
import type { ZoneAge } from './zone-age.js';

/** What there is to tell. */
export interface Operated {
  readonly counter: QueryCounter;
  readonly zones: ServedZones;
  readonly age: ZoneAge;
  /** undefined: no TLS. */
  readonly tls: TlsCounter | undefined;
}

/** What the hot path counts besides answers, and what each is called. */
const HOT_METRICS = [
  ['received', 'packets_total', 'Packets that hot workers received'],
  ['batches', 'batches_total', 'System calls in which hot workers received packets'],
  ['handedOver', 'slow_path_total', 'Packets that hot workers gave to the ordinary path'],
  ['dropped', 'dropped_total', 'Packets that must not be answered: responses, or too short'],
  ['overflowed', 'slow_path_overflow_total', 'Packets lost because the ordinary path was full'],
  ['unsent', 'unsent_total', 'Answers that the system refused to send'],
] as const;

/** @throws what the system says when it cannot listen */
export async function openOperation(
  operated: Operated,
  listen: { readonly host: string; readonly port: number },
  logger: Logger,
): Promise<OperationServer> {
  const registry = createMetrics();
  registerQueries(operated.counter, registry);
  registerZones(operated, registry);
  if (operated.tls) registerTls(operated.tls, registry);
  const server = new OperationServer(registry, () => operated.age.faults(performance.now()), logger);
  await server.listen(listen);
  return server;
}

function registerQueries(counter: QueryCounter, registry: Registry): void {
  const register = (name: string, help: string, labelNames: string[], read: () => Iterable<Labelled>) =>
    new Counter({
      ...{ name, help, labelNames, registers: [registry] },
      collect() {
        this.reset();
        for (const { labels, count } of read()) this.inc(labels, count);
      },
    });
  register(
    'sekisho_dns_queries_total',
    'DNS queries answered, by zone, response code and transport',
    ['zone', 'rcode', 'transport'],
    () => counter.answered(),
  );
  register(
    'sekisho_dns_transfers_total',
    'Zone transfers, by zone, kind and result',
    ['zone', 'kind', 'result'],
    () => counter.transfers(),
  );
  register(
    'sekisho_dns_rate_limited_total',
    'Equal answers over the rate: not sent, or sent cut so that the asker comes by TCP',
    ['verdict'],
    () => counter.limited(),
  );
  for (const [place, name, help] of HOT_METRICS) {
    new Counter({
      ...{ name: `sekisho_dns_hot_${name}`, help, registers: [registry] },
      collect() {
        this.reset();
        this.inc(counter.hotSum(COUNT[place]));
      },
    });
  }
}

function registerZones({ zones, age }: Operated, registry: Registry): void {
  const gauge = (name: string, help: string, read: () => Iterable<readonly [string, number]>) =>
    new Gauge({
      ...{ name: `sekisho_dns_zone_${name}`, help, labelNames: ['zone'], registers: [registry] },
      collect() {
        this.reset();
        for (const [zone, value] of read()) this.set({ zone }, value);
      },
    });
  gauge('serial', 'Serial of the zone as served', () =>
    [...zones.indexes.values()].map((index) => [index.zone, index.serial] as const),
  );
  gauge('entries', 'Entries of the zone', () =>
    [...zones.indexes.values()].map((index) => [index.zone, index.size] as const),
  );
  gauge('index_bytes', 'Memory of the tables of the zone', () =>
    [...zones.indexes.values()].map((index) => [index.zone, index.byteLength] as const),
  );
  gauge('age_seconds', 'Time since the hub confirmed the zone, at least since this process began', () => {
    const nowMs = performance.now();
    return [...zones.indexes.keys()].map((zone) => [zone, age.ageSeconds(zone, nowMs)] as const);
  });
}

function registerTls(tls: TlsCounter, registry: Registry): void {
  new Counter({
    name: 'sekisho_dns_tls_handshakes_total',
    help: 'TLS handshakes that ended: done, or failed (also those that took too long)',
    labelNames: ['result'],
    registers: [registry],
    collect() {
      this.reset();
      this.inc({ result: 'done' }, tls.done);
      this.inc({ result: 'failed' }, tls.failed);
    },
  });
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      ...{ name: `sekisho_dns_tls_${name}`, help, registers: [registry] },
      collect() {
        this.set(read());
      },
    });
  gauge(
    'connections_open',
    'Connections of DNS over TLS that are open, after their handshake',
    () => tls.open,
  );
  gauge(
    'certificate_expiry_seconds',
    'When the certificate in use ends, seconds since 1970',
    () => tls.expiresAtSeconds,
  );
}
