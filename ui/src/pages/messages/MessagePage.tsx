import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { ask } from "../../api/client";
import { explain } from "../../api/problem";
import { useMay } from "../../app/me";
import { ErrorNotice } from "../../components/ErrorNotice";
import { Loading } from "../../components/Loading";
import { Moment } from "../../components/Moment";
import { PageHeader } from "../../components/PageHeader";
import { StatusPill } from "../../components/StatusPill";
import { Card, Facts } from "../../talk/Facts";
import classes from "../../talk/Page.module.css";
import { Settle } from "../../talk/Settle";
import type { Evidence, Message, Page, ShortLink } from "../../talk/shapes";
import { Waits } from "../../talk/Waits";
import { Who } from "../../talk/Who";
import { channelName, costOf, inPlainWords, isWhole, messageState, phone, plain } from "../../talk/words";
import { Wrong } from "../../talk/Wrong";
import { Life } from "./Life";

const UNSENT = ["held", "ready"];

/** One message: what it says, everything that happened to it, and what can still be done about it. */
export function MessagePage() {
  const { id = "" } = useParams({ strict: false });
  const operates = useMay("operator");
  const queries = useQueryClient();
  const path = `/api/v1/messages/${id}`;
  const found = useQuery({ queryKey: ["messages", "one", id], queryFn: () => ask<Message>(path) });
  const evidence = useQuery({
    queryKey: ["messages", "one", id, "evidence"],
    queryFn: () => ask<Evidence>(`${path}/evidence`),
  });
  const links = useQuery({
    queryKey: ["links", "list", id],
    queryFn: () => ask<Page<ShortLink>>(`/api/v1/links?message=${id}`),
  });
  const cancel = useMutation({
    mutationFn: () => ask<Message>(`${path}/cancel`, { method: "POST" }),
    onSuccess: (now) => {
      notifications.show({
        message: now.stage === "canceled" || now.status === "canceled" ? "It will not be sent." : "It was too late.",
      });
      void queries.invalidateQueries({ queryKey: ["messages"] });
    },
    onError: (error) => notifications.show({ color: "red", message: explain(error).sentence }),
  });

  if (found.isPending) return <Loading what="Loading the message" />;
  if (found.error) {
    return (
      <div className={classes.page}>
        <PageHeader title="Message" />
        <div className={classes.body}>
          <ErrorNotice error={found.error} retry={() => void found.refetch()} />
        </div>
      </div>
    );
  }
  const message = found.data;
  const state = messageState(message);
  const talkedWith = isWhole(message.to) ? message.to : message.contact;
  const canCancel = UNSENT.includes(message.stage) || message.status === "scheduled";
  return (
    <div className={classes.page}>
      <PageHeader
        title={`Message to ${message.name ?? phone(message.to)}`}
        about={<StatusPill tone={state.tone}>{state.word}</StatusPill>}
      >
        {operates && canCancel && (
          <Button variant="default" color="red" loading={cancel.isPending} onClick={() => cancel.mutate()}>
            Do not send it
          </Button>
        )}
        {talkedWith && (
          <Button component={Link} to={`/inbox/${talkedWith}`} variant="default">
            Open the conversation
          </Button>
        )}
      </PageHeader>
      <div className={classes.body}>
        <div className={classes.columns}>
          <div className={classes.column}>
            <Card title="What it says">
              <p className={classes.words}>
                {message.message ?? (message.redacted_at ? "The text was erased." : "No text")}
              </p>
              {message.media.length > 0 && (
                <ul>
                  {message.media.map((url) => (
                    <li key={url}>
                      <a href={url} target="_blank" rel="noreferrer">
                        Picture or file
                      </a>
                    </li>
                  ))}
                </ul>
              )}
            </Card>
            {message.error && (
              <Card title={message.stage === "refused" ? "Why it was not sent" : "What went wrong"}>
                <Wrong error={inPlainWords(message)} />
              </Card>
            )}
            {(message.stage === "held" || message.status === "scheduled") && (
              <Waits because={message.held_because} until={message.send_at} />
            )}
            {message.stage === "unresolved" && operates && <Settle id={id} />}
            <Card title="What happened">
              {evidence.data ? <Life message={message} evidence={evidence.data} /> : <Loading />}
            </Card>
          </div>
          <div className={classes.column}>
            <Card title="About it">
              <Facts
                of={[
                  ["Channel", channelName(message.channel)],
                  ["From", phone(message.from)],
                  ["To", <Who key="t" name={message.name} contact={message.contact} number={message.to} />],
                  ["Purpose", plain(message.purpose)],
                  ["Cost", costOf(message.price, message.price_unit, message.expected_price)],
                  ["Segments", message.segments && `${message.segments} (${message.encoding ?? ""})`],
                  ["Written down", <Moment key="c" at={message.created_at} />],
                  ["Sent", message.sent_at && <Moment at={message.sent_at} />],
                  [
                    "Run",
                    message.run && (
                      <Link to="/runs/$id" params={{ id: message.run }}>
                        {message.step ? `Step ${message.step}` : message.run}
                      </Link>
                    ),
                  ],
                  ["Broadcast", message.broadcast],
                  ["Twilio's id", message.sid],
                  ["Our id", message.id],
                ]}
              />
            </Card>
            {links.data && links.data.items.length > 0 && (
              <Card title="Short links in it">
                <ul className={classes.list}>
                  {links.data.items.map((link) => (
                    <li key={link.code}>
                      <strong>{link.address ?? link.code}</strong>
                      <br />
                      <span className={classes.quiet}>
                        {link.url}, followed {link.clicks === 1 ? "once" : `${link.clicks} times`}
                      </span>
                    </li>
                  ))}
                </ul>
              </Card>
            )}
          </div>
        </div>
      </div>
    </div>
  );
}
