import type { OperatorDatabase } from './operator-database.js';

export const unused = () => Promise.reject(new Error('not part of these tests'));

/** A database of which nothing is asked; tests say what their command asks. */
export class UnusedDatabase implements OperatorDatabase {
  readonly members: OperatorDatabase['members'] = {
    ...{ add: unused, list: unused, suspend: unused, resume: unused, newCode: unused },
    ...{ setTrust: unused, followTrustRule: unused, weights: unused },
  };
  readonly people: OperatorDatabase['people'] = {
    ...{ invite: unused, list: unused, remove: unused },
    ...{ signOut: unused, actions: unused, addForDemo: unused },
  };
  readonly privacy: OperatorDatabase['privacy'] = {
    report: unused,
    requests: { access: unused, correct: unused, delete: unused, list: unused },
  };
  readonly networks: OperatorDatabase['networks'] = {
    ...{ claims: unused, approve: unused, refuse: unused, withdrawRange: unused },
  };
  readonly models: OperatorDatabase['models'] = { rehearse: unused, list: unused, inShadow: unused };
  readonly decisions: OperatorDatabase['decisions'] = { set: unused, end: unused, list: unused };

  close(): Promise<void> {
    return Promise.resolve();
  }
}
