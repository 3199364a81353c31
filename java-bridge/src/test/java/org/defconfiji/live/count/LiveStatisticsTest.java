package org.defconfiji.live.count;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class LiveStatisticsTest {
  private static final long MS = 1_000_000;

  @Test
  @DisplayName("the rate is that of the last two seconds, and falls to nothing when frames stop")
  void rate() {
    LiveStatistics statistics = new LiveStatistics();
    assertEquals(0, statistics.countedRate(0));
    for (int frame = 0; frame <= 500; frame++) statistics.counted(frame * 10 * MS, 6, 5);
    // The two seconds before 5 s contain the frames at 3.00, 3.01 ... 5.00 s.
    assertEquals(100.5, statistics.countedRate(5_000 * MS), 0.6);
    assertEquals(50, statistics.countedRate(6_000 * MS), 1);
    assertEquals(0, statistics.countedRate(7_001 * MS));
  }

  @Test
  @DisplayName("the first second is not measured as if it were two")
  void start() {
    LiveStatistics statistics = new LiveStatistics();
    for (int frame = 0; frame < 10; frame++) statistics.seen(frame * 100 * MS);
    assertEquals(10, statistics.seenRate(1_000 * MS), 1e-9);
  }

  @Test
  @DisplayName("counts results and skipped frames, and gives medians")
  void sums() {
    LiveStatistics statistics = new LiveStatistics();
    statistics.counted(1, 7, 5);
    statistics.counted(2, 6, 4);
    statistics.counted(3, 90, 80);
    statistics.skipped(2);
    statistics.skipped(3);
    assertEquals(3, statistics.results());
    assertEquals(5, statistics.skipped());
    assertEquals(7, statistics.latencyMs());
    assertEquals(5, statistics.engineMs());
  }
}
