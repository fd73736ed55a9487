import type { Member } from '@sekisho/persistence';
import { MemberRoleModel, MemberStatusModel, type MemberModel } from './models/member.model.js';

const ROLE = { member: MemberRoleModel.MEMBER, reviewer: MemberRoleModel.REVIEWER } as const;
const STATUS = {
  invited: MemberStatusModel.INVITED,
  active: MemberStatusModel.ACTIVE,
  suspended: MemberStatusModel.SUSPENDED,
} as const;

/** The trust that the hub places in a reporter stays inside. */
export const toMemberModel = ({
  id,
  name,
  role,
  status,
  networks,
  asns,
  createdAt,
}: Member): MemberModel => ({
  ...{ id, name, createdAt },
  role: ROLE[role],
  status: STATUS[status],
  networks: [...networks],
  asns: [...asns],
});
