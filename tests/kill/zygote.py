"""Forks workers out of a process that has imported everything and started nothing: no loop, no thread."""

from __future__ import annotations

import array
import gc
import os
import pickle
import select
import signal
import socket
import threading
from dataclasses import dataclass, field
from typing import Any

from kill.shared_time import Memory
from kill.worker import Plan, live

REQUEST = 65_536


@dataclass
class Zygote:
    """The lane's end. Make it before the lane has threads."""

    memory: Memory
    lock: Any
    listener: socket.socket
    _socket: socket.socket = field(init=False)
    pid: int = field(init=False)
    _ended: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        assert threading.active_count() == 1, "a fork copies one thread only"
        gc.collect()
        gc.freeze()
        self.pid = os.fork()
        if self.pid == 0:
            self._socket.close()
            try:
                _serve(theirs, self.memory, self.lock, self.listener)
            finally:
                os._exit(0)
        theirs.close()

    def fork(self, plan: Plan) -> tuple[int, socket.socket]:
        """A worker's process id and the pipe to it."""
        ours, theirs = socket.socketpair()
        socket.send_fds(self._socket, [pickle.dumps(plan)], [theirs.fileno()])
        theirs.close()
        while True:
            what, pid, status = pickle.loads(self._socket.recv(REQUEST))
            if what == "born":
                return pid, ours
            self._ended[pid] = status

    def exit_status(self, pid: int, patience: float = 10.0) -> int:
        """How it ended: negative the signal."""
        while pid not in self._ended:
            if not select.select([self._socket], [], [], patience)[0]:
                raise AssertionError(f"worker {pid} does not end")
            _, ended, status = pickle.loads(self._socket.recv(REQUEST))
            self._ended[ended] = status
        return self._ended.pop(pid)

    def close(self) -> None:
        """End it; its workers have ended before."""
        self._socket.close()
        os.waitpid(self.pid, 0)


def _serve(requests: socket.socket, memory: Memory, lock: Any, listener: socket.socket) -> None:
    wake, on_signal = os.pipe()
    os.set_blocking(on_signal, False)
    signal.set_wakeup_fd(on_signal)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    while True:
        ready, _, _ = select.select([requests, wake], [], [])
        if wake in ready:
            os.read(wake, 4096)
            _reap(requests)
        if requests in ready:
            told, fds, _, _ = socket.recv_fds(requests, REQUEST, 1)
            if not told:
                return
            pipe = socket.socket(fileno=array.array("i", fds)[0])
            pid = os.fork()
            if pid == 0:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                requests.close()
                live(pipe, pickle.loads(told), memory, lock, listener)
            pipe.close()
            requests.send(pickle.dumps(("born", pid, 0)))


def _reap(requests: socket.socket) -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        requests.send(pickle.dumps(("ended", pid, os.waitstatus_to_exitcode(status))))
