import type { Problem } from "../protocol/messages";

/** The server said no. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem,
  ) {
    super(problem.message);
    this.name = "ApiError";
  }
}

/** The server could not be reached, or what answered was not the server. */
export class NetworkError extends Error {
  constructor(cause: unknown) {
    super("network", { cause });
    this.name = "NetworkError";
  }
}

/** The JSON at the address. Throws ApiError or NetworkError. */
export function getJson<T>(url: string, signal?: AbortSignal): Promise<T> {
  return request<T>(url, signal === undefined ? {} : { signal });
}

/** Sends JSON and gives the reply's. Throws ApiError or NetworkError. */
export function sendJson<T>(
  method: "POST" | "PUT" | "PATCH" | "DELETE",
  url: string,
  body?: unknown,
): Promise<T> {
  if (body === undefined) return request<T>(url, { method });
  return request<T>(url, {
    method,
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
  });
}

/** Sends a file as the body and gives the reply's JSON. Throws ApiError or NetworkError. */
export function sendFile<T>(url: string, file: Blob): Promise<T> {
  return request<T>(url, {
    method: "POST",
    body: file,
    headers: { "content-type": "application/octet-stream" },
  });
}

/** The bytes at the address, past every cache: a damaged copy must not come again. Throws ApiError or NetworkError. */
export async function getBytes(url: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await reach(url, { cache: "no-store" });
  if (!response.ok) throw await refusal(response);
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    throw passAbort(error);
  }
}

async function request<T>(url: string, init: RequestInit): Promise<T> {
  // Without the cookie the server would answer in the browser's language, not in the page's.
  const headers = { ...init.headers, "Accept-Language": document.documentElement.lang };
  const response = await reach(url, { ...init, headers, credentials: "same-origin" });
  if (!response.ok) throw await refusal(response);
  if (response.status === 204) return undefined as T;
  try {
    return (await response.json()) as T;
  } catch (error) {
    throw passAbort(error);
  }
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    throw passAbort(error);
  }
}

async function refusal(response: Response): Promise<ApiError | NetworkError> {
  try {
    return new ApiError(response.status, (await response.json()) as Problem);
  } catch (error) {
    // A proxy's or a captive portal's page, not the server's Problem.
    return new NetworkError(error);
  }
}

function passAbort(error: unknown): unknown {
  return error instanceof DOMException && error.name === "AbortError" ? error : new NetworkError(error);
}
