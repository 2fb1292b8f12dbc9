import type { Role } from "../../app/me";

/** What each role may do, in words. */
export const ROLE_WORDS: Record<Role, string> = {
  viewer: "sees everything, but of numbers only the last four digits",
  operator: "also replies, starts published workflows, cancels, retries and listens to calls",
  editor: "also changes workflows, contacts and broadcasts",
  admin: "also manages users, keys, credentials, senders and budgets",
};

/** For a choice of role. */
export const ROLE_CHOICES = (Object.keys(ROLE_WORDS) as Role[]).map((role) => ({
  value: role,
  label: role[0]?.toUpperCase() + role.slice(1),
}));
