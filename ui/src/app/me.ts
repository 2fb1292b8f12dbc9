import { queryOptions } from "@tanstack/react-query";
import { useSuspenseQuery } from "@tanstack/react-query";
import { ask, setCsrf } from "../api/client";

export type Role = "viewer" | "operator" | "editor" | "admin";

const ROLES: Role[] = ["viewer", "operator", "editor", "admin"];

/** Who is signed in, and what the pages need to know of the server. */
export interface Me {
  name: string;
  role: Role;
  /** Carried by every request that changes something. */
  csrf: string;
  /** True while the password is the one that was printed at the first start. */
  must_change_password: boolean;
  /** Whether a simulated Twilio runs beside this server, so that there is a phone to show. */
  simulator: boolean;
  /** Whether `ringline simulator` serves the phone's page, and there is nothing else. */
  alone?: boolean;
  version: string;
}

export const me = queryOptions({
  queryKey: ["me"],
  queryFn: async (): Promise<Me> => {
    const found = await ask<Me>("/api/v1/me");
    setCsrf(found.csrf);
    return found;
  },
  staleTime: Infinity,
});

/** Who is signed in. Inside the shell it is always known. */
export function useMe(): Me {
  return useSuspenseQuery(me).data;
}

/** Whether whoever is signed in may do what *role* may: roles are cumulative. */
export function useMay(role: Role): boolean {
  return ROLES.indexOf(useMe().role) >= ROLES.indexOf(role);
}
