"""The modules of the tip app; none imports another."""
