import 'reflect-metadata';
import { generateHubKey, importHubKey } from '@sekisho/auth';
import { createPrivateFile, formatListen, readConfigOrExit } from '@sekisho/config';
import { Evaluator, MemberRegister, ShareStore } from '@sekisho/evaluation';
import { loadFastSuite } from '@sekisho/sodium';
import { Counter, createLogger, createMetrics, runProcess, startOrExit } from '@sekisho/telemetry';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AuditLog } from './audit/audit-log.js';
import { HubWitness } from './members/hub-witness.js';
import { MemberKeys } from './members/member-keys.js';
import { TrusteePlatform } from './platform/platform.js';
import { createTrustee } from './trustee.js';
import { LogWitness } from './witness/log-witness.js';

const config = readConfigOrExit(process.env);
const { dir, http, members: policy, quota, sealKeyPath } = config.trustee;
const id = config.trusteeUrl ?? `http://${formatListen(http)}`;
const logger = createLogger({ name: 'trustee', level: config.logLevel });
const metrics = createMetrics();
const elements = new Counter({
  name: 'sekisho_oprf_elements_total',
  help: 'Evaluated elements',
  labelNames: ['purpose'],
  registers: [metrics],
});
const now = () => new Date();
const { suite, arithmetic } = await loadFastSuite();
const store = await startOrExit('trustee', () =>
  ShareStore.open({ dir: join(dir, 'shares'), sealKeyPath }, suite),
);
const keyFile = join(dir, 'trustee.jwk');
await createPrivateFile(keyFile, await generateHubKey());
const key = await importHubKey(await readFile(keyFile, 'utf8'));
const register = new MemberRegister(dir);
const members = new MemberKeys({
  ...{ register, follow: policy === 'follow' ? config.hubUrl : undefined, now: Date.now },
  onError: (error) => {
    logger.warn({ err: error }, 'the member register could not be read');
  },
});
const witness = new HubWitness({
  ...{ path: join(dir, 'hub-keys.json'), hubUrl: config.hubUrl, now: Date.now },
  onError: (error) => {
    logger.warn({ err: error }, "the hub's keys could not be read");
  },
});
await startOrExit('trustee', () => witness.open());
const logWitness = new LogWitness({
  ...{ path: join(dir, 'log-witness.json'), hubUrl: config.hubUrl, id, signing: key, now: Date.now },
});
const audit = new AuditLog(join(dir, 'audit'), now);
const evaluator = new Evaluator({
  ...{ suite, store, id, quota, now, findKey: members.find },
  audit: async (record) => {
    await audit.append(record);
    elements.inc({ purpose: record.purpose }, record.elements);
  },
});
evaluator.restore(await audit.readDay(now()), now());

class RunningPlatform extends TrusteePlatform {
  override readonly id = id;
  override readonly quota = quota;
  override readonly trustedProxies = config.trustedProxies;
  override readonly hasRateLimit = config.hasRateLimit;
  override readonly key = key;
  override readonly store = store;
  override readonly evaluator = evaluator;
  override readonly members = members;
  override readonly register = register;
  override readonly witness = witness;
  override readonly logWitness = logWitness;
  override readonly logger = logger;
  override readonly metrics = metrics;
  now = now;
}

/** Months turn while the process runs. */
const TURN_EVERY_MS = 3_600_000;
const turn = async () => {
  await store.prepare(now());
  for (const epoch of store.expired(now())) {
    await store.destroy(epoch);
    logger.info({ epoch }, 'the key share of a month that is over is destroyed');
  }
};
await startOrExit('trustee', turn);
const timer = setInterval(() => {
  turn().catch((error: unknown) => {
    logger.error({ err: error }, 'key shares could not be renewed');
  });
}, TURN_EVERY_MS);
const app = await createTrustee(new RunningPlatform());
await startOrExit('trustee', () => app.listen(http.port, http.host));
logger.info({ listen: formatListen(http), trustee: id, members: policy, arithmetic }, 'trustee is ready');
runProcess(logger, async () => {
  clearInterval(timer);
  await app.close();
  await audit.close();
});
