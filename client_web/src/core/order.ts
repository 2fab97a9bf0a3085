import type { Form, FormItem, FormOrder, FormPart, ItemOrder } from "../protocol/messages";

/** A question where this candidate meets it. */
export interface Question {
  item: FormItem;
  /** Ids of options or statements in the order shown; empty keeps the content's. */
  choices: readonly string[];
  /** From 1 within its part, as on the printed paper. */
  number: number;
  part: number;
  /** From 0 within the paper. */
  place: number;
}

export interface PaperPart {
  label: string;
  instruction: string;
  questions: readonly Question[];
}

/** The form in one candidate's order. */
export function applyOrder(form: Form, order: FormOrder | null): PaperPart[] {
  let place = 0;
  return form.parts.map((part, index) => ({
    label: part.label,
    instruction: part.instruction,
    questions: arrange(part, order?.parts[index]).map(([item, choices], position) => ({
      item,
      choices,
      number: position + 1,
      part: index,
      place: place++,
    })),
  }));
}

/** Where the candidate meets an item: its number within its part, both from 1; null when it is not in the order. */
export function locate(order: FormOrder, item: number): { part: number; number: number } | null {
  for (const [part, entries] of order.parts.entries()) {
    const place = entries.findIndex((entry) => entry.item === item);
    if (place >= 0) return { part: part + 1, number: place + 1 };
  }
  return null;
}

function arrange(part: FormPart, order: readonly ItemOrder[] | undefined): [FormItem, readonly string[]][] {
  const byId = new Map(part.items.map((item) => [item.id, item]));
  const ordered = (order ?? []).flatMap((entry): [FormItem, readonly string[]][] => {
    const item = byId.get(entry.item);
    byId.delete(entry.item);
    return item === undefined ? [] : [[item, entry.choices]];
  });
  // An item that the order forgot is still part of the paper.
  const rest = [...byId.values()].map((item): [FormItem, readonly string[]] => [item, []]);
  return [...ordered, ...rest];
}
