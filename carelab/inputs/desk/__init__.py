"""The desk where a city's own files arrive: what to ask for, templates, checks, storing, a new city's folder."""
