import { describe, expect, it } from 'vitest';
import {
  accessMatrix,
  isAllowed,
  isForPeople,
  OPERATIONS,
  ROLES,
  rolesInvitedBy,
  type Operation,
} from './access.js';

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
      'console:read',
      'session:start',
      'invitation:accept',
      'conduct:read',
    ]);
  });

  it("gives an edge the zones, who may ask, and the hub's metrics, and nothing more than a stranger has", () => {
    const more = OPERATIONS.filter(
      (operation) => isAllowed('edge', operation) && !isAllowed('anonymous', operation),
    );
    expect(more).toEqual(['hub:measure', 'zone:read', 'zone:access']);
  });

  it('lets no operator speak in the name of a member', () => {
    expect(rolesOf('report:retract')).toEqual(['member', 'reviewer', 'abuse-desk', 'officer']);
    expect(rolesOf('member:read-own')).not.toContain('operator');
    expect(rolesOf('alert:answer')).not.toContain('operator');
    expect(rolesOf('costs:state')).not.toContain('operator');
  });

  it('gives a reviewer all that a member may, rulings on appeals and the planted subscribers', () => {
    const more = OPERATIONS.filter(
      (operation) => isAllowed('reviewer', operation) && !isAllowed('member', operation),
    );
    expect(more).toEqual([
      ...['subscriber:decide', 'subscriber:canary', 'appeal:review', 'appeal:decide', 'session:own'],
    ]);
    for (const operation of OPERATIONS) {
      if (isAllowed('member', operation)) expect(isAllowed('reviewer', operation)).toBe(true);
    }
  });

  it('gives an officer all that a reviewer may, and the people of the own member', () => {
    const more = OPERATIONS.filter(
      (operation) => isAllowed('officer', operation) && !isAllowed('reviewer', operation),
    );
    expect(more).toEqual(['person:list', 'person:invite', 'person:remove']);
    for (const operation of OPERATIONS) {
      if (isAllowed('reviewer', operation)) expect(isAllowed('officer', operation)).toBe(true);
    }
  });

  it('keeps the mail operator from cases and evidence, and the abuse desk from keys and zones', () => {
    for (const operation of OPERATIONS.filter((name) => /^(subscriber|evidence|alert):/.test(name))) {
      expect(isAllowed('mail-operator', operation)).toBe(false);
    }
    expect(isAllowed('abuse-desk', 'dns-key:rotate')).toBe(false);
    expect(isAllowed('abuse-desk', 'zone:read')).toBe(false);
    expect(isAllowed('abuse-desk', 'costs:state')).toBe(false);
    expect(isAllowed('mail-operator', 'costs:state')).toBe(true);
  });

  it('lets nobody make others their equals, or operators', () => {
    for (const role of ROLES) {
      expect(rolesInvitedBy(role)).not.toContain(role);
      expect(rolesInvitedBy(role)).not.toContain('operator');
      if (!isAllowed(role, 'person:invite')) expect(rolesInvitedBy(role)).toEqual([]);
    }
  });

  it('keeps what a person does for people', () => {
    expect(OPERATIONS.filter(isForPeople)).toEqual([
      'session:own',
      'person:list',
      'person:invite',
      'person:remove',
    ]);
  });
});
