"""What decides whether a message may go: suppression, the WhatsApp window, cooldowns. Every send passes `gate`."""
