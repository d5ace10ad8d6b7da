"""What a link of a mail does without a sign-in: unsubscribing, and changing how one is reached."""
