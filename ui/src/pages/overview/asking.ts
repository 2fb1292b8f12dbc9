import { queryOptions } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { api, data } from "../../api/typed";
import type { components, operations } from "../../api/schema";

export type Figures = components["schemas"]["FiguresOut"];
export type Totals = components["schemas"]["TotalsOut"];
export type Asked = NonNullable<operations["get_figures"]["parameters"]["query"]>;
export type Span = NonNullable<Asked["range"]>;

/** What stands in the address of the overview. */
export interface Chosen {
  range?: Span;
  from?: string;
  to?: string;
  flow?: string;
  credential?: string;
  channel?: "sms" | "whatsapp" | "voice";
}

export const SPANS: { value: Span; label: string }[] = [
  { value: "today", label: "Today" },
  { value: "7d", label: "7 days" },
  { value: "30d", label: "30 days" },
  { value: "custom", label: "Custom" },
];

/** The reader's own zone: their days are the bars. */
export const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

/** What is chosen, and a way to choose something else; it stands in the address, so that it can be sent to somebody. */
export function useChosen(): [Chosen, (change: Chosen) => void] {
  const chosen: Chosen = useSearch({ strict: false });
  const navigate = useNavigate();
  const choose = (change: Chosen) => {
    const next = Object.entries({ ...chosen, ...change }).filter(([, value]) => value !== undefined && value !== null);
    void navigate({ to: "/", search: Object.fromEntries(next), replace: true });
  };
  return [chosen, choose];
}

/** The question to the API. */
export function asked(chosen: Chosen): Asked {
  const span = chosen.range ?? "7d";
  const [first, last] = [chosen.from ?? daysAgo(13), chosen.to ?? daysAgo(0)];
  // Whoever has chosen the later day first means the days between all the same.
  const dates = span === "custom" ? { from: first < last ? first : last, to: first < last ? last : first } : {};
  return { range: span, zone: ZONE, ...dates, flow: chosen.flow, credential: chosen.credential, channel: chosen.channel };
}

/** The address of the same figures as a CSV file. */
export function exportOf(question: Asked): string {
  const given = Object.entries(question).flatMap(([name, value]) => (value ? [[name, String(value)]] : []));
  return `/api/v1/figures/export?${new URLSearchParams(given).toString()}`;
}

export function daysAgo(days: number): string {
  const moment = new Date(Date.now() - days * 86_400_000);
  return new Intl.DateTimeFormat("sv-SE", { dateStyle: "short" }).format(moment);
}

export const figures = (question: Asked) =>
  queryOptions({
    queryKey: ["figures", "list", question],
    queryFn: () => data(api.GET("/api/v1/figures", { params: { query: question } })),
    placeholderData: (before: Figures | undefined) => before,
  });

export const flowFigures = (question: Asked) =>
  queryOptions({
    queryKey: ["figures", "list", "flows", question.range, question.from, question.to],
    queryFn: () =>
      data(
        api.GET("/api/v1/figures/flows", {
          params: { query: { range: question.range, zone: question.zone, from: question.from, to: question.to } },
        }),
      ),
  });

export const attention = queryOptions({
  queryKey: ["figures", "list", "attention"],
  queryFn: () => data(api.GET("/api/v1/figures/attention")),
});

export const funnel = (flow: string, question: Asked, version: number | undefined) =>
  queryOptions({
    queryKey: ["figures", "list", "funnel", flow, version, question.range, question.from, question.to],
    queryFn: () =>
      data(
        api.GET("/api/v1/figures/funnel", {
          params: {
            query: { flow, version, range: question.range, zone: question.zone, from: question.from, to: question.to },
          },
        }),
      ),
  });
