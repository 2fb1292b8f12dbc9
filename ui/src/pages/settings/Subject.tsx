import { Anchor } from "@mantine/core";
import { Link } from "@tanstack/react-router";

const PAGES: [string, string][] = [
  ["msg_", "/messages/"],
  ["run_", "/runs/"],
  ["call_", "/calls/"],
  ["con_", "/contacts/"],
];

/** What something was done to, with the way to it where it has a page. */
export function Subject({ action, subject }: { action: string; subject: string }) {
  if (!subject) return <span>–</span>;
  const page = PAGES.find(([prefix]) => subject.startsWith(prefix))?.[1];
  const to = page ? page + subject : action.endsWith("_workflow") ? `/workflows/${subject}` : null;
  if (to === null) return <span>{subject}</span>;
  return (
    <Anchor component={Link} to={to} size="sm" underline="always">
      {page ? `${subject.slice(0, 4)}…${subject.slice(-6)}` : subject}
    </Anchor>
  );
}
