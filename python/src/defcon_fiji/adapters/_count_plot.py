"""A line of counts, drawn by Qt."""

from __future__ import annotations

from collections import deque

from qtpy.QtCore import QPointF
from qtpy.QtGui import QPainter, QPaintEvent, QPolygonF
from qtpy.QtWidgets import QWidget

PLOTTED = 300
"""Counts that are shown."""


class CountPlot(QWidget):  # type: ignore[misc]
    """The newest counts from left to right; the height is from 0 to the largest, which it names."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: deque[float] = deque(maxlen=PLOTTED)
        self.setMinimumSize(200, 120)

    def add(self, count: float) -> None:
        self.counts.append(count)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        top = max(self.counts, default=0.0)
        across, up = self.width() / PLOTTED, (self.height() - 20) / (top or 1)
        points = [QPointF(i * across, self.height() - c * up) for i, c in enumerate(self.counts)]
        painter.drawPolyline(QPolygonF(points))
        painter.drawText(4, 14, f"{top:.1f}")
