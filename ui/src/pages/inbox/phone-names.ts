import { useQuery } from "@tanstack/react-query";
import { ask } from "../../api/client";
import { useMay, useMe } from "../../app/me";

const NONE: ReadonlyMap<string, string> = new Map();

/** What the simulator's phones are called, by number: whoever is tried with has no contact, but a name on the phone page. */
export function usePhoneNames(): ReadonlyMap<string, string> {
  const { simulator } = useMe();
  const operates = useMay("operator");
  const { data } = useQuery({
    queryKey: ["phones", "list", "names"],
    queryFn: async () => {
      const { phones } = await ask<{ phones: { number: string; name: string }[] }>("/_simulator/phones");
      return new Map(phones.map(({ number, name }) => [number, name]));
    },
    enabled: simulator && operates,
  });
  return data ?? NONE;
}
