"""What becomes of a received file of scores, found out where it holds nothing up."""
