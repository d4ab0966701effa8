"""Access: which offers people reach, how far they must share them, and how sure that is."""
