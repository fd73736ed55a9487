import { randomUUID } from 'node:crypto';
import { CASE_ID, RECORD_ID } from './privacy-arguments.js';

/**
 * A case for the privacy walk: the reporter terminated a subscriber about whom the asker asked, and they wrote to each
 * other. `seen` are texts that nobody but the member `of` may be shown.
 */
export function seedOfCase(
  reporter: string,
  asker: string,
): { statements: readonly string[]; seen: readonly { what: string; text: RegExp; of: string }[] } {
  const [record, check] = [RECORD_ID, randomUUID()];
  const statements = [
    `INSERT INTO subscriber_termination VALUES ('${record}', '${reporter}', 'marked-jti-of-record', '', false,
       'spam-sending', 'logs', '2026-11-01', 'MARKED-CASE', 'active', '2026-11', now(), now() + interval '1 year')`,
    `INSERT INTO subscriber_change (termination_id, version, kind, member_id, note, changed_at)
       VALUES ('${record}', 1, 'upheld', 'isp-reviewer', 'MARKED-APPEAL', now())`,
    `INSERT INTO subscriber_check VALUES ('${check}', '${asker}', 'marked-jti-of-check', '', now(), 'sign-up',
       'marked-notice', 'consent', 1, '{}')`,
    `INSERT INTO subscriber_case VALUES ('${CASE_ID}', '${check}', '${record}', '${asker}', '${reporter}', 'strong',
       '{phone,address}', now(), '{"x":"marked-asker-key"}', '{"x":"marked-reporter-key"}')`,
    `INSERT INTO subscriber_message VALUES (gen_random_uuid(), '${CASE_ID}', true, 'marked-message', now())`,
  ];
  const mark = (what: string, text: string, of: string) => ({ what, text: new RegExp(text), of });
  return {
    statements,
    seen: [
      // The asker, who also sees messages and keys, is not among those who walk.
      ...['MARKED-CASE', 'MARKED-APPEAL', 'marked-message', 'marked-asker-key', record].map((text) =>
        mark('something of a case', text, reporter),
      ),
      ...['marked-notice', 'marked-jti-of-check', check].map((text) => mark('a check', text, asker)),
    ],
  };
}
