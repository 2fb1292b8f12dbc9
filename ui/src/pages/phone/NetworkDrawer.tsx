import { Drawer, Loader, NumberInput, Stack, Switch, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { ask } from "../../api/client";
import { queryClient } from "../../app/queries";
import { complain } from "./Dialler";

interface Network {
  delivered_after: number;
  callback_after: number;
  answers_take: number;
  loss: number;
  undelivered: number;
  reordered: number;
  duplicated: number;
  callbacks: boolean;
}

const KEY = ["phones", "carrier"];

const SECONDS = [
  { name: "delivered_after", label: "Delivery takes", about: "From sent to delivered." },
  { name: "callback_after", label: "Status callbacks come late by", about: "" },
  { name: "answers_take", label: "TwiML takes", about: "How long your server needs on calls; 15 s is too long." },
] as const;
const SHARES = [
  { name: "loss", label: "Lost without a word", about: "Stay “sent” for ever." },
  { name: "undelivered", label: "Undelivered", about: "With error 30003." },
  { name: "reordered", label: "Statuses out of order", about: "“sent” comes after “delivered”." },
  { name: "duplicated", label: "Callbacks twice", about: "" },
] as const;

/** How the whole network behaves. */
export function NetworkDrawer({ opened, close }: { opened: boolean; close: () => void }) {
  const { data } = useQuery({
    queryKey: KEY,
    queryFn: () => ask<Network>("/_simulator/carrier"),
    enabled: opened,
    staleTime: Infinity,
  });
  const set = (changes: Partial<Network>) => {
    ask<Network>("/_simulator/carrier", { json: changes })
      .then((network) => queryClient.setQueryData(KEY, network))
      .catch(complain);
  };
  return (
    <Drawer opened={opened} onClose={close} position="right" size={360} title="Network">
      {data ? (
        <Stack>
          <Text size="sm" c="dimmed">
            For all phones, from the next message on.
          </Text>
          {SECONDS.map(({ name, label, about }) => (
            <NumberInput
              key={name}
              label={label}
              description={about}
              suffix=" s"
              min={0}
              step={1}
              decimalScale={2}
              value={data[name]}
              onChange={(value) => typeof value === "number" && set({ [name]: value })}
            />
          ))}
          {SHARES.map(({ name, label, about }) => (
            <NumberInput
              key={name}
              label={label}
              description={about}
              suffix=" %"
              min={0}
              max={100}
              step={5}
              decimalScale={1}
              value={Math.round(data[name] * 1_000) / 10}
              onChange={(value) => typeof value === "number" && set({ [name]: value / 100 })}
            />
          ))}
          <Switch
            label="Status callbacks"
            description="Off: the server has to ask what became of its messages."
            checked={data.callbacks}
            onChange={(event) => set({ callbacks: event.currentTarget.checked })}
          />
        </Stack>
      ) : (
        <Loader size="sm" />
      )}
    </Drawer>
  );
}
