import classes from "./Chips.module.css";
import { hands, useMenu } from "./desk";
import { complain } from "./Dialler";
import type { Fitting, Hearing, PhoneView, Question } from "./shapes";

const MUMBLED = "mhm hrm uh";

interface ChipsProps {
  view: PhoneView;
  sid: string;
  question: Question;
  hearing: Hearing | null;
}

/** Answers to the question that is open: some that fit, and some that do not. */
export function Chips({ view, sid, question, hearing }: ChipsProps) {
  const open = hearing?.open;
  const menu = useMenu(view.number, sid);
  const fitting = open ? open.answers : menu.length > 0 ? menu : byTwiml(question);
  const answer = ({ text, keys }: Fitting) => {
    const done = question.speech && text ? hands.say(view.number, text) : press(view.number, keys ?? "", question);
    done.catch(complain);
  };
  const shown = fitting.filter((one) => question.speech || one.keys);
  if (shown.length === 0 && !question.speech) return null;
  return (
    <div className={classes.box} role="group" aria-label={open ? `Answers to: ${open.text}` : "Answers"}>
      <div className={classes.chips}>
        {shown.map((one) => (
          <button key={`${one.text} ${one.keys}`} type="button" className={classes.chip} onClick={() => answer(one)}>
            {one.text || `Key ${one.keys}`}
            {one.text && one.keys && one.keys !== one.text && question.keys && <kbd>{one.keys}</kbd>}
          </button>
        ))}
        {question.speech && (
          <>
            <button
              type="button"
              className={classes.odd}
              title={open ? `Says: ${open.odd}` : undefined}
              onClick={() => void hands.say(view.number, open?.odd ?? "what do you mean?").catch(complain)}
            >
              Something odd
            </button>
            <button
              type="button"
              className={classes.odd}
              onClick={() => void hands.say(view.number, MUMBLED, 0.2).catch(complain)}
            >
              Mumble
            </button>
          </>
        )}
      </div>
    </div>
  );
}

function press(number: string, keys: string, question: Question): Promise<unknown> {
  const enough = question.digits !== null && keys.length >= question.digits;
  return hands.press(number, enough || !question.finish_on ? keys : keys + question.finish_on, false);
}

/** What the document itself tells of answers, where no interview is held. */
function byTwiml(question: Question): Fitting[] {
  if (question.kind === "record") return [{ text: "Hello, this is a short message.", keys: null }];
  return question.speech ? question.hints.slice(0, 6).map((text) => ({ text, keys: null })) : [];
}
