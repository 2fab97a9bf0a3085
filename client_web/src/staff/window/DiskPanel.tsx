import { formatNumber } from "../../base/formats";
import type { DiskRow, WindowView } from "../../protocol/messages";
import { t } from "../texts";
import { sizeText } from "./size";

/** The disk under PostgreSQL as its own machine sees it; honest where nobody does. */
export function DiskPanel({ view }: { view: WindowView }) {
  return (
    <section class="block" aria-labelledby="window-disk">
      <h2 id="window-disk">{t("window_disk")}</h2>
      {view.disks.length === 0 && <p class="prose">{t("disk_unknown")}</p>}
      {view.disks.map((disk) => (
        <Disk key={disk.host} disk={disk} />
      ))}
      {view.database_bytes !== null && (
        <p>
          {[
            t("database_size", { size: sizeText(view.database_bytes) }),
            ...(view.database_bytes_per_hour !== null && view.database_bytes_per_hour > 0
              ? [t("database_growth", { size: sizeText(view.database_bytes_per_hour) })]
              : []),
          ].join(", ")}
        </p>
      )}
    </section>
  );
}

function Disk({ disk }: { disk: DiskRow }) {
  const sizes = { reserved: sizeText(disk.reserved_bytes), wanted: sizeText(disk.wanted_bytes) };
  return (
    <ul class="disk-facts">
      <li class="strong">
        {t("disk_free", {
          host: disk.host,
          free: sizeText(disk.free_bytes),
          total: sizeText(disk.total_bytes),
        })}
      </li>
      <li>{disk.wanted_bytes === 0 ? t("disk_reserve_none") : t("disk_reserved", sizes)}</li>
      <li>
        {disk.minutes_left === null
          ? t("disk_steady")
          : t("disk_minutes", { minutes: formatNumber(Math.floor(disk.minutes_left), 0) })}
      </li>
    </ul>
  );
}
