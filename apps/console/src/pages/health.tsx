import { useCallback, useEffect, useState } from 'react';
import * as z from 'zod/mini';
import { useLanguage } from '../language/use-language.ts';
import { Facts } from '../parts/facts.tsx';
import { Badge } from '../parts/marks.tsx';
import { Fault, Loading } from '../parts/notes.tsx';
import { Page, Panel } from '../parts/page.tsx';
import { codeOfFailure } from '../session/passkey-errors.ts';
import { readRoute } from '../session/session-api.ts';

/** What `/.well-known/sekisho` says that a person may want to know; the rest is for programs. */
const descriptionSchema = z.object({
  hub: z.string(),
  zone: z.object({ apex: z.string(), names: z.array(z.string()) }),
});

interface Found {
  readonly isReady: boolean;
  readonly latencyMs: number;
  readonly description: z.infer<typeof descriptionSchema> | undefined;
}

const REFRESH_MS = 10_000;

export default function Health() {
  const { t, format } = useLanguage();
  const [found, setFound] = useState<Found>();
  const [fault, setFault] = useState<string>();
  const [at, setAt] = useState<Date>();
  const look = useCallback(async () => {
    const start = performance.now();
    try {
      const isReady = await readRoute('/health/ready').then(
        () => true,
        () => false,
      );
      const latencyMs = performance.now() - start;
      const description = descriptionSchema.safeParse(await readRoute('/.well-known/sekisho'));
      setFound({ isReady, latencyMs, description: description.success ? description.data : undefined });
      setFault(undefined);
    } catch (error) {
      setFault(codeOfFailure(error));
    }
    setAt(new Date());
  }, []);
  useEffect(() => {
    const first = setTimeout(() => void look());
    const timer = setInterval(() => void look(), REFRESH_MS);
    return () => {
      clearTimeout(first);
      clearInterval(timer);
    };
  }, [look]);
  return (
    <Page
      title={t('health.title')}
      lead={t('health.lead')}
      actions={
        <button type="button" onClick={() => void look()}>
          {t('health.again')}
        </button>
      }
    >
      {fault !== undefined && <Fault code={fault} />}
      {!found && fault === undefined && <Loading />}
      {found && (
        <Panel title={t('health.hub')}>
          <Facts
            facts={[
              [
                t('column.state'),
                <Badge key="state" tone={found.isReady ? 'good' : 'bad'}>
                  {found.isReady ? t('health.ready') : t('health.notReady')}
                </Badge>,
              ],
              [t('health.latency'), format.duration(found.latencyMs)],
              ...(found.description
                ? ([
                    [t('health.hubId'), found.description.hub],
                    [
                      t('health.zones'),
                      found.description.zone.names
                        .map((name) => `${name}.${found.description?.zone.apex ?? ''}`)
                        .join(', '),
                    ],
                  ] as const)
                : []),
              ...(at ? ([[t('health.lookedAt'), format.dateTime(at)]] as const) : []),
            ]}
          />
          <p className="hint">{t('health.hint')}</p>
        </Panel>
      )}
    </Page>
  );
}
