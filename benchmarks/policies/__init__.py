"""What the fold of reactions into a policy's counts takes."""
