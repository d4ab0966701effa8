"""Care growth learnt from all Kreise of a panel, and its spread."""
