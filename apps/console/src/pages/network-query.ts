import { graphql, type ResultOf, type VariablesOf } from '../graphql/graphql.ts';
import type { Tone } from '../parts/marks.tsx';

export const CLAIMS = graphql(`
  query NetworkClaims {
    networkClaims {
      network
      state
      reason
      claimedAt
      decidedAt
    }
  }
`);

export const RANGES = graphql(`
  query DeclaredRanges {
    declaredRanges {
      network
      exceptions
      port25
      declaredAt
    }
  }
`);

export const HYGIENE = graphql(`
  query Hygiene {
    hygiene {
      asOf
      own {
        listedPerThousand
        leakingPerThousand
        port25BlockedShare
        medianHoursToFixed
        reappearanceRate
      }
      federation {
        figure
        low
        median
        high
      }
    }
  }
`);

export const CLAIM = graphql(`
  mutation ClaimNetwork($network: String!) {
    claimNetwork(network: $network) {
      network
      state
    }
  }
`);

export const DECLARE = graphql(`
  mutation DeclareRange($network: String!, $exceptions: [String!]!, $port25: Port25!) {
    declareRange(network: $network, exceptions: $exceptions, port25: $port25) {
      network
      port25
    }
  }
`);

export const WITHDRAW_RANGE = graphql(`
  mutation WithdrawRange($network: String!) {
    withdrawRange(network: $network)
  }
`);

export type ClaimRow = ResultOf<typeof CLAIMS>['networkClaims'][number];
export type RangeRow = ResultOf<typeof RANGES>['declaredRanges'][number];
export type ShownHygiene = ResultOf<typeof HYGIENE>['hygiene'];
export type Port25 = VariablesOf<typeof DECLARE>['port25'];

export const PORT25 = ['BLOCKED', 'OPEN', 'UNKNOWN'] as const satisfies readonly Port25[];
export const PORT25_TONE: Readonly<Record<string, Tone>> = { BLOCKED: 'good', OPEN: 'bad', UNKNOWN: 'plain' };

export const CLAIM_STATES = ['claimed', 'approved', 'refused'] as const;
export const CLAIM_TONE: Readonly<Record<string, Tone>> = {
  claimed: 'info',
  approved: 'good',
  refused: 'bad',
};
