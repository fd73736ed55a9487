import type { EdgeState } from '@sekisho/edge-client';
import type { Needs, Standing } from '@sekisho/policy';
import type { Ip } from '@sekisho/subject';

/** Where standings come from: a DNS edge that is asked, or zones in this process. */
export interface StandingEdge {
  readonly state: EdgeState;
  /** What is known without waiting; undefined: it has to be asked. */
  remembered(ip: Ip, needs: Needs): Standing | undefined;
  /** Never rejects. */
  ask(ip: Ip, needs: Needs, nowMs: number): Promise<Standing>;
  /** Something went wrong: is the edge still to be believed? */
  recheck(): void;
  close(): Promise<void>;
}
