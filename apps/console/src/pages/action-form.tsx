// The form of a proposal: a new one, or a draft that is edited.
import { useState, type ReactNode, type SyntheticEvent } from 'react';
import { useQuery, type CombinedError } from 'urql';
import { codeOf } from '../graphql/client.ts';
import { graphql, type VariablesOf } from '../graphql/graphql.ts';
import { useLanguage } from '../language/use-language.ts';
import { Select } from '../parts/fields.tsx';
import { Fault } from '../parts/notes.tsx';
import { TextArea, TextLine } from '../parts/text-fields.tsx';
import { useSession } from '../session/session-store.ts';
import type { EDIT, ShownAction } from './action-query.ts';

export type ProposalInput = VariablesOf<typeof EDIT>['input'];
type Kind = ProposalInput['kind'];
const KINDS = [
  ...(['JOINT_LISTING', 'JOINT_THROTTLE', 'JOINT_NOTICE', 'PORT25_DATE'] as const),
  ...(['EVIDENCE_PACKAGE', 'MEMBER_SUSPENSION'] as const),
] satisfies readonly Kind[];
const LISTING_CATEGORIES = ['spam-source', 'zombie', 'malware-sender', 'phishing', 'spam-domain'] as const;
/** libs/workgroup: what a mail server of a small company hardly reaches. */
const DEFAULT_MESSAGES_PER_HOUR = 30;

const SUSPENDABLE = graphql(`
  query SuspendableMembers {
    members(first: 500) {
      edges {
        node {
          id
          name
          status
        }
      }
    }
  }
`);

interface FormProps {
  /** Undefined: an empty form. */
  readonly initial?: ShownAction | undefined;
  /** Of an empty form. */
  readonly subjects?: string;
  readonly isBusy: boolean;
  readonly error: CombinedError | undefined;
  readonly refusal: { readonly code: string; readonly message: string } | undefined;
  /** @param button the value of the one that was pressed */
  readonly onSend: (input: ProposalInput, button: string | null) => void;
  /** The buttons. */
  readonly children: ReactNode;
}

export function ActionForm({ initial, isBusy, error, refusal, onSend, children, ...given }: FormProps) {
  const { t, word } = useLanguage();
  const { person } = useSession();
  const [kind, setKind] = useState<Kind>(initial?.kind ?? 'JOINT_LISTING');
  const [title, setTitle] = useState(initial?.title ?? '');
  const [reason, setReason] = useState(initial?.reason ?? '');
  const [subjects, setSubjects] = useState(initial?.subjects.join('\n') ?? given.subjects ?? '');
  const [category, setCategory] = useState<string>(initial?.category ?? 'spam-source');
  const [perHour, setPerHour] = useState(String(initial?.messagesPerHour ?? DEFAULT_MESSAGES_PER_HOUR));
  const [noticeTo, setNoticeTo] = useState(initial?.noticeTo ?? '');
  const [noticeText, setNoticeText] = useState(initial?.noticeText ?? '');
  const [memberId, setMemberId] = useState(initial?.concerns ?? '');
  const [isUrgent, setIsUrgent] = useState(initial?.isEmergency ?? false);
  const isListing = kind === 'JOINT_LISTING';
  const isThrottle = kind === 'JOINT_THROTTLE';
  const isNotice = kind === 'JOINT_NOTICE' || kind === 'EVIDENCE_PACKAGE';
  const isSuspension = kind === 'MEMBER_SUSPENSION';
  // What mail servers carry out can be an emergency, and only officers may say that it is one (libs/workgroup).
  const canBeUrgent =
    (person.role === 'officer' || initial?.isEmergency === true) && (isListing || isThrottle);
  const send = (event: SyntheticEvent<HTMLFormElement, SubmitEvent>) => {
    event.preventDefault();
    // A second click, while the first one is on its way, is none.
    if (isBusy) return;
    onSend(
      {
        ...{ kind, title: title.trim(), reason: reason.trim() },
        subjects: isSuspension ? [] : subjects.split(/[\s,]+/).filter((subject) => subject !== ''),
        ...(initial?.campaignId != null && { campaignId: initial.campaignId }),
        ...(isListing && { category }),
        ...(isThrottle && { messagesPerHour: Number(perHour) }),
        ...(isNotice && { noticeTo: noticeTo.trim(), noticeText: noticeText.trim() }),
        ...(isSuspension && { memberId }),
        ...(canBeUrgent && isUrgent && { isEmergency: true }),
      },
      event.nativeEvent.submitter?.getAttribute('value') ?? null,
    );
  };
  return (
    <form className="form" onSubmit={send}>
      <Select
        isLabelShown
        label={t('column.type')}
        value={kind}
        options={KINDS.map((one) => [one, word('actionKind', one)] as const)}
        onChange={(next) => {
          setKind(KINDS.find((one) => one === next) ?? kind);
        }}
      />
      <TextLine label={t('column.title')} max={200} value={title} onChange={setTitle} />
      <TextArea
        label={t('actions.why')}
        hint={t('actions.whyHint')}
        max={4_000}
        value={reason}
        onChange={setReason}
      />
      {!isSuspension && (
        <TextArea
          label={t('actions.subjects')}
          hint={t('actions.subjectsHint')}
          isCode
          isOptional={kind === 'PORT25_DATE'}
          max={10_000}
          value={subjects}
          onChange={setSubjects}
        />
      )}
      {isListing && (
        <Select
          isLabelShown
          label={t('column.categories')}
          value={category}
          options={LISTING_CATEGORIES.map((one) => [one, word('category', one)] as const)}
          onChange={setCategory}
        />
      )}
      {isThrottle && (
        <TextLine
          label={t('actions.messagesPerHour')}
          isCode
          max={7}
          pattern="[1-9][0-9]*"
          value={perHour}
          onChange={setPerHour}
        />
      )}
      {isNotice && (
        <>
          <TextLine label={t('actions.noticeTo')} max={200} value={noticeTo} onChange={setNoticeTo} />
          <TextArea
            label={t('actions.noticeText')}
            max={20_000}
            value={noticeText}
            onChange={setNoticeText}
          />
        </>
      )}
      {isSuspension && <Suspended memberId={memberId} onChange={setMemberId} />}
      {canBeUrgent && (
        <div className="field">
          <label className="check">
            <input
              type="checkbox"
              aria-describedby="emergency-hint"
              checked={isUrgent}
              onChange={(event) => {
                setIsUrgent(event.target.checked);
              }}
            />
            {t('actions.proposeEmergency')}
          </label>
          <p id="emergency-hint" className="hint">
            {t('actions.emergencyLead')}
          </p>
        </div>
      )}
      <div className="buttons">{children}</div>
      {error && <Fault code={codeOf(error)} detail={error.message} />}
      {refusal && <Fault code={refusal.code} detail={refusal.message} />}
      {refusal?.code === 'action-malformed' && (
        // Names the field, as the hub says it.
        <p className="hint" lang="en">
          {refusal.message}
        </p>
      )}
    </form>
  );
}

function Suspended({
  memberId,
  onChange,
}: {
  readonly memberId: string;
  readonly onChange: (id: string) => void;
}) {
  const { t } = useLanguage();
  const { member } = useSession();
  const [{ data }] = useQuery({ query: SUSPENDABLE });
  const others = (data?.members.edges ?? [])
    .map(({ node }) => node)
    .filter(({ id, status }) => id !== member?.id && status === 'ACTIVE');
  return (
    <Select
      isLabelShown
      label={t('actions.concerns')}
      value={memberId}
      options={[['', '–'], ...others.map(({ id, name }) => [id, name] as const)]}
      onChange={onChange}
    />
  );
}
