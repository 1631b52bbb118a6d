#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""A systemd and a client for subid-userdbd, in one.

  client.py serve SOCKET PROGRAM [ARGUMENT...]  starts the program as systemd would, with the
                                                listening socket; ends with its status
  client.py ask SOCKET KEY=VALUE...             looks a record up; prints the name, the two
                                                IDs and realName, or the error
  client.py flood SOCKET N                      opens N connections that say nothing, and
                                                keeps them until standard input ends
  client.py hold SOCKET N BYTES KEY=VALUE...    N clients ask with a message of BYTES, and wait
  client.py pour SOCKET BYTES                   sends one message without an end; prints how
                                                much of it was taken
"""
import json
import os
import resource
import socket
import sys

SERVICE = "org.nss-subid.UserDatabase"


def connect(path):
    client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    # Without a time limit it waits for room in the service's queue; with one it would fail.
    client.connect(path)
    client.settimeout(60)
    return client


def serve(path, *command):
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listening.bind(path)
    os.chmod(path, 0o666)
    listening.listen(4096)
    os.dup2(listening.fileno(), 3)
    os.set_inheritable(3, True)
    os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
    os.execv(command[0], command)


def message(keys, size=0):
    """A call, with as many empty strings as fit into the size."""
    parameters = {"service": SERVICE, "fuzzyNames": []}
    for key, value in (key.split("=", 1) for key in keys):
        parameters[key] = int(value) if key in ("uid", "gid") else value
    kind = "Group" if {"gid", "groupName"} & parameters.keys() else "User"
    call = {"method": f"io.systemd.UserDatabase.Get{kind}Record", "parameters": parameters}
    room = size - len(json.dumps(call)) - 1
    parameters["fuzzyNames"] = [""] * max(room // 3, 0)
    return json.dumps(call, separators=(",", ":")).encode() + b"\0"


def ask(path, *keys):
    with connect(path) as client:
        client.sendall(message(keys))
        reply = b""
        while not reply.endswith(b"\0"):
            piece = client.recv(65536)
            if not piece:
                print("the connection ended")
                return
            reply += piece
    reply = json.loads(reply[:-1])
    if "error" in reply:
        print(reply["error"].rsplit(".", 1)[1])
        return
    record = reply["parameters"]["record"]
    fields = ("userName", "groupName", "uid", "gid", "realName")
    print(*(record[field] for field in fields if field in record), sep=":")


def flood(path, count):
    resource.setrlimit(resource.RLIMIT_NOFILE, (20000, 20000))
    kept = [connect(path) for _ in range(int(count))]
    print(len(kept), flush=True)
    sys.stdin.read()


def hold(path, count, size, *keys):
    clients = [connect(path) for _ in range(int(count))]
    for client in clients:
        try:
            client.sendall(message(keys, int(size)))
        except (BrokenPipeError, ConnectionResetError):
            pass
    print(len(clients), flush=True)
    sys.stdin.read()


def pour(path, size):
    sent = 0
    with connect(path) as client:
        try:
            while sent < int(size):
                sent += client.send(b"x" * 65536)
        except (BrokenPipeError, ConnectionResetError):
            pass
    print(sent)


globals()[sys.argv[1]](*sys.argv[2:])
