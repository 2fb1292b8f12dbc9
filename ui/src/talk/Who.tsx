import { Link } from "@tanstack/react-router";
import classes from "./Who.module.css";
import { phone } from "./words";

/** Whose a number is: the contact's name with the number beside it, the number alone where nobody is known to have it. */
export function Who({
  name,
  number,
  contact,
}: {
  name: string | null | undefined;
  number: string | null | undefined;
  /** The contact, where the name leads there. */
  contact?: string | null;
}) {
  const shown = name || phone(number);
  const first = contact ? (
    <Link to="/contacts/$id" params={{ id: contact }}>
      {shown}
    </Link>
  ) : (
    shown
  );
  if (!name) return first;
  return (
    <span className={classes.who}>
      <span className={classes.name} title={name}>
        {first}
      </span>{" "}
      <span className={classes.number}>{phone(number)}</span>
    </span>
  );
}
