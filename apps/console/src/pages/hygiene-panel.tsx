// How clean one's own networks are, on a line with where the middle half of the other members is.
import { useQuery } from 'urql';
import { codeOf } from '../graphql/client.ts';
import { useLanguage } from '../language/use-language.ts';
import { Time } from '../parts/marks.tsx';
import { Fault, Loading } from '../parts/notes.tsx';
import { Panel } from '../parts/page.tsx';
import { HYGIENE, type ShownHygiene } from './network-query.ts';
import { placesOf } from './hygiene-places.ts';

const FIGURES = [
  'listedPerThousand',
  'leakingPerThousand',
  'port25BlockedShare',
  'medianHoursToFixed',
  'reappearanceRate',
] as const satisfies readonly (keyof ShownHygiene['own'])[];
type Figure = (typeof FIGURES)[number];

/** Told as a part of 1. */
const IS_SHARE: Readonly<Record<Figure, boolean>> = {
  listedPerThousand: false,
  leakingPerThousand: false,
  port25BlockedShare: true,
  medianHoursToFixed: false,
  reappearanceRate: true,
};

export function HygienePanel() {
  const { t } = useLanguage();
  const [{ data, fetching, error }] = useQuery({ query: HYGIENE, requestPolicy: 'cache-and-network' });
  return (
    <Panel
      title={t('hygiene.title')}
      aside={
        data && (
          <span className="muted">
            <Time at={data.hygiene.asOf} />
          </span>
        )
      }
    >
      <p>{t('hygiene.lead')}</p>
      {error && <Fault code={codeOf(error)} detail={error.message} />}
      {fetching && !data && <Loading />}
      {data && (
        <ul className="figures">
          {FIGURES.map((figure) => (
            <Line key={figure} figure={figure} hygiene={data.hygiene} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Line({ figure, hygiene }: { readonly figure: Figure; readonly hygiene: ShownHygiene }) {
  const { t, word, format } = useLanguage();
  const own = hygiene.own[figure];
  const spread = hygiene.federation.find((one) => one.figure === figure);
  const say = (value: number) =>
    IS_SHARE[figure] ? `${format.number(Math.round(value * 100))} %` : format.number(rounded(value));
  const ours = own === null ? t('hygiene.nothing') : say(own);
  const theirs = spread
    ? t('hygiene.spread', { low: say(spread.low), median: say(spread.median), high: say(spread.high) })
    : t('hygiene.tooFew');
  const places = spread && placesOf(spread, own, IS_SHARE[figure] ? 1 : undefined);
  return (
    <li>
      <p className="figure-name">
        <span>
          {word('hygieneFigure', figure)} <span className="hint">{word('hygieneBetter', figure)}</span>
        </span>
        <strong>{ours}</strong>
      </p>
      {places && (
        <div className="spread" role="img" aria-label={`${t('hygiene.ours', { value: ours })} ${theirs}`}>
          <span
            className="spread-band"
            style={{
              insetInlineStart: `${String(places.low)}%`,
              width: `${String(places.high - places.low)}%`,
            }}
          />
          <span className="spread-median" style={{ insetInlineStart: `${String(places.median)}%` }} />
          {places.own !== undefined && (
            <span className="spread-own" style={{ insetInlineStart: `${String(places.own)}%` }} />
          )}
        </div>
      )}
      <p className="hint">{theirs}</p>
    </li>
  );
}

/** Two digits after the point say enough of a small figure, none of a large one. */
const rounded = (value: number) => (value >= 10 ? Math.round(value) : Math.round(value * 100) / 100);
