"""Picks an image up by gRPC, from the first of the targets that has it:
with_grpc.py TARGET,TARGET NAME FILE BYTES_PER_SECOND SECONDS_OPEN

The few fields are read by hand, so that no code has to be generated."""
import sys
import time

import grpc

from paced import PacedFile

DATA = 4  # of ImageChunk


def varint(message, at):
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at += 1
        shift += 7
        if byte < 0x80:
            return value, at


def data(chunk):
    at = 0
    while at < len(chunk):
        tag, at = varint(chunk, at)
        number, kind = tag >> 3, tag & 7
        if kind == 2:
            length, at = varint(chunk, at)
            if number == DATA:
                return chunk[at : at + length]
            at += length
        elif kind == 0:
            _, at = varint(chunk, at)
        else:
            at += 4 if kind == 5 else 8
    return b""


targets, name, path, pace, seconds_open = sys.argv[1:]
file = PacedFile(path, pace)
request = bytes([0x0A]) + bytes([len(name) & 0x7F | 0x80, len(name) >> 7] if len(name) > 127 else [len(name)]) + name.encode()
for target in targets.split(","):
    channel = grpc.insecure_channel(target)
    try:
        for chunk in channel.unary_stream("/coatcheck.v1.ImageService/DownloadImage")(request):
            piece = data(chunk)
            if piece:
                file.append(piece)
        break
    except grpc.RpcError as error:
        print(target, error.code(), error.details(), file=sys.stderr)
        channel.close()
        if file.written:
            raise
time.sleep(float(seconds_open))
