"""What a command does, without a terminal: the command line and the Python interface call the same functions."""
