import { Anchor } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ProblemError } from "../../api/problem";

const OWNER = / \((con_[0-9A-Z]+)\)/;

/** What is wrong with a field, and the way to the contact that has a number already. */
export function Refused({ error }: { error: ProblemError }) {
  const id = OWNER.exec(error.message)?.[1];
  if (!id) return `${error.message} ${error.fix}`;
  return (
    <>
      {error.message.replace(OWNER, "")}{" "}
      <Anchor component={Link} to={`/contacts/${id}`} inherit underline="always" c="inherit">
        Open that contact
      </Anchor>{" "}
      to change it, or remove the number there first.
    </>
  );
}
