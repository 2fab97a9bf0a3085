import { Button } from "../base/Button";
import { t } from "./texts";

interface PagerProps {
  /** From 1. */
  page: number;
  size: number;
  total: number;
  onPage: (page: number) => void;
}

/** Which rows are in view, and the way to the next ones. */
export function Pager({ page, size, total, onPage }: PagerProps) {
  const last = Math.max(1, Math.ceil(total / Math.max(1, size)));
  const from = total === 0 ? 0 : (page - 1) * size + 1;
  return (
    <div class="row-count" role="status">
      {t("rows_in_view", { from, to: Math.min(page * size, total), total })}
      {last > 1 && (
        <span class="acts no-print">
          <Button
            small
            icon="left"
            disabled={page <= 1}
            aria-label={t("page_before")}
            onClick={() => onPage(page - 1)}
          />
          <Button
            small
            icon="right"
            disabled={page >= last}
            aria-label={t("page_after")}
            onClick={() => onPage(page + 1)}
          />
        </span>
      )}
    </div>
  );
}
