"""Carry published figures over from the shared folder (``python -m carelab.inputs.carry_over``)."""
