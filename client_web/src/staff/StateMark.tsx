import { Icon, type IconName } from "../base/Icon";
import type { SittingState } from "./core/bulk";
import { t } from "./texts";

const ICONS: Record<SittingState, { name: IconName; solid: boolean }> = {
  registered: { name: "ring", solid: false },
  admitted: { name: "person", solid: false },
  waiting: { name: "clock", solid: false },
  running: { name: "play", solid: true },
  paused: { name: "pause", solid: false },
  submitted: { name: "check", solid: false },
  closed: { name: "lock", solid: false },
  voided: { name: "close", solid: false },
};

/** A sitting's state by shape, colour and word. */
export function StateMark({ state }: { state: SittingState }) {
  const icon = ICONS[state];
  return (
    <span class={`state state-${state}`}>
      <Icon name={icon.name} solid={icon.solid} />
      <span>{t(`state_${state}`)}</span>
    </span>
  );
}
