"""Picks an image up by the standard library: with_urllib.py URL FILE BYTES_PER_SECOND SECONDS_OPEN"""
import sys
import time
import urllib.request

from paced import PacedFile

url, path, pace, seconds_open = sys.argv[1:]
file = PacedFile(path, pace)
with urllib.request.urlopen(url) as answer:
    while piece := answer.read(16384):
        file.append(piece)
time.sleep(float(seconds_open))
