import { ChevronLeft, Phone } from "lucide-react";
import { asSentence } from "./Calls";
import classes from "./CallDetails.module.css";
import { hands, useHearing } from "./desk";
import { complain } from "./Dialler";
import { SaveScenario } from "./SaveScenario";
import { show, useZone } from "./screens";
import type { PhoneView } from "./shapes";
import { Transcript } from "./Transcript";
import { dayOf, timeOfDay, written } from "./words";

/** A call that is over: what was said, what was understood, what was left on the answering machine. */
export function CallDetails({ view, sid }: { view: PhoneView; sid: string }) {
  const zone = useZone();
  const call = view.calls.find((one) => one.sid === sid);
  const hearing = useHearing(view.number, sid, call?.answered != null);
  const back = () => show(view.number, { at: call?.voicemail === null ? "calls" : "voicemail" });
  const other = call && (call.direction === "inbound" ? call.to : call.from);
  return (
    <div className={classes.details}>
      <div className={classes.head}>
        <button type="button" className={classes.icon} onClick={back} aria-label="Back">
          <ChevronLeft size={22} aria-hidden />
        </button>
        <strong className="rl-figures">{other ? written(other) : "Call"}</strong>
        <button
          type="button"
          className={classes.icon}
          onClick={() => other && void hands.call(view.number, other).catch(complain)}
          aria-label="Call back"
        >
          <Phone size={18} aria-hidden />
        </button>
      </div>
      {call && (
        <>
          <p className={classes.about}>
            {asSentence(call)} · {dayOf(call.created, zone)}, {timeOfDay(call.created, zone)}
          </p>
          {call.voicemail !== null && (
            <blockquote className={classes.voicemail}>{call.voicemail || "(nothing was said)"}</blockquote>
          )}
          <div className={classes.ground}>
            {call.lines.length > 0 ? (
              <Transcript lines={call.lines} heard={hearing?.heard ?? []} />
            ) : (
              <p className={classes.about}>Nobody said anything.</p>
            )}
          </div>
          {call.notes.map((note, index) => (
            <p key={index} className={classes.note}>
              {note.code}: {note.sentence}
            </p>
          ))}
          <div className={classes.save}>
            <SaveScenario phone={view.number} />
          </div>
        </>
      )}
    </div>
  );
}
