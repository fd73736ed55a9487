// Traces by OpenTelemetry. Off unless a collector is named: then nothing of its SDK is even loaded. Spans hold member and
// receipt ids, counts and codes, and like the log never a subject.
/** Ids, counts and codes; never a subject, an address or a text that somebody sent. */
export type SpanAttributes = Readonly<Record<string, string | number>>;

/** A span whose end comes from elsewhere, such as a request's. */
export interface OpenSpan {
  /** Spans that `work` begins, also later, belong to this one. */
  run<T>(work: () => T): T;
  end(outcome: { name?: string; attributes: SpanAttributes; isFailed: boolean }): void;
}

export interface Tracing {
  readonly isOn: boolean;
  /** Runs `work` as part of the current span, or as the first of a trace. Fails as `work` does. */
  span<T>(name: string, attributes: SpanAttributes, work: () => Promise<T>): Promise<T>;
  /** The same for work that another process asked for: `parent` is what its `parent()` gave, or nothing. */
  spanUnder<T>(
    parent: string | undefined,
    name: string,
    attributes: SpanAttributes,
    work: () => Promise<T>,
  ): Promise<T>;
  /** The current span as W3C Trace Context writes it in `traceparent`, for a job's payload; undefined outside of one. */
  parent(): string | undefined;
  open(name: string): OpenSpan;
  /** Sends what is left, for a moment. */
  close(): Promise<void>;
}

const UNSEEN: OpenSpan = { run: (work) => work(), end: () => undefined };

export const NO_TRACING: Tracing = {
  isOn: false,
  span: (_name, _attributes, work) => work(),
  spanUnder: (_parent, _name, _attributes, work) => work(),
  parent: () => undefined,
  open: () => UNSEEN,
  close: () => Promise.resolve(),
};

export interface TracingOptions {
  /** `service.name`: sekisho-hub, sekisho-worker. */
  readonly name: string;
  /** An OTLP/HTTP collector, without the path `/v1/traces`. undefined: no traces. */
  readonly url: string | undefined;
  /** Traces of a hundred that are kept; what another process began is kept if that one kept it. */
  readonly percent: number;
  readonly onError: (message: string) => void;
}

/** Sends in batches, in the background; a collector that is away costs its spans and nothing else. */
export async function startTracing(options: TracingOptions): Promise<Tracing> {
  if (options.url === undefined) return NO_TRACING;
  const { exportTraces } = await import('./trace-export.js');
  return exportTraces({ ...options, url: options.url });
}
