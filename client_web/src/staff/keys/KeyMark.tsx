import { Icon, type IconName } from "../../base/Icon";
import type { KeyChange } from "../../protocol/messages";
import { t } from "../texts";

const MARKS: Record<KeyChange["state"], { icon: IconName; tone: string }> = {
  proposed: { icon: "warning", tone: "waiting" },
  live: { icon: "check", tone: "saved" },
  withdrawn: { icon: "close", tone: "inactive" },
  rolled_back: { icon: "left", tone: "inactive" },
  superseded: { icon: "minus", tone: "inactive" },
};

/** A correction's state as a sign and a word. */
export function KeyMark({ change }: { change: KeyChange }) {
  const { icon, tone } = MARKS[change.state];
  return (
    <span class={`mark mark-${tone}`}>
      <Icon name={icon} /> {t(`key_state_${change.state}`)}
    </span>
  );
}
