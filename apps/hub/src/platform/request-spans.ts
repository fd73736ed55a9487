import type { OpenSpan, Tracing } from '@sekisho/telemetry';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** A span for each request, named by its route: a path may hold a subject, a route never does. */
export function traceRequests(server: Pick<FastifyInstance, 'addHook'>, tracing: Tracing): void {
  const spans = new WeakMap<FastifyRequest, OpenSpan>();
  server.addHook('onRequest', (request, _reply, done) => {
    spans.set(request, tracing.open(request.method));
    done();
  });
  // The body has been read by now, in the socket's context: what follows is put into the request's.
  server.addHook('preValidation', (request, _reply, done) => {
    const span = spans.get(request);
    if (span) span.run(done);
    else done();
  });
  server.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'no route';
    spans.get(request)?.end({
      name: `${request.method} ${route}`,
      attributes: {
        'http.request.method': request.method,
        'http.route': route,
        'http.response.status_code': reply.statusCode,
      },
      isFailed: reply.statusCode >= 500,
    });
    done();
  });
}
