import { Banner } from "../../base/Banner";
import { Icon } from "../../base/Icon";
import type { Note } from "../../protocol/messages";

/** What should be known before reading on: what needs an act stands out. */
export function Notes({ notes }: { notes: readonly Note[] }) {
  return (
    <>
      {notes.map((note) => (
        <Banner key={note.code + note.message} tone={note.attention ? "waiting" : "info"}>
          {note.message}
        </Banner>
      ))}
    </>
  );
}

/** The remarks on one item. */
export function Flags({ flags }: { flags: readonly Note[] }) {
  if (flags.length === 0) return null;
  return (
    <ul class="flags">
      {flags.map((flag) => (
        <li key={flag.code + flag.message} class={flag.attention ? "flag flag-attention" : "flag"}>
          <Icon name={flag.attention ? "warning" : "info"} />
          <span>{flag.message}</span>
        </li>
      ))}
    </ul>
  );
}
