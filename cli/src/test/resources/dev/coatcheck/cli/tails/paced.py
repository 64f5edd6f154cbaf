"""Appends what a client's library gives to a file, at once and unbuffered, at a pace."""
import os
import time

SLICE_BYTES = 4096

# Where the program waits for ever, to be killed.
STOP_AT = int(os.environ.get("TAILS_STOP_AT", 1 << 62))


class PacedFile:
    def __init__(self, path, bytes_per_second):
        self.file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self.bytes_per_second = float(bytes_per_second)
        self.written = 0
        self.began = None

    def append(self, piece):
        """Appends it in slices, and returns when the next may come."""
        self.began = self.began or time.monotonic()
        at = 0
        while at < len(piece):
            slice = piece[at : at + min(SLICE_BYTES, STOP_AT - self.written)]
            written = os.write(self.file, slice)
            at += written
            self.written += written
            due = self.began + self.written / self.bytes_per_second
            time.sleep(max(0.0, due - time.monotonic()))
            while self.written == STOP_AT:
                time.sleep(60)
