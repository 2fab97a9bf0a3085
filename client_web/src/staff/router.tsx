import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { store, useStore } from "../base/store";
import { pathOf, type Route, routeOf } from "./core/route";

const here = () => routeOf(location.pathname, location.search);
const current = store<Route>(here());

/** Why the page must not be left without asking; null when it may. */
let held: string | null = null;

/** Asks, where the page is held, whether to leave it all the same. */
export function mayLeave(): boolean {
  return held === null || confirm(held);
}

addEventListener("popstate", () => {
  if (mayLeave()) current.set(here());
  else history.pushState(null, "", pathOf(current.get()));
});

/** Asks before the page is left, by a link or by closing the tab, as long as there is a `question`. */
export function useHold(question: string | null): void {
  useEffect(() => {
    held = question;
    if (question === null) return;
    const hold = (event: BeforeUnloadEvent) => {
      event.preventDefault();
      // Chrome before 119 heeds only this.
      event.returnValue = true;
    };
    addEventListener("beforeunload", hold);
    return () => {
      held = null;
      removeEventListener("beforeunload", hold);
    };
  }, [question]);
}

/** The page in view. */
export function useRoute(): Route {
  return useStore(current);
}

/** Goes to a page, unless it is held and the reader stays. */
export function go(route: Route): void {
  if (!mayLeave()) return;
  history.pushState(null, "", pathOf(route));
  current.set(route);
  scrollTo(0, 0);
}

interface LinkProps {
  to: Route;
  class?: string;
  current?: boolean;
  children: ComponentChildren;
}

/** A link to a page: a real address, so that it opens in a new tab too. */
export function Link({ to, class: style, current: isCurrent, children }: LinkProps) {
  const follow = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    go(to);
  };
  return (
    <a href={pathOf(to)} class={style} aria-current={isCurrent ? "page" : undefined} onClick={follow}>
      {children}
    </a>
  );
}
