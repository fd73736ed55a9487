import { useMemo } from 'react';
import { useQuery } from 'urql';
import { codeOf } from '../graphql/client.ts';
import { graphql } from '../graphql/graphql.ts';
import { useLanguage } from '../language/use-language.ts';
import { Select } from '../parts/fields.tsx';
import { Fault, Loading } from '../parts/notes.tsx';
import { Panel } from '../parts/page.tsx';
import { TimeChart } from '../parts/time-chart.tsx';
import { useUrlState } from '../parts/use-url-state.ts';
import { historyTimes, RANGES } from './history-times.ts';

// GraphQL has no loop; the hub takes at most 15 aliases in one request (apps/hub/src/graphql/limits.ts).
const HISTORY = graphql(`
  query ReputationHistory(
    $subject: Subject!
    $t0: DateTime!
    $t1: DateTime!
    $t2: DateTime!
    $t3: DateTime!
    $t4: DateTime!
    $t5: DateTime!
    $t6: DateTime!
    $t7: DateTime!
    $t8: DateTime!
    $t9: DateTime!
    $t10: DateTime!
    $t11: DateTime!
    $t12: DateTime!
    $t13: DateTime!
  ) {
    at0: reputation(subject: $subject, asOf: $t0) {
      score
      listed
    }
    at1: reputation(subject: $subject, asOf: $t1) {
      score
      listed
    }
    at2: reputation(subject: $subject, asOf: $t2) {
      score
      listed
    }
    at3: reputation(subject: $subject, asOf: $t3) {
      score
      listed
    }
    at4: reputation(subject: $subject, asOf: $t4) {
      score
      listed
    }
    at5: reputation(subject: $subject, asOf: $t5) {
      score
      listed
    }
    at6: reputation(subject: $subject, asOf: $t6) {
      score
      listed
    }
    at7: reputation(subject: $subject, asOf: $t7) {
      score
      listed
    }
    at8: reputation(subject: $subject, asOf: $t8) {
      score
      listed
    }
    at9: reputation(subject: $subject, asOf: $t9) {
      score
      listed
    }
    at10: reputation(subject: $subject, asOf: $t10) {
      score
      listed
    }
    at11: reputation(subject: $subject, asOf: $t11) {
      score
      listed
    }
    at12: reputation(subject: $subject, asOf: $t12) {
      score
      listed
    }
    at13: reputation(subject: $subject, asOf: $t13) {
      score
      listed
    }
  }
`);

const DEFAULTS = { range: 'day' };

/** The score as it was, by today's model, at evenly spaced moments up to now. */
export function ReputationHistory({ subject, at }: { readonly subject: string; readonly at: Date }) {
  const { t } = useLanguage();
  const [{ range }, setState] = useUrlState(DEFAULTS);
  const times = useMemo(() => historyTimes(range, at), [range, at]);
  const variables = useMemo(() => {
    const texts = times.map((time) => time.toISOString());
    const [
      t0 = '',
      t1 = '',
      t2 = '',
      t3 = '',
      t4 = '',
      t5 = '',
      t6 = '',
      t7 = '',
      t8 = '',
      t9 = '',
      t10 = '',
      t11 = '',
      t12 = '',
      t13 = '',
    ] = texts;
    return { subject, t0, t1, t2, t3, t4, t5, t6, t7, t8, t9, t10, t11, t12, t13 };
  }, [subject, times]);
  const [{ data, fetching, error }] = useQuery({ query: HISTORY, variables });
  const curves = useMemo(() => {
    if (!data) return [];
    const points = [
      data.at0,
      data.at1,
      data.at2,
      data.at3,
      data.at4,
      data.at5,
      data.at6,
      data.at7,
      data.at8,
      data.at9,
      data.at10,
      data.at11,
      data.at12,
      data.at13,
    ];
    return [
      {
        label: t('column.score'),
        values: points.map((point) => point?.score ?? 0),
        color: '--chart-1' as const,
      },
    ];
  }, [data, t]);
  return (
    <Panel
      title={t('lookup.history')}
      aside={
        <Select
          label={t('lookup.range')}
          value={range}
          options={RANGES.map((one) => [one, t(`range.${one}`)] as const)}
          onChange={(next) => {
            setState({ range: next });
          }}
        />
      }
    >
      {error && <Fault code={codeOf(error)} detail={error.message} />}
      {fetching && <Loading />}
      {data && (
        <TimeChart label={t('lookup.historyLabel', { subject })} times={times} curves={curves} max={100} />
      )}
      <p className="hint">{t('lookup.historyHint')}</p>
    </Panel>
  );
}
