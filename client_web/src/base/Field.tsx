import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";
import { Icon } from "./Icon";

interface Around {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
}

/** What a control inside a Field must carry. */
export interface FieldControl {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": boolean;
}

/** Label above, hint, error beside the field; `children` draws the control with the ids it is given. */
export function Field({
  label,
  hint,
  error,
  children,
}: Around & { children: (c: FieldControl) => ComponentChildren }) {
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label class="field-label" for={id}>
        {label}
      </label>
      {hint && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p class="field-error" id={`${id}-error`}>
          <Icon name="warning" />
          <span>{error}</span>
        </p>
      )}
      {children({ id, "aria-describedby": described || undefined, "aria-invalid": error !== undefined })}
    </div>
  );
}

/** A Field around one text input. */
export function TextField({
  label,
  hint,
  error,
  class: extra,
  ...rest
}: Around & JSX.InputHTMLAttributes<HTMLInputElement>) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => <input {...rest} {...control} class={extra ? `input ${extra}` : "input"} />}
    </Field>
  );
}
