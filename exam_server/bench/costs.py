"""What processes cost: CPU and memory."""

from collections.abc import Mapping

import msgspec
import psutil


class Cpu(msgspec.Struct, frozen=True, kw_only=True):
    """CPU seconds of each process tree; ``generator_s`` is the load generator's."""

    server_s: float
    postgres_s: float
    generator_s: float

    def since(self, earlier: "Cpu", *, idle: "Cpu | None" = None, share: float = 0.0) -> "Cpu":
        """What was used in between, without ``share`` of what is used anyway."""
        less = idle or Cpu(server_s=0.0, postgres_s=0.0, generator_s=0.0)
        return Cpu(
            server_s=max(0.0, self.server_s - earlier.server_s - share * less.server_s),
            postgres_s=max(0.0, self.postgres_s - earlier.postgres_s - share * less.postgres_s),
            generator_s=max(0.0, self.generator_s - earlier.generator_s - share * less.generator_s),
        )

    @property
    def system_s(self) -> float:
        """Of server and PostgreSQL."""
        return self.server_s + self.postgres_s

    @property
    def total_s(self) -> float:
        """Of all."""
        return self.system_s + self.generator_s

    def figures(self, count: int) -> Mapping[str, float]:
        """Microseconds for each of ``count``, of server and PostgreSQL together; and by process tree seconds,
        microseconds, and share of all three."""
        spent = {"server": self.server_s, "postgres": self.postgres_s, "generator": self.generator_s}
        figures = {"cpu_us_each": 1e6 * self.system_s / max(1, count)}
        for name, spent_s in spent.items():
            figures[f"{name}_cpu_s"] = spent_s
            figures[f"{name}_us_each"] = 1e6 * spent_s / max(1, count)
            figures[f"{name}_cpu_share"] = spent_s / max(1e-9, self.total_s)
        return figures


class Memory(msgspec.Struct, frozen=True, kw_only=True):
    """KiB: the workers' resident memory, and PostgreSQL's, shared pages counted once."""

    server: float
    postgres: float


def resident_kib(processes: list[psutil.Process]) -> float:
    """The memory that these processes hold."""
    return sum(one.memory_info().rss for one in processes) / 1_024


def tree_kib(pid: int) -> float:
    """The memory of a process and its children, what they share counted once."""
    root = psutil.Process(pid)
    return sum(one.memory_full_info().pss for one in [root, *root.children(recursive=True)]) / 1_024
