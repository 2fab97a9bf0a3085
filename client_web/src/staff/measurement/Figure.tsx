import type { ComponentChildren } from "preact";

interface FigureProps {
  name: string;
  value: string;
  /** What the figure means, in words. */
  children?: ComponentChildren;
}

/** A figure with its name and what it means. */
export function Figure({ name, value, children }: FigureProps) {
  return (
    <div class="figure">
      <dt>{name}</dt>
      <dd>
        <span class="figure-value">{value}</span>
        <span class="figure-note">{children}</span>
      </dd>
    </div>
  );
}
