import type { ComponentChildren } from "preact";
import { store, useStore } from "../base/store";
import { pathOf, type Route, routeOf } from "./core/route";

const here = () => routeOf(location.pathname, location.search);
const current = store<Route>(here());

addEventListener("popstate", () => current.set(here()));

/** The page in view. */
export function useRoute(): Route {
  return useStore(current);
}

/** Goes to a page; `replace` leaves no step back. */
export function go(route: Route, replace = false): void {
  history[replace ? "replaceState" : "pushState"](null, "", pathOf(route));
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
