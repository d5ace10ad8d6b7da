"""The benchmark as other layers may know it: experiments, launches, models, tracking and what admins change."""
