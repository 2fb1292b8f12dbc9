import { useQuery } from "@tanstack/react-query";
import { api, data } from "../../api/typed";
import { useMay } from "../../app/me";
import type { components } from "../../api/schema";
import { phone } from "../../talk/words";

export type Sender = components["schemas"]["SenderOut"];

/** What a sender is called. The calls of an account share one pace, whatever number they come from. */
export function nameOf(sender: Sender): string {
  return sender.channel === "voice" ? `All numbers of ${sender.account_sid.slice(0, 6)}…` : phone(sender.sender);
}

/** The name of the credential of a sender's account, as changes of it are asked for. */
export function useCredentialOf(accountSid: string): string | null {
  const credentials = useQuery({
    queryKey: ["credentials", "list"],
    queryFn: () => data(api.GET("/api/v1/credentials")),
    enabled: useMay("admin"),
  });
  return credentials.data?.find((one) => one.account_sid === accountSid)?.name ?? null;
}
