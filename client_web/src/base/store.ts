import { useEffect, useState } from "preact/hooks";

/** A value that pages can watch. */
export interface Store<T> {
  get(): T;
  set(value: T): void;
  watch(listener: () => void): () => void;
}

/** A store holding `value`; listeners run only when the value is another one. */
export function store<T>(value: T): Store<T> {
  let current = value;
  const listeners = new Set<() => void>();
  return {
    get: () => current,
    set(next) {
      if (Object.is(next, current)) return;
      current = next;
      for (const listener of [...listeners]) listener();
    },
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The store's value; the component renders again when it changes. */
export function useStore<T>(watched: Store<T>): T {
  const [value, setValue] = useState(() => watched.get());
  useEffect(() => {
    const update = () => setValue(() => watched.get());
    update();
    return watched.watch(update);
  }, [watched]);
  return value;
}
