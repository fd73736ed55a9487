import type { Config } from '@sekisho/config';
import type { EdgeState } from '@sekisho/edge-client';
import { createMetrics, OperationServer, type FrequentLog, type Logger } from '@sekisho/telemetry';
import { randomInt } from 'node:crypto';
import type { Socket } from 'node:net';
import { openCampaignJudge } from './campaign-judge.js';
import { serveConnection } from './connection.js';
import { Figures } from './figures.js';
import { JointActions } from './joint-actions.js';
import { Judge } from './judge.js';
import { serveMilter } from './milter-connection.js';
import { openEmbeddedEdge, openRemoteEdge } from './open-edge.js';
import type { Options } from './options.js';
import { PolicyServer } from './policy-server.js';
import { PolicySource } from './policy-source.js';

export interface Running {
  close(): Promise<void>;
}

/** Policy, edge, then the sockets. @throws {PolicyInvalid} @throws what the system says when it cannot listen */
export async function startPolicyd(
  config: Config,
  options: Options,
  logger: Logger,
  /** For the decisions, of which there are many. */
  decisions: FrequentLog,
): Promise<Running> {
  const registry = createMetrics();
  const figures = new Figures(registry, logger);
  const policies = PolicySource.open(options.policyPath, {
    isShadow: options.isShadow,
    logger,
    onReload: (isGood) => {
      figures.reloaded(isGood);
    },
  });
  const hooks = {
    needs: () => policies.inForce.needs,
    onChange: (state: EdgeState) => {
      figures.edgeUsable(state.kind === 'good');
      if (state.kind === 'good') logger.info('the edge passes its self-test');
      else logger.error({ reason: state.reason }, 'the edge cannot be used: mail flows unjudged');
    },
  };
  const edge = options.isEmbedded
    ? await openEmbeddedEdge(config, options.memberPath, logger, hooks)
    : await openRemoteEdge(config, options, hooks);
  const seed = randomInt(2 ** 32);
  const joint =
    options.actionsPath === undefined
      ? undefined
      : JointActions.follow(options.actionsPath, { keepDays: options.keepLookupDays, seed, logger });
  const judge = new Judge(policies, edge, figures, config.publicUrl, decisions, seed, joint);
  const { maxConnections } = options;
  const serve = (socket: Socket, onMalformed: (reason: string) => void) => {
    serveConnection(socket, { answer: (request) => judge.answer(request), onMalformed });
  };
  const server = new PolicyServer(serve, maxConnections, figures, logger);
  const campaigns = await openCampaignJudge(config, options, {
    ...{ selfTest: edge, policies, figures, logger: decisions },
  });
  const milter = new PolicyServer(
    (socket, onMalformed) => {
      serveMilter(socket, { judge: (message, login) => campaigns.judge(message, login), onMalformed });
    },
    ...([maxConnections, figures, logger] as const),
  );
  const operation = new OperationServer(
    registry,
    () => (edge.state.kind === 'bad' ? [`the edge cannot be used: ${edge.state.reason}`] : []),
    logger,
  );
  const reload = () => {
    policies.reload();
  };
  process.on('SIGHUP', reload);
  const close = async () => {
    process.off('SIGHUP', reload);
    await server.close();
    await milter.close();
    campaigns.close();
    await edge.close();
    await operation.close();
    policies.close();
    joint?.close();
  };
  try {
    if (options.http) await operation.listen(options.http);
    const listen: string[] = [];
    for (const where of options.listen) listen.push(await server.listen(where));
    if (options.milter) logger.info({ milter: await milter.listen(options.milter) }, 'comparing messages');
    logger.info({ listen, apex: config.zone, shadow: policies.inForce.policy.isShadow }, 'answering');
  } catch (error) {
    await close();
    throw error;
  }
  return { close };
}
