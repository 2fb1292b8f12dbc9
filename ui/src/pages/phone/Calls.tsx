import { PhoneIncoming, PhoneMissed, PhoneOutgoing, Voicemail } from "lucide-react";
import { useEffect } from "react";
import { hands } from "./desk";
import classes from "./Home.module.css";
import { isMissed } from "./Home";
import { show, useZone } from "./screens";
import type { PhoneCall, PhoneView } from "./shapes";
import { useNow } from "./StatusBar";
import { asDuration, shortly, written } from "./words";

/** The calls of a phone, or what its answering machine has recorded, newest first. */
export function Calls({ view, voicemail = false }: { view: PhoneView; voicemail?: boolean }) {
  const zone = useZone();
  const now = useNow();
  const calls = view.calls.filter((call) => (voicemail ? call.voicemail !== null : true)).toReversed();
  const box = voicemail ? "voicemail" : "calls";
  const isNew = calls.some((call) => call.created > (view.seen[box] ?? 0));
  useEffect(() => {
    if (isNew) void hands.see(view.number, box);
  }, [isNew, view.number, box]);
  if (calls.length === 0) {
    return (
      <div className={classes.nothing}>
        {voicemail ? (
          <Voicemail size={34} strokeWidth={1.4} aria-hidden />
        ) : (
          <PhoneIncoming size={34} strokeWidth={1.4} aria-hidden />
        )}
        <p>{voicemail ? "No messages on the answering machine." : "No calls yet."}</p>
        {voicemail && (
          <p>
            {view.voicemail
              ? "It takes calls after 20 seconds of ringing."
              : "Send a ringing call here, or turn it on in the settings above."}
          </p>
        )}
      </div>
    );
  }
  return (
    <ul className={classes.list}>
      {calls.map((call) => (
        <li key={call.sid}>
          <button
            type="button"
            className={classes.row}
            onClick={() => show(view.number, { at: "call", sid: call.sid })}
          >
            <Way call={call} />
            <span className={classes.words}>
              <span className={classes.line}>
                <strong className="rl-figures">{written(call.direction === "inbound" ? call.to : call.from)}</strong>
                <span className={classes.when}>{shortly(call.created, now, zone)}</span>
              </span>
              <span className={classes.body1}>{voicemail ? call.voicemail || "(nothing was said)" : asSentence(call)}</span>
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function Way({ call }: { call: PhoneCall }) {
  const Icon = isMissed(call.status) ? PhoneMissed : call.direction === "inbound" ? PhoneOutgoing : PhoneIncoming;
  return (
    <span className={classes.sender} aria-hidden>
      <Icon size={17} />
    </span>
  );
}

/** How a call went, from the side of the phone. */
export function asSentence(call: PhoneCall): string {
  if (call.status === "completed" && call.reaction === "machine") return "Voicemail";
  if (call.status === "completed") {
    return `${call.direction === "inbound" ? "Outgoing" : "Incoming"}, ${asDuration(call.duration)}`;
  }
  if (call.status === "no-answer") return "Missed";
  if (call.status === "busy") return call.reaction === "decline" ? "Declined" : "Busy";
  if (call.status === "failed") return "Could not be reached";
  if (call.status === "canceled") return "The caller gave up";
  return call.status === "in-progress" ? "In the call" : "On its way";
}
