import type { HubKey } from '@sekisho/auth';
import type { Evaluator, MemberRegister, ShareStore } from '@sekisho/evaluation';
import type { Logger, Registry } from '@sekisho/telemetry';
import type { HubWitness } from '../members/hub-witness.js';
import type { MemberKeys } from '../members/member-keys.js';
import type { LogWitness } from '../witness/log-witness.js';

/** What the trustee stands on. */
export abstract class TrusteePlatform {
  abstract readonly id: string;
  abstract readonly quota: number;
  /** Networks of reverse proxies whose X-Forwarded-For is believed. */
  abstract readonly trustedProxies: readonly string[];
  abstract readonly hasRateLimit: boolean;
  /** Signs what it says of its keys. */
  abstract readonly key: HubKey;
  abstract readonly store: ShareStore;
  abstract readonly evaluator: Evaluator;
  abstract readonly members: MemberKeys;
  abstract readonly register: MemberRegister;
  abstract readonly witness: HubWitness;
  abstract readonly logWitness: LogWitness;
  abstract readonly logger: Logger;
  abstract readonly metrics: Registry;
  abstract now(): Date;
}
