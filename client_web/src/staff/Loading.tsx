import type { ComponentChildren } from "preact";
import { useCallback, useEffect, useState } from "preact/hooks";
import { ApiError, NetworkError } from "../base/api";
import { Banner } from "../base/Banner";
import { Button } from "../base/Button";
import { useStore } from "../base/store";
import { logins } from "./session";
import { t } from "./texts";

/** Something on its way. While it is loaded again, the former value stays in view. */
export interface Load<T> {
  value: T | undefined;
  error: unknown;
  busy: boolean;
  again: () => void;
}

/** Loads when `inputs` change, and again after a new login. What is late for a former input is dropped. */
export function useLoad<T>(load: (signal: AbortSignal) => Promise<T>, inputs: readonly unknown[]): Load<T> {
  const [turn, setTurn] = useState(0);
  const login = useStore(logins);
  const [state, setState] = useState<Omit<Load<T>, "again">>({
    value: undefined,
    error: undefined,
    busy: true,
  });
  useEffect(() => {
    const abort = new AbortController();
    setState((former) => ({ ...former, error: undefined, busy: true }));
    load(abort.signal).then(
      (value) => abort.signal.aborted || setState({ value, error: undefined, busy: false }),
      (error: unknown) => {
        if (abort.signal.aborted) return;
        if (!isAnswer(error)) throw error;
        setState((former) => ({ ...former, error, busy: false }));
      },
    );
    return () => abort.abort();
  }, [...inputs, turn, login]);
  const again = useCallback(() => setTurn((former) => former + 1), []);
  return { ...state, again };
}

/** Whether an error is the world's, and not a mistake of ours. */
function isAnswer(error: unknown): boolean {
  return error instanceof ApiError || error instanceof NetworkError;
}

/** An error in one sentence: the server's own, or that it can't be reached. */
export function errorSentence(error: unknown): string {
  return error instanceof ApiError ? error.problem.message : t("server_unreachable");
}

/** What is loaded, or that it is loading, or why it could not be, with a way to try again. */
export function Loaded<T>({ load, children }: { load: Load<T>; children: (value: T) => ComponentChildren }) {
  return (
    <>
      {load.error !== undefined && (
        <Banner tone="danger" live="assertive">
          <p>{errorSentence(load.error)}</p>
          <Button small onClick={load.again}>
            {t("try_again")}
          </Button>
        </Banner>
      )}
      {load.value === undefined && load.error === undefined && <p class="loading">{t("loading")}</p>}
      {load.value !== undefined && children(load.value)}
    </>
  );
}

/** An act under way: its error stays until the next try. */
export interface Act {
  busy: boolean;
  error: unknown;
  run: (act: () => Promise<void>) => Promise<void>;
  clear: () => void;
}

/** Runs one act at a time and keeps its error. */
export function useAct(): Act {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const run = useCallback(async (act: () => Promise<void>) => {
    setBusy(true);
    setError(undefined);
    try {
      await act();
    } catch (failure) {
      if (!isAnswer(failure)) throw failure;
      setError(failure);
    } finally {
      setBusy(false);
    }
  }, []);
  const clear = useCallback(() => setError(undefined), []);
  return { busy, error, run, clear };
}

/** Why an act failed, said at once. */
export function ActError({ act }: { act: Act }) {
  if (act.error === undefined) return null;
  return (
    <Banner tone="danger" live="assertive">
      <p>{errorSentence(act.error)}</p>
    </Banner>
  );
}
