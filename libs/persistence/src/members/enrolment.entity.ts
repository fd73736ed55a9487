import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A one-time code, kept as its SHA-256: who reads the table cannot enrol. */
@Entity('enrolment')
export class EnrolmentEntity {
  @PrimaryColumn('bytea', { name: 'code_digest' })
  codeDigest!: Buffer;

  @Column('text', { name: 'member_id' })
  memberId!: string;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;

  @Column('timestamptz', { name: 'used_at', nullable: true })
  usedAt!: Date | null;

  @Column('text', { name: 'used_by_kid', nullable: true })
  usedByKid!: string | null;
}
