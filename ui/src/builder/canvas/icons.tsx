import {
  BellRing,
  Bot,
  Box,
  Braces,
  CalendarClock,
  CheckCheck,
  Clock,
  Database,
  FileSpreadsheet,
  Filter,
  Gauge,
  GitFork,
  Globe,
  Hourglass,
  KeyRound,
  Layers,
  type LucideIcon,
  MessageCircle,
  MessageSquareReply,
  MessageSquareText,
  PhoneCall,
  PhoneIncoming,
  Repeat,
  Sigma,
  Timer,
  Type,
  Variable,
  Webhook,
  Workflow,
  Zap,
} from "lucide-react";
import classes from "./icons.module.css";

type Hue = "sms" | "whatsapp" | "voice" | "agent" | "wait" | "flow" | "data" | "logic" | "trigger";

const LOOKS: [prefix: string, icon: LucideIcon, hue: Hue][] = [
  ["twilio/sms", MessageSquareText, "sms"],
  ["twilio/whatsapp", MessageCircle, "whatsapp"],
  ["twilio/voice_call", PhoneCall, "voice"],
  ["twilio/voice_agent", Bot, "agent"],
  ["twilio/wait_for_reply", MessageSquareReply, "wait"],
  ["twilio/wait_for_delivery", CheckCheck, "wait"],
  ["flow/delay", Timer, "wait"],
  ["flow/wait_until", CalendarClock, "wait"],
  ["flow/escalate", BellRing, "flow"],
  ["flow/for_each", Repeat, "flow"],
  ["flow/subflow", Workflow, "flow"],
  ["flow/set_variables", Variable, "flow"],
  ["data/http_request", Globe, "data"],
  ["data/webhook_event", Webhook, "data"],
  ["roboflow_core/switch_case", GitFork, "logic"],
  ["roboflow_core/continue_if", Filter, "logic"],
  ["roboflow_core/rate_limiter", Gauge, "logic"],
  ["roboflow_core/delta_filter", Filter, "logic"],
  ["roboflow_core/expression", Sigma, "logic"],
  ["roboflow_core/property_definition", Sigma, "logic"],
  ["roboflow_core/string_template", Type, "logic"],
  ["roboflow_core/json_parser", Braces, "logic"],
  ["roboflow_core/csv_formatter", FileSpreadsheet, "logic"],
  ["roboflow_core/cache_", Database, "logic"],
  ["roboflow_core/buffer", Layers, "logic"],
  ["roboflow_core/data_aggregator", Layers, "logic"],
  ["roboflow_core/current_time", Clock, "logic"],
  ["roboflow_core/environment_secrets_store", KeyRound, "logic"],
  ["roboflow_core/roboflow_sms", MessageSquareText, "sms"],
  ["roboflow_core/twilio_sms", MessageSquareText, "sms"],
  ["flow/", Hourglass, "flow"],
  ["data/", Database, "data"],
  ["twilio/", MessageSquareText, "sms"],
  ["inbound_message", MessageSquareReply, "trigger"],
  ["inbound_call", PhoneIncoming, "trigger"],
  ["message_status", CheckCheck, "trigger"],
  ["schedule", CalendarClock, "trigger"],
  ["webhook", Webhook, "trigger"],
  ["api", Zap, "trigger"],
];

function looks(type: string): { icon: LucideIcon; hue: Hue } {
  const found = LOOKS.find(([prefix]) => type.startsWith(prefix));
  return found ? { icon: found[1], hue: found[2] } : { icon: Box, hue: "logic" };
}

/** The tile by which a kind of step or trigger is known everywhere. */
export function BlockIcon({ type, size = 34 }: { type: string; size?: number }) {
  const { icon: Icon, hue } = looks(type);
  return (
    <span className={classes.tile} data-hue={hue} style={{ width: size, height: size }} aria-hidden>
      <Icon size={Math.round(size * 0.53)} strokeWidth={1.9} />
    </span>
  );
}

/** The colour of a kind of step, for the minimap. */
export function hueOf(type: string): Hue {
  return looks(type).hue;
}
