import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { LanguageSwitch } from "../base/LanguageSwitch";
import { t } from "../base/texts";

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

/** A heading that takes the focus when its page appears, so that a screen reader says where one is. */
export function Heading({ children }: { children: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <h1 ref={heading} tabIndex={-1} class="page-heading">
      {children}
    </h1>
  );
}

/** One thing to say, in the middle of the page. */
export function Message({ title, children, actions }: MessageProps) {
  return (
    <Frame>
      <section class="card message">
        <Heading key={title}>{title}</Heading>
        {children}
        {actions && <div class="actions">{actions}</div>}
      </section>
    </Frame>
  );
}
