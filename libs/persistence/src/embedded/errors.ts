/** Another live process owns the data directory. */
export class DataDirectoryInUse extends Error {
  override readonly name = 'DataDirectoryInUse';
  readonly kind = 'Rejected';
  readonly code = 'data-directory-in-use';
  readonly dataDir: string;
  /** The process that owns the directory. */
  readonly pid: number;
  constructor({ dataDir, pid }: { dataDir: string; pid: number }) {
    super(
      `${dataDir} is in use by process ${pid}, which runs its database. ` +
        `Stop that process (kill ${pid}) or set SEKISHO_DATA_DIR to another directory, for example ./.sekisho-2.`,
    );
    this.dataDir = dataDir;
    this.pid = pid;
  }
}

export type EmbeddedDatabaseErrorCode =
  | 'platform-unsupported'
  | 'directory-unusable'
  | 'server-account-missing'
  | 'privilege-missing'
  | 'version-mismatch'
  | 'passwords-missing'
  | 'initialisation-failed'
  | 'start-failed';

const EXTERNAL =
  'Or run your own PostgreSQL 14 or later and set SEKISHO_DATABASE_URL=postgres://host/database.';

/** The embedded database cannot run here. The message says what is wrong, where, and what to do. */
export class EmbeddedDatabaseFailed extends Error {
  override readonly name = 'EmbeddedDatabaseFailed';
  readonly kind = 'Unavailable';
  constructor(
    readonly code: EmbeddedDatabaseErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(`Embedded database: ${message} ${EXTERNAL}`, options);
  }
}
