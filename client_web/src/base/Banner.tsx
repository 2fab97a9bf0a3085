import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./Icon";

export type Tone = "info" | "saved" | "waiting" | "danger";

const ICONS: Record<Tone, IconName> = { info: "info", saved: "check", waiting: "warning", danger: "stop" };

interface BannerProps {
  tone: Tone;
  /** How screen readers learn of it when it appears. */
  live?: "polite" | "assertive";
  icon?: IconName;
  children: ComponentChildren;
}

/** A note in the flow of the page: colour, sign and words together. */
export function Banner({ tone, live, icon, children }: BannerProps) {
  const role = live === "assertive" ? "alert" : live === "polite" ? "status" : undefined;
  return (
    <div class={`banner banner-${tone}`} role={role}>
      <Icon name={icon ?? ICONS[tone]} />
      <div>{children}</div>
    </div>
  );
}
