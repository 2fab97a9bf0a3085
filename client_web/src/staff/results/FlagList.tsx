import { Icon } from "../../base/Icon";
import type { ItemFlag } from "../core/flags";
import { t } from "../texts";

/** What the figures support saying about an item. */
export function FlagList({ flags }: { flags: readonly ItemFlag[] }) {
  if (flags.length === 0) return null;
  return (
    <ul class="flags">
      {flags.map((flag) => (
        <li key={flag.code} class={flag.attention ? "flag flag-attention" : "flag"}>
          <Icon name={flag.attention ? "warning" : "info"} />
          <span>{t(`flag_${flag.code}`, flag.params)}</span>
        </li>
      ))}
    </ul>
  );
}
