"""What happened, from one module to the others: outbox, delivery, inbox and the signal log."""
