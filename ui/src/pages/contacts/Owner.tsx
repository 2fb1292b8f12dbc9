import { Anchor } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ProblemError } from "../../api/problem";

/** The way to the contact that has a number already, where a refusal names one. */
export function Owner({ error }: { error: ProblemError | null }) {
  const id = /con_[0-9A-Z]+/.exec(error?.message ?? "")?.[0];
  if (!id) return null;
  return (
    <Anchor component={Link} to={`/contacts/${id}`} size="sm">
      Open the contact that has it
    </Anchor>
  );
}
