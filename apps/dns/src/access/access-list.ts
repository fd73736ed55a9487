import type { AccessList } from './member-access.js';

/** SHA-256 in base64url. */
const DIGEST = /^[\w-]{43}$/;
const MAX_VERSION_LENGTH = 100;

/** The list of members as the hub sends it and the disk keeps it. @throws {SyntaxError} for anything else */
export function readAccessList(message: unknown): AccessList {
  const { version, members } = (message ?? {}) as { version?: unknown; members?: unknown };
  const isVersion = typeof version === 'string' && version !== '' && version.length <= MAX_VERSION_LENGTH;
  if (!isVersion || !Array.isArray(members)) throw new SyntaxError('no access list: version and members');
  return {
    version,
    members: (members as unknown[]).map((entry, i) => {
      const { member, digest } = (entry ?? {}) as { member?: unknown; digest?: unknown };
      if (typeof member === 'string' && typeof digest === 'string' && DIGEST.test(digest)) {
        return { member, digest };
      }
      throw new SyntaxError(`no access list: members[${i}] is no member with a digest`);
    }),
  };
}
