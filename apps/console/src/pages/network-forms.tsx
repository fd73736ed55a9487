import { useState, type SyntheticEvent } from 'react';
import { useMutation } from 'urql';
import { codeOf } from '../graphql/client.ts';
import { useLanguage } from '../language/use-language.ts';
import { Select } from '../parts/fields.tsx';
import { Fault } from '../parts/notes.tsx';
import { Panel } from '../parts/page.tsx';
import { TextArea, TextLine } from '../parts/text-fields.tsx';
import { CLAIM, DECLARE, PORT25, type Port25, type RangeRow } from './network-query.ts';

const MAX_NETWORK = 60;

export function ClaimForm({ onDone }: { readonly onDone: () => void }) {
  const { t } = useLanguage();
  const [network, setNetwork] = useState('');
  const [claimed, setClaimed] = useState<string>();
  const [{ error, fetching }, claim] = useMutation(CLAIM);
  const send = async (event: SyntheticEvent) => {
    event.preventDefault();
    if (fetching) return;
    const { data } = await claim({ network: network.trim() });
    setClaimed(data?.claimNetwork.network);
    if (data) setNetwork('');
    onDone();
  };
  return (
    <Panel title={t('networks.claim')}>
      <form className="form" onSubmit={(event) => void send(event)}>
        <TextLine
          label={t('column.network')}
          hint={t('networks.claimHint')}
          isCode
          max={MAX_NETWORK}
          value={network}
          onChange={setNetwork}
        />
        <button type="submit" className="primary" disabled={fetching}>
          {t('networks.claimNow')}
        </button>
        {error && <Fault code={codeOf(error)} detail={error.message} />}
        {claimed !== undefined && (
          <p className="note good" role="status">
            {t('networks.claimed', { network: claimed })}
          </p>
        )}
      </form>
    </Panel>
  );
}

/** Declares a range, or a new one in the place of `range`. */
export function DeclareForm({
  range,
  onDone,
}: {
  readonly range: RangeRow | undefined;
  readonly onDone: () => void;
}) {
  const { t, word } = useLanguage();
  const [network, setNetwork] = useState(range?.network ?? '');
  const [exceptions, setExceptions] = useState(range?.exceptions.join('\n') ?? '');
  const [port25, setPort25] = useState<Port25>(range?.port25 ?? 'UNKNOWN');
  const [declared, setDeclared] = useState<string>();
  const [{ error, fetching }, declare] = useMutation(DECLARE);
  const send = async (event: SyntheticEvent) => {
    event.preventDefault();
    if (fetching) return;
    const { data } = await declare({
      network: network.trim(),
      exceptions: exceptions.split(/[\s,]+/).filter((one) => one !== ''),
      port25,
    });
    setDeclared(data?.declareRange.network);
    if (!data) return;
    setNetwork('');
    setExceptions('');
    setPort25('UNKNOWN');
    onDone();
  };
  return (
    <Panel title={range ? t('networks.changing', { network: range.network }) : t('networks.declare')}>
      <p>{t('networks.declareLead')}</p>
      <form className="form" onSubmit={(event) => void send(event)}>
        <TextLine
          label={t('column.network')}
          hint={t('networks.rangeHint')}
          isCode
          isDisabled={range !== undefined}
          max={MAX_NETWORK}
          value={network}
          onChange={setNetwork}
        />
        <TextArea
          label={t('networks.exceptions')}
          hint={t('networks.exceptionsHint')}
          isCode
          isOptional
          max={20_000}
          value={exceptions}
          onChange={setExceptions}
        />
        <Select
          isLabelShown
          label={t('networks.port25')}
          value={port25}
          options={PORT25.map((one) => [one, word('port25', one)] as const)}
          onChange={(next) => {
            setPort25(PORT25.find((one) => one === next) ?? port25);
          }}
        />
        <div className="buttons">
          <button type="submit" className="primary" disabled={fetching}>
            {range ? t('networks.changeNow') : t('networks.declareNow')}
          </button>
          {range && (
            <button type="button" className="quiet" onClick={onDone}>
              {t('networks.cancel')}
            </button>
          )}
        </div>
        {error && <Fault code={codeOf(error)} detail={error.message} />}
        {declared !== undefined && (
          <p className="note good" role="status">
            {t('networks.declared', { network: declared })}
          </p>
        )}
      </form>
    </Panel>
  );
}
