import { create } from "zustand";
import { persist } from "zustand/middleware";

/** Whether phones are heard, and whether what is said on calls is spoken aloud. */
export const useSound = create(
  persist<{ muted: boolean; speaks: boolean }>(() => ({ muted: false, speaks: true }), { name: "ringline-phone-sound" }),
);

let context: AudioContext | undefined;

function audio(): AudioContext | undefined {
  if (useSound.getState().muted || typeof AudioContext === "undefined") return undefined;
  context ??= new AudioContext();
  // Browsers let a page be heard only once somebody has done something on it.
  if (context.state === "suspended") void context.resume();
  return context.state === "closed" ? undefined : context;
}

function tone(frequencies: number[], seconds: number, { after = 0, loud = 0.08 } = {}): void {
  const on = audio();
  if (!on) return;
  const begin = on.currentTime + after;
  const volume = on.createGain();
  volume.connect(on.destination);
  volume.gain.setValueAtTime(0, begin);
  volume.gain.linearRampToValueAtTime(loud, begin + 0.015);
  volume.gain.setValueAtTime(loud, begin + Math.max(0.02, seconds - 0.04));
  volume.gain.linearRampToValueAtTime(0, begin + seconds);
  for (const frequency of frequencies) {
    const voice = on.createOscillator();
    voice.type = "sine";
    voice.frequency.value = frequency;
    voice.connect(volume);
    voice.start(begin);
    voice.stop(begin + seconds + 0.05);
  }
}

const ROWS = ["123", "456", "789", "*0#"];
const LOW = [697, 770, 852, 941];
const HIGH = [1209, 1336, 1477];

/** The two tones of a key (DTMF). */
export function keyTone(key: string): void {
  const row = ROWS.findIndex((keys) => keys.includes(key));
  const low = LOW[row];
  const high = HIGH[ROWS[row]?.indexOf(key) ?? -1];
  if (low && high) tone([low, high], 0.16, { loud: 0.06 });
}

/** A message has come. */
export function chime(): void {
  tone([880], 0.12, { loud: 0.05 });
  tone([1318], 0.2, { after: 0.1, loud: 0.05 });
}

/** A message has left. */
export function whoosh(): void {
  tone([520], 0.06, { loud: 0.03 });
  tone([780], 0.08, { after: 0.05, loud: 0.03 });
}

/** What is heard after a call. */
export function endTone(): void {
  tone([480, 620], 0.22, { loud: 0.05 });
  tone([480, 620], 0.22, { after: 0.34, loud: 0.05 });
}

/** The tone after which an answering machine, or a recording, listens. */
export function beep(): void {
  tone([1000], 0.5, { loud: 0.05 });
}

const MELODY = [659, 784, 988, 784, 1175, 988];

/** Ring until what it gives is called. */
export function ring(): () => void {
  const once = () => {
    MELODY.forEach((frequency, index) => tone([frequency, frequency * 1.5], 0.2, { after: index * 0.17, loud: 0.045 }));
    // Where the page runs on a real phone; elsewhere nothing happens.
    if (!useSound.getState().muted) navigator.vibrate?.([400, 200, 400]);
  };
  once();
  const again = setInterval(once, 2_400);
  return () => {
    clearInterval(again);
    navigator.vibrate?.(0);
  };
}
