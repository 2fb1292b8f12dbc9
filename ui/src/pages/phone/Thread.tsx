import { ChevronLeft, Image, Phone, SendHorizontal, X } from "lucide-react";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { Bubble } from "./Bubble";
import { hands, simulatedNow, useDesk, useTime } from "./desk";
import { complain } from "./Dialler";
import { SaveScenario } from "./SaveScenario";
import { show, useZone } from "./screens";
import type { PhoneView } from "./shapes";
import { whoosh } from "./sound";
import classes from "./Thread.module.css";
import { dayOf, isWhatsApp, quickAnswers, timeOfDay, unread, written } from "./words";

interface Picture {
  content_type: string;
  base64: string;
  shown: string;
}

const LARGEST = 5 * 1024 * 1024;

/** One conversation of a phone. */
export function Thread({ view, other }: { view: PhoneView; other: string }) {
  const zone = useZone();
  const { numbers } = useDesk();
  const messages = view.messages.filter((one) => one.other === other && one.at !== null);
  const isNew = (unread(view.messages, view.seen).get(other) ?? 0) > 0;
  const callable = numbers.some((one) => one.number === other && one.calls);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isNew) void hands.see(view.number, other);
  }, [isNew, view.number, other]);
  // To the newest one; and again once a picture, whose height nobody knew, has come.
  const toEnd = () => {
    box.current?.scrollTo({ top: box.current.scrollHeight });
  };
  useLayoutEffect(toEnd, [messages.length, other]);
  return (
    <div className={classes.thread} data-whatsapp={isWhatsApp(other) || undefined}>
      <div className={classes.head}>
        <button
          type="button"
          className={classes.icon}
          onClick={() => show(view.number, { at: "messages" })}
          aria-label="Back to the conversations"
        >
          <ChevronLeft size={22} aria-hidden />
        </button>
        <span className={classes.other}>
          <strong className="rl-figures">{written(other)}</strong>
          <span>{isWhatsApp(other) ? "WhatsApp" : "Text message"}</span>
        </span>
        {messages.length > 0 && <SaveScenario phone={view.number} as="icon" />}
        {callable ? (
          <button
            type="button"
            className={classes.icon}
            onClick={() => void hands.call(view.number, other).catch(complain)}
            aria-label={`Call ${written(other)}`}
          >
            <Phone size={18} aria-hidden />
          </button>
        ) : (
          <span className={classes.icon} />
        )}
      </div>
      <div
        ref={box}
        onLoadCapture={toEnd}
        className={classes.messages}
        role="log"
        aria-label={`Messages with ${written(other)}`}
        // It scrolls, so that who has no mouse must be able to come to it.
        tabIndex={0}
      >
        {messages.map((message, index) => {
          const day = dayOf(message.at ?? 0, zone);
          const isFirst = index === 0 || dayOf(messages[index - 1]?.at ?? 0, zone) !== day;
          return (
            <div key={message.sid}>
              {isFirst && <p className={classes.day}>{day}</p>}
              <Bubble message={message} whatsapp={isWhatsApp(other)} />
            </div>
          );
        })}
        {messages.length === 0 && <p className={classes.day}>Nothing here yet. Write the first message.</p>}
        {isWhatsApp(other) && <Window wrote={messages.findLast((one) => one.outgoing)?.at ?? null} />}
      </div>
      <Composer view={view} other={other} answers={quickAnswers(messages.at(-1))} />
    </div>
  );
}

const OPEN_SECONDS = 24 * 3600;

/** Until when the other side may write what it likes: WhatsApp's day after the person's last message. */
function Window({ wrote }: { wrote: number | null }) {
  const zone = useZone();
  // A jump of the clock closes it.
  useTime((state) => state.clock);
  const until = (wrote ?? 0) + OPEN_SECONDS;
  return (
    <p className={classes.day}>
      {wrote !== null && simulatedNow() < until
        ? `They may write freely until ${dayOf(until, zone)}, ${timeOfDay(until, zone)}.`
        : "They may send approved templates only. Write to them, and they may write freely for 24 hours."}
    </p>
  );
}

function Composer({ view, other, answers }: { view: PhoneView; other: string; answers: string[] }) {
  const [body, setBody] = useState("");
  const [pictures, setPictures] = useState<Picture[]>([]);
  const file = useRef<HTMLInputElement>(null);
  const send = async (words: string) => {
    if (!words.trim() && pictures.length === 0) return;
    const media = pictures.map(({ content_type, base64 }) => ({ content_type, base64 }));
    setBody("");
    setPictures([]);
    whoosh();
    try {
      await hands.write(view.number, other, words, media);
    } catch (error) {
      setBody(words);
      complain(error);
    }
  };
  const attach = async (files: FileList | null) => {
    const read = await Promise.all([...(files ?? [])].filter((one) => one.size <= LARGEST).map(asPicture));
    setPictures([...pictures, ...read]);
    if (file.current) file.current.value = "";
  };
  return (
    <div className={classes.composer}>
      {answers.length > 0 && (
        <div className={classes.answers} role="group" aria-label="Quick answers">
          {answers.map((answer) => (
            <button key={answer} type="button" onClick={() => void send(answer)}>
              {answer}
            </button>
          ))}
        </div>
      )}
      {pictures.length > 0 && (
        <div className={classes.pictures}>
          {pictures.map((picture) => (
            <span key={picture.shown}>
              <img src={picture.shown} alt="To be sent" />
              <button
                type="button"
                onClick={() => setPictures(pictures.filter((one) => one !== picture))}
                aria-label="Take the picture out"
              >
                <X size={13} aria-hidden />
              </button>
            </span>
          ))}
        </div>
      )}
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          void send(body);
        }}
      >
        <input ref={file} type="file" accept="image/*" multiple hidden onChange={(e) => void attach(e.target.files)} />
        <button type="button" className={classes.icon} onClick={() => file.current?.click()} aria-label="Add a picture">
          <Image size={19} aria-hidden />
        </button>
        <input
          className={classes.text}
          value={body}
          onChange={(event) => setBody(event.currentTarget.value)}
          aria-label={`Message to ${written(other)}`}
          placeholder={isWhatsApp(other) ? "WhatsApp message" : "Text message"}
          autoComplete="off"
          maxLength={1600}
        />
        <button
          type="submit"
          className={classes.send}
          aria-label="Send"
          disabled={!body.trim() && pictures.length === 0}
        >
          <SendHorizontal size={17} aria-hidden />
        </button>
      </form>
    </div>
  );
}

function asPicture(file: File): Promise<Picture> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => {
      const shown = String(reader.result);
      resolve({ content_type: file.type || "image/png", base64: shown.slice(shown.indexOf(",") + 1), shown });
    };
    reader.onerror = () => reject(new Error(`${file.name} could not be read.`));
    reader.readAsDataURL(file);
  });
}
