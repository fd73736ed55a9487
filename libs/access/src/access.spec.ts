import { describe, expect, it } from 'vitest';
import { accessMatrix, isAllowed, OPERATIONS, ROLES, type Operation } from './access.js';

const rolesOf = (operation: Operation) => ROLES.filter((role) => isAllowed(role, operation));

describe('the access matrix', () => {
  it('says the same as isAllowed, for every role and operation', () => {
    const matrix = accessMatrix();
    expect([...matrix.keys()]).toEqual([...OPERATIONS]);
    for (const operation of OPERATIONS) {
      expect(rolesOf(operation)).toEqual(ROLES.filter((role) => matrix.get(operation)?.includes(role)));
    }
  });

  it('opens to strangers only what describes the hub, carries its own proof, or is the public page', () => {
    expect(OPERATIONS.filter((operation) => isAllowed('anonymous', operation))).toEqual([
      'hub:describe',
      'member:enrol',
      'token:request',
      'report:submit',
      'reputation:read-public',
      'key:rotate',
      'log:read',
      'oprf:evaluate',
      'appeal:file',
    ]);
  });

  it("gives an edge the zones, who may ask, and the hub's metrics, and nothing more than a stranger has", () => {
    const more = OPERATIONS.filter(
      (operation) => isAllowed('edge', operation) && !isAllowed('anonymous', operation),
    );
    expect(more).toEqual(['hub:measure', 'zone:read', 'zone:access']);
  });

  it('lets no operator speak in the name of a member', () => {
    expect(rolesOf('report:retract')).toEqual(['member', 'reviewer']);
    expect(rolesOf('member:read-own')).toEqual(['member', 'reviewer']);
  });

  it('gives a reviewer all that a member may, rulings on appeals and the planted subscribers', () => {
    const more = OPERATIONS.filter(
      (operation) => isAllowed('reviewer', operation) && !isAllowed('member', operation),
    );
    expect(more).toEqual(['subscriber:decide', 'subscriber:canary', 'appeal:review', 'appeal:decide']);
    for (const operation of OPERATIONS) {
      if (isAllowed('member', operation)) expect(isAllowed('reviewer', operation)).toBe(true);
    }
  });
});
