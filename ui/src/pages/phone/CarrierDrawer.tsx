import { Button, Drawer, Group, SegmentedControl, Select, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { hands, useDesk } from "./desk";
import { complain } from "./Dialler";
import { SaveScenario } from "./SaveScenario";
import type { PhoneView } from "./shapes";
import { written } from "./words";

const FATES = [
  { value: "delivered", label: "arrive" },
  { value: "undelivered 30003", label: "do not arrive: the phone is off (30003)" },
  { value: "undelivered 30005", label: "do not arrive: unknown number (30005)" },
  { value: "undelivered 30006", label: "do not arrive: a landline (30006)" },
  { value: "undelivered 30007", label: "do not arrive: carrier filter (30007)" },
  { value: "failed 30008", label: "fail on the way (30008)" },
  { value: "refuse 21211", label: "are refused: not a number (21211)" },
  { value: "refuse 21614", label: "are refused: not a mobile (21614)" },
  { value: "sent", label: "get lost without a word" },
];
const DELAYS = [
  { value: "", label: "At once" },
  { value: "5", label: "5 seconds" },
  { value: "60", label: "1 minute" },
  { value: "3600", label: "1 hour" },
];

/** A phone's name, its signal, and what the network does to messages for it. */
export function CarrierDrawer({ view, opened, close }: { view: PhoneView; opened: boolean; close: () => void }) {
  const { numbers } = useDesk();
  const [name, setName] = useState(view.name);
  const [sure, setSure] = useState(false);
  const behaviour = view.behaviour;
  const fate = !behaviour
    ? "delivered"
    : behaviour.refuse
      ? `refuse ${behaviour.refuse}`
      : [behaviour.ending, behaviour.error].filter(Boolean).join(" ");
  const times = behaviour?.times ? "next" : "all";
  const delay = behaviour?.delivered_after ? String(behaviour.delivered_after) : "";
  const decide = (what: string, which: string, late: string) => {
    const [ending, code] = what.split(" ");
    const after = late ? { delivered_after: Number(late) } : {};
    const limit = which === "next" && what !== "delivered" ? { times: 1 } : {};
    const fateOf =
      ending === "refuse" ? { refuse: Number(code) } : { ending, ...(code ? { error: Number(code) } : {}) };
    const usual = what === "delivered" && !late;
    hands.carrier(view.number, usual ? {} : { ...fateOf, ...after, ...limit }).catch(complain);
  };
  const rename = () => {
    if (name.trim() && name !== view.name) hands.change(view.number, { name }).catch(complain);
  };
  return (
    <Drawer opened={opened} onClose={close} position="right" size={360} title={`${view.name}'s phone`}>
      <Stack gap="lg">
        <TextInput
          label="Name"
          value={name}
          maxLength={40}
          onChange={(event) => setName(event.currentTarget.value)}
          onBlur={rename}
          onKeyDown={(event) => event.key === "Enter" && rename()}
        />
        <Switch
          label="Signal"
          description="Off: messages wait and calls fail, until it is back."
          checked={view.signal}
          onChange={(event) => void hands.change(view.number, { signal: event.currentTarget.checked }).catch(complain)}
        />
        <Switch
          label="Answering machine"
          description="Takes calls after 20 seconds of ringing."
          checked={view.voicemail}
          onChange={(event) =>
            void hands.change(view.number, { voicemail: event.currentTarget.checked }).catch(complain)
          }
        />
        <Stack gap="xs">
          <Select
            label="Messages to this phone"
            data={FATES}
            value={FATES.some((one) => one.value === fate) ? fate : "delivered"}
            allowDeselect={false}
            onChange={(value) => value && decide(value, times, delay)}
          />
          <SegmentedControl
            aria-label="How many messages"
            data={[
              { value: "next", label: "The next one" },
              { value: "all", label: "All" },
            ]}
            value={times}
            disabled={fate === "delivered"}
            onChange={(value) => decide(fate, value, delay)}
          />
          <Select
            label="Delivered after"
            data={DELAYS.some((one) => one.value === delay) ? DELAYS : [...DELAYS, { value: delay, label: `${delay} s` }]}
            value={delay}
            allowDeselect={false}
            onChange={(value) => decide(fate, times, value ?? "")}
          />
        </Stack>
        <Stack gap={6}>
          <Text size="sm" fw={500}>
            Opted out of
          </Text>
          <Text size="xs" c="dimmed">
            As Twilio knows it: messages from there are refused with 21610. Whoever writes STOP is opted out as well.
          </Text>
          {numbers
            .filter((one) => one.texts)
            .map((one) => (
              <Switch
                key={one.number}
                size="sm"
                label={`${written(one.number)}${one.whatsapp ? " (WhatsApp)" : ""}`}
                checked={view.opt_outs.includes(one.number)}
                onChange={(event) =>
                  void hands.optOut(view.number, one.number, event.currentTarget.checked).catch(complain)
                }
              />
            ))}
        </Stack>
        <Group justify="space-between">
          <SaveScenario phone={view.number} as="small" />
          <Button
            size="compact-sm"
            color="red"
            variant={sure ? "filled" : "subtle"}
            onClick={() => (sure ? void hands.remove(view.number).then(close, complain) : setSure(true))}
          >
            {sure ? "Really put it away" : "Put this phone away"}
          </Button>
        </Group>
      </Stack>
    </Drawer>
  );
}
