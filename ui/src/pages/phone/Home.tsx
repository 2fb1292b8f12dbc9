import { Grid3x3, MessageCircle, Pencil, PhoneCall, Voicemail } from "lucide-react";
import { Calls } from "./Calls";
import { useDefaultSender, useDesk } from "./desk";
import { Dialler } from "./Dialler";
import classes from "./Home.module.css";
import { show, useZone, type Screen } from "./screens";
import type { OwnNumber, PhoneView, TextMessage } from "./shapes";
import { useNow } from "./StatusBar";
import { isWhatsApp, shortly, unread, written } from "./words";

const TABS = [
  { at: "messages", label: "Messages", icon: MessageCircle },
  { at: "calls", label: "Calls", icon: PhoneCall },
  { at: "voicemail", label: "Voicemail", icon: Voicemail },
  { at: "keypad", label: "Keypad", icon: Grid3x3 },
] as const;

const TITLES = { messages: "Messages", calls: "Calls", voicemail: "Voicemail", keypad: "Keypad", new: "New message" };

/** What a phone shows when nothing is open: its conversations, calls, voicemail and keypad. */
export function Home({ view, screen }: { view: PhoneView; screen: Exclude<Screen, { at: "thread" } | { at: "call" }> }) {
  const waiting = [...unread(view.messages, view.seen).values()].reduce((sum, count) => sum + count, 0);
  const left = view.calls.filter((call) => call.voicemail !== null && call.created > (view.seen.voicemail ?? 0)).length;
  const missed = view.calls.filter((call) => isMissed(call.status) && call.created > (view.seen.calls ?? 0)).length;
  const badges = { messages: waiting, calls: missed, voicemail: left, keypad: 0 };
  return (
    <div className={classes.home}>
      <div className={classes.top}>
        <h2 className={classes.title}>{TITLES[screen.at]}</h2>
        {screen.at === "messages" && (
          <button
            type="button"
            className={classes.new}
            onClick={() => show(view.number, { at: "new" })}
            aria-label="New message"
          >
            <Pencil size={16} aria-hidden />
          </button>
        )}
      </div>
      <div className={classes.body}>
        {screen.at === "messages" && <Conversations view={view} />}
        {screen.at === "new" && <Recipients view={view} />}
        {screen.at === "calls" && <Calls view={view} />}
        {screen.at === "voicemail" && <Calls view={view} voicemail />}
        {screen.at === "keypad" && <Dialler view={view} />}
      </div>
      <nav className={classes.tabs} aria-label={`${view.name}'s phone`}>
        {TABS.map(({ at, label, icon: Icon }) => (
          <button
            key={at}
            type="button"
            className={classes.tab}
            aria-current={screen.at === at || (at === "messages" && screen.at === "new") ? "page" : undefined}
            onClick={() => show(view.number, { at })}
          >
            <span className={classes.icon}>
              <Icon size={19} strokeWidth={1.9} aria-hidden />
              {badges[at] > 0 && (
                <span className={classes.badge}>
                  {badges[at]}
                  <span className="rl-only-heard"> new</span>
                </span>
              )}
            </span>
            {label}
          </button>
        ))}
      </nav>
    </div>
  );
}

export const isMissed = (status: string) => status === "no-answer" || status === "busy" || status === "failed";

function Conversations({ view }: { view: PhoneView }) {
  const zone = useZone();
  const now = useNow();
  const last = new Map<string, TextMessage>();
  for (const message of view.messages) {
    if (message.at !== null) last.set(message.other, message);
  }
  const counts = unread(view.messages, view.seen);
  const threads = [...last].sort(([, a], [, b]) => (b.at ?? 0) - (a.at ?? 0));
  if (threads.length === 0) {
    return (
      <div className={classes.nothing}>
        <MessageCircle size={34} strokeWidth={1.4} aria-hidden />
        <p>Nothing has arrived yet.</p>
        <p>Send something to {written(view.number)}, or write first.</p>
        <button type="button" className={classes.first} onClick={() => show(view.number, { at: "new" })}>
          Write a message
        </button>
      </div>
    );
  }
  return (
    <ul className={classes.list}>
      {threads.map(([other, message]) => (
        <li key={other}>
          <button type="button" className={classes.row} onClick={() => show(view.number, { at: "thread", other })}>
            <span className={classes.sender} data-whatsapp={isWhatsApp(other) || undefined} aria-hidden>
              {other.slice(-2)}
            </span>
            <span className={classes.words}>
              <span className={classes.line}>
                <strong className="rl-figures">{written(other)}</strong>
                <span className={classes.when}>{shortly(message.at ?? message.created, now, zone)}</span>
              </span>
              <span className={classes.line}>
                <span className={classes.body1}>
                  {message.outgoing ? "You: " : ""}
                  {message.body || (message.media.length > 0 ? "Picture" : "")}
                </span>
                {counts.get(other) !== undefined && (
                  <span className={classes.count}>
                    {counts.get(other)}
                    <span className="rl-only-heard"> unread</span>
                  </span>
                )}
              </span>
              {isWhatsApp(other) && <span className={classes.channel}>WhatsApp</span>}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function Recipients({ view }: { view: PhoneView }) {
  const { numbers } = useDesk();
  const usual = useDefaultSender();
  const isUsual = (one: OwnNumber) => one.number === usual;
  return (
    <>
      <p className={classes.hint}>The account's numbers. Whom do you write to?</p>
      <ul className={classes.list}>
        {numbers
          .filter((one) => one.texts)
          .sort((one, other) => Number(isUsual(other)) - Number(isUsual(one)))
          .map((one) => (
            <li key={one.number}>
              <button
                type="button"
                className={classes.row}
                onClick={() => show(view.number, { at: "thread", other: one.number })}
              >
                <span className={classes.sender} data-whatsapp={one.whatsapp || undefined} aria-hidden>
                  {one.number.slice(-2)}
                </span>
                <span className={classes.words}>
                  <strong className="rl-figures">{written(one.number)}</strong>
                  <span className={classes.when}>
                    {isUsual(one) && "Default sender · "}
                    {one.whatsapp ? "WhatsApp" : one.pictures ? "Texts and pictures" : "Texts"}
                  </span>
                </span>
              </button>
            </li>
          ))}
      </ul>
    </>
  );
}
