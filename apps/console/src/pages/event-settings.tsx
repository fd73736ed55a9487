// How this person's member is told of alerts, actions and corrections: by mail, by push, or by asking for them.
import { useState, type ReactNode, type SyntheticEvent } from 'react';
import { useMutation, useQuery, type CombinedError } from 'urql';
import { codeOf } from '../graphql/client.ts';
import { useLanguage } from '../language/use-language.ts';
import { Confirm } from '../parts/confirm.tsx';
import { Facts } from '../parts/facts.tsx';
import { Select } from '../parts/fields.tsx';
import { Badge, Time } from '../parts/marks.tsx';
import { Fault, Loading } from '../parts/notes.tsx';
import { Panel } from '../parts/page.tsx';
import { TextLine } from '../parts/text-fields.tsx';
import {
  EVENT_STREAM,
  SET_ENDPOINT,
  SET_MAIL,
  SET_STATUS,
  TAKE_UP,
  VERIFY,
  type EventStream,
  type MailFormat,
  type MailLanguage,
  type RefusedEvent,
} from './event-query.ts';

interface StreamProps {
  readonly stream: EventStream;
  readonly onDone: () => void;
}

export function EventSettings() {
  const { t } = useLanguage();
  const [{ data, fetching, error }, refresh] = useQuery({
    query: EVENT_STREAM,
    requestPolicy: 'cache-and-network',
  });
  const onDone = () => {
    refresh({ requestPolicy: 'network-only' });
  };
  const stream = data?.eventStream;
  return (
    <>
      <Panel title={t('events.title')}>
        <p>{t('events.lead')}</p>
        {error && <Fault code={codeOf(error)} detail={error.message} />}
        {fetching && !data && <Loading />}
        {stream && <State {...{ stream, onDone }} />}
      </Panel>
      {stream && (
        <div className="columns">
          <Mail key={stream.mail?.address ?? ''} {...{ stream, onDone }} />
          <Push key={stream.endpoint ?? ''} {...{ stream, onDone }} />
        </div>
      )}
      {data && data.refusedEvents.length > 0 && <Refused events={data.refusedEvents} onDone={onDone} />}
    </>
  );
}

function State({ stream, onDone }: StreamProps) {
  const { t, word, format } = useLanguage();
  const [paused, pause] = useMutation(SET_STATUS);
  const [verified, verify] = useMutation(VERIFY);
  const { status, endpoint, failures, nextAttemptAt, lastError, mail } = stream;
  const isPaused = status === 'PAUSED';
  return (
    <>
      <Facts
        facts={[
          [
            t('column.state'),
            <Badge key="state" tone={isPaused ? 'warn' : 'good'}>
              {word('eventStatus', status)}
            </Badge>,
          ],
          [t('events.mail'), mail === null ? t('events.noMail') : mail.address],
          [t('events.push'), endpoint ?? t('events.poll')],
          ...(failures > 0 ? [[t('events.failures'), format.number(failures)] as const] : []),
          ...(nextAttemptAt !== null
            ? [[t('events.nextAttempt'), <Time key="next" at={nextAttemptAt} />] as const]
            : []),
        ]}
      />
      {lastError !== null && failures > 0 && (
        <p className="note fault" lang="en">
          {lastError}
        </p>
      )}
      {isPaused && <p className="note">{t('events.pausedLead')}</p>}
      <div className="buttons">
        <button
          type="button"
          disabled={paused.fetching}
          onClick={() => void pause({ status: isPaused ? 'ENABLED' : 'PAUSED' }).then(onDone)}
        >
          {isPaused ? t('events.resume') : t('events.pause')}
        </button>
        {endpoint !== null && (
          <button
            type="button"
            disabled={verified.fetching}
            onClick={() => void verify({ state: 'console' }).then(onDone)}
          >
            {t('events.verify')}
          </button>
        )}
      </div>
      <Failed errors={[paused.error, verified.error]} />
      {verified.data && (
        <p className="note good" role="status">
          {t('events.verifySent')}
        </p>
      )}
    </>
  );
}

const Failed = ({ errors }: { readonly errors: readonly (CombinedError | undefined)[] }) =>
  errors.map((error) => error && <Fault key={error.message} code={codeOf(error)} detail={error.message} />);

interface WayProps {
  readonly title: string;
  /** How it is ended; undefined: it is not in use. */
  readonly end: { readonly action: string; readonly lead: string } | undefined;
  readonly isBusy: boolean;
  readonly error: CombinedError | undefined;
  readonly onSave: () => Promise<void>;
  readonly onEnd: () => Promise<void>;
  /** The fields. */
  readonly children: ReactNode;
}

/** One way to be told: its form, and its end, which is asked about before. */
function Way({ title, end, isBusy, error, onSave, onEnd, children }: WayProps) {
  const { t } = useLanguage();
  const [isEnding, setIsEnding] = useState(false);
  const save = (event: SyntheticEvent) => {
    event.preventDefault();
    if (!isBusy) void onSave();
  };
  const finish = async () => {
    if (isBusy) return;
    await onEnd();
    setIsEnding(false);
  };
  return (
    <Panel title={title}>
      <form className="form" onSubmit={save}>
        {children}
        <div className="buttons">
          <button type="submit" className="primary" disabled={isBusy}>
            {t('events.save')}
          </button>
          {end && (
            <button
              type="button"
              className="danger"
              onClick={() => {
                setIsEnding(true);
              }}
            >
              {end.action}
            </button>
          )}
        </div>
        <Failed errors={[error]} />
      </form>
      {end && isEnding && (
        <Confirm
          title={end.action}
          action={end.action}
          isDangerous
          isBusy={isBusy}
          onConfirm={() => void finish()}
          onClose={() => {
            setIsEnding(false);
          }}
        >
          <p>{end.lead}</p>
        </Confirm>
      )}
    </Panel>
  );
}

function Mail({ stream, onDone }: StreamProps) {
  const { t, word, language: spoken } = useLanguage();
  const [address, setAddress] = useState(stream.mail?.address ?? '');
  const [format, setFormat] = useState<MailFormat>(stream.mail?.format ?? 'ARF');
  const [language, setLanguage] = useState<MailLanguage>(
    stream.mail?.language ?? (spoken === 'ja' ? 'JA' : 'EN'),
  );
  const [{ error, fetching }, save] = useMutation(SET_MAIL);
  const send = async (to: string | null) => {
    await save({ address: to, format, language });
    onDone();
  };
  return (
    <Way
      title={t('events.mail')}
      end={stream.mail === null ? undefined : { action: t('events.endMail'), lead: t('events.endMailLead') }}
      isBusy={fetching}
      error={error}
      onSave={() => send(address.trim())}
      onEnd={() => send(null)}
    >
      <TextLine
        type="email"
        label={t('events.address')}
        hint={t('events.addressHint')}
        isCode
        max={254}
        value={address}
        onChange={setAddress}
      />
      <Select
        isLabelShown
        label={t('events.format')}
        value={format}
        options={(['ARF', 'XARF'] as const).map((one) => [one, word('mailFormat', one)] as const)}
        onChange={(next) => {
          setFormat(next === 'XARF' ? 'XARF' : 'ARF');
        }}
      />
      <Select
        isLabelShown
        label={t('events.language')}
        value={language}
        options={[
          ['EN', 'English'],
          ['JA', '日本語'],
        ]}
        onChange={(next) => {
          setLanguage(next === 'JA' ? 'JA' : 'EN');
        }}
      />
    </Way>
  );
}

function Push({ stream, onDone }: StreamProps) {
  const { t } = useLanguage();
  const [endpoint, setEndpoint] = useState(stream.endpoint ?? '');
  const [authorization, setAuthorization] = useState('');
  const [{ error, fetching }, save] = useMutation(SET_ENDPOINT);
  const send = async (to: string | null) => {
    const result = await save({
      endpoint: to,
      authorization: to === null || authorization === '' ? null : authorization,
    });
    if (!result.error) setAuthorization('');
    onDone();
  };
  return (
    <Way
      title={t('events.push')}
      end={
        stream.endpoint === null ? undefined : { action: t('events.endPush'), lead: t('events.endPushLead') }
      }
      isBusy={fetching}
      error={error}
      onSave={() => send(endpoint.trim())}
      onEnd={() => send(null)}
    >
      <TextLine
        type="url"
        label={t('events.endpoint')}
        hint={t('events.endpointHint')}
        isCode
        max={2_000}
        value={endpoint}
        onChange={setEndpoint}
      />
      <TextLine
        type="password"
        label={t('events.authorization')}
        hint={stream.hasAuthorization ? t('events.authorizationKept') : t('events.authorizationHint')}
        isCode
        isOptional
        max={2_000}
        value={authorization}
        onChange={setAuthorization}
      />
    </Way>
  );
}

function Refused({
  events,
  onDone,
}: {
  readonly events: readonly RefusedEvent[];
  readonly onDone: () => void;
}) {
  const { t } = useLanguage();
  const [{ error, fetching }, takeUp] = useMutation(TAKE_UP);
  return (
    <Panel title={t('events.refused')}>
      <p>{t('events.refusedLead')}</p>
      <ul className="lines">
        {events.map(({ jti, type, refused, madeAt }) => (
          <li key={jti}>
            <code>{type.replace(/^urn:sekisho:event:/, '')}</code>
            <span className="text grow" lang="en">
              {refused}
            </span>
            <span className="muted">
              <Time at={madeAt} isShort />
            </span>
          </li>
        ))}
      </ul>
      <div className="buttons">
        <button
          type="button"
          className="primary"
          disabled={fetching}
          onClick={() => void takeUp({}).then(onDone)}
        >
          {t('events.takeUp')}
        </button>
      </div>
      <Failed errors={[error]} />
    </Panel>
  );
}
