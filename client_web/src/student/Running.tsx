import { useEffect, useMemo, useState } from "preact/hooks";
import { Banner } from "../base/Banner";
import { formatCountdown } from "../base/formats";
import { type PictureSource, Pictures } from "../base/RichText";
import { useStore } from "../base/store";
import { t } from "../base/texts";
import { applyOrder } from "../core/order";
import type { Session } from "../core/session";
import type { Form } from "../protocol/messages";
import type { Sitting } from "./connection";
import { Message } from "./Frame";
import { openForm, picturesOf } from "./form";
import { Paper } from "./Paper";
import { LastNotice } from "./Strips";

interface Opened {
  form: Form;
  pictures: { source: PictureSource; close: () => void };
}

/** From the bell to the receipt. */
export function Running({ sitting }: { sitting: Sitting }) {
  const session = useStore(sitting.session);
  const sealed = useStore(sitting.form);
  const opened = useOpenForm(sealed.bytes, session.formKey);
  const parts = useMemo(
    () => (isOpen(opened) ? applyOrder(opened.form, session.order) : null),
    [opened, session.order],
  );

  if (session.state === "paused") return <Paused session={session} />;
  const submitting = session.held.pending.some((event) => event.type === "submit");
  if (session.state === "submitted" || (session.state === "running" && submitting))
    return <Submitting session={session} />;
  if (session.state !== "running") return <Closing />;
  if (!isOpen(opened) || parts === null) {
    const damaged = sealed.state === "damaged" || opened === "broken";
    return (
      <Message title={t(damaged ? "damaged_title" : "decrypting_title")}>
        <p>{t(damaged ? "damaged_text" : "decrypting_text")}</p>
      </Message>
    );
  }
  return (
    <Pictures.Provider value={opened.pictures.source}>
      <Paper sitting={sitting} form={opened.form} parts={parts} />
    </Pictures.Provider>
  );
}

function isOpen(opened: Opened | "broken" | null): opened is Opened {
  return opened !== null && opened !== "broken";
}

/** Opens the form once its bytes and its key are both there, and never before. */
function useOpenForm(bytes: Uint8Array<ArrayBuffer> | null, key: string | null): Opened | "broken" | null {
  const [opened, setOpened] = useState<Opened | "broken" | null>(null);
  useEffect(() => {
    if (bytes === null || key === null) return;
    let wanted = true;
    openForm(bytes, key).then(
      (form) => wanted && setOpened({ form, pictures: picturesOf(form) }),
      (error: unknown) => {
        console.error("the paper does not open with this key", error);
        if (wanted) setOpened("broken");
      },
    );
    return () => {
      wanted = false;
    };
  }, [bytes, key]);
  useEffect(() => (isOpen(opened) ? opened.pictures.close : undefined), [opened]);
  return opened;
}

function Paused({ session }: { session: Session }) {
  const left_ms = session.timing?.remaining_ms ?? null;
  return (
    <Message title={t("paused_title")}>
      <p>{t("paused_text")}</p>
      {session.reason && <Banner tone="info">{t("reason", { reason: session.reason })}</Banner>}
      <LastNotice session={session} />
      {left_ms !== null && <p class="tabular">{t("paused_left", { time: formatCountdown(left_ms) })}</p>}
    </Message>
  );
}

function Submitting({ session }: { session: Session }) {
  return (
    <Message title={t("submitting_title")}>
      {session.link === "online" ? (
        <p>{t("submitting_text")}</p>
      ) : (
        <Banner tone="waiting" live="polite">
          {t("submitting_offline")}
        </Banner>
      )}
    </Message>
  );
}

function Closing() {
  return (
    <Message title={t("closing_title")}>
      <p>{t("closing_wait")}</p>
    </Message>
  );
}
