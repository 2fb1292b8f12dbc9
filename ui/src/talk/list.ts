import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { ask } from "../api/client";
import type { Page } from "./shapes";

/** What a list is chosen by; what is empty is left out. */
export type Filters = Record<string, string | undefined>;

/** The address of a list with its filters. */
export function withFilters(path: string, filters: Filters): string {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(filters)) if (value) asked.set(name, value);
  const text = asked.toString();
  return text ? `${path}?${text}` : path;
}

/** A list of *topic* at *path*, a page at a time; while it is asked for anew what was there stays. */
export function useList<Item, Whole extends Page<Item> = Page<Item>>(topic: string, path: string, filters: Filters) {
  const query = useInfiniteQuery({
    queryKey: [topic, "list", path, filters],
    queryFn: ({ pageParam }) => ask<Whole>(withFilters(path, { ...filters, cursor: pageParam })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
  });
  return { ...query, items: query.data?.pages.flatMap((page) => page.items) ?? [], first: query.data?.pages[0] };
}

/** *value* once it has stood still for a moment. */
export function useSettled<T>(value: T, milliseconds = 300): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return settled;
}
