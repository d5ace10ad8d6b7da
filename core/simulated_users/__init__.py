"""Users that a program plays, so that the loop can be seen without people; simulated is in the name of each."""
