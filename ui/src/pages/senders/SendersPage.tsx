import { Anchor, Badge, Button, Group, Menu, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Ellipsis, Gauge, Pause, Play } from "lucide-react";
import { useState } from "react";
import { api, data } from "../../api/typed";
import { useMay } from "../../app/me";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNotice } from "../../components/ErrorNotice";
import { Loading } from "../../components/Loading";
import { Moment } from "../../components/Moment";
import { PageHeader } from "../../components/PageHeader";
import { StatusPill } from "../../components/StatusPill";
import { Card } from "../settings/Card";
import { type Column, Records } from "../settings/Records";
import { PauseSender } from "./PauseSender";
import { Pools } from "./Pools";
import { RateForm } from "./RateForm";
import { nameOf, type Sender, useCredentialOf } from "./sender";
import classes from "./SendersPage.module.css";

const CHANNELS: Record<string, string> = { sms: "SMS", whatsapp: "WhatsApp", voice: "Calls" };
const COUNT = new Intl.NumberFormat();

/** How fast each sender is, what waits for it, and the pools that share work. */
export function SendersPage() {
  return (
    <>
      <PageHeader title="Senders" about="Numbers and names that messages and calls go out from, each at its own pace." />
      <div className={classes.page}>
        <SenderList />
        <Pools />
      </div>
    </>
  );
}

function SenderList() {
  const manages = useMay("admin");
  const senders = useQuery({ queryKey: ["senders", "list"], queryFn: () => data(api.GET("/api/v1/senders")) });
  if (senders.isPending) return <Loading />;
  if (senders.error) return <ErrorNotice error={senders.error} retry={() => void senders.refetch()} />;
  if (senders.data.length === 0) {
    return (
      <Card flush>
        <EmptyState title="No sender has sent anything yet">
          A number or name appears here with its first message or call. Which ones there are, the{" "}
          <Anchor component={Link} to="/settings/credentials" underline="always" size="sm">
            Twilio account
          </Anchor>{" "}
          decides.
        </EmptyState>
      </Card>
    );
  }
  const columns: Column<Sender>[] = [
    {
      head: "Sender",
      cell: (one) => (
        <div>
          <strong className={classes.sender}>{nameOf(one)}</strong>
          <Text size="xs" c="dimmed">
            {CHANNELS[one.channel] ?? one.channel}
          </Text>
        </div>
      ),
    },
    { head: "State", cell: (one) => <State of={one} /> },
    {
      head: "Rate",
      cell: (one) => (
        <div className="rl-figures">
          {one.rate}
          <Text size="xs" c="dimmed">
            {one.has_own_rate ? "set by hand" : "the usual for its kind"}
          </Text>
        </div>
      ),
    },
    {
      head: "Queue",
      cell: (one) => (
        <div className="rl-figures">
          {COUNT.format(one.waiting)} {one.waiting === 1 ? "message" : "messages"}
          {one.waiting > 0 && (
            <Text size="xs" c="dimmed">
              {COUNT.format(one.waiting_segments)} {one.waiting_segments === 1 ? "segment" : "segments"}
              {one.finishes_at && (
                <>
                  , done <Moment at={one.finishes_at} />
                </>
              )}
            </Text>
          )}
        </div>
      ),
    },
    {
      head: "Pools",
      cell: (one) =>
        one.pools.length === 0 ? (
          <span>–</span>
        ) : (
          <Group gap={4}>
            {one.pools.map((pool) => (
              <Badge key={pool} variant="default" size="sm" tt="none" fw={500}>
                {pool}
              </Badge>
            ))}
          </Group>
        ),
    },
  ];
  if (manages) columns.push({ head: "What can be done", quiet: true, cell: (one) => <Actions sender={one} /> });
  return (
    <Card flush>
      <Records<Sender> label="Senders" rows={senders.data} id={idOf} columns={columns} />
    </Card>
  );
}

function idOf(sender: Sender): string {
  return `${sender.account_sid} ${sender.channel} ${sender.sender}`;
}

function State({ of: sender }: { of: Sender }) {
  if (sender.is_paused) {
    return (
      <div>
        <StatusPill tone="wait">Paused</StatusPill>
        <Text size="xs" c="dimmed">
          {sender.paused_why}
          {sender.paused_until && (
            <>
              {" until "}
              <Moment at={sender.paused_until} />
            </>
          )}
        </Text>
      </div>
    );
  }
  return sender.waiting > 0 ? (
    <StatusPill tone="busy">Sending</StatusPill>
  ) : (
    <StatusPill tone="good">Ready</StatusPill>
  );
}

function Actions({ sender }: { sender: Sender }) {
  const queryClient = useQueryClient();
  const credential = useCredentialOf(sender.account_sid);
  const [asked, setAsked] = useState<"rate" | "pause" | null>(null);
  const channel = sender.channel as "sms" | "whatsapp" | "voice";
  const resume = useMutation({
    mutationFn: () =>
      data(
        api.POST("/api/v1/senders/{sender}/resume", {
          params: { path: { sender: sender.sender } },
          body: { channel, credential },
        }),
      ),
    onSuccess: () => {
      notifications.show({ message: `${nameOf(sender)} sends again.`, color: "green" });
      return queryClient.invalidateQueries({ queryKey: ["senders"] });
    },
    onError: (error) => notifications.show({ message: error.message, color: "red" }),
  });
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <Button variant="default" size="xs" px={8} aria-label={`More for ${nameOf(sender)}`}>
            <Ellipsis size={16} aria-hidden />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<Gauge size={15} aria-hidden />} onClick={() => setAsked("rate")}>
            Set the rate
          </Menu.Item>
          {sender.is_paused ? (
            <Menu.Item leftSection={<Play size={15} aria-hidden />} onClick={() => resume.mutate()}>
              Resume
            </Menu.Item>
          ) : (
            <Menu.Item leftSection={<Pause size={15} aria-hidden />} onClick={() => setAsked("pause")}>
              Pause
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <RateForm sender={sender} opened={asked === "rate"} onClose={() => setAsked(null)} />
      <PauseSender sender={sender} opened={asked === "pause"} onClose={() => setAsked(null)} />
    </>
  );
}
