import { problemOf } from "./problem";

let csrf = "";

/** The token that requests which change something must carry; the server gives it with `GET /api/v1/me`. */
export function setCsrf(token: string): void {
  csrf = token;
}

/** The token as the server gave it. */
export function csrfToken(): string {
  return csrf;
}

/** A request outside the API's document, such as the simulator's; same errors, same token. */
export async function ask<T>(path: string, init: RequestInit & { json?: unknown } = {}): Promise<T> {
  const { json, ...rest } = init;
  const headers = new Headers(rest.headers);
  const method = rest.method ?? (json === undefined ? "GET" : "POST");
  if (method !== "GET") headers.set("X-CSRF-Token", csrf);
  if (json !== undefined) headers.set("Content-Type", "application/json");
  const response = await fetch(path, {
    ...rest,
    method,
    headers,
    body: json === undefined ? rest.body : JSON.stringify(json),
  });
  if (!response.ok) throw await problemOf(response);
  return (response.status === 204 ? undefined : await response.json()) as T;
}
