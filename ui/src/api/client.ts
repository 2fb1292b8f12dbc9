import createClient, { type Middleware } from "openapi-fetch";
import { problemIn, problemOf } from "./problem";
import type { paths } from "./schema";

let csrf = "";

/** The token that requests which change something must carry; the server gives it with `GET /api/v1/me`. */
export function setCsrf(token: string): void {
  csrf = token;
}

const carryCsrf: Middleware = {
  onRequest({ request }) {
    if (request.method !== "GET" && request.method !== "HEAD") request.headers.set("X-CSRF-Token", csrf);
    return request;
  },
};

/** The API with the server's own types. Wrap calls in `data(…)`, which throws `ProblemError`. */
export const api = createClient<paths>({ baseUrl: "" });
api.use(carryCsrf);

/** What a call gave; throws `ProblemError` for anything but success. */
export async function data<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data: given, error, response } = await call;
  if (!response.ok) throw problemIn(error, response.status);
  return given as T;
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
