import {
  context,
  diag,
  DiagLogLevel,
  isSpanContextValid,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { setTimeout as wait } from 'node:timers/promises';
import type { OpenSpan, SpanAttributes, Tracing, TracingOptions } from './tracing.js';

/** A collector that does not answer for so long is given up for this batch. */
const EXPORT_PATIENCE_MS = 2_000;
/** How long the end of a process may wait for the last batch. */
const CLOSE_PATIENCE_MS = 2_000;
const EXPORT_EVERY_MS = 1_000;

/** W3C Trace Context, section 3.2: version 00. */
const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

export function exportTraces(options: TracingOptions & { readonly url: string }): Tracing {
  diag.setLogger(
    {
      error: options.onError,
      warn: options.onError,
      info: () => undefined,
      debug: () => undefined,
      verbose: () => undefined,
    },
    DiagLogLevel.WARN,
  );
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': options.name, 'service.namespace': 'sekisho' }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(options.percent / 100) }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter({
          url: `${options.url}/v1/traces`,
          timeoutMillis: EXPORT_PATIENCE_MS,
        }),
        scheduledDelayMillis: EXPORT_EVERY_MS,
      }),
    ],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const tracer = provider.getTracer('sekisho');

  const perform = async <T>(
    name: string,
    { attributes, kind, under }: { attributes: SpanAttributes; kind: SpanKind; under: Context },
    work: () => Promise<T>,
  ): Promise<T> => {
    const span = tracer.startSpan(name, { attributes, kind }, under);
    try {
      return await context.with(trace.setSpan(under, span), work);
    } catch (error) {
      fail(span, error);
      throw error;
    } finally {
      span.end();
    }
  };

  return {
    isOn: true,
    span: (name, attributes, work) =>
      perform(name, { attributes, kind: SpanKind.INTERNAL, under: context.active() }, work),
    spanUnder: (parent, name, attributes, work) =>
      perform(name, { attributes, kind: SpanKind.CONSUMER, under: contextOf(parent) }, work),
    parent() {
      const current = trace.getSpanContext(context.active());
      if (!current || !isSpanContextValid(current)) return undefined;
      const flags = current.traceFlags.toString(16).padStart(2, '0');
      return `00-${current.traceId}-${current.spanId}-${flags}`;
    },
    open(name): OpenSpan {
      // Whoever asks from outside does not decide what is traced: no parent is taken from a request.
      const span = tracer.startSpan(name, { kind: SpanKind.SERVER }, ROOT_CONTEXT);
      const inside = trace.setSpan(ROOT_CONTEXT, span);
      return {
        run: (work) => context.with(inside, work),
        end(outcome) {
          if (outcome.name !== undefined) span.updateName(outcome.name);
          span.setAttributes(outcome.attributes);
          if (outcome.isFailed) span.setStatus({ code: SpanStatusCode.ERROR });
          span.end();
        },
      };
    },
    async close() {
      await Promise.race([
        provider.shutdown().catch(() => undefined),
        wait(CLOSE_PATIENCE_MS, undefined, { ref: false }),
      ]);
      context.disable();
      diag.disable();
    },
  };
}

/** The error's code or class. Its message may name a subject. */
function fail(span: Span, error: unknown): void {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const type = typeof code === 'string' ? code : error instanceof Error ? error.name : typeof error;
  span.setStatus({ code: SpanStatusCode.ERROR });
  span.setAttribute('error.type', type);
}

function contextOf(parent: string | undefined): Context {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(parent ?? '') ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return ROOT_CONTEXT;
  const remote = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  return isSpanContextValid(remote) ? trace.setSpanContext(ROOT_CONTEXT, remote) : ROOT_CONTEXT;
}
