// Each member's part of the last 90 days, as all members see it, and the rules by which it is computed.
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { graphql, type ResultOf } from '../graphql/graphql.ts';
import { useLanguage, type Speech } from '../language/use-language.ts';
import type { Column } from '../parts/data-table.tsx';
import { Badge } from '../parts/marks.tsx';
import { Panel } from '../parts/page.tsx';

export const STANDINGS = graphql(`
  query Standings {
    standings {
      memberId
      votes
      actions
      alerts
      answerHours
    }
  }
`);

type StandingRow = ResultOf<typeof STANDINGS>['standings'][number] & { readonly name: string };

const SHARES = ['votes', 'actions', 'alerts'] as const;
const RULES = ['votes', 'actions', 'alerts', 'answerHours', 'few', 'accuracy'] as const;

/** Below everything that was measured: what was asked too seldom is neither good nor bad. */
const compareShares = (a: number | null, b: number | null) => (a ?? -1) - (b ?? -1);

export function standingColumns(
  { t, format, language }: Speech,
  ownId: string | undefined,
): Column<StandingRow>[] {
  const order = new Intl.Collator(language);
  const unknown = (
    <span className="muted" title={t('standing.few')}>
      –
    </span>
  );
  const share = (value: number | null): ReactNode =>
    value === null ? (
      unknown
    ) : (
      <span className="share">
        <meter className="score-bar" min={0} max={100} value={value} aria-hidden="true" />
        {format.number(value)} %
      </span>
    );
  return [
    {
      id: 'name',
      header: t('column.name'),
      width: 'minmax(10rem, 2fr)',
      isMain: true,
      cell: ({ memberId, name }) => (
        <>
          {memberId === ownId && <Badge tone="info">{t('members.us')}</Badge>}{' '}
          <span title={`${name} (${memberId})`}>{name}</span>
        </>
      ),
      text: ({ name }) => name,
      compare: (a, b) => order.compare(a.name, b.name),
    },
    ...SHARES.map((part): Column<StandingRow> => ({
      id: part,
      header: t(`standing.${part}`),
      width: 'minmax(8rem, 1fr)',
      // A telephone has room for three columns; the votes and the alerts are on the record of every member.
      isMain: part !== 'actions',
      isNumber: true,
      cell: (row) => share(row[part]),
      text: (row) => row[part] ?? '',
      compare: (a, b) => compareShares(a[part], b[part]),
    })),
    {
      id: 'answerHours',
      header: t('standing.answerHours'),
      width: 'minmax(8rem, 1fr)',
      isNumber: true,
      cell: ({ answerHours }) =>
        answerHours === null ? unknown : t('standing.hours', { hours: format.number(answerHours) }),
      text: ({ answerHours }) => answerHours ?? '',
      compare: (a, b) => compareShares(a.answerHours, b.answerHours),
    },
  ];
}

/** docs/workgroup.md, section Standing. */
export function StandingRules() {
  const { t, word } = useLanguage();
  return (
    <Panel title={t('standing.rules')}>
      <p>{t('standing.rulesLead')}</p>
      <ul>
        {RULES.map((rule) => (
          <li key={rule}>{word('standingRule', rule)}</li>
        ))}
      </ul>
      <p>
        <Link href="/conduct">{t('conduct.read')}</Link>
      </p>
    </Panel>
  );
}
