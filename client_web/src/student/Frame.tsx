import type { ComponentChildren } from "preact";
import { t } from "../base/texts";
import { LanguageSwitch } from "./LanguageSwitch";

/** The page around everything but the paper: name of the system, language, one sheet in the middle. */
export function Frame({ children, wide = false }: { children: ComponentChildren; wide?: boolean }) {
  return (
    <div class="frame">
      <header class="frame-head">
        <span class="brand">{t("brand")}</span>
        <LanguageSwitch />
      </header>
      <main class={wide ? "frame-main frame-wide" : "frame-main"}>{children}</main>
    </div>
  );
}

interface MessageProps {
  title: string;
  children?: ComponentChildren;
  actions?: ComponentChildren;
}

/** One thing to say, in the middle of the page. */
export function Message({ title, children, actions }: MessageProps) {
  return (
    <Frame>
      <section class="card message">
        <h1>{title}</h1>
        {children}
        {actions && <div class="actions">{actions}</div>}
      </section>
    </Frame>
  );
}
