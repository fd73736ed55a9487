// The words of libs/workgroup as GraphQL shows them: in capitals.
import { registerEnumType } from '@nestjs/graphql';
import { ACTION_KINDS, ACTION_STATES, MEASURES, PARTICIPATIONS, VOTES } from '@sekisho/workgroup';

const inCapitals = <T extends string>(words: readonly T[]): Record<string, T> =>
  Object.fromEntries(
    words.map((word) => [
      word
        .replace(/([a-z])([A-Z])/g, '$1_$2')
        .replaceAll('-', '_')
        .toUpperCase(),
      word,
    ]),
  );

export const ACTION_KIND = inCapitals(ACTION_KINDS);
registerEnumType(ACTION_KIND, { name: 'ActionKind', description: 'What members do together' });

export const ACTION_STATE = inCapitals(ACTION_STATES);
registerEnumType(ACTION_STATE, { name: 'ActionState' });

export const VOTE = inCapitals(VOTES);
registerEnumType(VOTE, { name: 'Vote' });

export const PARTICIPATION = inCapitals(PARTICIPATIONS);
registerEnumType(PARTICIPATION, {
  name: 'Participation',
  description: 'What one member has done: SILENT when nothing was heard of it',
});

export const MEASURE = inCapitals(MEASURES);
registerEnumType(MEASURE, {
  name: 'RehearsalMeasure',
  description: 'CONNECTIONS hit, distinct SENDERS among them, KNOWN_GOOD ones among them',
});
