"""What judges tell the admins beside their answers, and how judges compare."""
