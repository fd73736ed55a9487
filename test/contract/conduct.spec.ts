// The code of conduct in both languages, and what it promises of standing, against what the hub does.
import { CONDUCT_VERSION, memberStanding } from '@sekisho/workgroup';
import { buildSchema, isObjectType } from 'graphql';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFile(join(root, path), 'utf8');

describe('the code of conduct', () => {
  it.each(['docs/code-of-conduct-federation.md', 'docs/code-of-conduct-federation.ja.md'])(
    '%s is the version that is in force, with its ten rules',
    async (path) => {
      const text = await read(path);
      expect(text).toMatch(new RegExp(`^(Version )?${CONDUCT_VERSION}( 版)?[.。]`, 'm'));
      expect(text.match(/^\d+\. /gm)).toHaveLength(10);
    },
  );

  it('shows members each other’s votes, actions and answers, and never how accurate their reports are (rule 9)', async () => {
    const shown = ['memberId', 'votes', 'actions', 'alerts', 'answerHours'];
    const type = buildSchema(await read('schema.graphql')).getType('MemberStanding');
    if (!isObjectType(type)) throw new Error('no MemberStanding');
    expect(Object.keys(type.getFields()).sort()).toEqual(shown.toSorted());
    const none = { votesAsked: 0, votesCast: 0, actionsAsked: 0, actionsAnswered: 0, alertsAsked: 0 };
    const standing = memberStanding({ ...none, alertsAnswered: 0, medianAnswerMs: undefined });
    expect(Object.keys(standing).sort()).toEqual(shown.slice(1).toSorted());
  });
});
