"""Läufe: notebooks executed in forked kernels, recorded and published as a whole or not at all."""
