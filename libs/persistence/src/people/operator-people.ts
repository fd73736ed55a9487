// What the operator does about people at the hub's machine.
import { randomBytes } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { MemberChangeRefused } from '../members/errors.js';
import { MemberRepository } from '../members/member.repository.js';
import type { Sql } from '../database.js';
import {
  noteAction,
  PersonActionRepository,
  type NewPersonAction,
  type PersonAction,
} from './action.repository.js';
import { PersonChangeRefused } from './errors.js';
import { putInvitation, type InvitationCode, type NewInvitation } from './invitation.repository.js';
import { PersonRepository, removePerson, type NewPerson, type Person } from './person.repository.js';
import { SessionRepository } from './session.repository.js';

const DEMO_CODE_LIFETIME_MS = 24 * 3_600_000;
const AT_MACHINE = { personId: undefined, memberId: undefined, role: 'operator' } as const;

export type PersonSummary = Pick<Person, 'id' | 'memberId' | 'name' | 'role' | 'lastSeenAt'>;

export interface OperatorPeople {
  /** @throws {MemberChangeRefused} member-unknown @throws {PersonChangeRefused} role-not-admissible */
  invite(invitation: NewInvitation, now: Date): Promise<InvitationCode>;
  list(memberId?: string): Promise<readonly PersonSummary[]>;
  /** @throws {PersonChangeRefused} person-unknown */
  remove(id: string, now: Date): Promise<void>;
  /** Ends every session; resolves to how many. @throws {PersonChangeRefused} person-unknown */
  signOut(id: string, now: Date): Promise<number>;
  /** What was done, the newest first. */
  actions(limit: number, personId?: string): Promise<readonly PersonAction[]>;
  /** What a hub in demo mode signs this new person in with, for a day, as often as it is used. */
  addForDemo(person: NewPerson, now: Date): Promise<{ readonly code: string; readonly personId: string }>;
}

const note = (sql: Sql, action: Pick<NewPersonAction, 'operation' | 'action' | 'about'>, now: Date) =>
  noteAction(sql, { ...AT_MACHINE, ...action }, now, 'done');

export function operatorPeople(dataSource: DataSource): OperatorPeople {
  const people = new PersonRepository(dataSource);
  return {
    async invite(invitation, now) {
      const { memberId, role } = invitation;
      if ((memberId === undefined) !== (role === 'operator')) {
        throw new PersonChangeRefused(
          'role-not-admissible',
          'operators belong to no member, everybody else to one: --member ID, or --role operator without it',
        );
      }
      if (memberId !== undefined && !(await new MemberRepository(dataSource).find(memberId))) {
        throw new MemberChangeRefused(
          'member-unknown',
          `no member ${memberId}; see sekisho admin member list`,
        );
      }
      return dataSource.transaction(async (manager) => {
        const code = await putInvitation(manager, invitation, now);
        await note(
          manager,
          { operation: 'person:invite', action: 'invitePerson', about: code.personId },
          now,
        );
        return code;
      });
    },
    list: (memberId) => people.list(memberId),
    remove: (id, now) =>
      dataSource.transaction(async (manager) => {
        await removePerson(manager, id);
        await note(manager, { operation: 'person:remove', action: 'removePerson', about: id }, now);
      }),
    async signOut(id, now) {
      if (!(await people.find(id))) {
        throw new PersonChangeRefused('person-unknown', `no person ${id}; see sekisho admin person list`);
      }
      const ended = await new SessionRepository(dataSource).endAll(id);
      const action = { operation: 'session:own', action: 'signOutPerson', about: id } as const;
      await note(dataSource.manager, action, now);
      return ended;
    },
    actions: (limit, personId) => new PersonActionRepository(dataSource).list(limit, personId),
    async addForDemo(person, now) {
      const code = randomBytes(24).toString('base64url');
      const expiresAt = new Date(now.getTime() + DEMO_CODE_LIFETIME_MS);
      const { id } = await people.addForDemo(person, code, now, expiresAt);
      return { code, personId: id };
    },
  };
}
