/**
 * The mean wait in the queue M/M/c, s: customers come at random, service times are exponential.
 * Erlang's C formula (Erlang 1917) times the mean wait of those who wait.
 * @param arrivals a second
 * @param services a second of one server
 */
export function meanWait(arrivals: number, services: number, servers: number): number {
  const offered = arrivals / services;
  let blocked = 1;
  // Erlang's B formula by its recursion, and C from it.
  for (let n = 1; n <= servers; n++) blocked = (offered * blocked) / (n + offered * blocked);
  const waits = blocked / (1 - (offered / servers) * (1 - blocked));
  return waits / (servers * services - arrivals);
}

/** The mean wait in the queue M/D/1, s: service takes the same time for all (Pollaczek 1930). */
export function meanWaitOfEqual(arrivals: number, seconds: number): number {
  const used = arrivals * seconds;
  return (used * seconds) / (2 * (1 - used));
}
