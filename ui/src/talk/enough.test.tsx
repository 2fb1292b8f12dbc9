// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, expect, test, vi } from "vitest";
import { useEnough } from "./enough";
import { useList } from "./list";

afterEach(() => vi.unstubAllGlobals());

function listed(answers: (asked: number) => Response) {
  let asked = 0;
  // A little later, as from elsewhere: the list is drawn once while it waits.
  vi.stubGlobal("fetch", () => new Promise((done) => setTimeout(() => done(answers(asked++)), 2)));
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const around = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  const hook = renderHook(
    () => {
      const list = useList<number>("messages", "/api/v1/messages", {});
      useEnough(list);
      return list;
    },
    { wrapper: around },
  );
  return { hook, asked: () => asked };
}

test("pages with few are followed by themselves until there is enough", async () => {
  const { hook, asked } = listed((n) => Response.json({ items: Array(8).fill(n), next: `m${n}` }));
  await waitFor(() => expect(hook.result.current.items).toHaveLength(24));
  expect(asked()).toBe(3);
});

test("a page that fails is not asked for again and again", async () => {
  const { hook, asked } = listed((n) =>
    n === 0 ? Response.json({ items: [1], next: "m1" }) : Response.json({ detail: "Too many requests." }, { status: 429 }),
  );
  await waitFor(() => expect(hook.result.current.isFetchNextPageError).toBe(true));
  for (let turn = 0; turn < 20; turn++) await new Promise((done) => setTimeout(done));
  expect(asked()).toBe(2);
});
