"""Ray: a connection to a cluster, or one of this machine's cores that ends with the call."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from ..errors import HearingAIError, first_line
from .arguments import choose, number
from .backend import usable_cores
from .extras import need
from .processes import own_environment, own_python

# What Ray prints to standard output whenever a process of its own ends; our callers are told.
_NOT_SHOWN = "A worker died or was killed|has been marked dead|died unexpectedly"
_OBJECTS = 512 * 2**20  # bytes of shared memory, at most, for classifiers and tables of recordings
_KNOCK = 10  # seconds that a cluster has to answer


@dataclass(frozen=True)
class Cluster:
    """A cluster of Ray that this process is connected to.

    Attributes:
        ray: The module `ray`.
        ours: Whether it was started here, so that it has this machine alone.
    """

    ray: Any
    ours: bool

    def cores(self) -> int:
        """The cores of all its machines, at least 1."""
        return max(1, int(self.ray.cluster_resources().get("CPU", 1)))

    def has_machine(self, cores: float, gpus: float) -> bool:
        """Whether a machine of it is as large as that."""
        return any(
            node["Resources"].get("CPU", 0) >= cores and node["Resources"].get("GPU", 0) >= gpus
            for node in self.ray.nodes()
            if node["Alive"]
        )

    def has_node(self, node: str) -> bool:
        """Whether a machine is still there."""
        return any(found["NodeID"] == node and found["Alive"] for found in self.ray.nodes())


def check_engine(engine: object, address: object, gpus_per_worker: object) -> bool:
    """Whether Ray is asked for.

    Raises:
        HearingAIError: One of the options is none, or of Ray where that is not asked for or
            not installed.
    """
    engine = choose("engine", engine, ("processes", "ray"))
    shares = number("gpus_per_worker", gpus_per_worker, low=0)
    if address is not None and not (isinstance(address, str) and address):
        raise HearingAIError(f"`address` must be text, or `None`. Received: {address!r}")
    if engine == "ray":
        _imported()
        return True
    for name, value in {"address": address, "gpus_per_worker": shares}.items():
        if value:
            raise HearingAIError(f'`{name}` is for workers on Ray: `engine` must be `"ray"`')
    return False


@contextmanager
def connected(address: str | None) -> Iterator[Cluster]:
    """Connect to a cluster of Ray as long as this lasts.

    Args:
        address: The cluster, see `TEXTS["address"]`.

    Raises:
        HearingAIError: Ray is not installed, no cluster answers, or this process is connected to
            another than the one that is named.
    """
    ray = _imported()
    if ray.is_initialized():  # by the user, with settings of their own
        if address is not None and not _is_connected_to(ray, address):
            raise HearingAIError(
                f"`address` names another cluster than the one that this session is connected to: "
                f"leave it out, or call `ray.shutdown()` first. Received: {address!r}"
            )
        yield Cluster(ray, ours=False)
        return
    address = address or os.environ.get("RAY_ADDRESS") or "local"
    ours = address == "local"
    with _folder(ours) as settings:
        with _left_as_it_is(ours):
            _begin(ray, address, settings)
        try:
            yield Cluster(ray, ours)
        finally:
            ray.shutdown()


def _is_connected_to(ray: Any, address: str) -> bool:
    """Whether an address is that of the cluster that this process is connected to."""
    from ray.util.client import ray as client

    if address == "auto":  # any that runs
        return True
    if client.is_connected():
        return _parts(address) == _parts(f"ray://{client.get_context().client_worker._conn_str}")
    return _parts(address) == _parts(ray.get_runtime_context().gcs_address)


def _parts(address: str) -> tuple[str, str, str]:
    """The scheme, the host by its number, and the port of an address."""
    scheme, _, place = address.rstrip("/").rpartition("://")
    host, _, port = place.rpartition(":")
    with suppress(OSError):
        host = socket.gethostbyname(host)
    return scheme, host, port


def _imported() -> Any:
    """The module `ray`, which reads once and for all what it is not to show."""
    name = "RAY_DEDUP_LOGS_SKIP_REGEX"
    if name in os.environ or "ray" in sys.modules:
        return need("ray", '`engine = "ray"`')
    os.environ[name] = _NOT_SHOWN
    try:
        return need("ray", '`engine = "ray"`')
    finally:
        del os.environ[name]


def _begin(ray: Any, address: str, settings: dict[str, Any]) -> None:
    quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
    try:
        _knock(address)
        ray.init(address=address, **quiet, **settings)
    except Exception as error:  # whatever it meets: of its own, of gRPC, of the system
        reason = first_line(error)
        if settings:
            raise HearingAIError(f"Ray does not start: {reason}") from None
        raise HearingAIError(
            f"`address`: no cluster of Ray can be reached by it. Received: {address!r} ({reason})"
        ) from None


def _knock(address: str) -> None:
    """Raise an `OSError` where nobody answers; Ray would wait for minutes."""
    host, _, port = address.removeprefix("ray://").rstrip("/").rpartition(":")
    if host and port.isdigit():
        socket.create_connection((host.strip("[]"), int(port)), timeout=_KNOCK).close()


@contextmanager
def _folder(ours: bool) -> Iterator[dict[str, Any]]:
    """The settings of a cluster of ours, whose files go when it ends; none of another."""
    if not ours:
        yield {}
        return
    # Paths of sockets have 107 characters at most, and folders of users may be long.
    short = "/tmp" if os.path.isdir("/tmp") else None  # noqa: PTH112
    with tempfile.TemporaryDirectory("", "hearingai-", short, ignore_cleanup_errors=True) as folder:
        settings: dict[str, Any] = {"num_cpus": usable_cores(), "include_dashboard": False}
        settings |= {"object_store_memory": _OBJECTS, "_node_ip_address": "127.0.0.1"}
        yield settings | {"_temp_dir": folder}


@contextmanager
def _left_as_it_is(ours: bool) -> Iterator[None]:
    """Let Ray start; the environment and what SIGTERM does are then as they were."""
    before, executable = dict(os.environ), sys.executable
    main = threading.current_thread() is threading.main_thread()
    handler = signal.getsignal(signal.SIGTERM) if main else None
    if ours:
        os.environ.update(own_environment(), RAY_USAGE_STATS_ENABLED="0")
        sys.executable = own_python()
    try:
        yield
    finally:
        sys.executable = executable
        for name in os.environ.keys() - before.keys():
            del os.environ[name]
        os.environ.update(before)
        if handler is not None:
            signal.signal(signal.SIGTERM, handler)
