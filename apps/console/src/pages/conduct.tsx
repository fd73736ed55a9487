import { useEffect, useState } from 'react';
import { useMutation, useQuery } from 'urql';
import { codeOf } from '../graphql/client.ts';
import { useLanguage } from '../language/use-language.ts';
import { Confirm } from '../parts/confirm.tsx';
import { Badge, Time } from '../parts/marks.tsx';
import { Fault, Loading } from '../parts/notes.tsx';
import { Page, Panel } from '../parts/page.tsx';
import { useMay } from '../parts/use-may.ts';
import { useSession } from '../session/session-store.ts';
import { ACCEPT_CONDUCT, CONDUCT } from './conduct-query.ts';
import { readConduct, type Block, type Span } from './conduct-text.ts';

export default function Conduct() {
  const { t } = useLanguage();
  const [{ data, fetching, error }] = useQuery({ query: CONDUCT, requestPolicy: 'cache-and-network' });
  const conduct = data?.codeOfConduct;
  return (
    <Page title={t('conduct.title')} lead={t('conduct.lead')}>
      {error && <Fault code={codeOf(error)} detail={error.message} />}
      {fetching && !data && <Loading />}
      {conduct && <Acceptance version={conduct.version} acceptedAt={conduct.acceptedAt} />}
      {conduct && <Text key={conduct.version} />}
    </Page>
  );
}

function Acceptance({
  version,
  acceptedAt,
}: {
  readonly version: string;
  readonly acceptedAt: string | null;
}) {
  const { t } = useLanguage();
  const { member } = useSession();
  const mayAccept = useMay('conduct:accept');
  const [isAsking, setIsAsking] = useState(false);
  const [{ error, fetching }, accept] = useMutation(ACCEPT_CONDUCT);
  return (
    <Panel
      title={t('conduct.version', { version })}
      aside={
        member &&
        (acceptedAt === null ? (
          <Badge tone="warn">{t('conduct.notAccepted')}</Badge>
        ) : (
          <Badge tone="good">{t('conduct.accepted')}</Badge>
        ))
      }
    >
      {acceptedAt !== null ? (
        <p>
          {t('conduct.acceptedAt')} <Time at={acceptedAt} />
        </p>
      ) : (
        member && <p>{mayAccept ? t('conduct.needed') : t('conduct.whoAccepts')}</p>
      )}
      {member && mayAccept && acceptedAt === null && (
        <button
          type="button"
          className="primary"
          onClick={() => {
            setIsAsking(true);
          }}
        >
          {t('conduct.accept')}
        </button>
      )}
      {member && isAsking && (
        <Confirm
          title={t('conduct.accept')}
          action={t('conduct.confirm')}
          isBusy={fetching}
          error={error}
          onConfirm={() => {
            if (fetching) return;
            void accept({ version }).then((result) => {
              if (!result.error) setIsAsking(false);
            });
          }}
          onClose={() => {
            setIsAsking(false);
          }}
        >
          <p>{t('conduct.consequence', { member: member.name, version })}</p>
        </Confirm>
      )}
    </Panel>
  );
}

type Got =
  | { readonly language: string; readonly blocks: readonly Block[] }
  | { readonly language: string; readonly blocks?: undefined };

/** The text in this person's language, from the hub: what is accepted is what is read. */
function Text() {
  const { t, language } = useLanguage();
  const [got, setGot] = useState<Got>();
  useEffect(() => {
    const ending = new AbortController();
    const read = async () => {
      try {
        const answer = await fetch(`/conduct?language=${language}`, { signal: ending.signal });
        const text = await answer.text();
        setGot(answer.ok ? { language, blocks: readConduct(text) } : { language });
      } catch {
        if (!ending.signal.aborted) setGot({ language });
      }
    };
    void read();
    return () => {
      ending.abort();
    };
  }, [language]);
  if (got?.language !== language) return <Loading />;
  if (!got.blocks) return <Fault code="unreachable" />;
  return (
    <Panel title={t('conduct.text')}>
      <div className="prose">
        {got.blocks.map((block, i) => (
          <Shown key={i} block={block} />
        ))}
      </div>
    </Panel>
  );
}

function Shown({ block }: { readonly block: Block }) {
  if (block.kind === 'list') {
    return (
      <ol>
        {block.items.map((spans, i) => (
          <li key={i}>
            <Spans spans={spans} />
          </li>
        ))}
      </ol>
    );
  }
  const spans = <Spans spans={block.spans} />;
  return block.kind === 'paragraph' ? <p>{spans}</p> : <h3>{spans}</h3>;
}

const Spans = ({ spans }: { readonly spans: readonly Span[] }) =>
  spans.map(({ text, isStrong, isCode }, i) =>
    isStrong ? (
      <strong key={i}>{text}</strong>
    ) : isCode ? (
      <code key={i}>{text}</code>
    ) : (
      <span key={i}>{text}</span>
    ),
  );
