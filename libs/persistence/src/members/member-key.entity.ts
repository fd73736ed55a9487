import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A member's public key. Whoever can write this table can speak in a member's name. */
@Entity('member_key')
export class MemberKeyEntity {
  /** RFC 7638 thumbprint. */
  @PrimaryColumn('text')
  kid!: string;

  @Column('text', { name: 'member_id' })
  memberId!: string;

  @Column('text')
  use!: 'sig' | 'enc';

  @Column('jsonb')
  jwk!: Record<string, unknown>;

  @Column('timestamptz', { name: 'valid_from' })
  validFrom!: Date;

  /** Set when a newer key replaced it: the end of the overlap. */
  @Column('timestamptz', { name: 'valid_until', nullable: true })
  validUntil!: Date | null;
}
