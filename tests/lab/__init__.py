"""A small real system that is broken on purpose and recorded (see README.md). Not part of the wheel."""
