import type { RefObject } from "preact";

const STEPS: Record<string, (place: number, count: number) => number> = {
  ArrowDown: (place, count) => Math.min(place + 1, count - 1),
  ArrowUp: (place) => Math.max(place - 1, 0),
  Home: () => 0,
  End: (_, count) => count - 1,
};

/** Up, down, Home and End move among the links that `selector` finds, once one of them has the focus. */
export function useRowKeys(body: RefObject<HTMLElement>, selector: string): (event: KeyboardEvent) => void {
  return (event) => {
    const links = [...(body.current?.querySelectorAll<HTMLElement>(selector) ?? [])];
    const place = links.indexOf(document.activeElement as HTMLElement);
    const next = place < 0 ? undefined : STEPS[event.key]?.(place, links.length);
    if (next === undefined) return;
    event.preventDefault();
    links[next]?.focus();
  };
}
