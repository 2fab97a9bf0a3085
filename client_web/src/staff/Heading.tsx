import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { Icon } from "../base/Icon";
import type { Route } from "./core/route";
import { Link } from "./router";
import { t } from "./texts";

interface HeadingProps {
  title: string;
  /** The page one level up. */
  up?: { to: Route; label: string };
  /** A line under the title. */
  note?: ComponentChildren;
  /** What one can do here. */
  children?: ComponentChildren;
}

/** The page's title, the way back up, and its main acts. It names the browser's tab too. */
export function Heading({ title, up, note, children }: HeadingProps) {
  useEffect(() => {
    document.title = `${title} – ${t("product")}`;
  }, [title]);
  return (
    <header class="heading">
      <div class="heading-text">
        {up && (
          <Link to={up.to} class="up">
            <Icon name="left" /> {up.label}
          </Link>
        )}
        <h1>{title}</h1>
        {note && <p class="soft">{note}</p>}
      </div>
      {children && <div class="heading-acts">{children}</div>}
    </header>
  );
}

/** What stands where a list has nothing yet: what it is for, and how to begin. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children}
    </div>
  );
}
