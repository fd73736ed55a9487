import { useState } from 'react';
import { useMutation, useQuery } from 'urql';
import { codeOf } from '../graphql/client.ts';
import { graphql } from '../graphql/graphql.ts';
import { useLanguage } from '../language/use-language.ts';
import { Badge, SubjectLink, Time } from '../parts/marks.tsx';
import { Fault, Loading } from '../parts/notes.tsx';
import { Panel } from '../parts/page.tsx';
import type { ReceiptRow } from './reports.tsx';

const SENT_REPORTS = graphql(`
  query SentReports($receiptId: ID!) {
    sentReports(receiptId: $receiptId) {
      index
      subject
      category
      evidence
      count
      lastSeen
      isInfluenced
      retractedAt
    }
  }
`);

const RETRACT = graphql(`
  mutation RetractReport($receiptId: ID!, $index: Int!) {
    retractReport(receiptId: $receiptId, index: $index) {
      receiptId
      index
    }
  }
`);

interface ReceiptPanelProps {
  readonly receiptId: string;
  /** Absent when the list has not come to it yet. */
  readonly receipt: ReceiptRow | undefined;
  readonly onClose: () => void;
}

/** One envelope: its reports one by one, which of them were refused and why, and taking one back. */
export function ReceiptPanel({ receiptId, receipt, onClose }: ReceiptPanelProps) {
  const { t, word, format } = useLanguage();
  const [{ data, fetching, error }, refresh] = useQuery({
    query: SENT_REPORTS,
    variables: { receiptId },
    requestPolicy: 'cache-and-network',
  });
  const [retraction, retract] = useMutation(RETRACT);
  const [asking, setAsking] = useState<number>();
  const takeBack = async (index: number) => {
    const { error: refusal } = await retract({ receiptId, index });
    setAsking(undefined);
    if (!refusal) refresh({ requestPolicy: 'network-only' });
  };
  const fault = error ?? retraction.error;
  return (
    <Panel
      title={t('reports.one', { id: receiptId.slice(0, 8) })}
      aside={
        <button type="button" className="quiet" onClick={onClose}>
          {t('dialog.close')}
        </button>
      }
    >
      {fault && <Fault code={codeOf(fault)} detail={fault.message} />}
      {fetching && !data && <Loading />}
      {receipt && receipt.rejected.length > 0 && (
        <>
          <h3>{t('reports.refused')}</h3>
          <ul className="lines">
            {receipt.rejected.map(({ index, code, message }) => (
              <li key={index}>
                <span className="muted">{t('reports.number', { number: index + 1 })}</span>
                <Badge tone="bad">{word('refusal', code)}</Badge>
                <span className="text grow" lang="en">
                  {message}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
      {data && data.sentReports.length > 0 && (
        <>
          <h3>{t('reports.accepted')}</h3>
          <div className="scroll tall">
            <table>
              <thead>
                <tr>
                  <th scope="col">{t('column.subject')}</th>
                  <th scope="col">{t('column.categories')}</th>
                  <th scope="col" className="number">
                    {t('column.messages')}
                  </th>
                  <th scope="col">{t('column.lastSeen')}</th>
                  <th scope="col">{t('reports.takeBack')}</th>
                </tr>
              </thead>
              <tbody>
                {data.sentReports.map(
                  ({ index, subject, category, evidence, count, lastSeen, retractedAt }) => (
                    <tr key={index}>
                      <th scope="row">
                        <SubjectLink subject={subject} />
                      </th>
                      <td>
                        {word('category', category)} · {word('evidence', evidence)}
                      </td>
                      <td className="number">{format.number(count)}</td>
                      <td>
                        <Time at={lastSeen} isShort />
                      </td>
                      <td>
                        {retractedAt !== null ? (
                          <span className="muted">
                            {t('reports.takenBack')} <Time at={retractedAt} isShort />
                          </span>
                        ) : asking === index ? (
                          <button
                            type="button"
                            className="danger"
                            disabled={retraction.fetching}
                            onClick={() => void takeBack(index)}
                          >
                            {t('reports.confirmTakeBack')}
                          </button>
                        ) : (
                          <button
                            type="button"
                            onClick={() => {
                              setAsking(index);
                            }}
                          >
                            {t('reports.takeBack')}
                          </button>
                        )}
                      </td>
                    </tr>
                  ),
                )}
              </tbody>
            </table>
          </div>
        </>
      )}
    </Panel>
  );
}
