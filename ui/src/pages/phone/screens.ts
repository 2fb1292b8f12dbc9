import { create } from "zustand";

/** What a phone shows when it is not in a call. */
export type Screen =
  | { at: "messages" | "calls" | "voicemail" | "keypad" | "new" }
  | { at: "thread"; other: string }
  | { at: "call"; sid: string };

interface Screens {
  of: Record<string, Screen>;
  /** The phone that is shown where there is room for one only. */
  front: string | null;
  /** The time zone in which every phone shows its time. */
  zone: string;
}

export const useScreens = create<Screens>(() => ({
  of: {},
  front: null,
  zone: Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC",
}));

const HOME: Screen = { at: "messages" };

export const useScreen = (number: string): Screen => useScreens((state) => state.of[number] ?? HOME);

export function show(number: string, screen: Screen): void {
  useScreens.setState((state) => ({ of: { ...state.of, [number]: screen } }));
}

export const useZone = () => useScreens((state) => state.zone);
