import { Icon } from "../../base/Icon";
import { type RunFile, runFile } from "../api";

/** A file of a run to download; reports open in a tab of their own, to be printed. */
export function FileLink({ run, file, label }: { run: number; file: RunFile; label: string }) {
  const report = file.endsWith(".html");
  return (
    <a
      class="button button-plain button-small"
      href={runFile(run, file)}
      {...(report ? { target: "_blank", rel: "noopener" } : { download: true })}
    >
      <Icon name={report ? "print" : "download"} /> {label}
    </a>
  );
}
