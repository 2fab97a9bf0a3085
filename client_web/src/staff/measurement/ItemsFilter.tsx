import { Button } from "../../base/Button";
import { Field } from "../../base/Field";
import type { ItemLine } from "../../protocol/messages";
import { flagCounts, type ItemFilter, NO_FILTER } from "../core/item_columns";
import { partText } from "../parts";
import { t } from "../texts";
import { flagName } from "./itemTexts";

interface ItemsFilterProps {
  lines: readonly ItemLine[];
  filter: ItemFilter;
  onFilter: (filter: ItemFilter) => void;
}

/** Narrows the items by part and by remark. */
export function ItemsFilter({ lines, filter, onFilter }: ItemsFilterProps) {
  const parts = [...new Set(lines.map((line) => line.part))];
  const attention = lines.filter((line) => line.flags.some((flag) => flag.attention)).length;
  return (
    <search class="filters no-print">
      <Field label={t("column_remarks")}>
        {(control) => (
          <select
            {...control}
            class="input"
            value={filter.flag}
            onChange={(event) => onFilter({ ...filter, flag: event.currentTarget.value })}
          >
            <option value="">{t("filter_all")}</option>
            <option value="attention">{t("only_remarked", { count: attention })}</option>
            {flagCounts(lines).map(({ code, count }) => (
              <option key={code} value={code}>
                {`${flagName(code, lines)} (${count})`}
              </option>
            ))}
          </select>
        )}
      </Field>
      {parts.length > 1 && (
        <Field label={t("column_part")}>
          {(control) => (
            <select
              {...control}
              class="input"
              value={filter.part}
              onChange={(event) => onFilter({ ...filter, part: event.currentTarget.value })}
            >
              <option value="">{t("filter_all")}</option>
              {parts.map((part) => (
                <option key={part} value={part}>
                  {partText(part)}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      {(filter.part !== "" || filter.flag !== "") && (
        <Button onClick={() => onFilter(NO_FILTER)}>{t("filter_clear")}</Button>
      )}
    </search>
  );
}
