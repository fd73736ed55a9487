import { useDeferredValue, useMemo } from 'react';
import { useLanguage, type Speech } from '../language/use-language.ts';
import { compareText, type Column } from '../parts/data-table.tsx';
import { Search, Select } from '../parts/fields.tsx';
import { List } from '../parts/list-page.tsx';
import { Badge, Categories, Score, spelled, SubjectLink, Time, type Tone } from '../parts/marks.tsx';
import { Page } from '../parts/page.tsx';
import { useUrlState } from '../parts/use-url-state.ts';
import { CATEGORIES, filterListings, RECOMMENDATIONS, SUBJECT_TYPES } from './listing-filter.ts';
import { useListings } from './use-listings.ts';
import type { ListingRow } from './use-live-feed.ts';

const DEFAULTS = { q: '', type: '', category: '', advice: '', min: '', sort: 'score.desc' };

export const ADVICE_TONE: Readonly<Record<string, Tone>> = {
  ACCEPT: 'good',
  THROTTLE: 'warn',
  TAG: 'warn',
  DEFER: 'warn',
  REJECT: 'bad',
};

const countOf = (count: number | string) => (typeof count === 'number' ? count : 0);

function columnsFor({ t, word, format }: Speech): Column<ListingRow>[] {
  return [
    {
      id: 'subject',
      header: t('column.subject'),
      width: 'minmax(9rem, 2fr)',
      isMain: true,
      cell: ({ subject }) => <SubjectLink subject={subject} />,
      text: ({ subject }) => subject,
      compare: 'text',
    },
    {
      id: 'score',
      header: t('column.score'),
      width: '7rem',
      isMain: true,
      isNumber: true,
      cell: ({ score }) => <Score value={score} />,
      text: ({ score }) => score,
      compare: (a, b) => a.score - b.score || a.confidence - b.confidence,
    },
    {
      id: 'categories',
      header: t('column.categories'),
      width: 'minmax(8rem, 2fr)',
      cell: ({ categories }) => <Categories values={categories} />,
      text: ({ categories }) => categories.map(spelled).join(' '),
      // A hundred thousand rows: by what they have, without writing it out.
      compare: (a, b) => compareText(a.categories.join(), b.categories.join()),
    },
    {
      id: 'advice',
      header: t('column.advice'),
      width: '8rem',
      cell: ({ recommendation }) => (
        <Badge tone={ADVICE_TONE[recommendation] ?? 'plain'}>{word('advice', recommendation)}</Badge>
      ),
      text: ({ recommendation }) => recommendation,
      compare: 'text',
    },
    {
      id: 'members',
      header: t('column.members'),
      width: '6rem',
      isNumber: true,
      cell: ({ memberCount }) => format.blurred(memberCount),
      text: ({ memberCount }) => memberCount,
      compare: (a, b) => countOf(a.memberCount) - countOf(b.memberCount),
    },
    {
      id: 'lastSeen',
      header: t('column.lastSeen'),
      width: '7.5rem',
      isMain: true,
      cell: ({ lastSeen }) => <Time at={lastSeen} isShort />,
      text: ({ lastSeen }) => lastSeen,
      compare: 'text',
    },
    {
      id: 'expiresAt',
      header: t('column.expiresAt'),
      width: '8rem',
      cell: ({ expiresAt }) => format.date(expiresAt),
      text: ({ expiresAt }) => expiresAt,
      compare: 'text',
    },
  ];
}

export default function Listings() {
  const speech = useLanguage();
  const { t, word, format } = speech;
  const [filter, setFilter] = useUrlState(DEFAULTS);
  // Typing stays ahead of the list: the filter over 100,000 rows is drawn when there is time.
  const wanted = useDeferredValue(filter);
  const { rows, isComplete, error } = useListings();
  const columns = useMemo(() => columnsFor(speech), [speech]);
  const shown = useMemo(() => filterListings(rows, wanted), [rows, wanted]);
  return (
    <Page title={t('listings.title')} lead={t('listings.lead')}>
      <List
        label={t('listings.title')}
        {...{ columns, error }}
        rows={shown}
        total={rows.length}
        keyOf={({ subject }) => subject}
        sort={wanted.sort}
        onSort={(sort) => {
          setFilter({ sort });
        }}
        isLoading={!isComplete && error === undefined}
        empty={t('listings.empty')}
        csvName="sekisho-listings"
        note={
          !isComplete && rows.length > 0 ? (
            <p className="muted progress" role="status">
              {t('listings.loading', { count: format.number(rows.length) })}
            </p>
          ) : undefined
        }
        filters={
          <>
            <Search
              label={t('listings.search')}
              value={filter.q}
              onChange={(q) => {
                setFilter({ q });
              }}
            />
            <Select
              label={t('column.type')}
              value={filter.type}
              options={[
                ['', t('filter.allTypes')],
                ...SUBJECT_TYPES.map((type) => [type, word('type', type)] as const),
              ]}
              onChange={(type) => {
                setFilter({ type });
              }}
            />
            <Select
              label={t('column.categories')}
              value={filter.category}
              options={[
                ['', t('filter.allCategories')],
                ...CATEGORIES.map((category) => [category, word('category', spelled(category))] as const),
              ]}
              onChange={(category) => {
                setFilter({ category });
              }}
            />
            <Select
              label={t('column.advice')}
              value={filter.advice}
              options={[
                ['', t('filter.allAdvice')],
                ...RECOMMENDATIONS.map((advice) => [advice, word('advice', advice)] as const),
              ]}
              onChange={(advice) => {
                setFilter({ advice });
              }}
            />
          </>
        }
      />
    </Page>
  );
}
