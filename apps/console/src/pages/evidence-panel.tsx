import { openSealed, SealedFault, type Evidence } from '@sekisho/sealed';
import { useEffect, useId, useState } from 'react';
import { useClient, useMutation } from 'urql';
import { codeOf } from '../graphql/client.ts';
import { graphql } from '../graphql/graphql.ts';
import { useLanguage } from '../language/use-language.ts';
import { Fault, Loading } from '../parts/notes.tsx';
import { Time } from '../parts/marks.tsx';
import { forgetKeys, keepKey, keptKeys, KeyFileFault, readKeyFile, type OpeningKey } from './opening-keys.ts';

const SEALED = graphql(`
  query SealedEvidence($after: String) {
    sealedEvidence(first: 100, after: $after) {
      edges {
        node {
          id
          subject
          receivedAt
          sealed
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

const ACKNOWLEDGE = graphql(`
  mutation AcknowledgeEvidence($ids: [ID!]!) {
    acknowledgeEvidence(ids: $ids)
  }
`);

interface Opened {
  readonly id: string;
  readonly receivedAt: string;
  readonly evidence: Evidence | undefined;
  readonly fault: string | undefined;
}

/** Evidence about one of the member's own addresses, opened here: the hub and this page's server never see inside. */
export function EvidencePanel({ subject, count }: { readonly subject: string; readonly count: number }) {
  const { t } = useLanguage();
  const client = useClient();
  const [keys, setKeys] = useState<readonly OpeningKey[]>([]);
  const [opened, setOpened] = useState<readonly Opened[]>();
  const [fault, setFault] = useState<string>();
  const [isBusy, setIsBusy] = useState(false);
  const [, acknowledge] = useMutation(ACKNOWLEDGE);
  useEffect(() => {
    // Without IndexedDB there are simply none.
    keptKeys().then(setKeys, () => undefined);
  }, []);

  const open = async () => {
    setIsBusy(true);
    setFault(undefined);
    const found: Opened[] = [];
    let after: string | null = null;
    do {
      const { data, error } = await fetchPage(client, after);
      if (!data) {
        setFault(error ? codeOf(error) : 'unreachable');
        break;
      }
      for (const { node } of data.sealedEvidence.edges) {
        if (node.subject === subject) found.push(await openOne(node, keys));
      }
      after = data.sealedEvidence.pageInfo.hasNextPage ? data.sealedEvidence.pageInfo.endCursor : null;
    } while (after !== null);
    setOpened(found);
    setIsBusy(false);
  };

  if (count === 0) return <p className="muted">{t('evidence.none')}</p>;
  return (
    <div className="evidence">
      <p>{t('evidence.waiting', { count })}</p>
      <KeyChooser
        keys={keys}
        onKeys={(next) => {
          setKeys(next);
          setOpened(undefined);
        }}
        onFault={setFault}
      />
      {keys.length > 0 && opened === undefined && (
        <button type="button" className="primary" disabled={isBusy} onClick={() => void open()}>
          {t('evidence.open')}
        </button>
      )}
      {isBusy && <Loading />}
      {fault !== undefined && <Fault code={fault} />}
      {opened?.map((piece) => (
        <Piece
          key={piece.id}
          piece={piece}
          onDone={async () => {
            const { error } = await acknowledge({ ids: [piece.id] });
            if (error) setFault(codeOf(error));
            else setOpened((before) => before?.filter(({ id }) => id !== piece.id));
          }}
        />
      ))}
    </div>
  );
}

const fetchPage = (client: ReturnType<typeof useClient>, after: string | null) =>
  client.query(SEALED, { after }, { requestPolicy: 'network-only' }).toPromise();

async function openOne(
  { id, receivedAt, sealed }: { id: string; receivedAt: string; sealed: string },
  keys: readonly OpeningKey[],
): Promise<Opened> {
  try {
    return { id, receivedAt, evidence: await openSealed(sealed, keys), fault: undefined };
  } catch (error) {
    if (!(error instanceof SealedFault)) throw error;
    return { id, receivedAt, evidence: undefined, fault: error.code };
  }
}

interface KeyChooserProps {
  readonly keys: readonly OpeningKey[];
  readonly onKeys: (keys: readonly OpeningKey[]) => void;
  readonly onFault: (code: string | undefined) => void;
}

function KeyChooser({ keys, onKeys, onFault }: KeyChooserProps) {
  const { t } = useLanguage();
  const id = useId();
  const [isKept, setIsKept] = useState(false);
  const read = async (files: FileList | null) => {
    onFault(undefined);
    try {
      const read = await Promise.all([...(files ?? [])].map(async (file) => readKeyFile(await file.text())));
      if (isKept) await Promise.all(read.map(keepKey));
      onKeys([...keys.filter(({ kid }) => !read.some((key) => key.kid === kid)), ...read]);
    } catch (error) {
      onFault(error instanceof KeyFileFault ? error.code : 'other');
    }
  };
  if (keys.length > 0) {
    return (
      <p className="key-ready">
        {t('evidence.keyReady')} <code>{keys.map(({ kid }) => kid.slice(0, 8)).join(', ')}</code>{' '}
        <button
          type="button"
          className="quiet"
          onClick={() => {
            void forgetKeys().catch(() => undefined);
            onKeys([]);
          }}
        >
          {t('evidence.forgetKey')}
        </button>
      </p>
    );
  }
  return (
    <div className="field">
      <label htmlFor={id}>{t('evidence.keyFile')}</label>
      <input
        id={id}
        type="file"
        accept=".jwk,application/json"
        multiple
        aria-describedby={`${id}-hint`}
        onChange={(event) => void read(event.target.files)}
      />
      <p id={`${id}-hint`} className="hint">
        {t('evidence.keyHint')}
      </p>
      <label className="check">
        <input
          type="checkbox"
          checked={isKept}
          onChange={(event) => {
            setIsKept(event.target.checked);
          }}
        />
        {t('evidence.keepKey')}
      </label>
    </div>
  );
}

function Piece({ piece, onDone }: { readonly piece: Opened; readonly onDone: () => Promise<void> }) {
  const { t, format } = useLanguage();
  const [isBusy, setIsBusy] = useState(false);
  const { evidence, fault, receivedAt } = piece;
  if (!evidence) return <Fault code={fault ?? 'other'} />;
  return (
    <article className="piece">
      <p className="muted">
        {t('evidence.received')} <Time at={receivedAt} />
      </p>
      <div className="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">{t('evidence.at')}</th>
              <th scope="col" className="number">
                {t('evidence.sourcePort')}
              </th>
              <th scope="col" className="number">
                {t('evidence.destinationPort')}
              </th>
            </tr>
          </thead>
          <tbody>
            {evidence.seen.map(({ at, sourcePort, destinationPort }) => (
              <tr key={`${at} ${String(sourcePort)}`}>
                <td>
                  <time dateTime={at}>{at}</time> <span className="muted">{format.dateTime(at)}</span>
                </td>
                <td className="number">{sourcePort ?? '–'}</td>
                <td className="number">{destinationPort ?? '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {evidence.note !== undefined && <p className="text">{evidence.note}</p>}
      {evidence.headers !== undefined && <pre tabIndex={0}>{evidence.headers}</pre>}
      <button
        type="button"
        disabled={isBusy}
        onClick={() => {
          setIsBusy(true);
          void onDone().finally(() => {
            setIsBusy(false);
          });
        }}
      >
        {t('evidence.acknowledge')}
      </button>
    </article>
  );
}
