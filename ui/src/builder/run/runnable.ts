import type { Role } from "../../app/me";
import type { Draft } from "../types";

type Started = Pick<Draft, "published" | "changed">;

/** What somebody with that role starts from a workflow's page; null for nothing. */
export function runnable({ published }: Started, role: Role): "draft" | "version" | null {
  if (role === "editor" || role === "admin") return "draft";
  return role === "operator" && published !== null ? "version" : null;
}

/** What is said above the form, or instead of it. */
export function aboutRunning(draft: Started, role: Role): string {
  const { published, changed } = draft;
  if (role === "viewer") return "Starting a workflow is for operators. An admin can give you another role under Settings, Users.";
  if (runnable(draft, role) === "draft") {
    return "The draft runs as it stands here; triggers go on with the published version.";
  }
  if (published === null) return "It has not been published yet, and until then only editors can try it.";
  return `Version ${published} runs, the one published last.${changed ? " What was changed since is not in it." : ""}`;
}
