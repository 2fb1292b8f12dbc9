import { Button, SegmentedControl } from "@mantine/core";
import { Link, useSearch } from "@tanstack/react-router";
import { MessageSquare, Phone } from "lucide-react";
import { type KeyboardEvent, useCallback, useState } from "react";
import { useMay } from "../../app/me";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNotice } from "../../components/ErrorNotice";
import { Loading } from "../../components/Loading";
import { Moment } from "../../components/Moment";
import { useList } from "../../talk/list";
import { SearchBox } from "../../talk/SearchBox";
import type { Conversation, ConversationPage } from "../../talk/shapes";
import { channelName, phone, stateOf } from "../../talk/words";
import classes from "./Inbox.module.css";
import { usePhoneNames } from "./phone-names";

type Show = "all" | "unread" | "wrote";

/** The people, newest first; up and down go from one to the next. */
export function ConversationList({ open, onOpen }: { open: string | undefined; onOpen: () => void }) {
  const asked: { show?: unknown } = useSearch({ strict: false });
  const [show, setShow] = useState<Show>(asked.show === "unread" || asked.show === "wrote" ? asked.show : "all");
  const [search, setSearch] = useState("");
  // Viewers see the last digits alone, and do not search by them.
  const operates = useMay("operator");
  const onSearch = useCallback((text: string) => setSearch(text), []);
  const list = useList<Conversation, ConversationPage>("conversations", "/api/v1/conversations", {
    show: show === "all" ? undefined : show,
    search,
  });
  const unread = list.first?.unread ?? 0;
  const phones = usePhoneNames();
  return (
    <section className={classes.list} aria-label="Conversations">
      <div className={classes.listHead}>
        <h1 className={classes.title}>Inbox</h1>
        <SearchBox label="Search conversations" placeholder={operates ? "Number, name or words" : "Name or words"} onSearch={onSearch} />
        <SegmentedControl
          aria-label="Which conversations"
          size="xs"
          fullWidth
          value={show}
          onChange={(value) => setShow(value as Show)}
          data={[
            { value: "all", label: "All" },
            { value: "unread", label: unread ? `Unread (${unread >= 1000 ? "1,000+" : unread})` : "Unread" },
            { value: "wrote", label: "They wrote" },
          ]}
        />
      </div>
      {list.isPending ? (
        <Loading what="Loading conversations" />
      ) : list.error && !list.items.length ? (
        <ErrorNotice error={list.error} retry={() => void list.refetch()} />
      ) : list.items.length === 0 ? (
        <Nobody search={search} show={show} />
      ) : (
        <ul className={classes.rows} onKeyDown={goByKeys}>
          {list.items.map((one) => (
            <Row key={one.id} one={one} called={one.name ?? phones.get(one.person) ?? null} isOpen={open === one.id} onOpen={onOpen} />
          ))}
          {list.hasNextPage && (
            <li className={classes.foot}>
              <Button
                size="xs"
                variant="default"
                loading={list.isFetchingNextPage}
                onClick={() => void list.fetchNextPage()}
              >
                Show more
              </Button>
            </li>
          )}
        </ul>
      )}
    </section>
  );
}

function Nobody({ search, show }: { search: string; show: Show }) {
  if (search) return <EmptyState title="Nobody found">Try how a name begins, a word that was said, or a number's last digits.</EmptyState>;
  if (show === "unread") return <EmptyState title="All read">Nobody has written anything that waits for you.</EmptyState>;
  return (
    <EmptyState title="No conversations yet">
      As soon as a message is sent or received, or a call placed, the person stands here.
    </EmptyState>
  );
}

interface RowProps {
  one: Conversation;
  /** The contact's name, or the phone's. */
  called: string | null;
  isOpen: boolean;
  onOpen: () => void;
}

function Row({ one, called, isOpen, onOpen }: RowProps) {
  const name = called ?? phone(one.person);
  const { last } = one;
  const bad = last.kind === "message" && stateOf(last.stage, last.status).tone === "bad";
  return (
    <li>
      <Link
        to="/inbox/$person"
        params={{ person: one.id }}
        className={`${classes.row} ${one.unread ? classes.isUnread : ""}`}
        aria-current={isOpen ? "true" : undefined}
        onClick={onOpen}
      >
        <span className={classes.face} aria-hidden>
          {initials(called, one.person)}
        </span>
        <span style={{ minWidth: 0 }}>
          <span className={classes.line}>
            <span className={classes.name}>{name}</span>
            <span className={classes.when}>
              <Moment at={last.at} />
            </span>
          </span>
          <span className={classes.line}>
            <span className={classes.words} style={bad ? { color: "var(--rl-bad)" } : undefined}>
              {last.kind === "call" ? <Phone size={13} aria-hidden /> : <MessageSquare size={13} aria-hidden />}
              <span className="rl-only-heard">{`${channelName(last.channel)}: `}</span>
              {last.kind === "message" && "You: "}
              {bad && `${stateOf(last.stage, last.status).word}: `}
              {last.words || "No text"}
            </span>
            {one.opted_out && <span className={classes.out}>Opted out</span>}
            {one.unread > 0 && (
              <span className={classes.badge}>
                {one.unread}
                <span className="rl-only-heard"> unread</span>
              </span>
            )}
          </span>
        </span>
      </Link>
    </li>
  );
}

/** What stands for a face. */
export function initials(name: string | null, number: string): string {
  if (!name) return number.slice(-2);
  const words = name.trim().split(/\s+/);
  return `${words[0]?.charAt(0) ?? ""}${words.length > 1 ? (words.at(-1)?.charAt(0) ?? "") : ""}`.toUpperCase();
}

function goByKeys(event: KeyboardEvent<HTMLUListElement>) {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const links = [...event.currentTarget.querySelectorAll<HTMLAnchorElement>("a")];
  const here = links.indexOf(document.activeElement as HTMLAnchorElement);
  links[here + (event.key === "ArrowDown" ? 1 : -1)]?.focus();
  event.preventDefault();
}
