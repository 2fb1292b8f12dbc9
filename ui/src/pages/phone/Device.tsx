import { ActionIcon, Tooltip } from "@mantine/core";
import { SlidersHorizontal } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { ErrorNotice } from "../../components/ErrorNotice";
import { Loading } from "../../components/Loading";
import { CallDetails } from "./CallDetails";
import { CallScreen } from "./CallScreen";
import { CarrierDrawer } from "./CarrierDrawer";
import { usePhone } from "./desk";
import classes from "./Device.module.css";
import { Home } from "./Home";
import { useScreen } from "./screens";
import type { LiveCall, Phone, PhoneView } from "./shapes";
import { StatusBar } from "./StatusBar";
import { Thread } from "./Thread";
import { initials, written } from "./words";

/** One phone, as somebody holds it. */
export function Device({ phone }: { phone: Phone }) {
  const { data: view, error, refetch } = usePhone(phone.number);
  const [settings, setSettings] = useState(false);
  const underWay = view?.messages.filter((one) => !one.outgoing && one.at === null) ?? [];
  const coming = underWay.filter((one) => !["undelivered", "failed", "canceled"].includes(one.status)).length;
  const lost = underWay.filter((one) => ["undelivered", "failed"].includes(one.status)).at(-1);
  const ringing = view?.live?.status === "ringing" && view.live.direction !== "inbound";
  return (
    <article className={classes.place} aria-label={`${phone.name}'s phone`}>
      <header className={classes.plate}>
        <span className={classes.face} data-hue={phone.order % 6} aria-hidden>
          {initials(phone.name)}
        </span>
        <span className={classes.who}>
          <strong>{phone.name}</strong>
          <span className="rl-figures">{written(phone.number)}</span>
        </span>
        <Tooltip label="Name, signal, carrier">
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            onClick={() => setSettings(true)}
            aria-label={`Settings of ${phone.name}'s phone`}
          >
            <SlidersHorizontal size={17} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </header>
      <div className={classes.device} data-rings={ringing || undefined}>
        <div className={classes.screen}>
          {view ? <Inside view={view} /> : error ? <ErrorNotice error={error} retry={() => void refetch()} /> : <Loading />}
        </div>
      </div>
      <p className={classes.air} role="status">
        {!phone.signal
          ? `No signal${coming > 0 ? `: ${coming} held back` : ""}`
          : coming > 0
            ? `${coming} on the way`
            : lost
              ? `The last one did not arrive (${lost.error_code ?? lost.status})`
              : " "}
      </p>
      {view && <CarrierDrawer view={view} opened={settings} close={() => setSettings(false)} />}
    </article>
  );
}

function Inside({ view }: { view: PhoneView }) {
  const screen = useScreen(view.number);
  const [ended, dismiss] = useEnded(view);
  const live = view.live && ["ringing", "in-progress"].includes(view.live.status) ? view.live : null;
  if (live ?? ended) {
    const call = live ?? ended;
    return call && <CallScreen key={call.sid} view={view} call={call} close={dismiss} />;
  }
  return (
    <>
      <StatusBar signal={view.signal} />
      {screen.at === "thread" ? (
        <Thread view={view} other={screen.other} />
      ) : screen.at === "call" ? (
        <CallDetails view={view} sid={screen.sid} />
      ) : (
        <Home view={view} screen={screen} />
      )}
    </>
  );
}

/** The call that has just ended, as it was, until somebody goes on; calls nobody took end without a word. */
function useEnded(view: PhoneView): [LiveCall | null, () => void] {
  const [ended, setEnded] = useState<LiveCall | null>(null);
  const before = useRef<LiveCall | null>(null);
  useEffect(() => {
    const was = before.current;
    if (was && !view.live && was.answered !== null && was.status !== "ringing") {
      const final = view.calls.find((call) => call.sid === was.sid);
      if (final && final.reaction !== "machine") setEnded({ ...was, ...final, question: null, until: null });
    }
    if (view.live) setEnded(null);
    before.current = view.live;
  }, [view]);
  return [ended, () => setEnded(null)];
}
