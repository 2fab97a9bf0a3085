import { useId, useState } from "preact/hooks";
import { Icon } from "../base/Icon";

interface FilePickProps {
  label: string;
  hint: string;
  accept: string;
  disabled: boolean;
  onPick: (file: File) => void;
}

/** A place to drop a file, which is also the native file field. */
export function FilePick({ label, hint, accept, disabled, onPick }: FilePickProps) {
  const id = useId();
  const [over, setOver] = useState(false);
  const take = (files: FileList | null | undefined) => {
    const file = files?.[0];
    setOver(false);
    if (file !== undefined && !disabled) onPick(file);
  };
  return (
    <label
      class={over ? "drop drop-over" : "drop"}
      for={id}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        take(event.dataTransfer?.files);
      }}
    >
      <Icon name="upload" />
      <span class="drop-label">{label}</span>
      <span class="soft">{hint}</span>
      <input
        class="visually-hidden"
        id={id}
        type="file"
        accept={accept}
        disabled={disabled}
        onChange={(event) => {
          take(event.currentTarget.files);
          // Choosing the same file again, after mending it, must count as a choice.
          event.currentTarget.value = "";
        }}
      />
    </label>
  );
}
