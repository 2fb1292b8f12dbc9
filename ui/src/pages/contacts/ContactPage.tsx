import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { MessageSquare } from "lucide-react";
import { ask } from "../../api/client";
import { ProblemError } from "../../api/problem";
import { useMay } from "../../app/me";
import { ErrorNotice } from "../../components/ErrorNotice";
import { Loading } from "../../components/Loading";
import { Moment } from "../../components/Moment";
import { PageHeader } from "../../components/PageHeader";
import { Card, Facts } from "../../talk/Facts";
import classes from "../../talk/Page.module.css";
import type { Contact, Thread } from "../../talk/shapes";
import { channelName, phone } from "../../talk/words";
import { ContactForm } from "./ContactForm";
import { ContactLists } from "./ContactLists";
import { Erase } from "./Erase";
import { Wishes } from "./Wishes";

/** One person: what is known of them, what they do not want, and forgetting them. */
export function ContactPage() {
  const { id = "" } = useParams({ strict: false });
  const edits = useMay("editor");
  const admin = useMay("admin");
  const found = useQuery({
    queryKey: ["contacts", "one", id],
    queryFn: () => ask<Contact>(`/api/v1/contacts/${encodeURIComponent(id)}`),
  });
  const contact = found.data;
  const talked = useQuery({
    queryKey: ["conversations", "list", "of", contact?.id],
    queryFn: () => conversationWith(contact?.id ?? ""),
    enabled: contact !== undefined,
  });
  if (found.isPending) return <Loading what="Loading the contact" />;
  if (!contact) {
    return (
      <div className={classes.page}>
        <PageHeader title="Contact" />
        <div className={classes.body}>
          <ErrorNotice error={found.error} retry={() => void found.refetch()} />
        </div>
      </div>
    );
  }
  return (
    <div className={classes.page}>
      <PageHeader title={contact.name ?? phone(contact.phone)} about={contact.name ? numbersOf(contact) : undefined}>
        {talked.data && (
          <Button
            component={Link}
            to={`/inbox/${talked.data.conversation.id}`}
            variant="default"
            leftSection={<MessageSquare size={16} aria-hidden />}
          >
            Open the conversation
          </Button>
        )}
      </PageHeader>
      <div className={classes.body}>
        <div className={classes.columns}>
          <div className={classes.column}>
            <Card title="What is known of them">
              {edits ? (
                <ContactForm key={contact.updated_at} contact={contact} />
              ) : (
                <Facts
                  of={[
                    ["Name", contact.name],
                    ["Language", contact.language],
                    ["Time zone", contact.time_zone],
                    ["Country", contact.country],
                    ...Object.entries(contact.fields),
                  ]}
                />
              )}
            </Card>
            <Card title="What they want">
              <Wishes
                contact={contact}
                history={talked.data?.opt_out_history ?? []}
                conversation={talked.data?.conversation.id}
              />
            </Card>
          </div>
          <div className={classes.column}>
            {!edits && (
              <Card title="Numbers">
                <ul className={classes.list}>
                  {contact.addresses.map((one, n) => (
                    <li key={n}>
                      {phone(one.address)} <span className={classes.quiet}>{channelName(one.channel)}</span>
                    </li>
                  ))}
                </ul>
              </Card>
            )}
            <Card title="Lists">
              <ContactLists contact={contact} edits={edits} />
            </Card>
            <Card title="Since">
              <Facts
                of={[
                  ["Known", <Moment key="c" at={contact.created_at} />],
                  ["Changed", <Moment key="u" at={contact.updated_at} />],
                ]}
              />
            </Card>
            {admin && <Erase contact={contact} />}
          </div>
        </div>
      </div>
    </div>
  );
}

/** Every number once, the first one first. */
function numbersOf(contact: Contact): string {
  return [...new Set([contact.phone, ...contact.addresses.map((one) => one.address)])].map(phone).join(", ");
}

/** The conversation with a contact, if there is one. */
async function conversationWith(id: string): Promise<Thread | null> {
  try {
    return await ask<Thread>(`/api/v1/conversations/${encodeURIComponent(id)}?limit=1`);
  } catch (error) {
    if (error instanceof ProblemError && error.status === 404) return null;
    throw error;
  }
}
