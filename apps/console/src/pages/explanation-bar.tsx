import { useLanguage } from '../language/use-language.ts';
import { explainDetail, evidenceOf } from './explanation.ts';

interface Line {
  readonly factor: string;
  readonly contribution: number;
  readonly detail: string;
}

/** How many colours the style sheet has; further factors begin again. */
const COLORS = 6;

/** The score as one bar out of 100, a stretch for each factor; each is named with its points below. */
export function ExplanationBar({
  score,
  lines,
}: {
  readonly score: number;
  readonly lines: readonly Line[];
}) {
  const { t, word, format } = useLanguage();
  const nameOf = (factor: string) => {
    const evidence = evidenceOf(factor);
    return evidence
      ? `${word('category', evidence.category)} · ${word('evidence', evidence.evidence)}`
      : word('factor', factor);
  };
  const positive = lines.filter(({ contribution }) => contribution > 0);
  return (
    <>
      <div className="stack" role="img" aria-label={t('lookup.barLabel', { score })}>
        {positive.map(({ factor, contribution }, i) => (
          <span
            key={factor}
            className={`stack-part color-${String(i % COLORS)}`}
            style={{ width: `${String(contribution)}%` }}
            title={`${nameOf(factor)}: ${format.number(contribution)}`}
          />
        ))}
      </div>
      <table className="factors">
        <thead>
          <tr>
            <th scope="col">{t('lookup.factor')}</th>
            <th scope="col" className="number">
              {t('lookup.points')}
            </th>
            <th scope="col">{t('lookup.because')}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map(({ factor, contribution, detail }) => {
            const index = positive.findIndex((line) => line.factor === factor);
            return (
              <tr key={factor}>
                <th scope="row">
                  <span className={index < 0 ? 'swatch' : `swatch color-${String(index % COLORS)}`} />
                  {nameOf(factor)}
                </th>
                <td className="number">{format.number(contribution)}</td>
                <td className="detail">{explainDetail(t, detail)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </>
  );
}
