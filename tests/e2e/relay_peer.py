"""Stands where sluice-inspect will: takes flows from sluice-broker and copies bytes between their
two sockets, unread. Says what it does on stdout, a JSON line each, so that tests can count.

    relay_peer.py --broker PATH [--flows N]
"""
import argparse
import array
import json
import selectors
import socket
import struct
import sys
import time

VERSION = 0x534C4801
SIZE = 584
HEADER = struct.Struct("<IIBBBBIQ")  # version, size, kind, role, how, worker, room, process
FLOW_AT = HEADER.size
ATTACH, LIVE, LIVE_END, OFFER, END, ENDED, RECONNECT, CONNECTION = 0, 3, 4, 7, 10, 11, 12, 16
FAILED = 9
INSPECT = 2
DONE, RESET, BECAME_EXEMPT, BECAME_BLOCKED, SPLICED = 0, 1, 3, 4, 10
CHUNK = 256 * 1024


def say(what, **more):
    print(json.dumps({"what": what, **more}), flush=True)


class Half:
    """One direction: from a socket to the other."""

    def __init__(self, source, target):
        self.source, self.target = source, target
        self.waiting = b""
        self.ended = self.shut = False

    def pump(self):
        """Copies what can be copied; raises when either end has reset."""
        for _ in range(64):
            if not self.waiting and not self.ended:
                try:
                    self.waiting = self.source.recv(CHUNK)
                    self.ended = not self.waiting
                except BlockingIOError:
                    return
            if self.waiting:
                try:
                    self.waiting = self.waiting[self.target.send(self.waiting):]
                except BlockingIOError:
                    return
            elif self.ended:
                if not self.shut:
                    self.shut = True
                    self.target.shutdown(socket.SHUT_WR)
                return


class Relay:
    def __init__(self, peer, flow, user, remote):
        self.peer, self.flow = peer, flow
        self.sockets = (user, remote)
        self.halves = (Half(user, remote), Half(remote, user))
        self.began = time.monotonic()
        self.wanted = {}
        for s in self.sockets:
            s.setblocking(False)
            self.watch(s, selectors.EVENT_READ)

    @property
    def reference(self):
        return self.flow[:8]

    def watch(self, s, events):
        if self.wanted.get(s) == events:
            return
        if s in self.wanted:
            self.peer.selector.unregister(s)
        self.wanted[s] = events
        if events:
            self.peer.selector.register(s, events, self)
        else:
            del self.wanted[s]

    def turn(self):
        if self.reference not in self.peer.flows:
            return None  # ended by its other socket, in the same round of events
        try:
            for half in self.halves:
                half.pump()
        except OSError as error:
            return self.close(RESET, str(error))
        if all(h.shut for h in self.halves):
            return self.close(DONE)
        up, down = self.halves
        for s, reads, writes in ((self.sockets[0], up, down), (self.sockets[1], down, up)):
            events = 0
            if not reads.ended and not reads.waiting:
                events |= selectors.EVENT_READ
            if writes.waiting:
                events |= selectors.EVENT_WRITE
            self.watch(s, events)
        return None

    def close(self, how, why=""):
        for s in self.sockets:
            self.watch(s, 0)
            if how in (RESET, BECAME_BLOCKED):
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            s.close()
        self.peer.flows.pop(self.reference, None)
        self.peer.send(ENDED, how=how, flow=self.flow)
        say("ended", how=how, why=why)


class Peer:
    def __init__(self, options):
        self.options = options
        self.selector = selectors.DefaultSelector()
        self.flows = {}
        self.broker = None
        self.process = int(time.time() * 1e6)
        self.connect()

    def connect(self):
        broker = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            broker.connect(self.options.broker)
        except OSError:
            broker.close()
            return
        self.broker = broker
        self.send(ATTACH)
        for relay in self.flows.values():
            self.send(LIVE, flow=relay.flow)
        self.send(LIVE_END)
        broker.setblocking(False)
        self.selector.register(broker, selectors.EVENT_READ, self)
        say("attached", live=len(self.flows))

    def send(self, kind, how=DONE, flow=bytes(SIZE - FLOW_AT)):
        if self.broker is None:
            return
        header = HEADER.pack(VERSION, SIZE, kind, INSPECT if kind == ATTACH else 0, how, 0,
                             self.options.flows if kind == ATTACH else 0, self.process)
        try:
            self.broker.setblocking(True)
            self.broker.send(header + flow)
            self.broker.setblocking(False)
        except OSError:
            self.lost()

    def lost(self):
        if self.broker is None:
            return
        say("broker lost")
        try:
            self.selector.unregister(self.broker)
        except (KeyError, ValueError):
            pass
        self.broker.close()
        self.broker = None

    def turn(self):
        while self.broker is not None:
            try:
                data, ancillary, _, _ = self.broker.recvmsg(SIZE + 1, socket.CMSG_SPACE(8))
            except BlockingIOError:
                return
            except OSError:
                return self.lost()
            if not data:
                return self.lost()
            fds = array.array("i")
            for level, kind, body in ancillary:
                if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                    fds.frombytes(body[:len(body) - len(body) % fds.itemsize])
            self.act(data, list(fds))

    def act(self, data, fds):
        kind, how, flow = data[8], data[10], data[FLOW_AT:]
        if kind == OFFER:
            user, remote = (socket.socket(fileno=fd) for fd in fds)
            relay = Relay(self, flow, user, remote)
            self.flows[relay.reference] = relay
            say("offer", port=struct.unpack_from("<H", flow, 48)[0])
            relay.turn()
        elif kind == END:
            relay = self.flows.get(flow[:8])
            say("end", how=how)
            if relay is not None:
                relay.close(how)

    def serve(self):
        while True:
            for key, _ in self.selector.select(0.2):
                key.data.turn()
            if self.broker is None:
                self.connect()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--broker", required=True)
    parser.add_argument("--flows", type=int, default=4000)
    Peer(parser.parse_args()).serve()


if __name__ == "__main__":
    sys.exit(main())
