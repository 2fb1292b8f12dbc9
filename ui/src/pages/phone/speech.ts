import { useCallback, useEffect, useRef, useState } from "react";
import { create } from "zustand";
import { useSound } from "./sound";

/** Whether this browser has shown that it cannot speak. That both objects exist says nothing: only the error does. */
export const useVoice = create<{ fails: boolean }>(() => ({ fails: false }));

/** Speak, where the browser can; what is said is always shown as text as well. */
export function speak(text: string, language: string): void {
  const { muted, speaks } = useSound.getState();
  if (muted || !speaks || useVoice.getState().fails || typeof speechSynthesis === "undefined") return;
  const said = new SpeechSynthesisUtterance(text);
  said.lang = language || "en-US";
  said.rate = 1.05;
  said.onerror = ({ error }) => {
    if (error !== "interrupted" && error !== "canceled" && error !== "not-allowed") useVoice.setState({ fails: true });
  };
  speechSynthesis.speak(said);
}

export function hush(): void {
  if (typeof speechSynthesis !== "undefined") speechSynthesis.cancel();
}

interface Recognition {
  lang: string;
  interimResults: boolean;
  continuous: boolean;
  onresult: (event: { results: ArrayLike<ArrayLike<{ transcript: string; confidence: number }>> }) => void;
  onerror: (event: { error: string }) => void;
  onend: () => void;
  start(): void;
  stop(): void;
  abort(): void;
}

function newRecognition(): Recognition | undefined {
  const found = window as unknown as Record<string, (new () => Recognition) | undefined>;
  const Kind = found.SpeechRecognition ?? found.webkitSpeechRecognition;
  return Kind && new Kind();
}

/** The microphone: what was heard so far goes to `onText`; `trouble` says why it does not work, once that is known. */
export function useMicrophone(language: string, onText: (text: string) => void) {
  const [listening, setListening] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);
  const open = useRef<Recognition | undefined>(undefined);

  const stop = useCallback(() => {
    open.current?.stop();
    setListening(false);
  }, []);

  const start = useCallback(() => {
    const recognition = newRecognition();
    if (!recognition) {
      setTrouble("This browser does not recognise speech. Type what you say.");
      return;
    }
    hush();
    recognition.lang = language || "en-US";
    recognition.interimResults = true;
    recognition.continuous = false;
    recognition.onresult = ({ results }) =>
      onText(Array.from(results, (result) => result[0]?.transcript ?? "").join(" ").trim());
    recognition.onerror = ({ error }) => {
      setListening(false);
      if (error === "no-speech") setTrouble("Nothing was heard. Try again, or type what you say.");
      else if (error !== "aborted") setTrouble("The microphone does not work here. Type what you say.");
    };
    recognition.onend = () => setListening(false);
    open.current = recognition;
    try {
      recognition.start();
      setTrouble(null);
      setListening(true);
    } catch {
      setTrouble("The microphone does not work here. Type what you say.");
    }
  }, [language, onText]);

  useEffect(() => () => open.current?.abort(), []);
  return { listening, trouble, start, stop };
}
