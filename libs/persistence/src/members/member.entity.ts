import { Column, Entity, PrimaryColumn } from 'typeorm';

export type MemberRole = 'member' | 'reviewer';
export type MemberStatus = 'invited' | 'active' | 'suspended';

@Entity('member')
export class MemberEntity {
  @PrimaryColumn('text')
  id!: string;

  @Column('text')
  name!: string;

  @Column({ type: 'enum', enumName: 'member_role', enum: ['member', 'reviewer'] })
  role!: MemberRole;

  @Column({ type: 'enum', enumName: 'member_status', enum: ['invited', 'active', 'suspended'] })
  status!: MemberStatus;

  @Column('bigint', { array: true })
  asns!: string[];

  /** 0 to 1; the weight of this reporter's evidence (docs/reputation.md). */
  @Column('real')
  trust!: number;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;
}
