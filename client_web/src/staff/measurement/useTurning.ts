import { useEffect } from "preact/hooks";

const STEPS: Record<string, -1 | 1> = { ArrowLeft: -1, ArrowRight: 1 };

/** The left and right keys turn to the item before and after, unless something that uses them has the focus. */
export function useTurning(turn: (step: -1 | 1) => void): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const step = STEPS[event.key];
      const busy = event.altKey || event.ctrlKey || event.metaKey || event.shiftKey;
      if (step === undefined || busy || (event.target as Element).closest("input, select, textarea, dialog"))
        return;
      turn(step);
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [turn]);
}
