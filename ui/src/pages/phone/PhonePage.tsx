import { ActionIcon, Button, Menu, Modal, Stack, Text, TextInput, Tooltip } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useQueries, useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Plus, RadioTower, Volume2, VolumeOff } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { ask } from "../../api/client";
import { useMay } from "../../app/me";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNotice } from "../../components/ErrorNotice";
import { Loading } from "../../components/Loading";
import { PageHeader } from "../../components/PageHeader";
import { ClockBar } from "./ClockBar";
import { desk, hands, usePhone, usePhoneNews, useTime } from "./desk";
import { Device } from "./Device";
import { complain } from "./Dialler";
import { NetworkDrawer } from "./NetworkDrawer";
import classes from "./PhonePage.module.css";
import { useScreens } from "./screens";
import type { Desk, Phone, PhoneView } from "./shapes";
import { chime, ring, useSound } from "./sound";
import { hush } from "./speech";
import { unread, written } from "./words";

/** The simulator's phones, or why they cannot be had: viewers, for one, hold none. */
export function PhonePage() {
  const operates = useMay("operator");
  const { data, error, refetch } = useQuery({ ...desk, enabled: operates });
  if (data) return <Phones data={data} />;
  return (
    <>
      <PageHeader title="Phone" />
      <div className={classes.without}>
        {!operates ? (
          <EmptyState title="This page is for operators and admins">
            An admin can give you another role under Settings, Users.
          </EmptyState>
        ) : error ? (
          <ErrorNotice error={error} retry={() => void refetch()} />
        ) : (
          <Loading what="Loading the phones" />
        )}
      </div>
    </>
  );
}

/** The phones, side by side. */
function Phones({ data }: { data: Desk }) {
  usePhoneNews();
  const narrow = useMediaQuery("(max-width: 720px)");
  const chosen = useScreens((state) => state.front);
  const front = data.phones.find((phone) => phone.number === chosen) ?? data.phones[0];
  const connected = useTime((state) => state.connected);
  const everConnected = useTime((state) => state.clock !== null);
  useAttention(data.phones.map((phone) => phone.number));
  const shown = narrow && front ? [front] : data.phones;
  return (
    <div className={classes.page}>
      <div className={classes.top}>
        <div className={classes.title}>
          <h1>Phone</h1>
          <Tools />
        </div>
        <ClockBar />
      </div>
      {!connected && everConnected && (
        <p className={classes.lost} role="alert">
          The phones are not connected at this moment. They come back by themselves when the server does.
        </p>
      )}
      <div className={classes.tabs} role="tablist" aria-label="Phones">
        {narrow &&
          data.phones.map((phone) => <Tab key={phone.number} phone={phone} chosen={phone === front} />)}
      </div>
      <div className={classes.desk} data-many={shown.length > 3 || undefined}>
        {shown.map((phone) => (
          <Device key={phone.number} phone={phone} />
        ))}
        {data.phones.length === 0 && <Text c="dimmed">There is no phone here. Add one.</Text>}
      </div>
    </div>
  );
}

/** One of the phones, where only one is seen; it comes to the front when it rings. */
function Tab({ phone, chosen }: { phone: Phone; chosen: boolean }) {
  const { data: view } = usePhone(phone.number);
  const waiting = view ? [...unread(view.messages, view.seen).values()].reduce((sum, count) => sum + count, 0) : 0;
  const rings = view ? isRinging(view) : false;
  useEffect(() => {
    if (rings) useScreens.setState({ front: phone.number });
  }, [rings, phone.number]);
  return (
    <button
      type="button"
      role="tab"
      aria-selected={chosen}
      onClick={() => useScreens.setState({ front: phone.number })}
    >
      {phone.name}
      {rings ? " rings" : waiting > 0 && <span className={classes.count}>{waiting}</span>}
    </button>
  );
}

const isRinging = ({ live }: PhoneView) => live?.status === "ringing" && live.direction !== "inbound";

function Tools() {
  const muted = useSound((state) => state.muted);
  const { data } = useSuspenseQuery(desk);
  const [adding, setAdding] = useState(false);
  const [network, setNetwork] = useState(false);
  return (
    <div className={classes.tools}>
      <Menu width={250} position="bottom-start">
        <Menu.Target>
          <Button size="compact-sm" variant="default" leftSection={<Plus size={14} aria-hidden />}>
            Add a phone
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => void hands.add("", "").catch(complain)}>With any free number</Menu.Item>
          <Menu.Item onClick={() => setAdding(true)}>With a name and number…</Menu.Item>
          {data.others.length > 0 && (
            <>
              <Menu.Label>Have received something</Menu.Label>
              {data.others.slice(0, 8).map((number) => (
                <Menu.Item key={number} onClick={() => void hands.add(number, "").catch(complain)}>
                  {written(number)}
                </Menu.Item>
              ))}
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      <Tooltip label="Network: delays and losses">
        <ActionIcon variant="default" onClick={() => setNetwork(true)} aria-label="Network">
          <RadioTower size={15} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={muted ? "Sound is off" : "Sound is on"}>
        <ActionIcon
          variant="default"
          aria-pressed={muted}
          aria-label="Mute all phones"
          onClick={() => {
            hush();
            useSound.setState({ muted: !muted });
          }}
        >
          {muted ? <VolumeOff size={15} aria-hidden /> : <Volume2 size={15} aria-hidden />}
        </ActionIcon>
      </Tooltip>
      <AddPhone opened={adding} close={() => setAdding(false)} />
      <NetworkDrawer opened={network} close={() => setNetwork(false)} />
    </div>
  );
}

function AddPhone({ opened, close }: { opened: boolean; close: () => void }) {
  const [name, setName] = useState("");
  const [number, setNumber] = useState("");
  const add = async () => {
    try {
      await hands.add(number.replace(/[\s().-]/g, ""), name);
      setName("");
      setNumber("");
      close();
    } catch (error) {
      complain(error);
    }
  };
  return (
    <Modal opened={opened} onClose={close} title="Add a phone" size="sm">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        <Stack>
          <TextInput
            label="Name"
            value={name}
            maxLength={40}
            onChange={(event) => setName(event.currentTarget.value)}
            data-autofocus
          />
          <TextInput
            label="Number"
            description="With plus and country code; a free one if left out."
            placeholder="+14155550177"
            value={number}
            onChange={(event) => setNumber(event.currentTarget.value)}
          />
          <Button type="submit">Add</Button>
        </Stack>
      </form>
    </Modal>
  );
}

/** Ring, chime, and say in the tab's title what waits. */
function useAttention(numbers: string[]): void {
  const views = useQueries({
    queries: numbers.map((number) => ({
      queryKey: ["phones", "one", number],
      queryFn: () => ask<PhoneView>(`/_simulator/phones/${encodeURIComponent(number)}`),
      staleTime: Infinity,
    })),
    combine: (results) => results.flatMap(({ data }) => (data ? [data] : [])),
  });
  const muted = useSound((state) => state.muted);
  const ringing = views.filter(isRinging);
  const names = ringing.map(({ name }) => name).join(", ");
  const waiting = views.reduce(
    (sum, view) => sum + [...unread(view.messages, view.seen).values()].reduce((a, b) => a + b, 0),
    0,
  );
  const received = views.reduce((sum, { messages }) => sum + messages.filter((m) => !m.outgoing && m.at).length, 0);
  const before = useRef<{ received: number; phones: number } | null>(null);

  useEffect(() => (names && !muted ? ring() : undefined), [names, muted]);
  useEffect(() => {
    const was = before.current;
    // Phones that were just added, or loaded, bring old messages with them.
    if (was && was.phones === views.length && received > was.received) chime();
    before.current = { received, phones: views.length };
  }, [received, views.length]);
  useEffect(() => {
    const usual = "Ringline";
    if (!names) {
      document.title = waiting > 0 ? `(${waiting}) Phone · ${usual}` : `Phone · ${usual}`;
      return () => {
        document.title = usual;
      };
    }
    let shown = true;
    const flash = () => {
      document.title = shown ? `☎ ${names} rings` : `Phone · ${usual}`;
      shown = !shown;
    };
    flash();
    const beat = setInterval(flash, 1_000);
    return () => {
      clearInterval(beat);
      document.title = usual;
    };
  }, [names, waiting]);
  useEffect(() => hush, []);
}
