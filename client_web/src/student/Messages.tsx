import { Dialog } from "../base/Dialog";
import { formatTime } from "../base/formats";
import { t } from "../base/texts";
import type { Notice } from "../protocol/messages";

interface MessageListProps {
  open: boolean;
  notices: readonly Notice[];
  onClose: () => void;
}

/** Everything the invigilator wrote, newest first. */
export function MessageList({ open, notices, onClose }: MessageListProps) {
  return (
    <Dialog open={open} title={t("messages")} onClose={onClose}>
      {notices.length === 0 && <p class="soft">{t("messages_none")}</p>}
      <ul class="notices">
        {[...notices].reverse().map((notice) => (
          <li key={notice.id}>
            <p class="soft">{t("message_at", { time: formatTime(notice.at_ms) })}</p>
            <p>{notice.text}</p>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
