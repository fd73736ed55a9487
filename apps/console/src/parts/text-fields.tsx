import { Field } from './fields.tsx';

interface TextProps {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly max: number;
  readonly isOptional?: boolean;
  readonly isDisabled?: boolean;
  /** Addresses, networks and the like: no browser corrects them. */
  readonly isCode?: boolean;
}

type LineType = 'text' | 'url' | 'email' | 'password';

/** One line. */
export const TextLine = ({
  type = 'text',
  pattern,
  ...props
}: TextProps & { readonly type?: LineType; readonly pattern?: string }) => (
  <Field label={props.label} {...(props.hint !== undefined && { hint: props.hint })}>
    {(ids) => (
      <input
        {...ids}
        type={type}
        pattern={pattern}
        required={!props.isOptional}
        disabled={props.isDisabled}
        maxLength={props.max}
        autoComplete="off"
        spellCheck={!props.isCode}
        value={props.value}
        onChange={(event) => {
          props.onChange(event.target.value);
        }}
      />
    )}
  </Field>
);

/** Several lines. */
export const TextArea = (props: TextProps & { readonly isReadOnly?: boolean }) => (
  <Field label={props.label} {...(props.hint !== undefined && { hint: props.hint })}>
    {(ids) => (
      <textarea
        {...ids}
        required={!props.isOptional}
        disabled={props.isDisabled}
        readOnly={props.isReadOnly}
        maxLength={props.max}
        spellCheck={!props.isCode}
        value={props.value}
        onChange={(event) => {
          props.onChange(event.target.value);
        }}
      />
    )}
  </Field>
);

/** A moment in the device's own time zone; `toMoment` makes it one of the API. */
export const MomentLine = ({
  label,
  hint,
  value,
  onChange,
}: Pick<TextProps, 'label' | 'hint' | 'value' | 'onChange'>) => (
  <Field label={label} {...(hint !== undefined && { hint })}>
    {(ids) => (
      <input
        {...ids}
        type="datetime-local"
        required
        value={value}
        onChange={(event) => {
          onChange(event.target.value);
        }}
      />
    )}
  </Field>
);
