import type { ComponentChildren } from "preact";
import { pathOf, type Route } from "../core/route";
import { go } from "../router";

/** A link inside a drawing. */
export function SvgLink({ to, label, children }: { to: Route; label: string; children: ComponentChildren }) {
  return (
    <a
      href={pathOf(to)}
      aria-label={label}
      onClick={(event: MouseEvent) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        go(to);
      }}
    >
      {children}
    </a>
  );
}
