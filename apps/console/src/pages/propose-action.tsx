import { useState, type SyntheticEvent } from 'react';
import { useMutation } from 'urql';
import { Link, useLocation, useSearchParams } from 'wouter';
import { codeOf } from '../graphql/client.ts';
import type { VariablesOf } from '../graphql/graphql.ts';
import { useLanguage } from '../language/use-language.ts';
import { Field, Select } from '../parts/fields.tsx';
import { Fault } from '../parts/notes.tsx';
import { Page, Panel } from '../parts/page.tsx';
import { PROPOSE } from './action-query.ts';

type Kind = VariablesOf<typeof PROPOSE>['input']['kind'];
const KINDS = [
  ...(['JOINT_LISTING', 'JOINT_THROTTLE', 'JOINT_NOTICE', 'PORT25_DATE', 'EVIDENCE_PACKAGE'] as const),
] satisfies readonly Kind[];
const LISTING_CATEGORIES = ['spam-source', 'zombie', 'malware-sender', 'phishing', 'spam-domain'] as const;

export default function ProposeAction() {
  const { t, word } = useLanguage();
  const [parameters] = useSearchParams();
  const [, go] = useLocation();
  const [kind, setKind] = useState<(typeof KINDS)[number]>('JOINT_LISTING');
  const [title, setTitle] = useState('');
  const [reason, setReason] = useState('');
  const [subjects, setSubjects] = useState(parameters.get('subjects') ?? '');
  const [category, setCategory] = useState<string>('spam-source');
  const [noticeTo, setNoticeTo] = useState('');
  const [noticeText, setNoticeText] = useState('');
  const [{ data, error, fetching }, propose] = useMutation(PROPOSE);
  const hasSubjects = kind === 'JOINT_LISTING' || kind === 'JOINT_THROTTLE';
  const isNotice = kind === 'JOINT_NOTICE' || kind === 'EVIDENCE_PACKAGE';
  const send = async (event: SyntheticEvent) => {
    event.preventDefault();
    // A second click, while the first one is on its way, is none.
    if (fetching) return;
    const { data: answer } = await propose({
      input: {
        ...{ kind, title: title.trim(), reason: reason.trim(), isDraft: false },
        subjects: subjects.split(/[\s,]+/).filter((subject) => subject !== ''),
        ...(kind === 'JOINT_LISTING' && { category }),
        ...(isNotice && { noticeTo: noticeTo.trim(), noticeText: noticeText.trim() }),
      },
    });
    const result = answer?.proposeAction;
    // Replaces the form in the history: going back does not lead to a form that would propose it again.
    if (result?.__typename === 'Action') go(`/actions/${result.id}`, { replace: true });
  };
  const refusal = data?.proposeAction.__typename === 'ActionRefused' ? data.proposeAction : undefined;
  return (
    <Page title={t('actions.propose')} lead={<Link href="/actions">{t('actions.back')}</Link>}>
      <Panel title={t('actions.proposal')}>
        <form className="form" onSubmit={(event) => void send(event)}>
          <Select
            isLabelShown
            label={t('column.type')}
            value={kind}
            options={KINDS.map((one) => [one, word('actionKind', one)] as const)}
            onChange={(next) => {
              setKind(KINDS.find((one) => one === next) ?? kind);
            }}
          />
          <Field label={t('column.title')}>
            {(ids) => (
              <input
                {...ids}
                required
                maxLength={200}
                autoComplete="off"
                value={title}
                onChange={(event) => {
                  setTitle(event.target.value);
                }}
              />
            )}
          </Field>
          <Field label={t('actions.why')} hint={t('actions.whyHint')}>
            {(ids) => (
              <textarea
                {...ids}
                required
                maxLength={4_000}
                value={reason}
                onChange={(event) => {
                  setReason(event.target.value);
                }}
              />
            )}
          </Field>
          <Field label={t('actions.subjects')} hint={t('actions.subjectsHint')}>
            {(ids) => (
              <textarea
                {...ids}
                required={hasSubjects}
                spellCheck={false}
                maxLength={10_000}
                value={subjects}
                onChange={(event) => {
                  setSubjects(event.target.value);
                }}
              />
            )}
          </Field>
          {kind === 'JOINT_LISTING' && (
            <Select
              isLabelShown
              label={t('column.categories')}
              value={category}
              options={LISTING_CATEGORIES.map((one) => [one, word('category', one)] as const)}
              onChange={setCategory}
            />
          )}
          {isNotice && (
            <>
              <Field label={t('actions.noticeTo')}>
                {(ids) => (
                  <input
                    {...ids}
                    required
                    maxLength={300}
                    autoComplete="off"
                    value={noticeTo}
                    onChange={(event) => {
                      setNoticeTo(event.target.value);
                    }}
                  />
                )}
              </Field>
              <Field label={t('actions.noticeText')}>
                {(ids) => (
                  <textarea
                    {...ids}
                    required
                    maxLength={4_000}
                    value={noticeText}
                    onChange={(event) => {
                      setNoticeText(event.target.value);
                    }}
                  />
                )}
              </Field>
            </>
          )}
          <button type="submit" className="primary" disabled={fetching}>
            {t('actions.submit')}
          </button>
          {error && <Fault code={codeOf(error)} detail={error.message} />}
          {refusal && <Fault code={refusal.code} detail={refusal.message} />}
        </form>
      </Panel>
    </Page>
  );
}
