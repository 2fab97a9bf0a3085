import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../base/Button";
import { Dialog } from "../base/Dialog";
import { TextField } from "../base/Field";
import { ActError, useAct } from "./Loading";
import { t } from "./texts";

interface ReasonDialogProps {
  open: boolean;
  title: string;
  /** What the confirming button says. */
  confirm: string;
  danger: boolean;
  onClose: () => void;
  onConfirm: (reason: string) => Promise<void>;
  children?: ComponentChildren;
}

/** Asks why something is done before it is done; the reason is recorded. */
export function ReasonDialog({
  open,
  title,
  confirm,
  danger,
  onClose,
  onConfirm,
  children,
}: ReasonDialogProps) {
  const act = useAct();
  const [reason, setReason] = useState("");
  const close = () => {
    setReason("");
    act.clear();
    onClose();
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void act.run(async () => {
      await onConfirm(reason.trim());
      close();
    });
  };
  return (
    <Dialog open={open} title={title} onClose={close}>
      <form class="form" onSubmit={submit}>
        <ActError act={act} />
        {children}
        <TextField
          label={t("reason")}
          hint={t("reason_hint")}
          required
          maxLength={300}
          autoComplete="off"
          value={reason}
          onInput={(event) => setReason(event.currentTarget.value)}
        />
        <div class="form-acts">
          <Button onClick={close}>{t("cancel")}</Button>
          <Button
            kind={danger ? "danger" : "primary"}
            type="submit"
            disabled={act.busy || reason.trim() === ""}
          >
            {confirm}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
