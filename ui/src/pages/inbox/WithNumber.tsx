import { createContext, useContext } from "react";
import { phone } from "../../talk/words";

/** Whether the one talked with has several numbers, so that every entry says with which it was. */
export const SeveralNumbers = createContext(false);

/** With which of their numbers something was. */
export function WithNumber({ number, isTheirs }: { number: string | null; isTheirs: boolean }) {
  const several = useContext(SeveralNumbers);
  if (!several || !number) return null;
  return (
    <span>
      {isTheirs ? "from" : "to"} {phone(number)}
    </span>
  );
}
