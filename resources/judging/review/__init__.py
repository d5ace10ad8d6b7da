"""What judges tell the admins beside their answers, and readings of their work."""
