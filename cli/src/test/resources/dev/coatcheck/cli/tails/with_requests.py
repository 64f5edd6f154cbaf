"""Picks an image up by requests: with_requests.py URL FILE BYTES_PER_SECOND SECONDS_OPEN"""
import sys
import time

import requests

from paced import PacedFile

url, path, pace, seconds_open = sys.argv[1:]
file = PacedFile(path, pace)
session = requests.Session()
with session.get(url, stream=True) as answer:
    answer.raise_for_status()
    for piece in answer.iter_content(16384):
        file.append(piece)
time.sleep(float(seconds_open))
