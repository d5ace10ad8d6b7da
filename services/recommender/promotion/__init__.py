"""Which policy draws for whom: promotions on record, their trial on a share of users, and what is paused."""
