"""Ausgabe: exhibits, figures, sentences and the report; the only room that turns results into what people read."""
