// Whether the scores keep what they say: the hub's own measurement of itself.
import { useMemo } from 'react';
import { useQuery } from 'urql';
import { codeOf } from '../graphql/client.ts';
import { graphql, type ResultOf } from '../graphql/graphql.ts';
import { useLanguage } from '../language/use-language.ts';
import { download, shareInFile, toCsv } from '../parts/csv.ts';
import { Facts } from '../parts/facts.tsx';
import { Time } from '../parts/marks.tsx';
import { Fault, Loading } from '../parts/notes.tsx';
import { Panel } from '../parts/page.tsx';
import { ReliabilityChart } from '../parts/reliability-chart.tsx';

const MODEL_QUALITY = graphql(`
  query ModelQuality {
    modelQuality {
      asOf
      days
      horizonHours
      measurements {
        modelVersion
        use
        forecasts
        anyMember {
          rate
          brier
          brierOfConstant
        }
        anotherMember {
          rate
          brier
          brierOfConstant
        }
        brierInForce {
          anyMember
          anotherMember
        }
        bins {
          from
          to
          forecasts
          foretold
          came
          cameLow
          cameHigh
          cameByAnother
        }
      }
    }
  }
`);

type Quality = NonNullable<ResultOf<typeof MODEL_QUALITY>['modelQuality']>;
type Measurement = Quality['measurements'][number];

const COLUMNS = ['score', 'foretold', 'came', 'interval', 'another', 'forecasts'] as const;

export function ModelQualityPanel() {
  const { t } = useLanguage();
  const [{ data, fetching, error }] = useQuery({ query: MODEL_QUALITY, requestPolicy: 'cache-and-network' });
  const quality = data?.modelQuality;
  return (
    <Panel
      title={t('quality.title')}
      aside={
        quality && (
          <span className="muted">
            <Time at={quality.asOf} />
          </span>
        )
      }
    >
      <p>{t('quality.lead')}</p>
      {error && <Fault code={codeOf(error)} detail={error.message} />}
      {fetching && !data && <Loading />}
      {data && !quality && <p className="hint">{t('quality.none')}</p>}
      {quality && (
        <>
          <p className="hint">{t('quality.window', { days: quality.days, hours: quality.horizonHours })}</p>
          {quality.measurements.map((measurement) => (
            <OfModel key={measurement.modelVersion} measurement={measurement} />
          ))}
        </>
      )}
    </Panel>
  );
}

function OfModel({ measurement }: { readonly measurement: Measurement }) {
  const { t, format } = useLanguage();
  const { modelVersion, use, bins, anyMember, anotherMember, brierInForce } = measurement;
  const percent = (share: number) => `${format.number(Math.round(share * 1_000) / 10)} %`;
  const beside = (own: number, inForce: number) => {
    const by = inForce === 0 ? 0 : (own - inForce) / inForce;
    const figures = { brier: format.number(inForce), percent: percent(Math.abs(by)) };
    if (percent(Math.abs(by)) === percent(0)) return t('quality.asGood', figures);
    return t(by < 0 ? 'quality.lower' : 'quality.higher', figures);
  };
  const label = t('quality.curve', { version: modelVersion });
  const points = useMemo(() => bins.map(({ foretold, came }) => ({ foretold, came })), [bins]);
  const heads = COLUMNS.map((column) => t(`quality.${column}`));
  const save = () => {
    const rows = bins.map(({ from, to, foretold, came, cameLow, cameHigh, cameByAnother, forecasts }) => [
      ...[`${String(from)}..${String(to)}`, ...[foretold, came].map(shareInFile)],
      ...[[cameLow, cameHigh].map(shareInFile).join('..'), shareInFile(cameByAnother), forecasts],
    ]);
    download(`sekisho-reliability-${modelVersion}.csv`, toCsv(heads, rows), 'text/csv;charset=utf-8');
  };
  return (
    <section aria-label={label}>
      <Facts
        facts={[
          [t('quality.model'), modelVersion],
          [t('quality.use'), t(`quality.${use}`)],
          [t('quality.forecasts'), format.number(measurement.forecasts)],
          [t('quality.rate'), percent(anyMember.rate)],
          [t('quality.brier'), format.number(anyMember.brier)],
          [t('quality.brierOfConstant'), format.number(anyMember.brierOfConstant)],
          [t('quality.brierOfAnother'), format.number(anotherMember.brier)],
          [t('quality.constantOfAnother'), format.number(anotherMember.brierOfConstant)],
          ...(brierInForce
            ? [
                [t('quality.inForce'), beside(anyMember.brier, brierInForce.anyMember)] as const,
                [
                  t('quality.inForceOfAnother'),
                  beside(anotherMember.brier, brierInForce.anotherMember),
                ] as const,
              ]
            : []),
        ]}
      />
      <figure className="chart">
        <ReliabilityChart {...{ label, points }} />
        <div className="scroll" role="group" aria-label={label} tabIndex={0}>
          <table>
            <thead>
              <tr>
                {heads.map((head) => (
                  <th key={head} scope="col" className="number">
                    {head}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {bins.map((bin) => (
                <tr key={bin.from}>
                  <th scope="row" className="number">
                    {bin.from}–{bin.to}
                  </th>
                  <td className="number">{percent(bin.foretold)}</td>
                  <td className="number">{percent(bin.came)}</td>
                  <td className="number">
                    {percent(bin.cameLow)} – {percent(bin.cameHigh)}
                  </td>
                  <td className="number">{percent(bin.cameByAnother)}</td>
                  <td className="number">{format.number(bin.forecasts)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </figure>
      <p>
        <button type="button" onClick={save}>
          {t('list.csv')}
        </button>
      </p>
    </section>
  );
}
