import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { EmptyState } from "../../components/EmptyState";
import { ConversationList } from "./ConversationList";
import classes from "./Inbox.module.css";
import { Thread } from "./Thread";

/** Who was talked with, what was said, and who they are; on a phone one after the other. */
export function InboxPage() {
  const { person } = useParams({ strict: false });
  const [showsPerson, setShowsPerson] = useState(false);
  // The address may name a number or a contact; the list knows conversations.
  const [known, setKnown] = useState<string>();
  return (
    <div className={classes.inbox} data-view={person ? (showsPerson ? "person" : "thread") : "list"}>
      <ConversationList open={person && (known ?? person)} onOpen={() => setShowsPerson(false)} />
      {person ? (
        <Thread key={person} person={person} onKnown={setKnown} onPerson={setShowsPerson} />
      ) : (
        <div className={`${classes.thread} ${classes.nobody}`}>
          <div className={classes.middle}>
            <EmptyState title="Choose a conversation">
              Everything said with one person stands together, at all of their numbers: SMS, WhatsApp, calls and interviews.
            </EmptyState>
          </div>
        </div>
      )}
    </div>
  );
}
