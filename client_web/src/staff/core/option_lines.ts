import type { OptionLine } from "../../protocol/messages";

/** Typed answers drawn one by one. */
const MOST_TEXTS = 4;

/** The responses worth a line: of statements the right values, of typed texts the right and the commonest wrong ones. */
export function drawnOptions(kind: string, options: readonly OptionLine[]): OptionLine[] {
  const drawable = options.filter((option) => option.fifths.length > 1);
  if (kind === "true_false") return drawable.filter((option) => option.right);
  const chosen = drawable.filter((option) => option.count > 0 || option.right);
  if (kind !== "short_answer") return chosen;
  const wrong = chosen.filter((option) => !option.right).sort((a, b) => b.count - a.count);
  return [...chosen.filter((option) => option.right), ...wrong.slice(0, MOST_TEXTS)];
}
