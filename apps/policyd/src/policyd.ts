import type { Config } from '@sekisho/config';
import { EdgeCheck, EdgeClient, StandingSource } from '@sekisho/edge-client';
import { createMetrics, type Logger } from '@sekisho/telemetry';
import { Figures } from './figures.js';
import { Judge } from './judge.js';
import { OperationServer } from './operation-server.js';
import type { Options } from './options.js';
import { PolicyServer } from './policy-server.js';
import { PolicySource } from './policy-source.js';

/** A mail server's patience is worth more than an answer: then mail flows. */
const EDGE_TIMEOUT_MS = 200;
const MAX_OPEN_QUESTIONS = 8_192;
const MAX_CACHED = 200_000;

export interface Running {
  close(): Promise<void>;
}

/** Policy, edge, then the sockets. @throws {PolicyInvalid} @throws what the system says when it cannot listen */
export async function startPolicyd(config: Config, options: Options, logger: Logger): Promise<Running> {
  const registry = createMetrics();
  const figures = new Figures(registry, logger);
  const policies = PolicySource.open(options.policyPath, {
    isShadow: options.isShadow,
    logger,
    onReload: (isGood) => {
      figures.reloaded(isGood);
    },
  });
  const edge = new EdgeClient({ ...options.edge, timeoutMs: EDGE_TIMEOUT_MS, maxOpen: MAX_OPEN_QUESTIONS });
  const source = new StandingSource(edge, {
    apex: config.zone,
    keyLabel: options.keyLabel,
    maxCached: MAX_CACHED,
  });
  const check = new EdgeCheck(source, {
    needs: () => policies.inForce.needs,
    healthUrl: options.edgeHealthUrl,
    onChange: (state) => {
      figures.edgeUsable(state.kind === 'good');
      if (state.kind === 'good') logger.info('the edge passes its self-test');
      else logger.error({ reason: state.reason }, 'the edge cannot be used: mail flows unjudged');
    },
  });
  const judge = new Judge(policies, source, check, figures, config.publicUrl, logger);
  const server = new PolicyServer(
    (request) => judge.answer(request),
    options.maxConnections,
    figures,
    logger,
  );
  const operation = new OperationServer(
    registry,
    () => (check.state.kind === 'bad' ? check.state.reason : undefined),
    logger,
  );
  const reload = () => {
    policies.reload();
  };
  process.on('SIGHUP', reload);
  const close = async () => {
    process.off('SIGHUP', reload);
    await server.close();
    check.stop();
    edge.close();
    operation.close();
    policies.close();
  };
  try {
    await check.start();
    if (options.http) await operation.listen(options.http);
    const listen: string[] = [];
    for (const where of options.listen) listen.push(await server.listen(where));
    logger.info({ listen, apex: config.zone, shadow: policies.inForce.policy.isShadow }, 'answering');
  } catch (error) {
    await close();
    throw error;
  }
  return { close };
}
