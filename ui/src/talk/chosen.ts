import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";
import { kept } from "./filters";

/** What the list at *to* is chosen by: it stands in the address, so that it can be sent to somebody. */
export function useChosen<Chosen extends { search?: string }>(to: string) {
  const search: Record<string, unknown> = useSearch({ strict: false });
  // The address bar turns what looks like a number, as a part of one does, into one.
  const texts = Object.entries(search).map(([name, value]) => [name, String(value)]);
  const chosen = Object.fromEntries(texts) as Chosen;
  const navigate = useNavigate();
  const choose = useCallback(
    (change: Partial<Chosen>) =>
      void navigate({
        to,
        search: ((before: Record<string, unknown>) => kept({ ...before, ...change })) as never,
        replace: true,
      }),
    [navigate, to],
  );
  const onSearch = useCallback(
    (search: string) => choose({ search: search || undefined } as Partial<Chosen>),
    [choose],
  );
  return { chosen, choose, onSearch, isChosen: Object.values(chosen).some(Boolean) };
}
