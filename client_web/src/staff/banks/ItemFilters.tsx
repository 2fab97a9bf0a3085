import { Field, TextField } from "../../base/Field";
import type { ItemRow } from "../../protocol/messages";
import { compareTexts } from "../core/names";
import type { ItemFilter } from "../core/review";
import { partText } from "../parts";
import { coded, t } from "../texts";

interface ItemFiltersProps {
  items: readonly ItemRow[];
  filter: ItemFilter;
  onFilter: (filter: ItemFilter) => void;
}

/** Search and filters above the items table; only values that occur are offered. */
export function ItemFilters({ items, filter, onFilter }: ItemFiltersProps) {
  const change = (changes: Partial<ItemFilter>) => onFilter({ ...filter, ...changes });
  const values = (of: (row: ItemRow) => string | null) =>
    [...new Set(items.map((row) => of(row) ?? ""))].filter((value) => value !== "").sort(compareTexts);
  return (
    <search class="filters">
      <TextField
        label={t("filter_search")}
        type="search"
        class="filter-search"
        placeholder={t("filter_search_example")}
        value={filter.text}
        onInput={(event) => change({ text: event.currentTarget.value })}
      />
      <Choice
        label={t("column_part")}
        value={filter.part}
        values={values((row) => row.part)}
        word={partText}
        onChange={(part) => change({ part })}
      />
      <Choice
        label={t("column_kind")}
        value={filter.kind}
        values={values((row) => row.kind)}
        word={(kind) => coded("kind", kind)}
        onChange={(kind) => change({ kind })}
      />
      <Choice
        label={t("column_level")}
        value={filter.level}
        values={["NB", "TH", "VD", "VDC"]}
        word={(level) => coded("level", level)}
        onChange={(level) => change({ level })}
      />
      <Choice
        label={t("column_source")}
        value={filter.source}
        values={values((row) => row.source)}
        word={(source) => source}
        onChange={(source) => change({ source })}
      />
      <label class="check">
        <input
          type="checkbox"
          checked={filter.doubtful}
          onChange={(event) => change({ doubtful: event.currentTarget.checked })}
        />
        {t("filter_doubtful")}
      </label>
    </search>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  values: readonly string[];
  word: (value: string) => string;
  onChange: (value: string) => void;
}

function Choice({ label, value, values, word, onChange }: ChoiceProps) {
  return (
    <Field label={label}>
      {(control) => (
        <select
          {...control}
          class="input"
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
        >
          <option value="">{t("filter_all")}</option>
          {values.map((each) => (
            <option key={each} value={each}>
              {word(each)}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
