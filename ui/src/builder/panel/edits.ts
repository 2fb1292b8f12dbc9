import type { Edit, EditPath } from "../types";
import { isRecord } from "./shapes";

export type EditFn = (edits: Edit[], options?: { merge?: string }) => Promise<string[]> | void;

/** What stands at a path; undefined where nothing does. */
export function valueAt(root: unknown, path: EditPath): unknown {
  return path.reduce<unknown>((here, key) => {
    if (Array.isArray(here)) return typeof key === "number" ? here[key] : undefined;
    return isRecord(here) ? here[String(key)] : undefined;
  }, root);
}

/**
 * The edit that puts *value* at *path* below *base*; undefined takes it away, and with it whatever is left empty around
 * it. Where what is around it is missing, the whole of that is set.
 */
export function editFor(base: EditPath, root: unknown, path: EditPath, value: unknown): Edit {
  if (value === undefined) return { op: "remove", path: [...base, ...emptied(root, path)] };
  for (let depth = 1; depth < path.length; depth++) {
    const around = valueAt(root, path.slice(0, depth));
    if (!isRecord(around) && !Array.isArray(around)) {
      return { op: "set", path: [...base, ...path.slice(0, depth)], value: nested(path.slice(depth), value) };
    }
  }
  return { op: "set", path: [...base, ...path], value };
}

/** The path of the outermost thing that would be empty without what stands at *path*. */
function emptied(root: unknown, path: EditPath): EditPath {
  let kept = path;
  while (kept.length > 1) {
    const around = valueAt(root, kept.slice(0, -1));
    const size = Array.isArray(around) ? around.length : isRecord(around) ? Object.keys(around).length : 0;
    if (size > 1 || typeof kept.at(-2) === "number") break;
    kept = kept.slice(0, -1);
  }
  return kept;
}

function nested(path: EditPath, value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const inner = nested(rest, value);
  return typeof key === "number" ? [inner] : { [key]: inner };
}

/** A list with one element moved. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const rest = list.filter((_, index) => index !== from);
  const one = list[from];
  return one === undefined ? rest : [...rest.slice(0, to), one, ...rest.slice(to)];
}
