const WORDS: Record<string, string> = {
  sign_in: "Signed in",
  sign_out: "Signed out",
  sign_out_everywhere: "Signed out everywhere",
  end_sign_in: "Signed a browser out",
  change_password: "Changed their password",
  send_message: "Sent a message",
  cancel_message: "Canceled a message",
  settle_message: "Settled a message",
  redact_message: "Erased a message's text",
  place_call: "Placed a call",
  hang_up_call: "Hung up a call",
  end_session: "Ended a conversation",
  start_run: "Started a run",
  cancel_run: "Canceled a run",
  pause_run: "Paused a run",
  resume_run: "Resumed a run",
  retry_run: "Tried a run again",
  register_workflow: "Saved a workflow",
  publish_workflow: "Published a workflow",
  unpublish_workflow: "Took a workflow out of force",
  retry_webhook: "Tried a webhook again",
  add_contact: "Added a contact",
  change_contact: "Changed a contact",
  remove_contact: "Removed a contact",
  erase_contact: "Erased a person",
  import_contacts: "Imported contacts",
  add_list: "Made a list",
  remove_list: "Removed a list",
  put_on_list: "Put somebody on a list",
  take_off_list: "Took somebody off a list",
  create_broadcast: "Made a broadcast",
  load_recipients: "Loaded a broadcast's recipients",
  start_broadcast: "Started a broadcast",
  pause_broadcast: "Paused a broadcast",
  resume_broadcast: "Resumed a broadcast",
  cancel_broadcast: "Canceled a broadcast",
  test_broadcast: "Tested a broadcast",
  set_sender: "Set a sender's rate",
  pause_sender: "Paused a sender",
  resume_sender: "Resumed a sender",
  create_pool: "Made a pool",
  add_to_pool: "Added senders to a pool",
  remove_from_pool: "Took a sender out of a pool",
  delete_pool: "Deleted a pool",
  connect_numbers: "Connected numbers",
  add_credential: "Added a credential",
  replace_token: "Replaced a credential's token",
  remove_credential: "Removed a credential",
  rotate_key: "Changed the encrypting key",
  add_user: "Added a user",
  change_user: "Changed a user's role",
  reset_password: "Gave a user a new password",
  sign_user_out: "Signed a user out",
  remove_user: "Removed a user",
  add_key: "Made an API key",
  revoke_key: "Revoked an API key",
};

/** An operation as people say it; one that nobody has put into words by its own name. */
export function actionWords(action: string): string {
  const plain = action.replaceAll("_", " ");
  return WORDS[action] ?? plain.charAt(0).toUpperCase() + plain.slice(1);
}

/** For a choice among them. */
export const ACTIONS = Object.entries(WORDS)
  .map(([value, label]) => ({ value, label }))
  .sort((one, other) => one.label.localeCompare(other.label));
