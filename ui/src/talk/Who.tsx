import { phone } from "./words";
import classes from "./Who.module.css";

/** Whose a number is: the contact's name with the number beside it, the number alone where nobody is known to have it. */
export function Who({ name, number }: { name: string | null | undefined; number: string | null | undefined }) {
  if (!name) return phone(number);
  return (
    <span className={classes.who}>
      <span className={classes.name} title={name}>
        {name}
      </span>{" "}
      <span className={classes.number}>{phone(number)}</span>
    </span>
  );
}
