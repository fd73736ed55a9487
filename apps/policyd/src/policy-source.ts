import { defaultPolicy, needsOf, parsePolicy, PolicyInvalid, type Needs, type Policy } from '@sekisho/policy';
import type { Logger } from '@sekisho/telemetry';
import { readFileSync, unwatchFile, watchFile } from 'node:fs';

export interface InForce {
  readonly policy: Policy;
  /** One object for each policy: whoever remembers it sees that the policy is another. */
  readonly needs: Needs;
}

/** By stat, not by inotify: it also sees a file that is put in place by a rename, or on a network file system. */
const WATCH_MS = 1_000;

/** The policy file, or the default policy. A file that is broken when the process runs leaves the old one in force. */
export class PolicySource {
  private current: InForce;

  private constructor(
    private readonly path: string | undefined,
    private readonly isShadow: boolean,
    private readonly logger: Logger,
    private readonly onReload: (isGood: boolean) => void,
  ) {
    this.current = this.read();
  }

  /** @throws {PolicyInvalid} @throws what the system says about the file */
  static open(
    path: string | undefined,
    options: { isShadow: boolean; logger: Logger; onReload: (isGood: boolean) => void },
  ): PolicySource {
    const source = new PolicySource(path, options.isShadow, options.logger, options.onReload);
    if (path !== undefined) {
      watchFile(path, { interval: WATCH_MS, persistent: false }, (now, before) => {
        if (now.mtimeMs !== before.mtimeMs || now.size !== before.size || now.ino !== before.ino)
          source.reload();
      });
    }
    return source;
  }

  get inForce(): InForce {
    return this.current;
  }

  reload(): void {
    try {
      this.current = this.read();
      this.logger.info({ rules: this.current.policy.rules.length }, 'the policy file was read again');
      this.onReload(true);
    } catch (error) {
      const faults =
        error instanceof PolicyInvalid
          ? error.faults
          : [{ message: error instanceof Error ? error.message : '' }];
      this.logger.error({ faults }, 'the policy file is not valid: the policy from before stays in force');
      this.onReload(false);
    }
  }

  close(): void {
    if (this.path !== undefined) unwatchFile(this.path);
  }

  private read(): InForce {
    const policy = this.path === undefined ? defaultPolicy() : parsePolicy(readFileSync(this.path, 'utf8'));
    return { policy: this.isShadow ? { ...policy, isShadow: true } : policy, needs: needsOf(policy) };
  }
}
