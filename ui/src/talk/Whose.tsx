import { Link } from "@tanstack/react-router";
import { Who } from "./Who";

/** As `Who`, and the name leads to the contact. */
export function Whose({
  name,
  contact,
  number,
}: {
  name: string | null | undefined;
  contact: string | null | undefined;
  number: string | null | undefined;
}) {
  if (!contact) return <Who name={name} number={number} />;
  return (
    <Link to="/contacts/$id" params={{ id: contact }}>
      <Who name={name} number={number} />
    </Link>
  );
}
