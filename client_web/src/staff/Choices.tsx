interface ChoicesProps<Value extends string> {
  legend: string;
  /** Names the radio group on the page. */
  name: string;
  value: Value | null;
  values: readonly Value[];
  onChange: (value: Value) => void;
  textOf: (value: Value) => { label: string; hint?: string };
}

/** One of a few, each with what it means beneath. */
export function Choices<Value extends string>(props: ChoicesProps<Value>) {
  const { legend, name, value, values, onChange, textOf } = props;
  return (
    <fieldset class="choices">
      <legend class="field-label">{legend}</legend>
      {values.map((each) => {
        const { label, hint } = textOf(each);
        return (
          <label key={each} class="check check-explained">
            <input
              type="radio"
              name={name}
              required
              checked={each === value}
              onChange={() => onChange(each)}
            />
            <span>
              {label}
              {hint && <span class="check-hint">{hint}</span>}
            </span>
          </label>
        );
      })}
    </fieldset>
  );
}
