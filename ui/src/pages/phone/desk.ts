import { queryOptions, useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { create } from "zustand";
import { ask } from "../../api/client";
import { useMe } from "../../app/me";
import { queryClient } from "../../app/queries";
import type { Call } from "../../talk/shapes";
import { hear } from "./news";
import type { CallEvent, ClockState, Desk, Fitting, Hearing, Line, LiveCall, News, PhoneView, TextMessage } from "./shapes";

const at = (number: string) => `/_simulator/phones/${encodeURIComponent(number)}`;
const hand = (number: string) => `/_simulator/handsets/${encodeURIComponent(number)}`;

export const desk = queryOptions({
  queryKey: ["phones", "list"],
  queryFn: () => ask<Desk>("/_simulator/phones"),
  staleTime: Infinity,
});

const viewOf = (number: string) =>
  queryOptions({
    queryKey: ["phones", "one", number],
    queryFn: () => ask<PhoneView>(at(number)),
    staleTime: Infinity,
  });

/** All that lies on a phone. */
export function usePhone(number: string) {
  return useQuery(viewOf(number));
}

/** The phones in hand, and the account's numbers. */
export function useDesk(): Desk {
  return useSuspenseQuery(desk).data;
}

/** What a call asks and what was understood, as the product tells it; null where there is no product, or no interview. */
export function useHearing(phone: string, sid: string, wanted: boolean): Hearing | null {
  const { alone } = useMe();
  const { data } = useQuery({
    queryKey: ["phones", "hearing", sid],
    queryFn: () => {
      const query = new URLSearchParams({ person: phone, call: sid });
      return ask<Hearing | null>(`/api/v1/phone/hearing?${query}`);
    },
    enabled: wanted && !alone,
    staleTime: Infinity,
  });
  return data ?? null;
}

/** The keys that the menu of a call has, as the product tells them; none where there is no product, or no menu. */
export function useMenu(phone: string, sid: string): Fitting[] {
  const { alone } = useMe();
  const { data } = useQuery({
    queryKey: ["phones", "menu", sid],
    queryFn: async () => {
      const query = new URLSearchParams({ to: phone, limit: "10" });
      const { items } = await ask<{ items: Pick<Call, "sid" | "menu">[] }>(`/api/v1/calls?${query}`);
      const menu = items.find((call) => call.sid === sid)?.menu ?? {};
      return Object.entries(menu).map(([keys, text]) => ({ text, keys }));
    },
    enabled: !alone,
    staleTime: Infinity,
  });
  return data ?? [];
}

/** The sender that is used where none is named, as the product tells it. */
export function useDefaultSender(): string | null {
  const { alone } = useMe();
  const { data } = useQuery({
    queryKey: ["credentials", "list", "default sender"],
    queryFn: () => ask<{ default_from: string | null }[]>("/api/v1/credentials"),
    enabled: !alone,
  });
  return data?.find((one) => one.default_from !== null)?.default_from ?? null;
}

/** What the simulated time is: at the machine's `received`, `clock.time`. */
interface Time {
  clock: ClockState | null;
  received: number;
  connected: boolean;
}

export const useTime = create<Time>(() => ({ clock: null, received: 0, connected: false }));

/** The simulated moment, in seconds since the epoch. */
export function simulatedNow(): number {
  const { clock, received } = useTime.getState();
  if (!clock) return Date.now() / 1000;
  return clock.frozen || clock.jumping ? clock.time : clock.time + (performance.now() - received) / 1000;
}

function setClock(clock: ClockState): void {
  useTime.setState({ clock, received: performance.now() });
}

const listeners = new Set<(event: CallEvent) => void>();

/** Be told what happens on calls, for sounds and speech. */
export function useCallEvents(listener: (event: CallEvent) => void): void {
  useEffect(() => {
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }, [listener]);
}

const GATHER = 120;
let stale = new Set<string>();
let timer: ReturnType<typeof setTimeout> | undefined;

/** Ask again, shortly, for what lies on a phone: events tell what is new at once, this what they leave out. */
function refresh(phone: string, ...sids: string[]): void {
  stale.add(JSON.stringify(["phones", "one", phone]));
  for (const sid of sids) stale.add(JSON.stringify(["phones", "hearing", sid]));
  timer ??= setTimeout(() => {
    timer = undefined;
    const keys = stale;
    stale = new Set();
    for (const key of keys) void queryClient.invalidateQueries({ queryKey: JSON.parse(key) as string[] });
  }, GATHER);
}

function change(phone: string, with_: (view: PhoneView) => PhoneView): void {
  queryClient.setQueryData<PhoneView>(["phones", "one", phone], (view) => view && with_(view));
}

function takeMessage(message: TextMessage): void {
  change(message.phone, (view) => {
    const rest = view.messages.filter((one) => one.sid !== message.sid);
    return { ...view, messages: [...rest, message].sort((a, b) => a.created - b.created) };
  });
  refresh(message.phone);
}

function onLive(event: CallEvent, with_: (live: LiveCall) => LiveCall): void {
  change(event.phone, (view) => (view.live?.sid === event.sid ? { ...view, live: with_(view.live) } : view));
}

function takeCall(event: CallEvent): void {
  if (event.kind === "status") {
    onLive(event, (live) => ({
      ...live,
      status: event.text,
      until: event.until ?? null,
      answered: event.text === "in-progress" ? (live.answered ?? event.at) : live.answered,
    }));
  } else if (event.kind === "said" || event.kind === "heard" || event.kind === "keys") {
    const line: Line = {
      who: event.kind === "said" ? "us" : "them",
      text: event.text,
      at: event.at,
      kind: event.kind === "keys" ? "keys" : "said",
    };
    onLive(event, (live) => ({ ...live, lines: [...live.lines, line] }));
  } else if (event.kind === "listening") {
    onLive(event, (live) => ({ ...live, question: event.question ?? null }));
  } else if (event.kind === "closed") {
    onLive(event, (live) => ({ ...live, question: null }));
  }
  refresh(event.phone, event.sid);
  for (const listener of listeners) listener(event);
}

function take(news: News): void {
  if (news.topic === "open") {
    useTime.setState({ connected: true });
    void queryClient.invalidateQueries({ queryKey: ["phones"] });
    void ask<ClockState>("/_simulator/clock").then(setClock);
  } else if (news.topic === "lost") useTime.setState({ connected: false });
  else if (news.topic === "clock") setClock(news.data);
  else if (news.topic === "changed") takeMessage(news.data);
  else if (news.topic === "call") takeCall(news.data);
  else if (news.topic === "message") void queryClient.invalidateQueries({ queryKey: ["phones", "list"] });
  else void queryClient.invalidateQueries({ queryKey: ["phones"] });
}

/** Keep what is shown of the phones true while the page is open. */
export function usePhoneNews(): void {
  useEffect(() => hear(take), []);
}

const post = (path: string, json: unknown = {}) => ask<unknown>(path, { method: "POST", json });

/** What can be done with a phone. */
export const hands = {
  add: (number: string, name: string) =>
    post("/_simulator/phones", { ...(number && { number }), ...(name && { name }) }) as Promise<PhoneView>,
  change: (number: string, what: { name?: string; signal?: boolean; voicemail?: boolean }) => post(at(number), what),
  remove: (number: string) => post(`${at(number)}/remove`),
  see: (number: string, other: string) => post(`${at(number)}/seen`, { with: other }),
  react: (number: string, what: "pick_up" | "decline" | "voicemail") => post(`${at(number)}/react`, { do: what }),
  optOut: (number: string, from: string, out: boolean) => post(`${at(number)}/opt_out`, { from, out }),
  carrier: (number: string, behaviour: Record<string, unknown>) => post(`${at(number)}/carrier`, behaviour),
  write: (number: string, to: string, body: string, media: { content_type: string; base64: string }[] = []) =>
    post(`${hand(number)}/send`, { to, body, media }),
  call: (number: string, to: string) => post(`${hand(number)}/call`, { to }),
  say: (number: string, text: string, confidence = 0.9) =>
    post(`${hand(number)}/say`, { text, confidence, all: true }),
  press: (number: string, keys: string, more: boolean) => post(`${hand(number)}/press`, { keys, more }),
  silent: (number: string) => post(`${hand(number)}/silent`),
  hangUp: (number: string) => post(`${hand(number)}/hang_up`),
};

/** What can be done with time. */
export const time = {
  freeze: () => post("/_simulator/clock/freeze"),
  resume: () => post("/_simulator/clock/resume"),
  step: (seconds: number) => post("/_simulator/clock/step", { seconds }),
  jump: (to: string, zone: string) => post("/_simulator/clock/jump", { to, zone }),
};
