import { useEffect } from "react";

/** Rows that a first page has at least, if there are so many. */
const ENOUGH = 20;
/** Pages that are asked for by themselves: each looks through some thousands of rows for what is rare. */
const BY_ITSELF = 20;

interface Growing {
  items: unknown[];
  data?: { pages: unknown[] };
  hasNextPage: boolean;
  isFetching: boolean;
  isError: boolean;
  fetchNextPage: () => Promise<unknown>;
}

/**
 * Go on looking while little was found; the server answers each time before it takes long. Where it says that it cannot,
 * whoever looks decides whether to ask again.
 */
export function useEnough(list: Growing): void {
  const { items, data, hasNextPage, isFetching, isError, fetchNextPage } = list;
  const pages = data?.pages.length ?? 0;
  const wanted = hasNextPage && !isFetching && !isError && items.length < ENOUGH && pages < BY_ITSELF;
  useEffect(() => {
    if (wanted) void fetchNextPage();
  }, [wanted, pages, fetchNextPage]);
}
