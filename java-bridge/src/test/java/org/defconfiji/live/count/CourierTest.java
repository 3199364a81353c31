package org.defconfiji.live.count;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CourierTest {
  private final List<Integer> received = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(2);

  private void receive(int thing) {
    received.add(thing);
    begun.countDown();
    try {
      assertTrue(goOn.await(30, TimeUnit.SECONDS));
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    } finally {
      ended.countDown();
    }
  }

  @Test
  @DisplayName("a receiver that takes long gets the newest of what came meanwhile")
  void newest() throws Exception {
    try (Courier<Integer> courier = new Courier<>("test courier", this::receive)) {
      courier.send(1);
      assertTrue(begun.await(30, TimeUnit.SECONDS));
      for (int thing = 2; thing <= 9; thing++) courier.send(thing);
      goOn.countDown();
      assertTrue(ended.await(30, TimeUnit.SECONDS));
      assertEquals(Arrays.asList(1, 9), received);
    }
  }
}
