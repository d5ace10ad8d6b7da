"""What bystanders notice while a served home is attacked at its limits."""
