// What became of a member's reports, and what they are weighed with: its own, or to the operator those of any.
import { useMemo } from 'react';
import { useQuery } from 'urql';
import { codeOf } from '../graphql/client.ts';
import { graphql, type ResultOf } from '../graphql/graphql.ts';
import { useLanguage, type Speech } from '../language/use-language.ts';
import { download, shareInFile, toCsv } from '../parts/csv.ts';
import { Facts } from '../parts/facts.tsx';
import { Time } from '../parts/marks.tsx';
import { Fault, Loading } from '../parts/notes.tsx';
import { Panel } from '../parts/page.tsx';

const CALIBRATION = graphql(`
  query Calibration($memberId: ID) {
    calibration(memberId: $memberId) {
      asOf
      days
      trust {
        trust
        byRule
        reason
        newUntil
        repeats
        right
        wrong
      }
      channels {
        category
        evidence
        reported
        checked
        refuted
        confirmation {
          confirmed
          unknown
          share
          shareLow
          shareHigh
        }
      }
    }
  }
`);

type ShownCalibration = ResultOf<typeof CALIBRATION>['calibration'];
type Channel = ShownCalibration['channels'][number];

const NUMBERS = ['reported', 'checked', 'confirmed', 'refuted', 'unknown', 'share', 'interval'] as const;

interface CalibrationPanelProps {
  /** For the operator; absent: the member of whoever is signed in. */
  readonly of?: { readonly id: string; readonly onClose: () => void };
}

export function CalibrationPanel({ of }: CalibrationPanelProps) {
  const { t } = useLanguage();
  const [{ data, fetching, error }] = useQuery({
    query: CALIBRATION,
    variables: { memberId: of?.id ?? null },
    requestPolicy: 'cache-and-network',
  });
  const calibration = data?.calibration;
  const asOf = calibration?.asOf ?? null;
  return (
    <Panel
      title={of ? t('calibration.of', { member: of.id }) : t('calibration.title')}
      aside={
        <>
          {asOf !== null && (
            <span className="muted">
              <Time at={asOf} />
            </span>
          )}
          {of && (
            <button type="button" className="quiet" onClick={of.onClose}>
              {t('dialog.close')}
            </button>
          )}
        </>
      }
    >
      <p>{t(of ? 'calibration.leadOf' : 'calibration.lead')}</p>
      {error && <Fault code={codeOf(error)} detail={error.message} />}
      {fetching && !data && <Loading />}
      {calibration && <Told calibration={calibration} />}
    </Panel>
  );
}

/** What stands in the columns of numbers, as people read it. */
function shownOf({ reported, checked, refuted, confirmation }: Channel, { t, format }: Speech): string[] {
  const percent = (share: number) => `${format.number(Math.round(share * 1_000) / 10)} %`;
  const ends = confirmation && [percent(confirmation.shareLow), percent(confirmation.shareHigh)];
  return [
    ...[format.number(reported), format.number(checked)],
    confirmation ? format.number(confirmation.confirmed) : t('calibration.tooFew'),
    format.number(refuted),
    ...(confirmation ? [format.number(confirmation.unknown), percent(confirmation.share)] : ['–', '–']),
    ends ? ends.join(' – ') : '–',
  ];
}

const inFile = ({ category, evidence, reported, checked, refuted, confirmation }: Channel) => [
  ...[category ?? '', evidence ?? '', reported, checked, confirmation?.confirmed ?? '', refuted],
  ...(confirmation
    ? [
        ...[confirmation.unknown, shareInFile(confirmation.share)],
        [confirmation.shareLow, confirmation.shareHigh].map(shareInFile).join('..'),
      ]
    : ['', '', '']),
];

function Told({ calibration }: { readonly calibration: ShownCalibration }) {
  const speech = useLanguage();
  const { t, word, format } = speech;
  const { asOf, days, trust, channels } = calibration;
  const heads = useMemo(
    () => [
      t('column.categories'),
      t('column.evidence'),
      ...NUMBERS.map((column) => t(`calibration.${column}`)),
    ],
    [t],
  );
  const save = () => {
    const content = toCsv(heads, channels.map(inFile));
    download('sekisho-calibration.csv', content, 'text/csv;charset=utf-8');
  };
  return (
    <>
      <Facts
        facts={[
          [t('calibration.trust'), format.number(trust.trust)],
          [t('calibration.byRule'), format.number(trust.byRule)],
          [t('calibration.right'), format.number(trust.right)],
          [t('calibration.wrong'), format.number(trust.wrong)],
          ...(trust.reason === null ? [] : [[t('calibration.reason'), trust.reason] as const]),
          ...(trust.newUntil === null
            ? []
            : [[t('calibration.newUntil'), <Time at={trust.newUntil} />] as const]),
          ...(trust.repeats === null
            ? []
            : [
                [
                  t('calibration.repeats'),
                  `${format.number(Math.round(trust.repeats * 1_000) / 10)} %`,
                ] as const,
              ]),
        ]}
      />
      <p className="hint">{t('calibration.rule')}</p>
      {asOf === null || channels.length === 0 ? (
        <p className="hint">{t('calibration.none')}</p>
      ) : (
        <>
          <div className="scroll" role="group" aria-label={t('calibration.title')} tabIndex={0}>
            <table>
              <thead>
                <tr>
                  {heads.map((head, i) => (
                    <th key={head} scope="col" className={i < 2 ? undefined : 'number'}>
                      {head}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {channels.map((channel) => (
                  <tr key={`${channel.category ?? ''}/${channel.evidence ?? ''}`}>
                    <th scope="row">
                      {channel.category === null ? t('calibration.rest') : word('category', channel.category)}
                    </th>
                    <td>{channel.evidence === null ? '–' : word('evidence', channel.evidence)}</td>
                    {shownOf(channel, speech).map((value, i) => (
                      <td key={NUMBERS[i]} className="number">
                        {value}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <p className="hint">{t('calibration.hint', { days })}</p>
          <p>
            <button type="button" onClick={save}>
              {t('list.csv')}
            </button>
          </p>
        </>
      )}
    </>
  );
}
