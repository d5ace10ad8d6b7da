"""Tips: single generations, and what judges made of them."""
