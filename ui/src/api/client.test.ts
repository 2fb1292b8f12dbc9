import createClient from "openapi-fetch";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ask } from "./client";
import { ProblemError } from "./problem";
import type { paths } from "./schema";
import { data } from "./typed";

const ROLE = { code: "role", detail: "This needs the role admin.", fix: "An admin can give it.", field: null };

/** The typed client of a server that gives one answer to everything. */
function typed(body: string, status: number) {
  const answer = () => Promise.resolve(new Response(body, { status }));
  return data(createClient<paths>({ baseUrl: "http://localhost", fetch: answer }).GET("/api/v1/users"));
}

async function problemOf(asked: Promise<unknown>): Promise<ProblemError> {
  const error: unknown = await asked.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ProblemError);
  return error as ProblemError;
}

describe("a request that is refused", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("is told in the server's own words", async () => {
    vi.stubGlobal("fetch", () => Promise.resolve(new Response(JSON.stringify(ROLE), { status: 403 })));
    const told = { status: 403, code: "role", message: ROLE.detail, fix: ROLE.fix };
    expect(await problemOf(typed(JSON.stringify(ROLE), 403))).toMatchObject(told);
    expect(await problemOf(ask("/_simulator/phones"))).toMatchObject(told);
  });

  it("is put into words where a proxy has answered", async () => {
    expect((await problemOf(typed("<h1>Bad gateway</h1>", 502))).message).toContain("502");
  });
});
