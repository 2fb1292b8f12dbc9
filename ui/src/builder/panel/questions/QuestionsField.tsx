import type { FieldProps } from "../fields/FormField";
import { JsonField } from "../fields/PlainFields";

export function QuestionsField(props: FieldProps) {
  return <JsonField {...props} />;
}
