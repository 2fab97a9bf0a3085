import { Icon } from "../base/Icon";
import type { Level } from "./check/judge";
import { t } from "./texts";

const ICONS = { ok: "check", caution: "warning", fail: "stop", wait: "clock" } as const;

/** A level by shape, colour and word. */
export function Mark({ level }: { level: Level }) {
  return (
    <span class={`mark mark-${level}`}>
      <Icon name={ICONS[level]} />
      {t(`level_${level}`)}
    </span>
  );
}

/** What it comes to, large. */
export function Verdict({ level, title, text }: { level: Level; title: string; text: string }) {
  return (
    <section class={`verdict verdict-${level}`} role="status">
      <Icon name={ICONS[level]} />
      <div>
        <p class="verdict-word">{title}</p>
        <p>{text}</p>
      </div>
    </section>
  );
}
