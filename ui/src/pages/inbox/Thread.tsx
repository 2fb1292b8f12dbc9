import { ActionIcon, Button, SegmentedControl } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ArrowLeft, CircleUserRound, MessageSquare } from "lucide-react";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { ask } from "../../api/client";
import { useMay } from "../../app/me";
import { ErrorNotice } from "../../components/ErrorNotice";
import { Loading } from "../../components/Loading";
import { useChanges } from "../../live/feed";
import { withFilters } from "../../talk/list";
import type { Entry, Thread as Whole } from "../../talk/shapes";
import { phone } from "../../talk/words";
import { Entries } from "./Entries";
import classes from "./Inbox.module.css";
import { Person } from "./Person";
import { usePhoneNames } from "./phone-names";
import { Reply } from "./Reply";
import { SeveralNumbers } from "./WithNumber";

type Tab = "all" | "sms" | "whatsapp" | "voice";

/** One conversation, the newest at the bottom, and who it is with. */
export function Thread({
  person,
  onKnown,
  onPerson,
}: {
  person: string;
  onKnown: (id: string | undefined) => void;
  onPerson: (shows: boolean) => void;
}) {
  const [tab, setTab] = useState<Tab>("all");
  const operates = useMay("operator");
  const thread = useThread(person);
  const phones = usePhoneNames();
  const { conversation, entries, whole } = thread;
  useMarkRead(person, operates ? (conversation?.unread ?? 0) : 0);
  const shown = useMemo(() => entries.filter((one) => tab === "all" || channelOf(one) === tab), [entries, tab]);
  const scroll = useBottom(shown.at(-1));
  const id = conversation?.id;
  useEffect(() => {
    onKnown(id);
    return () => onKnown(undefined);
  }, [id, onKnown]);

  if (!whole || !conversation) {
    return (
      <section className={classes.thread} aria-label="Conversation">
        {thread.error ? (
          <div className={classes.fault}>
            <ErrorNotice error={thread.error} retry={() => void thread.refetch()} />
          </div>
        ) : (
          <Loading />
        )}
      </section>
    );
  }
  const called = phones.get(conversation.person);
  const name = conversation.name ?? called ?? phone(conversation.person);
  const channels = new Set(entries.map(channelOf));
  return (
    <>
      <section className={classes.thread} aria-label={`Conversation with ${name}`}>
        <header className={classes.threadHead}>
          <ActionIcon
            component={Link}
            to="/inbox"
            variant="subtle"
            color="gray"
            size="lg"
            className={classes.onlyNarrow}
            aria-label="Back to all conversations"
          >
            <ArrowLeft size={18} />
          </ActionIcon>
          <div className={classes.who}>
            <h2>{name}</h2>
            <p>
              {conversation.contact
                ? conversation.numbers.map((one, n) => <span key={n}>{phone(one.number)}</span>)
                : `${called ? `${phone(conversation.person)}, not` : "Not"} among your contacts`}
            </p>
          </div>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            className={classes.onlyNarrow}
            aria-label={`About ${name}`}
            onClick={() => onPerson(true)}
          >
            <CircleUserRound size={18} />
          </ActionIcon>
        </header>
        {channels.size > 1 && (
          <div className={classes.tabs}>
            <SegmentedControl
              aria-label="Channel"
              size="xs"
              value={tab}
              onChange={(value) => setTab(value as Tab)}
              data={[
                { value: "all", label: "All" },
                ...(channels.has("sms") ? [{ value: "sms", label: "SMS" }] : []),
                ...(channels.has("whatsapp") ? [{ value: "whatsapp", label: "WhatsApp" }] : []),
                ...(channels.has("voice") ? [{ value: "voice", label: "Calls" }] : []),
              ]}
            />
          </div>
        )}
        <div ref={scroll} className={classes.scroll} tabIndex={0} role="region" aria-label={`What was said with ${name}`}>
          {thread.hasNextPage && (
            <div className={classes.foot}>
              <Button
                size="xs"
                variant="default"
                loading={thread.isFetchingNextPage}
                onClick={() => void thread.fetchNextPage()}
              >
                Show what was before
              </Button>
            </div>
          )}
          <SeveralNumbers value={conversation.numbers.length > 1}>
            <Entries entries={shown} />
          </SeveralNumbers>
        </div>
        {operates && <Reply person={person} name={name} ways={whole.ways} />}
      </section>
      <aside className={classes.person} aria-label={`About ${name}`}>
        <Button
          className={classes.onlyNarrow}
          variant="default"
          size="xs"
          leftSection={<MessageSquare size={14} />}
          onClick={() => onPerson(false)}
        >
          Back to the conversation
        </Button>
        <Person whole={whole} />
      </aside>
    </>
  );
}

function useThread(person: string) {
  const queries = useQueryClient();
  const key = useMemo(() => ["conversations", "one", person, "thread"], [person]);
  const path = `/api/v1/conversations/${encodeURIComponent(person)}`;
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => ask<Whole>(withFilters(path, { cursor: pageParam })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const whole = query.data?.pages[0];
  const entries = useMemo(() => (query.data?.pages.flatMap((page) => page.items) ?? []).toReversed(), [query.data]);

  // What happens to a message or call that is shown here is named by its own id, what is new by the conversation's.
  const shown = useRef(new Set<string>());
  useEffect(() => {
    shown.current = new Set([whole?.conversation.id ?? "", ...entries.flatMap(idsOf)]);
  }, [whole, entries]);
  const changed = useCallback(
    (ref: string) => {
      if (ref === "*" || shown.current.has(ref)) void queries.invalidateQueries({ queryKey: key });
    },
    [queries, key],
  );
  useChanges("conversations", changed);
  useChanges("messages", changed);
  useChanges("calls", changed);
  useChanges("sessions", changed);
  return { ...query, whole, conversation: whole?.conversation, entries };
}

function idsOf(entry: Entry): string[] {
  return [entry.message?.id, entry.inbound?.id, entry.call?.id, entry.interview?.id].filter((id) => id !== undefined);
}

function channelOf(entry: Entry): Tab {
  const channel = entry.message?.channel ?? entry.inbound?.channel ?? (entry.call ? "voice" : entry.interview?.channel);
  return channel === "whatsapp" || channel === "voice" ? channel : "sms";
}

/** Say that what they wrote has been read, once it is shown in a window that somebody looks at. */
function useMarkRead(person: string, unread: number) {
  const queries = useQueryClient();
  const { mutate } = useMutation({
    mutationFn: () => ask(`/api/v1/conversations/${encodeURIComponent(person)}/read`, { json: {} }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["conversations", "list"] }),
  });
  useEffect(() => {
    if (unread === 0) return;
    const read = () => {
      if (document.visibilityState === "visible") mutate();
    };
    read();
    document.addEventListener("visibilitychange", read);
    return () => document.removeEventListener("visibilitychange", read);
  }, [unread, mutate]);
}

/** Keeps to the bottom while one is there, as new words come. */
function useBottom(last: Entry | undefined) {
  const box = useRef<HTMLDivElement>(null);
  const atBottom = useRef(true);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const look = () => {
      atBottom.current = element.scrollHeight - element.scrollTop - element.clientHeight < 60;
    };
    element.addEventListener("scroll", look, { passive: true });
    return () => element.removeEventListener("scroll", look);
  });
  useLayoutEffect(() => {
    if (box.current && atBottom.current) box.current.scrollTop = box.current.scrollHeight;
  }, [last]);
  return box;
}
