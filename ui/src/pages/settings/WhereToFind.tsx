import { Anchor, Text } from "@mantine/core";
import classes from "./WhereToFind.module.css";

const VALUES: { name: string; where: string; looks: string; address: string }[] = [
  {
    name: "Account SID and auth token",
    where: "On the first page of the console, under Account Info. The token is hidden until you press Show.",
    looks: "The SID is AC and 32 more characters.",
    address: "https://console.twilio.com/",
  },
  {
    name: "Phone numbers",
    where: "Under Phone Numbers, Manage, Active numbers. Each shows what it can do: SMS, MMS, voice.",
    looks: "Written with its country, such as +1 555 000 1111.",
    address: "https://console.twilio.com/us1/develop/phone-numbers/manage/incoming",
  },
  {
    name: "API key",
    where:
      "Under Account, API keys and tokens. The secret is shown only once, when the key is made. A key can send, but " +
      "what Twilio sends to you is signed with the auth token.",
    looks: "Its SID is SK and 32 more characters.",
    address: "https://console.twilio.com/us1/account/keys-credentials/api-keys",
  },
  {
    name: "Test credentials",
    where: "On the same page. With them sends are accepted, and nothing is delivered or paid.",
    looks: "They look like the live ones.",
    address: "https://console.twilio.com/us1/account/keys-credentials/api-keys",
  },
];

/** Where each value stands in Twilio's console. */
export function WhereToFind() {
  return (
    <dl className={classes.list}>
      {VALUES.map(({ name, where, looks, address }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <Text size="sm">{where}</Text>
            <Text size="sm" c="dimmed">
              {looks}{" "}
              <Anchor href={address} target="_blank" rel="noreferrer" size="sm" underline="always">
                Open that page
                <span className="rl-only-heard"> for {name} in a new tab</span>
              </Anchor>
            </Text>
          </dd>
        </div>
      ))}
    </dl>
  );
}
