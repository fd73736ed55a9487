import type { Config } from '@sekisho/config';
import { EdgeClient } from '@sekisho/edge-client';
import { campaignVerdict } from '@sekisho/policy';
import type { FrequentLog } from '@sekisho/telemetry';
import { readFile } from 'node:fs/promises';
import { CampaignCheck } from './campaign-check.js';
import { DecisionIds } from './decision-ids.js';
import type { Figures } from './figures.js';
import { EDGE_TIMEOUT_MS, MAX_OPEN_QUESTIONS } from './open-edge.js';
import { OptionsInvalid, type Options } from './options.js';
import type { PolicySource } from './policy-source.js';
import type { StandingEdge } from './standing-edge.js';

interface Surroundings {
  /** Whether what the edge says counts. */
  readonly selfTest: Pick<StandingEdge, 'state' | 'recheck'>;
  readonly policies: PolicySource;
  readonly figures: Figures;
  readonly logger: FrequentLog;
}

/** Whether an own subscriber's message may go out, by its content. Fails open: whatever goes wrong, mail flows. */
export interface CampaignJudge {
  /** The SMTP answer; undefined: accepted. Never rejects. */
  judge(message: Uint8Array, login: string | undefined): Promise<string | undefined>;
  close(): void;
}

const ACCEPT_ALL: CampaignJudge = {
  judge: () => Promise.resolve(undefined),
  close: () => undefined,
};

/** @throws {OptionsInvalid} when there is no fingerprint key to be read */
export async function openCampaignJudge(
  config: Config,
  { edge: address, keyLabel, fingerprintKeyPath }: Options,
  { selfTest, policies, figures, logger }: Surroundings,
): Promise<CampaignJudge> {
  if (fingerprintKeyPath === undefined) return ACCEPT_ALL;
  const secret = await readFile(fingerprintKeyPath).catch((error: unknown) => {
    throw new OptionsInvalid(`--fingerprint-key: ${error instanceof Error ? error.message : String(error)}`);
  });
  const edge = new EdgeClient({ ...address, timeoutMs: EDGE_TIMEOUT_MS, maxOpen: MAX_OPEN_QUESTIONS });
  const check = new CampaignCheck(edge, { apex: config.zone, keyLabel, secret });
  const ids = new DecisionIds();
  return {
    async judge(message, login) {
      const { policy } = policies.inForce;
      if (!policy.submission?.campaign) return undefined;
      const { state } = selfTest;
      if (state.kind === 'bad') {
        figures.failedOpen(state.reason);
        return undefined;
      }
      const standing = await check.standing(message, Date.now());
      if (standing.kind === 'unknown') {
        selfTest.recheck();
        figures.failedOpen(standing.reason);
        return undefined;
      }
      const { score } = standing;
      const id = ids.next();
      const verdict = campaignVerdict(policy, login, score, id);
      if (!verdict) return undefined;
      const { isShadow } = policy;
      figures.decided('campaign', isShadow, false);
      logger.info({ id, action: verdict.action, because: 'campaign', score, shadow: isShadow }, 'decided');
      return isShadow ? undefined : verdict.text;
    },
    close: () => {
      edge.close();
    },
  };
}
