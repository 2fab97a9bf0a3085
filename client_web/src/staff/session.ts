import { ApiError, getJson, sendJson } from "../base/api";
import { store } from "../base/store";
import type { StaffSession } from "../protocol/messages";

/** Who is at work here. `expired` keeps the person, so that the page stays behind the login. */
export type Presence =
  | { status: "asking" }
  | { status: "unreachable" }
  | { status: "out" }
  | { status: "in"; session: StaffSession }
  | { status: "expired"; session: StaffSession };

export const presence = store<Presence>({ status: "asking" });

/** Raised with each login: what failed for want of a session is loaded again. */
export const logins = store(0);

/** Asks the server who is logged in. */
export async function askSession(): Promise<void> {
  presence.set({ status: "asking" });
  try {
    presence.set({ status: "in", session: await getJson<StaffSession>("/api/me") });
  } catch (error) {
    const out = error instanceof ApiError && error.status === 401;
    presence.set({ status: out ? "out" : "unreachable" });
  }
}

/** Logs in. Throws ApiError or NetworkError. */
export async function logIn(username: string, password: string): Promise<void> {
  const session = await sendJson<StaffSession>("POST", "/api/login", { username, password });
  presence.set({ status: "in", session });
  logins.set(logins.get() + 1);
}

/** Logs out here even when the server can't be told. */
export async function logOut(): Promise<void> {
  try {
    await sendJson("POST", "/api/logout");
  } finally {
    presence.set({ status: "out" });
  }
}

/** Runs a call; when the session is over, the login opens above the page and the call fails as usual. */
export async function withSession<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    const now = presence.get();
    if (error instanceof ApiError && error.status === 401 && now.status === "in") {
      presence.set({ status: "expired", session: now.session });
    }
    throw error;
  }
}
