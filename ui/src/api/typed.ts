import createClient, { type Middleware } from "openapi-fetch";
import { csrfToken } from "./client";
import { problemIn } from "./problem";
import type { paths } from "./schema";

// Apart from `ask`, so that pages which do without it do not load it.

const carryCsrf: Middleware = {
  onRequest({ request }) {
    if (request.method !== "GET" && request.method !== "HEAD") request.headers.set("X-CSRF-Token", csrfToken());
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
