import { ActionIcon, Button, Group, Menu, Popover, Select, Stack, Text, TextInput, Tooltip } from "@mantine/core";
import { ChevronDown, Clock, FastForward, Pause, Play } from "lucide-react";
import { useState } from "react";
import classes from "./ClockBar.module.css";
import { simulatedNow, time, useTime } from "./desk";
import { complain } from "./Dialler";
import { useScreens, useZone } from "./screens";
import { useNow } from "./StatusBar";
import { dayOf, isoDay, timeOfDay } from "./words";

const ZONES = [
  "America/New_York",
  "America/Chicago",
  "America/Denver",
  "America/Los_Angeles",
  "Europe/London",
  "Europe/Berlin",
  "Asia/Kolkata",
  "Asia/Tokyo",
  "Australia/Sydney",
  "UTC",
];
const STEPS = [
  { label: "10 seconds on", seconds: 10 },
  { label: "1 minute on", seconds: 60 },
  { label: "10 minutes on", seconds: 600 },
  { label: "1 hour on", seconds: 3_600 },
];

/** The time that phones and product live in: it can be held, let go, and moved on. */
export function ClockBar() {
  const clock = useTime((state) => state.clock);
  const zone = useZone();
  const now = useNow();
  if (!clock) return null;
  const go = (to: string) => void time.jump(to, zone).catch(complain);
  const nextMonday = isoDay(now + daysToMonday(now, zone) * 86_400, zone);
  // Not `step`: on the way everything that falls due is to happen at its own time.
  const forward = (seconds: number) => {
    const then = simulatedNow() + seconds;
    go(`${isoDay(then, zone)} ${clockTime(then, zone)}`);
  };
  const ahead = clock.shift ?? 0;
  return (
    <div className={classes.bar} role="group" aria-label="Time">
      <Clock size={15} aria-hidden />
      <span className={classes.now}>
        <strong className="rl-figures">{timeOfDay(now, zone)}</strong> <span>{dayOf(now, zone)}</span>
      </span>
      <span className={classes.state} role="status">
        {clock.jumping ? "On the way…" : clock.frozen ? "Stands still" : ahead > 60 ? `${span(ahead)} ahead` : ""}
      </span>
      <Tooltip label={clock.frozen ? "Let time pass" : "Hold time"}>
        <ActionIcon
          variant="default"
          size="md"
          onClick={() => void (clock.frozen ? time.resume() : time.freeze()).catch(complain)}
          aria-label={clock.frozen ? "Let time pass" : "Hold time"}
        >
          {clock.frozen ? <Play size={14} aria-hidden /> : <Pause size={14} aria-hidden />}
        </ActionIcon>
      </Tooltip>
      <Button
        className={classes.wide}
        size="compact-sm"
        variant="default"
        loading={clock.jumping}
        leftSection={<FastForward size={14} aria-hidden />}
        onClick={() => go("tomorrow 09:00")}
      >
        Tomorrow 09:00
      </Button>
      <Menu position="bottom-end" width={230}>
        <Menu.Target>
          <Button size="compact-sm" variant="default" rightSection={<ChevronDown size={14} aria-hidden />}>
            Jump
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {STEPS.map(({ label, seconds }) => (
            <Menu.Item key={seconds} onClick={() => forward(seconds)}>
              {label}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item onClick={() => go("tomorrow 09:00")}>Tomorrow 09:00</Menu.Item>
          <Menu.Item onClick={() => go("tomorrow 18:00")}>Tomorrow 18:00</Menu.Item>
          <Menu.Item onClick={() => go(`${nextMonday} 09:00`)}>Monday 09:00</Menu.Item>
          <Menu.Label>{about(clock.product ?? false)}</Menu.Label>
        </Menu.Dropdown>
      </Menu>
      <Moment go={go} zone={zone} />
    </div>
  );
}

function about(product: boolean): string {
  return product
    ? "Moves phones and workflows alike. What falls due on the way happens in its order; time never goes back."
    : "Moves the simulated Twilio and its phones. Your application keeps its own time.";
}

function Moment({ go, zone }: { go: (to: string) => void; zone: string }) {
  const [opened, setOpened] = useState(false);
  const [day, setDay] = useState("");
  const [clockTimeText, setClockTime] = useState("09:00");
  const zones = ZONES.includes(zone) ? ZONES : [zone, ...ZONES];
  return (
    <Popover opened={opened} onChange={setOpened} width={260} position="bottom-end" trapFocus>
      <Popover.Target>
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => {
            setDay(isoDay(simulatedNow(), zone));
            setOpened(!opened);
          }}
        >
          To a moment
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Jump to a moment">
        <Stack gap="xs">
          <Group grow gap="xs">
            <TextInput size="xs" type="date" label="Day" value={day} onChange={(e) => setDay(e.currentTarget.value)} />
            <TextInput
              size="xs"
              type="time"
              label="Time"
              value={clockTimeText}
              onChange={(e) => setClockTime(e.currentTarget.value)}
            />
          </Group>
          <Select
            size="xs"
            label="Time zone of the phones"
            data={zones}
            value={zone}
            allowDeselect={false}
            searchable
            onChange={(value) => value && useScreens.setState({ zone: value })}
            comboboxProps={{ withinPortal: false }}
          />
          <Text size="xs" c="dimmed">
            At most 400 days at once.
          </Text>
          <Button
            size="xs"
            disabled={!day || !clockTimeText}
            onClick={() => {
              setOpened(false);
              go(`${day} ${clockTimeText}`);
            }}
          >
            Jump there
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

function daysToMonday(now: number, zone: string): number {
  const day = new Intl.DateTimeFormat("en-US", { timeZone: zone, weekday: "short" }).format(now * 1000);
  return 7 - ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].indexOf(day);
}

const clockTime = (seconds: number, zone: string) =>
  new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  }).format(seconds * 1000);

function span(seconds: number): string {
  const days = Math.floor(seconds / 86_400);
  const hours = Math.round((seconds % 86_400) / 3_600);
  if (days > 0) return `${days} d${hours ? ` ${hours} h` : ""}`;
  return seconds >= 3_600 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 60)} min`;
}
